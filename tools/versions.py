"""Run the tests with the oldest and with the newest dependencies: `python -m tools.versions [PYTEST ARGUMENTS]`.

`--only oldest` and `--only newest` run one of the two. The oldest are the lower bounds of pyproject.toml, on the oldest
Python here; the newest are whatever there is today, on the newest Python. Neither is pinned: that is the point. What
only the tests need is the newest that goes with them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tools.interpreters import Interpreter, find_interpreters

__all__ = ("main",)

_PROJECT = Path(__file__).resolve().parents[1]
_ENVIRONMENTS = _PROJECT / ".venv"
_RESOLUTIONS = {"oldest": "lowest-direct", "newest": "highest"}
_TESTS = ["tests/unit", "tests/contract"]
_UV = ["uv", "--quiet"]


def main() -> int:
    """Run the tests with each, tell how they ended, and return 0 only if all passed."""
    parser = argparse.ArgumentParser(prog="python -m tools.versions", description=__doc__)
    parser.add_argument("--only", choices=_RESOLUTIONS, help="one of the two")
    options, arguments = parser.parse_known_args()
    interpreters = find_interpreters()
    if not interpreters:
        print("no Python that the project supports is on this machine", file=sys.stderr)
        return 1
    pythons = {"oldest": interpreters[0], "newest": interpreters[-1]}
    chosen: list[str] = [options.only] if options.only else list(_RESOLUTIONS)
    outcomes: dict[str, str] = {}
    for which in chosen:
        print(f"\n{which} dependencies, {pythons[which]}", flush=True)
        try:
            _make(which, pythons[which])
        except subprocess.CalledProcessError as error:
            outcomes[which] = f"FAILED: no environment ({' '.join(map(str, error.cmd))})"
            continue
        code = _test(which, arguments)
        outcomes[which] = "passed" if code == 0 else f"FAILED (pytest's exit code {code})"
    for which, outcome in outcomes.items():
        print(f"{which} dependencies: {outcome}", flush=True)
    return 0 if all(outcome == "passed" for outcome in outcomes.values()) else 1


def _make(which: str, interpreter: Interpreter) -> None:
    """Make the environment anew.

    Raises:
        subprocess.CalledProcessError: there are no such versions, or they can't be had.
    """
    folder, pins, everything = (_ENVIRONMENTS / f"{which}{end}" for end in ("", "-pins.txt", "-all.txt"))
    _ENVIRONMENTS.mkdir(exist_ok=True)
    compile_ = [
        *_UV,
        "pip",
        "compile",
        "--python-version",
        interpreter.minor,
        "--no-header",
        "--no-annotate",
        "--upgrade",
    ]
    of_kubex = ["pyproject.toml", "--all-extras"]
    _run(*compile_, "--resolution", _RESOLUTIONS[which], *of_kubex, "--output-file", str(pins))
    _run(*compile_, *of_kubex, "requirements/test.in", "--constraint", str(pins), "--output-file", str(everything))
    print("\n".join(line for line in pins.read_text().splitlines() if line and not line.startswith("#")), flush=True)
    _run(*_UV, "venv", "--clear", "--python", interpreter.path, str(folder))
    install = [*_UV, "pip", "install", "--python", str(folder / "bin" / "python")]
    _run(*install, "--requirement", str(everything))
    _run(*install, "--no-deps", "--no-build-isolation", "--editable", str(_PROJECT))


def _run(*command: str) -> None:
    subprocess.run(command, cwd=_PROJECT, check=True)


def _test(which: str, arguments: list[str]) -> int:
    binaries = _ENVIRONMENTS / which / "bin"
    variables = {**os.environ, "KUBEX_TEST_SERVER": "memory", "VIRTUAL_ENV": str(binaries.parent)}
    variables["PATH"] = os.pathsep.join([str(binaries), os.environ.get("PATH", os.defpath)])
    # Old releases call what newer ones of their own dependencies have deprecated, which is nothing to mend here.
    lenient = ["-W", "ignore::DeprecationWarning"] if which == "oldest" else []
    command = [str(binaries / "python"), "-m", "pytest", *lenient, *(arguments or ["-q"]), *_TESTS]
    return subprocess.run(command, cwd=_PROJECT, env=variables, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
