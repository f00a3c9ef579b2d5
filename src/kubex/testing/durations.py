"""Durations in Go's way to write them: `1h30m`, `1.5s`, `0`."""

from __future__ import annotations

import re
from typing import Final

from kubex.core._go_text import go_quoted

__all__ = ["duration_problem"]

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
    problem = _problem(text)
    return f"time: {problem} {go_quoted(text)}" if problem else ""


def _problem(text: str) -> str:
    rest = text[1:] if text.startswith(("+", "-")) else text
    if rest == "0":
        return ""
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
            return ""
