"""What the server refuses in the schedules of cron jobs, and in the time zones that these are read in.

https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kubex.core._go_text import go_quoted
from kubex.testing.durations import duration_problem
from kubex.testing.failures import Cause, field_invalid

__all__ = ["schedule_causes", "zone_causes"]


class _Field(NamedTuple):
    """One of the five: the numbers that it may have, and their names."""

    least: int
    most: int
    names: tuple[str, ...] = ()

    def named(self, text: str) -> int | None:
        """Give the number that a name stands for; `None` if it is no name."""
        name = text.lower()
        return self.names.index(name) + self.least if name in self.names else None


_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: Final = (_Field(0, 59), _Field(0, 23), _Field(1, 31), _Field(1, 12, _MONTHS), _Field(0, 6, _DAYS))
_WORDS: Final = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_EVERY: Final = "@every "
_NUMBER: Final = re.compile(r"[+-]?[0-9]+")
_MOST: Final = 2**63 - 1
_ZONE_PART: Final = re.compile(r"[A-Za-z.\-_0-9+]{1,14}")
_LOCAL: Final = "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
_WITHOUT_END: Final = "invalid schedule format: runtime error: slice bounds out of range [:-1]"


class _Refused(Exception):
    """A schedule can't be read; the text says why."""


def schedule_causes(field: str, schedule: str, before: str, zone: str | None) -> list[Cause]:
    """Say what is wrong with a schedule.

    Args:
        field: where it is.
        schedule: as it is to be.
        before: as it was; `""` of a cron job that is new.
        zone: the time zone that stands beside it.
    """
    causes: list[Cause] = []
    try:
        _read(schedule)
    except _Refused as refused:
        causes.append(field_invalid(field, schedule, str(refused)))
    if "TZ" in schedule:
        if "TZ" not in before:
            why = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
            causes.append(field_invalid(field, schedule, why))
        elif zone is not None:
            why = "cannot use both timeZone field and TZ or CRON_TZ in schedule"
            causes.append(field_invalid(field, schedule, why))
    return causes


def zone_causes(field: str, zone: str) -> list[Cause]:
    """Say what is wrong with the name of a time zone."""
    if not zone:
        return [field_invalid(field, zone, "timeZone must be nil or non-empty string")]
    for part in zone.split("/"):
        if part in (".", "..") or part.startswith("-") or not _ZONE_PART.fullmatch(part):
            return [field_invalid(field, zone, f"unknown time zone {zone}")]
    causes = [field_invalid(field, zone, _LOCAL)] if zone.lower() == "local" else []
    problem = _zone_problem(zone)
    return [*causes, field_invalid(field, zone, problem)] if problem else causes


def _zone_problem(zone: str) -> str:
    """Say why there are no rules of a time zone; `""` if there are."""
    if zone in ("", "UTC", "Local"):
        return ""
    if ".." in zone or zone.startswith(("/", "\\")):
        return "time: invalid location name"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"unknown time zone {zone}"
    return ""


def _read(text: str) -> None:
    if text.startswith(("TZ=", "CRON_TZ=")):
        text = _behind_zone(text)
    if text.startswith(_EVERY):
        problem = duration_problem(text.removeprefix(_EVERY))
        if problem:
            raise _Refused(f"failed to parse duration {text}: {problem}")
        return
    if text.startswith("@"):
        if text not in _WORDS:
            raise _Refused(f"unrecognized descriptor: {text}")
        return
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise _Refused(f"expected exactly {len(_FIELDS)} fields, found {len(parts)}: [{' '.join(parts)}]")
    for part, field in zip(parts, _FIELDS, strict=True):
        for each in filter(None, part.split(",")):
            _read_range(each, field)


def _behind_zone(text: str) -> str:
    head, blank, rest = text.partition(" ")
    if not blank:
        raise _Refused(_WITHOUT_END)
    zone = head.partition("=")[2]
    problem = _zone_problem(zone)
    if problem:
        raise _Refused(f"provided bad location {zone}: {problem}")
    return rest.strip()


def _read_range(text: str, field: _Field) -> None:
    """Read one of the ranges of a field: `*`, `5`, `mon-fri`, `10-30/5`."""
    span, *steps = text.split("/")
    low, *high = span.split("-")
    if low in ("*", "?"):  # whatever comes after it
        first, last = field.least, field.most
    else:
        first = last = _number_or_name(low, field)
        if len(high) == 1:
            last = _number_or_name(high[0], field)
        elif high:
            raise _Refused(f"too many hyphens: {text}")
    step = 1
    if len(steps) == 1:
        step = _number(steps[0])
        last = last if high else field.most
    elif steps:
        raise _Refused(f"too many slashes: {text}")
    if first < field.least:
        raise _Refused(f"beginning of range ({first}) below minimum ({field.least}): {text}")
    if last > field.most:
        raise _Refused(f"end of range ({last}) above maximum ({field.most}): {text}")
    if first > last:
        raise _Refused(f"beginning of range ({first}) beyond end of range ({last}): {text}")
    if not step:
        raise _Refused(f"step of range should be a positive number: {text}")


def _number_or_name(text: str, field: _Field) -> int:
    named = field.named(text)
    return _number(text) if named is None else named


def _number(text: str) -> int:
    failed = f"failed to parse int from {text}: strconv.Atoi: parsing {go_quoted(text)}"
    if not _NUMBER.fullmatch(text):
        raise _Refused(f"{failed}: invalid syntax")
    digits = text.lstrip("+-").lstrip("0")
    # Python refuses to read numbers of thousands of digits.
    number = int(digits[:20] or 0)
    if text.startswith("-"):
        if number > _MOST + 1:
            raise _Refused(f"{failed}: value out of range")
        if number:
            raise _Refused(f"negative number (-{number}) not allowed: {text}")
    elif number > _MOST:
        raise _Refused(f"{failed}: value out of range")
    return number
