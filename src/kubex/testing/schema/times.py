"""Reads times as Go reads them, and writes them as the API server keeps them.

https://pkg.go.dev/time#Parse
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from kubex.core._go_text import go_quoted

__all__ = ["MICRO_TIME", "TIME", "TIME_FORMATS", "UnreadableTime", "kept_time"]

TIME: Final = "date-time"
MICRO_TIME: Final = "micro-time"
"""Format of a MicroTime, which OpenAPI documents call `date-time` as well; it wants six digits of the second."""
TIME_FORMATS: Final = frozenset({TIME, MICRO_TIME})

_KEPT: Final = {
    TIME: re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII),
    MICRO_TIME: re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII),
}
_LONGEST_KEPT: Final = 27


class UnreadableTime(ValueError):
    """A text is no time; the message is Go's."""


class _Step(NamedTuple):
    """A part of a layout, as Go writes it, and what it takes."""

    layout: str
    pattern: re.Pattern[str]
    name: str = ""
    limit: int = 0
    least: int = 0


def _step(layout: str, pattern: str, name: str = "", limit: int = 0, least: int = 0) -> _Step:
    return _Step(layout, re.compile(pattern, re.ASCII), name, limit, least)


_SECOND: Final = (
    _step("2006", r"\d{4}", "year", 9999),
    _step("-", "-"),
    _step("01", r"\d\d", "month", 12, 1),
    _step("-", "-"),
    _step("02", r"\d\d", "day", 99),  # told from the days of the month at the end
    _step("T", "T"),
    _step("15", r"\d\d?", "hour", 23),
    _step(":", ":"),
    _step("04", r"\d\d", "minute", 59),
    _step(":", ":"),
    _step("05", r"\d\d", "second", 59),
)
_ZONE: Final = _step("Z07:00", r"Z|[+-]\d\d:\d\d")
_STEPS: Final = {
    TIME: (*_SECOND, _step("", r"(?:[.,]\d+)?"), _ZONE),
    MICRO_TIME: (*_SECOND, _step(".000000", r"[.,]\d{6}"), _ZONE),
}


def kept_time(text: str, time_format: str) -> str:
    """Give a time as the API server keeps it: in UTC, with whole seconds or, of a MicroTime, six digits of them.

    Args:
        text: `2026-01-02T03:04:05+02:00`.
        time_format: `TIME` or `MICRO_TIME`.

    Raises:
        UnreadableTime: it is no such time.
    """
    if len(text) <= _LONGEST_KEPT and _is_as_kept(text, time_format):
        return text
    numbers, fraction, zone = _parts(text, time_format)
    if not 1 <= numbers["day"] <= monthrange(numbers["year"], numbers["month"])[1]:
        raise UnreadableTime(f"parsing time {go_quoted(text)}: day out of range")
    precision = "microseconds" if time_format == MICRO_TIME else "seconds"
    try:
        moment = datetime(**numbers, microsecond=int(fraction.ljust(6, "0")[:6]), tzinfo=UTC) - zone
    except (ValueError, OverflowError):  # before the year 1, which Python does not know
        return text
    return f"{moment.replace(tzinfo=None).isoformat(timespec=precision)}Z"


# What is written at a time has the same ones, and each is read again with each version of its object.
@lru_cache(maxsize=1024)
def _is_as_kept(text: str, time_format: str) -> bool:
    if not _KEPT[time_format].fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:  # `kept_time` tells which part is out of its range
        return False
    return True


def _parts(text: str, time_format: str) -> tuple[dict[str, int], str, timedelta]:
    """Take a text apart: its numbers by their names, the digits after the second, and how far its zone is from UTC."""
    steps = _STEPS[time_format]
    numbers: dict[str, int] = {}
    fraction, zone, at = "", timedelta(), 0
    for step in steps:
        match = step.pattern.match(text, at)
        if match is None:
            layout = "".join(each.layout for each in steps)
            why = f"cannot parse {go_quoted(text[at:])} as {go_quoted(step.layout)}"
            raise UnreadableTime(f"parsing time {go_quoted(text)} as {go_quoted(layout)}: {why}")
        found, at = match[0], match.end()
        if step.name:
            numbers[step.name] = int(found)
            if not step.least <= int(found) <= step.limit:
                raise UnreadableTime(f"parsing time {go_quoted(text)}: {step.name} out of range")
        elif step is _ZONE:
            zone = _zone(found, text)
        elif found[:1] in (".", ","):
            fraction = found[1:]
    if at < len(text):
        raise UnreadableTime(f"parsing time {go_quoted(text)}: extra text: {go_quoted(text[at:])}")
    return numbers, fraction, zone


def _zone(zone: str, text: str) -> timedelta:
    if zone == "Z":
        return timedelta()
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if hours > 24 or minutes > 60:
        part = "hour" if hours > 24 else "minute"
        raise UnreadableTime(f"parsing time {go_quoted(text)}: time zone offset {part} out of range")
    offset = timedelta(hours=hours, minutes=minutes)
    return -offset if zone[0] == "-" else offset
