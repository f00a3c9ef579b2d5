"""New environments with what was built in them, and nothing of the project beside it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from tools.environments import environment
from tools.interpreters import Interpreter

__all__ = ["ROOT", "Ended", "new_environment", "run", "tool"]

ROOT: Final = Path(__file__).resolve().parents[2]
_SECONDS: Final = 300.0  # that a program gets


class Ended(NamedTuple):
    """How a program ended, and what it wrote."""

    code: int
    output: str
    errors: str

    @property
    def last_words(self) -> str:
        """The last line that it wrote, of its errors where there are any."""
        lines = (self.errors.strip() or self.output.strip()).splitlines()
        return lines[-1] if lines else ""


@cache
def tool(name: str) -> Path:
    """Give a program of the environment that builds and checks distributions."""
    return environment("package") / "bin" / name


def new_environment(
    folder: Path,
    wheel: Path,
    extra: str = "",
    *,
    interpreter: Interpreter,
    oldest: bool = False,
    more: Sequence[str] = (),
) -> Path:
    """Make an environment with the wheel in it, and give its Python.

    Args:
        folder: where it is made.
        wheel: of kubex.
        extra: or several, with commas between them.
        interpreter: its Python.
        oldest: with the oldest dependencies that the wheel allows; otherwise with those that the tests run with.
        more: other requirements.
    """
    python = folder / "bin" / "python"
    uv = [str(tool("uv")), "--quiet"]
    _must([*uv, "venv", "--python", interpreter.path, str(folder)])
    extras = extra.split(",") if extra else []
    pins = _oldest(folder.with_suffix(".txt"), extras, interpreter) if oldest else ROOT / "requirements" / "test.txt"
    requirement = f"kubex{f'[{extra}]' if extra else ''} @ {wheel.as_uri()}"
    _must([*uv, "pip", "install", "--python", str(python), "--constraint", str(pins), requirement, *more])
    return python


def _oldest(pins: Path, extras: Sequence[str], interpreter: Interpreter) -> Path:
    """Pin the oldest dependencies that the project allows, and the newest that go with them of what those need."""
    command = [str(tool("uv")), "--quiet", "pip", "compile", str(ROOT / "pyproject.toml"), "--output-file", str(pins)]
    command += ["--resolution", "lowest-direct", "--python-version", interpreter.minor]
    _must([*command, *(f"--extra={extra}" for extra in extras)])
    return pins


def _must(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}"


def run(command: Sequence[str | Path], folder: Path, variables: Mapping[str, str] | None = None) -> Ended:
    """Run a program that knows nothing of this machine's user, of the project and of its environments.

    Args:
        command: the program and its arguments; those of its environment are found before the machine's.
        folder: where it runs; it is its home, too.
        variables: of its environment, beside the necessary.
    """
    path = os.pathsep.join([str(Path(command[0]).parent), os.defpath])
    done = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env={"PATH": path, "HOME": str(folder), "LC_ALL": "C.UTF-8", **(variables or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)
