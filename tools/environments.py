"""The project's virtual environments: made when needed, made again when what they are made from changes.

`python -m tools.environments NAME -- COMMAND` runs a command in one of them. An environment has the name of its
requirements file, but those of the tests have the version of their Python; `test` means the newest of these.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NoReturn

from tools.interpreters import Interpreter, find_interpreters, supported_versions

__all__ = ("EnvironmentFailure", "environment", "test_environment", "variables_for_python")

_PROJECT = Path(__file__).resolve().parents[1]
_ENVIRONMENTS = _PROJECT / ".venv"
_REQUIREMENTS = _PROJECT / "requirements"
_WITHOUT_PROJECT = ("clients", "go", "package", "uv")  # environments of programs that know nothing of kubex
_PEER = "peer-"  # so begin the names of those of the libraries that benchmarks measure kubex beside
_STAMP = "made-from"


class EnvironmentFailure(Exception):
    """An environment can't be made; the message says why."""


def environment(name: str) -> Path:
    """Make sure that an environment is there and up to date, on the newest supported Python, and return its folder."""
    interpreters = find_interpreters()
    if not interpreters:
        raise EnvironmentFailure(f"no Python of {', '.join(supported_versions())} with venv and ssl on this machine")
    if name == "test":
        return test_environment(interpreters[-1])
    return _make(_ENVIRONMENTS / name, name, interpreters[-1])


def test_environment(interpreter: Interpreter) -> Path:
    """Make sure that the environment of the tests on one Python is there and up to date, and return its folder."""
    return _make(_ENVIRONMENTS / interpreter.minor, "test", interpreter)


def variables_for_python() -> dict[str, str]:
    """Give the variables of this process, without those that lead a Python of an environment elsewhere or slow it."""
    # Where no byte code may be written, each of the many programs that tests start compiles all of kubex anew.
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONDONTWRITEBYTECODE")}


def _make(folder: Path, requirements: str, interpreter: Interpreter) -> Path:
    file = _REQUIREMENTS / f"{requirements}.txt"
    with_project = requirements not in _WITHOUT_PROJECT and not requirements.startswith(_PEER)
    stamp = _stamp(file, interpreter, with_project=with_project)
    folder.parent.mkdir(exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two makers of the same one take turns
        if not (folder / _STAMP).exists() or (folder / _STAMP).read_text() != stamp:
            print(f"making {folder.relative_to(_PROJECT)} with {interpreter}", file=sys.stderr, flush=True)
            _install(folder, file, interpreter, with_project=with_project)
            (folder / _STAMP).write_text(stamp)
    return folder


def _stamp(file: Path, interpreter: Interpreter, *, with_project: bool) -> str:
    pyproject = tomllib.loads((_PROJECT / "pyproject.toml").read_text())
    # Of pyproject.toml, what an installation depends on; the tools read their settings anew on every run.
    parts = [pyproject["build-system"], pyproject["project"], pyproject["tool"]["hatch"]] if with_project else []
    content = json.dumps([file.read_text(), str(interpreter), str(_PROJECT), parts], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _install(folder: Path, file: Path, interpreter: Interpreter, *, with_project: bool) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    _run(interpreter.path, "-m", "venv", str(folder))
    pip = (
        str(folder / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
    )
    _run(*pip, "--require-hashes", "--requirement", str(file))
    if with_project:
        _run(*pip, "--no-deps", "--no-build-isolation", "--editable", str(_PROJECT))


def _run(*command: str) -> None:
    done = subprocess.run(
        command,
        cwd=_PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise EnvironmentFailure(f"{' '.join(command)} failed (exit code {done.returncode}):\n{done.stdout}")


def main() -> int:
    """Replace this process by the command on the command line, run in the environment that is named there."""
    match sys.argv[1:]:
        case [name, "--", *command] if command:
            pass
        case _:
            print("usage: python -m tools.environments NAME -- COMMAND", file=sys.stderr)
            return 2
    try:
        folder = environment(name)
    except EnvironmentFailure as failure:
        print(failure, file=sys.stderr)
        return 1
    return _become(folder, command)


def _become(folder: Path, command: list[str]) -> NoReturn:
    variables = {**variables_for_python(), "VIRTUAL_ENV": str(folder)}
    variables["PATH"] = os.pathsep.join([str(folder / "bin"), os.environ.get("PATH", os.defpath)])
    os.execvpe(command[0], command, variables)  # noqa: S606 - a command is the purpose


if __name__ == "__main__":
    sys.exit(main())
