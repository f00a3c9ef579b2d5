"""The formats of strings that a CustomResourceDefinition may ask for, as the API server reads them.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from ipaddress import ip_interface
from typing import Any, Final

from jsonschema import FormatChecker

__all__ = ["FORMATS"]

FORMATS: Final = FormatChecker(())
"""Knows the formats that a server checks, and no other; `password` is any string."""

_DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt][\d:]{8}(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_GO_DURATION: Final = re.compile(r"[-+]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
_UNITS: Final = "ns|nano|us|µs|micro|ms|milli|s|sec|m|min|h|hr|hour|d|day|w|wk|week"
_SPELLED_DURATION: Final = re.compile(rf"((\d+)\s*({_UNITS})[a-z]*\s*)+", re.ASCII | re.IGNORECASE)
_URI: Final = re.compile(r"(/|[A-Za-z][A-Za-z0-9+.-]*:)[^\x00-\x20\x7f]*")
_LABEL: Final = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_HEX: Final = "[0-9A-Fa-f]"
_BYTE: Final = r"(0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])"
_SPACES: Final = re.compile(r"[\s-]+", re.ASCII)
_CARD: Final = re.compile(
    r"4[0-9]{12}([0-9]{3})?|5[1-5][0-9]{14}|6(011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(0[0-5]|[68][0-9])[0-9]{11}"
    r"|(2131|1800|35\d{3})\d{11}",
    re.ASCII,
)
_PATTERNS: Final = {
    "hostname": r"([a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)(\.[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?)*\.?",
    "mac": r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}(([:-][0-9A-Fa-f]{2}){2}|([:-][0-9A-Fa-f]{2}){14})?"
    r"|[0-9A-Fa-f]{4}(\.[0-9A-Fa-f]{4}){2,3}",
    "bsonobjectid": r"[0-9A-Fa-f]{24}",
    "hexcolor": r"#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})",
    "rgbcolor": rf"rgb\(\s*{_BYTE}\s*,\s*{_BYTE}\s*,\s*{_BYTE}\s*\)",
    "ssn": r"\d{3}[- ]?\d{2}[- ]?\d{4}",
    "email": r"[^@\s]+@[^@\s]+",
    "uuid": r"[0-9A-Fa-f]{8}-?([0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}",
    **{
        f"uuid{version}": rf"{_HEX}{{8}}-?{_HEX}{{4}}-?{version}{_HEX}{{3}}-?{_HEX}{{4}}-?{_HEX}{{12}}"
        for version in (3, 4, 5)
    },
    "k8s-short-name": rf"(?=.{{1,63}}$){_LABEL}",
    "k8s-long-name": rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*",
}


def _on_strings(check: Callable[[str], bool]) -> Callable[[Any], bool]:
    return lambda value: not isinstance(value, str) or check(value)


def _is_date_time(text: str) -> bool:
    if _DATE_TIME.fullmatch(text) is None:
        return False
    whole = f"{text[:10]}T{text[11:19]}"
    return _parses(lambda: datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S"))  # the zone is checked above


def _is_date(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) is not None and _parses(
        lambda: datetime.fromisoformat(text)
    )


def _is_duration(text: str) -> bool:
    return bool(_GO_DURATION.fullmatch(text) or _SPELLED_DURATION.fullmatch(text))


def _is_cidr(text: str) -> bool:
    return "/" in text and _parses(lambda: ip_interface(text))


def _is_base64(text: str) -> bool:
    return _parses(lambda: base64.b64decode(text, validate=True))


def _is_address(version: int) -> Callable[[str], bool]:
    return lambda text: "/" not in text and _parses(lambda: _of_version(text, version))


def _of_version(text: str, version: int) -> None:
    if ip_interface(text).version != version:
        raise ValueError(text)


def _is_isbn10(text: str) -> bool:
    digits = _SPACES.sub("", text)
    if re.fullmatch(r"[0-9]{9}[0-9X]", digits) is None:
        return False
    return sum(place * (10 if each == "X" else int(each)) for place, each in enumerate(digits, start=1)) % 11 == 0


def _is_isbn13(text: str) -> bool:
    digits = _SPACES.sub("", text)
    if re.fullmatch(r"[0-9]{13}", digits) is None:
        return False
    return sum((1, 3)[place % 2] * int(each) for place, each in enumerate(digits)) % 10 == 0


def _is_card_number(text: str) -> bool:
    digits = re.sub(r"[^0-9]+", "", text)
    if _CARD.fullmatch(digits) is None:
        return False
    # Every second digit from the end counts twice, by the sum of its digits.
    doubled = (sum(divmod(int(each) * (1 + place % 2), 10)) for place, each in enumerate(reversed(digits)))
    return sum(doubled) % 10 == 0


def _parses(parse: Callable[[], object]) -> bool:
    try:
        parse()
    except (ValueError, binascii.Error):
        return False
    return True


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


_CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {
    **{name: _matches(re.compile(pattern, re.ASCII)) for name, pattern in _PATTERNS.items()},
    "date-time": _is_date_time,
    "datetime": _is_date_time,
    "date": _is_date,
    "duration": _is_duration,
    "uri": _matches(_URI),
    "isbn": lambda text: _is_isbn10(text) or _is_isbn13(text),
    "isbn10": _is_isbn10,
    "isbn13": _is_isbn13,
    "creditcard": _is_card_number,
    "cidr": _is_cidr,
    "byte": _is_base64,
    "ipv4": _is_address(4),
    "ipv6": _is_address(6),
}
for _name, _check in _CHECKS.items():
    FORMATS.checks(_name)(_on_strings(_check))
