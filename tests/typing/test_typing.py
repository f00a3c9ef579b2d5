"""What type checkers make of users' code: the samples' comments against mypy --strict and pyright strict.

`# R: Api[Pod]` behind a `reveal_type` is the type that both tools reveal, names without their modules.
`# E: mypy[attr-defined] pyright[reportAttributeAccessIssue]` is the error, or errors, of a line. Every error and every
revealed type has to be expected, and every expected one has to come.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SAMPLES = sorted((HERE / "samples").glob("*.py"))

EXPECTED = re.compile(r"# (?:R: (?P<revealed>.+)|E: (?P<errors>(?:(?:mypy|pyright)\[[\w,-]+\] ?)+))$")
REVEALED = re.compile(r'(?:Revealed type is|Type of ".*" is) "(.*)"', re.DOTALL)


class Finding(NamedTuple):
    """A revealed type, or the code of an error, in a line of a sample."""

    place: str
    text: str


def expected_of(tool: str) -> Iterator[Finding]:
    for path in SAMPLES:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            place = f"{path.name}:{number}"
            found = EXPECTED.search(line)
            if found is None:
                assert "# R:" not in line, f"{place}: no expectation that can be read"
                assert "# E:" not in line, f"{place}: no expectation that can be read"
                continue
            if found["revealed"]:
                yield Finding(place, plain(found["revealed"]))
            else:
                codes = re.findall(rf"{tool}\[([\w,-]+)\]", found["errors"])
                yield from (Finding(place, f"error: {code}") for entry in codes for code in entry.split(","))


def plain(type_: str) -> str:
    """Give a type without modules, the members of unions in order."""
    without_modules = re.sub(r"\b(?:\w+\.)+(\w)", r"\1", type_)
    return " | ".join(sorted(without_modules.split(" | "))) if "[" not in without_modules else without_modules


def found_by_mypy() -> list[Finding]:
    command = [sys.executable, "-m", "mypy", "--strict", "--output", "json", *map(str, SAMPLES)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert answer.returncode in (0, 1), answer.stdout + answer.stderr
    findings: list[Finding] = []
    for line in answer.stdout.splitlines():
        if not line.startswith("{"):
            continue
        entry: dict[str, Any] = json.loads(line)
        place = f"{Path(entry['file']).name}:{entry['line']}"
        # A hint of an error may hold what a reveal_type of the same line says.
        for text in (entry["message"], *(entry["hint"] or "").splitlines()):
            if revealed := REVEALED.fullmatch(text):
                findings.append(Finding(place, plain(revealed[1])))
        if entry["severity"] == "error":
            findings.append(Finding(place, f"error: {entry['code']}"))
    return findings


def found_by_pyright() -> list[Finding]:
    command = [sys.executable, "-m", "pyright", "--project", str(HERE), "--pythonpath", sys.executable, "--outputjson"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert answer.returncode in (0, 1), answer.stdout + answer.stderr
    report: dict[str, Any] = json.loads(answer.stdout)
    assert report["summary"]["filesAnalyzed"] == len(SAMPLES)
    findings: list[Finding] = []
    for entry in report["generalDiagnostics"]:
        place = f"{Path(entry['file']).name}:{entry['range']['start']['line'] + 1}"
        if revealed := REVEALED.fullmatch(entry["message"]):
            findings.append(Finding(place, plain(revealed[1])))
        elif entry["severity"] == "error":
            findings.append(Finding(place, f"error: {entry['rule']}"))
    # What is of an unknown type because of another error in the line needs no word of its own.
    broken = {place for place, text in findings if text.startswith("error") and "Unknown" not in text}
    return [finding for finding in findings if "Unknown" not in finding.text or finding.place not in broken]


TOOLS = {"mypy": found_by_mypy, "pyright": found_by_pyright}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.timeout(600)
def test_type_checkers_find_in_the_samples_what_is_expected(tool: str) -> None:
    expected, found = sorted(expected_of(tool)), sorted(TOOLS[tool]())
    missing = [f"{place}: {text}" for place, text in expected if Finding(place, text) not in found]
    unexpected = [f"{place}: {text}" for place, text in found if Finding(place, text) not in expected]
    assert (missing, unexpected) == ([], []), f"{tool}: missing {missing}, unexpected {unexpected}"
    assert len(expected) > 100
