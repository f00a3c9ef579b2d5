"""Look up what is pinned in the advisory database of PyPI: `python -m tools.audit [REQUIREMENTS FILE ...]`.

It ends with 1 where something is known, and with 2 where nobody knows: where the database can't be reached nothing was
looked up, and that is no good news.

https://github.com/pypa/advisory-database
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from itertools import groupby
from pathlib import Path
from typing import Any

__all__ = ("main", "rounds")

_PROJECT = Path(__file__).resolve().parents[1]
_FOUND, _UNKNOWN = 1, 2
_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def main() -> int:
    """Look up the files on the command line, or all of requirements/, and give the exit code."""
    files = sys.argv[1:] or [str(path) for path in sorted((_PROJECT / "requirements").glob("*.txt"))]
    with tempfile.TemporaryDirectory(prefix="kubex-audit-") as folder:
        dependencies: list[dict[str, Any]] = []
        for number, pins in enumerate(rounds(_pinned(files))):
            listed, report = Path(folder) / f"{number}.txt", Path(folder) / f"{number}.json"
            listed.write_text("\n".join(pins), encoding="utf-8")
            command = ["pip-audit", "--progress-spinner", "off", "--disable-pip", "--no-deps"]
            command += ["--format", "json", "--output", str(report), "--requirement", str(listed)]
            done = subprocess.run(
                command,
                check=False,
                text=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            # It ends with 1 both where it has found something and where it has failed; only the first has a report.
            if not report.exists() or not report.stat().st_size:
                print(done.stdout, file=sys.stderr)
                return _nothing_known()
            dependencies += json.loads(report.read_bytes())["dependencies"]
        return _told(dependencies)


def _pinned(files: list[str]) -> set[tuple[str, str]]:
    """Give all that files pin, each name with its versions: what stands in several is looked up once."""
    texts = [Path(file).read_text(encoding="utf-8") for file in files]
    return {pin for text in texts for pin in _PIN.findall(text)}


def rounds(pins: set[tuple[str, str]]) -> list[list[str]]:
    """Part them so that no name is in a round twice, which pip-audit refuses.

    Args:
        pins: names and versions.
    """
    parted: list[list[str]] = []
    for _, versions in groupby(sorted(pins), key=lambda pin: pin[0]):
        for number, (name, version) in enumerate(versions):
            if number == len(parted):
                parted.append([])
            parted[number].append(f"{name}=={version}")
    return parted


def _nothing_known() -> int:
    print("NOTHING WAS AUDITED: there is no answer of the advisory database; why is said above", file=sys.stderr)
    return _UNKNOWN


def _told(dependencies: list[dict[str, Any]]) -> int:
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
