"""Durations in Go's way to write them: `1h30m`, `1.5s`, `0`."""

from __future__ import annotations

import re
from typing import Final

from kubex.core._go_text import go_quoted

__all__ = ["duration_problem", "duration_seconds"]

_NANOSECONDS: Final = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,  # with the sign for micro
    "μs": 10**3,  # and with the letter
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PART: Final = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^.0-9]*)", re.ASCII)
_MOST: Final = 2**63


def duration_problem(text: str) -> str:
    """Say what keeps a text from being a duration; `""` if it is one."""
    found = _read(text)
    return f"time: {found} {go_quoted(text)}" if isinstance(found, str) else ""


def duration_seconds(text: str) -> float:
    """Give what a duration stands for; 0 for what is none."""
    found = _read(text)
    return 0.0 if isinstance(found, str) else found / 10**9


def _read(text: str) -> float | str:
    """Give the nanoseconds of a duration, or what keeps a text from being one."""
    rest = text[1:] if text.startswith(("+", "-")) else text
    if rest == "0":
        return 0.0
    total = 0.0
    while True:
        found = _PART.match(rest)
        if found is None or not (found[1] or found[2]):
            return "invalid duration"
        unit = _NANOSECONDS.get(found[3])
        if not found[3]:
            return "missing unit in duration"
        if unit is None:
            return f"unknown unit {go_quoted(found[3])} in duration"
        # Python refuses to read numbers of thousands of digits.
        total += int(found[1][:20] or 0) * unit + float(f"0.{found[2] or 0}") * unit
        if len(found[1].lstrip("0")) > 19 or total > _MOST or (total == _MOST and not text.startswith("-")):
            return "invalid duration"
        rest = rest[found.end() :]
        if not rest:
            return -total if text.startswith("-") else total
