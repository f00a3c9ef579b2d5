"""Look up what is pinned in the advisory database of PyPI: `python -m tools.audit [REQUIREMENTS FILE ...]`.

It ends with 1 where something is known, and with 2 where nobody knows: where the database can't be reached nothing was
looked up, and that is no good news.

https://github.com/pypa/advisory-database
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

__all__ = ("main",)

_PROJECT = Path(__file__).resolve().parents[1]
_FOUND, _UNKNOWN = 1, 2


def main() -> int:
    """Look up the files on the command line, or all of requirements/, and give the exit code."""
    files = sys.argv[1:] or [str(path) for path in sorted((_PROJECT / "requirements").glob("*.txt"))]
    with tempfile.TemporaryDirectory(prefix="kubex-audit-") as folder:
        report = Path(folder) / "report.json"
        command = ["pip-audit", "--progress-spinner", "off", "--disable-pip", "--require-hashes"]
        command += ["--format", "json", "--output", str(report)]
        for file in files:
            command += ["--requirement", file]
        done = subprocess.run(
            command, check=False, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        # It ends with 1 both where it has found something and where it has failed; only the first has a report.
        if not report.exists() or not report.stat().st_size:
            print(done.stdout, file=sys.stderr)
            return _nothing_known()
        return _told(json.loads(report.read_bytes()))


def _nothing_known() -> int:
    print("NOTHING WAS AUDITED: the advisory database gave no answer, as said above", file=sys.stderr)
    return _UNKNOWN


def _told(report: dict[str, Any]) -> int:
    dependencies: list[dict[str, Any]] = report["dependencies"]
    skipped = [each for each in dependencies if "skip_reason" in each]
    weak = [each for each in dependencies if each.get("vulns")]
    for each in skipped:
        print(f"{each['name']}: not looked up: {each['skip_reason']}")
    for each in weak:
        for known in each["vulns"]:
            mended = ", ".join(known["fix_versions"]) or "nowhere yet"
            print(f"{each['name']} {each['version']}: {known['id']}, mended in {mended}")
    print(f"{len(dependencies) - len(skipped)} looked up, {len(weak)} with known weaknesses, {len(skipped)} skipped")
    if len(skipped) == len(dependencies):
        return _nothing_known()
    if weak:
        return _FOUND
    return _UNKNOWN if skipped else 0


if __name__ == "__main__":
    sys.exit(main())
