"""Run the tests on every supported Python of this machine: `python -m tools.every_python [PYTEST ARGUMENTS]`.

One Python after the other, each with a worker on every core.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.environments import EnvironmentFailure, environment, test_environment, variables_for_python
from tools.interpreters import Interpreter, find_interpreters, supported_versions
from tools.workers import ON_EVERY_CORE

_PROJECT = Path(__file__).resolve().parents[1]
_CLIENTS = "tests/clients"


def main() -> int:
    """Run pytest once for each Python, tell how each ended, and return 0 only if every one passed."""
    interpreters = find_interpreters()
    found = [interpreter.minor for interpreter in interpreters]
    missing = [version for version in supported_versions() if version not in found]
    print(f"Pythons found: {', '.join(map(str, interpreters)) or 'none'}", flush=True)
    if missing:
        print(f"not on this machine: {', '.join(missing)}", flush=True)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        pool.submit(environment, "clients")  # or else the first test that needs it makes it, and tells why it can't
        folders = list(pool.map(_environment_or_failure, interpreters))
    outcomes = {
        interpreter: _test(interpreter, folder, _arguments(interpreter, interpreters[-1]))
        for interpreter, folder in zip(interpreters, folders, strict=True)
    }
    for interpreter, outcome in outcomes.items():
        print(f"Python {'.'.join(map(str, interpreter.version))}: {outcome}", flush=True)
    return 0 if outcomes and all(outcome.startswith("passed") for outcome in outcomes.values()) else 1


def _environment_or_failure(interpreter: Interpreter) -> Path | EnvironmentFailure:
    try:
        return test_environment(interpreter)
    except EnvironmentFailure as failure:
        return failure


def _arguments(interpreter: Interpreter, newest: Interpreter) -> list[str]:
    """Give the arguments of pytest: other people's clients run on a Python of their own, and once is enough."""
    return sys.argv[1:] if interpreter is newest else [f"--ignore={_CLIENTS}", *sys.argv[1:]]


def _test(interpreter: Interpreter, folder: Path | EnvironmentFailure, arguments: list[str]) -> str:
    if isinstance(folder, EnvironmentFailure):
        return str(folder)
    started = time.monotonic()
    print(f"\n{interpreter}", flush=True)
    variables = {**variables_for_python(), "KUBEX_TEST_SERVER": "memory"}  # for the contract tests
    command = [str(folder / "bin" / "python"), "-m", "pytest", *ON_EVERY_CORE, *arguments]
    code = subprocess.run(command, cwd=_PROJECT, env=variables, check=False).returncode
    outcome = "passed" if code == 0 else f"FAILED (pytest's exit code {code})"
    return f"{outcome} in {time.monotonic() - started:.0f} s"


if __name__ == "__main__":
    sys.exit(main())
