"""Run the tests of the matrix: `python -m tools.matrix [--release RELEASE] [PYTEST ARGUMENTS]`.

Each release's models are tried on an API server of that release, which has every API and every feature switched on.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from testbed.binary import OTHER_RELEASES

_PROJECT = Path(__file__).resolve().parents[1]
_RELEASES = tuple(sorted((*OTHER_RELEASES, "1.35")))
_FLAGS = ("--runtime-config=api/all=true", "--feature-gates=AllAlpha=true,AllBeta=true")
_TESTS = "tests/matrix"
# Of the contract tests those about objects with fields that a class of 1.32 lacks, on servers that have the fields.
_LOSSLESS = "tests/contract/test_lossless.py"
_WITHOUT_THE_FIELDS = "1.32"


def main() -> int:
    """Test each release, tell how each ended, and return 0 only if every one passed."""
    parser = argparse.ArgumentParser(prog="python -m tools.matrix", description=__doc__)
    parser.add_argument("--release", action="append", choices=_RELEASES, help="only this one; may be given again")
    given, arguments = parser.parse_known_args()
    releases: list[str] = given.release or list(_RELEASES)
    codes = {release: _test(release, arguments) for release in releases}
    for release, code in codes.items():
        print(f"Kubernetes {release}: {'passed' if code == 0 else f'FAILED (exit code {code})'}", flush=True)
    return 0 if not any(codes.values()) else 1


def _test(release: str, arguments: list[str]) -> int:
    print(f"\nKubernetes {release}", flush=True)
    server = ["--no-node", "--no-controllers", *(f"--apiserver-flag={flag}" for flag in _FLAGS)]
    if release in OTHER_RELEASES:
        server += ["--release", release]
    tests = [_TESTS] if release == _WITHOUT_THE_FIELDS else [_TESTS, _LOSSLESS]
    python = [sys.executable, "-m"]
    command = [*python, "testbed", "run", *server, "--", *python, "pytest", *tests, *arguments]
    return subprocess.run(
        command, cwd=_PROJECT, env={**os.environ, "KUBEX_TEST_SERVER": "real"}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
