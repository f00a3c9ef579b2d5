"""What the scalars of YAML stand for, as the API server's reader has it."""

from __future__ import annotations

import base64
import calendar
import math
import re
from typing import Any, Final

__all__ = ["UnreadableYaml", "resolve"]

_PREFIX: Final = "tag:yaml.org,2002:"
_STR: Final = f"{_PREFIX}str"
_BOOL: Final = f"{_PREFIX}bool"
_INT: Final = f"{_PREFIX}int"
_FLOAT: Final = f"{_PREFIX}float"
_NULL: Final = f"{_PREFIX}null"
_TIME: Final = f"{_PREFIX}timestamp"
_BINARY: Final = f"{_PREFIX}binary"
_RESOLVED: Final = ("", _STR, _BOOL, _INT, _FLOAT, _NULL, _TIME)

_WORDS: Final[dict[str, tuple[str, Any]]] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), (_BOOL, True)),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), (_BOOL, False)),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), (_NULL, None)),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), (_FLOAT, float("nan"))),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), (_FLOAT, float("inf"))),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), (_FLOAT, float("-inf"))),
}
_WHOLE: Final = re.compile(
    r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]([0-7]+)|(0[0-7]*)|([1-9][0-9]*))|0b([-+][01]+)", re.ASCII
)
_BASES: Final = (16, 2, 8, 8, 10, 2)
_NUMBER: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
# A day, alone or with a time: with a zone after a T, without one after spaces.
_MOMENT: Final = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:[Tt]([0-9:]+)(?:[.,][0-9]+)?(?:Z|[-+](?:[01][0-9]|2[0-4]):(?:[0-5][0-9]|60))| +([0-9:]+)(?:[.,][0-9]+)?)?",
    re.ASCII,
)
_CLOCK: Final = re.compile(r"(?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:[0-5]?[0-9]", re.ASCII)
_MONTHS: Final = 12
_SIGNED: Final = 2**63  # whole numbers with a sign end before it
_MOST_DIGITS: Final = 65  # of a whole number of 64 bits, whatever its base, and a sign


class UnreadableYaml(Exception):
    """A text is no YAML, or can't be made JSON of."""


def resolve(tag: str, text: str, *, plain: bool) -> Any:
    """Give what a scalar stands for: text, a number, a truth or null.

    Args:
        tag: that it has been given; `""` if none.
        text: the scalar.
        plain: whether it stands there without quotes.

    Raises:
        UnreadableYaml: it is not what its tag says.
    """
    if tag == _BINARY:
        try:
            return base64.b64decode(re.sub("[\r\n]", "", text), validate=True).decode(errors="replace")
        except ValueError:
            raise UnreadableYaml("yaml: !!binary value contains invalid base64 data") from None
    if tag not in _RESOLVED or tag == _STR or (not tag and not plain):
        return text
    found, value = _found(text)
    if tag == _FLOAT and found == _INT and value < _SIGNED:
        return float(value)
    if tag == _TIME and _is_moment(text):
        return text
    if tag not in ("", found):
        raise UnreadableYaml(f"yaml: cannot decode {_short(found)} `{text}` as a {_short(tag)}")
    return value


def _short(tag: str) -> str:
    return f"!!{tag.removeprefix(_PREFIX)}"


def _found(text: str) -> tuple[str, Any]:
    """Give the tag and the value of a text by its looks."""
    if text in _WORDS:
        return _WORDS[text]
    if not text or text[0] not in "+-.0123456789":
        return _STR, text
    bare = text if text[0] == "." else text.replace("_", "")
    whole = _whole(bare)
    if whole is not None:
        return _INT, whole
    if _NUMBER.fullmatch(bare) and math.isfinite(number := float(bare)):
        return _FLOAT, number
    return _STR, text


def _whole(text: str) -> int | None:
    """Read a whole number that 64 bits hold, with a sign or without."""
    match = _WHOLE.fullmatch(text)
    if match is None:
        return None
    digits, base = next((digits, base) for digits, base in zip(match.groups()[1:], _BASES, strict=True) if digits)
    if len(digits.lstrip("0")) > _MOST_DIGITS:
        return None
    number = -int(digits, base) if match[1] == "-" else int(digits, base)
    return number if -_SIGNED <= number < (_SIGNED if match[1] or match[7] else 2 * _SIGNED) else None


def _is_moment(text: str) -> bool:
    """Whether a text is a day that there is, or a time of one."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return False
    year, month, day = map(int, match.groups()[:3])
    clock = match[4] or match[5]
    is_day = 1 <= month <= _MONTHS and 1 <= day <= calendar.monthrange(year, month)[1]
    return is_day and (clock is None or _CLOCK.fullmatch(clock) is not None)
