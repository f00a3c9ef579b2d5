"""Run every check of the sources and tell how each ended: `python -m tools.lint FOLDER...`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

_PROJECT = Path(__file__).resolve().parents[1]


class Check(NamedTuple):
    """One tool, told what to look at."""

    name: str
    command: list[str]


class Outcome(NamedTuple):
    """How a check ended."""

    check: Check
    passed: bool
    output: str
    seconds: float


def main() -> int:
    """Run the checks over the folders on the command line and return 0 only if every one passed."""
    outcomes: list[Outcome] = []
    # As many at a time as there are processors; each tells in its turn, so that no two outputs mix.
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for outcome in pool.map(_run, _checks(sys.argv[1:])):
            word = "passed" if outcome.passed else "FAILED"
            print(f"{outcome.check.name}: {word} in {outcome.seconds:.0f} s", flush=True)
            if not outcome.passed:
                print(f"$ {' '.join(outcome.check.command)}\n{outcome.output}", flush=True)
            outcomes.append(outcome)
    failed = [outcome.check.name for outcome in outcomes if not outcome.passed]
    print(f"lint failed: {', '.join(failed)}" if failed else "lint: all passed")
    return 1 if failed else 0


def _checks(folders: list[str]) -> list[Check]:
    # The slowest first, so that they don't run alone at the end.
    return [
        Check("pyright", ["pyright", "--project", "."]),
        Check("mypy", ["mypy", *folders]),
        Check("blocking Api", ["python", "-m", "tools.blocking", "--check"]),
        Check("generated models", ["python", "-m", "tools.codegen", "--check"]),
        Check("pyright, generated models", ["pyright", "--project", "tools/codegen/pyrightconfig.json"]),
        Check("typing tests", ["python", "-m", "pytest", "-q", "tests/typing"]),
        Check("layers", ["lint-imports"]),
        Check("ruff", ["ruff", "check", *folders]),
        Check("formatting", ["ruff", "format", "--check", *folders]),
    ]


def _run(check: Check) -> Outcome:
    started = time.monotonic()
    done = subprocess.run(
        check.command,
        cwd=_PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    # pyright finds nothing wrong with nothing.
    passed = done.returncode == 0 and "No source files found" not in done.stdout
    return Outcome(check, passed, done.stdout, time.monotonic() - started)


if __name__ == "__main__":
    sys.exit(main())
