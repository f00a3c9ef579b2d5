"""What `make requirements` pins, and what environments are made of."""

from __future__ import annotations

import re
from pathlib import Path

from tools.requirements import _SETS

REQUIREMENTS = Path(__file__).parents[3] / "requirements"


def test_every_set_has_its_files_and_every_file_its_set() -> None:
    assert {path.stem for path in REQUIREMENTS.glob("*.in")} == set(_SETS)
    assert {path.stem for path in REQUIREMENTS.glob("*.txt")} == set(_SETS)


def test_everything_is_pinned_with_hashes_and_no_address() -> None:
    for path in REQUIREMENTS.glob("*.txt"):
        text = path.read_text()
        pins = re.findall(r"^[A-Za-z0-9][^\n]*", text, re.MULTILINE)
        assert pins, path.name
        assert [pin for pin in pins if not re.match(r"[A-Za-z0-9._-]+(\[[a-z,-]+\])?==\S+", pin)] == [], path.name
        assert len(re.findall(r"^[A-Za-z0-9][^\n]*\\\n +--hash=sha256:", text, re.MULTILINE)) == len(pins), path.name
        assert "://" not in text, path.name
