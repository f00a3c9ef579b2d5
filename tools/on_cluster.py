"""Run the tests of an API server on the cluster of KUBECONFIG: `python -m tools.on_cluster [PYTEST ARGUMENTS]`.

First those that only ask the API server, a worker for each core, as most of their time is waiting. Then the others,
one at a time: they measure time, and share the node.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tools.workers import ON_EVERY_CORE

_PROJECT = Path(__file__).resolve().parents[1]
_PARTS = {
    "contract": [*ON_EVERY_CORE, "tests/contract"],
    "faults, clients, e2e": ["tests/faults", "tests/clients", "tests/e2e"],
}
_NO_TESTS = 5  # pytest's exit code where the arguments leave none


def main() -> int:
    """Run both parts, tell how each ended, and return 0 only if none failed and there were tests at all."""
    codes: dict[str, int] = {}
    outcomes: list[str] = []
    for part, arguments in _PARTS.items():
        started = time.monotonic()
        code = codes[part] = _test([*arguments, *sys.argv[1:]])
        words = {0: "passed", _NO_TESTS: "no tests"}.get(code, f"FAILED (pytest's exit code {code})")
        outcomes.append(f"{part}: {words} in {time.monotonic() - started:.0f} s")
    print("\n".join(outcomes), flush=True)
    return 0 if 0 in codes.values() and set(codes.values()) <= {0, _NO_TESTS} else 1


def _test(arguments: list[str]) -> int:
    variables = {**os.environ, "KUBEX_TEST_SERVER": "real"}
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, cwd=_PROJECT, env=variables, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
