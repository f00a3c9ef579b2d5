"""`Duration`: a span of time as Kubernetes writes it, `1h30m0s`."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import total_ordering
from typing import Any, Final, Self

from kubex.core.exceptions import InvalidArgument
from kubex_core.models._text_value import TextValue

__all__ = ["Duration"]

_UNITS: Final = {
    "ns": 1,
    "us": 10**3,
    "\u00b5s": 10**3,
    "\u03bcs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PART: Final = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^0-9.]+)")
_LARGEST: Final = 2**63 - 1


@total_ordering
class Duration(TextValue):
    """A span of time, exact to the nanosecond, as the API has it in a `metav1.Duration`: `300ms`, `1h30m0s`.

    Immutable and hashable. Structs and Pydantic models may have fields of them.

    Args:
        nanoseconds: its length.

    Raises:
        InvalidArgument: it is longer than Go's, some 292 years.

    Example:
        ```python
        Duration.parse("1h15m30.918s").to_timedelta()
        str(Duration.of(timedelta(minutes=90)))  # "1h30m0s"
        ```

    https://pkg.go.dev/time#ParseDuration
    """

    __slots__ = ("_nanoseconds",)
    __match_args__ = ("nanoseconds",)

    def __init__(self, nanoseconds: int = 0) -> None:
        if not -_LARGEST - 1 <= nanoseconds <= _LARGEST:
            raise InvalidArgument("a duration has at most some 292 years")
        self._nanoseconds = nanoseconds

    @property
    def nanoseconds(self) -> int:
        """Its length."""
        return self._nanoseconds

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read one: numbers with units (`h`, `m`, `s`, `ms`, `us`, `ns`), one after the other, behind a sign.

        Raises:
            InvalidArgument: it is none, or too long.
        """
        negative, rest = text[:1] == "-", text[1:] if text[:1] in ("-", "+") else text
        if rest == "0":
            return cls()
        total, at = 0, 0
        while at < len(rest):
            part = _PART.match(rest, at)
            unit = _UNITS.get(part[3]) if part is not None and (part[1] or part[2]) else None
            if part is None or unit is None:
                raise _refusal(text)
            total += int(part[1] or 0) * unit + _fraction(part[2] or "", unit)
            at = part.end()
        if not rest or total > _LARGEST + negative:
            raise _refusal(text)
        return cls(-total if negative else total)

    @classmethod
    def of_json(cls, value: Any) -> Self:
        """Read one from JSON, where it is a text; a `timedelta` is taken, too.

        Raises:
            InvalidArgument: it is neither, or no duration.
        """
        if isinstance(value, timedelta):
            return cls(cls.of(value).nanoseconds)
        if not isinstance(value, str):
            raise InvalidArgument(f"a duration is a text, and not a {type(value).__qualname__}")
        return cls(cls.parse(value).nanoseconds)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Give the structural schema of a duration."""
        return {"type": "string", "format": "duration"}

    @classmethod
    def of(cls, span: timedelta) -> Duration:
        """Make one of a `timedelta`.

        Raises:
            InvalidArgument: it is too long.
        """
        return cls(span // timedelta(microseconds=1) * 1000)

    def to_timedelta(self) -> timedelta:
        """Give it as a `timedelta`, without what is below a microsecond."""
        return timedelta(microseconds=int(abs(self.nanoseconds) // 1000)) * (-1 if self.nanoseconds < 0 else 1)

    def total_seconds(self) -> float:
        """Give its length in seconds."""
        return self.nanoseconds / 10**9

    def __eq__(self, other: object) -> bool:
        return self._nanoseconds == other._nanoseconds if isinstance(other, Duration) else NotImplemented

    def __lt__(self, other: Duration) -> bool:
        is_one = isinstance(other, Duration)  # pyright: ignore[reportUnnecessaryIsInstance]
        return self._nanoseconds < other._nanoseconds if is_one else NotImplemented

    def __hash__(self) -> int:
        return hash(self._nanoseconds)

    def __repr__(self) -> str:
        return f"Duration(nanoseconds={self._nanoseconds})"

    def __str__(self) -> str:
        """Give it as Go prints it: `1h30m0s`, `1.5s`, `300ms`."""
        sign, length = "-" if self.nanoseconds < 0 else "", abs(self.nanoseconds)
        if length == 0:
            return "0s"
        if length < 10**9:
            unit = next(unit for unit in ("ms", "\u00b5s", "ns") if length >= _UNITS[unit])
            return f"{sign}{_decimal(length, _UNITS[unit])}{unit}"
        minutes, rest = divmod(length, _UNITS["m"])
        hours, minutes = divmod(minutes, 60)
        before = f"{hours}h{minutes}m" if hours else f"{minutes}m" if minutes else ""
        return f"{sign}{before}{_decimal(rest, _UNITS['s'])}s"


def _fraction(digits: str, unit: int) -> int:
    """Give a part of a unit as Go does: by floating point, of as many digits as fit."""
    number, scale = 0, 1.0
    for digit in digits:
        if number > _LARGEST // 10 or number * 10 + int(digit) > _LARGEST:
            break
        number, scale = number * 10 + int(digit), scale * 10
    return int(float(number) * (unit / scale))


def _decimal(length: int, unit: int) -> str:
    whole, rest = divmod(length, unit)
    fraction = str(rest).zfill(len(str(unit)) - 1).rstrip("0") if rest else ""
    return f"{whole}.{fraction}" if fraction else str(whole)


def _refusal(text: str) -> InvalidArgument:
    shown = text if len(text) <= 40 else f"{text[:40]}…"
    return InvalidArgument(f'"{shown}" is no duration: numbers with units are needed, as in 1h30m or 300ms')
