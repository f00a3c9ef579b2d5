"""Run the tests on every supported Python of this machine: `python -m tools.every_python [PYTEST ARGUMENTS]`.

As many at once as there are cores; each one's output is printed when it is through.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from tools.environments import EnvironmentFailure, environment, test_environment
from tools.interpreters import Interpreter, find_interpreters, supported_versions

_PROJECT = Path(__file__).resolve().parents[1]
_CLIENTS = "tests/clients"


class _Run(NamedTuple):
    """How a run ended, in a line, and all that it printed."""

    outcome: str
    output: str


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
    # The newest first: it has more to do than the others. A run keeps little more than one core busy.
    newest_first = list(zip(interpreters, folders, strict=True))[::-1]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        runs = [pool.submit(_test, *pair, _arguments(pair[0], interpreters[-1])) for pair in newest_first]
        for run in as_completed(runs):
            print(run.result().output, flush=True)
    for interpreter, run in zip(interpreters, reversed(runs), strict=True):
        print(f"Python {'.'.join(map(str, interpreter.version))}: {run.result().outcome}", flush=True)
    return 0 if runs and all(run.result().outcome.startswith("passed") for run in runs) else 1


def _environment_or_failure(interpreter: Interpreter) -> Path | EnvironmentFailure:
    try:
        return test_environment(interpreter)
    except EnvironmentFailure as failure:
        return failure


def _arguments(interpreter: Interpreter, newest: Interpreter) -> list[str]:
    """Give the arguments of pytest: other people's clients run on a Python of their own, and once is enough."""
    return sys.argv[1:] if interpreter is newest else [f"--ignore={_CLIENTS}", *sys.argv[1:]]


def _test(interpreter: Interpreter, folder: Path | EnvironmentFailure, arguments: list[str]) -> _Run:
    if isinstance(folder, EnvironmentFailure):
        return _Run(str(folder), "")
    started = time.monotonic()
    print(f"running on {interpreter}", flush=True)
    python = str(folder / "bin" / "python")
    variables = {**os.environ, "KUBEX_TEST_SERVER": "memory"}  # for the contract tests
    command = [python, "-m", "pytest", *arguments]
    run = subprocess.run(
        command, cwd=_PROJECT, env=variables, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    outcome = "passed" if run.returncode == 0 else f"FAILED (pytest's exit code {run.returncode})"
    return _Run(f"{outcome} in {time.monotonic() - started:.0f} s", f"\n{interpreter}\n{run.stdout}")


if __name__ == "__main__":
    sys.exit(main())
