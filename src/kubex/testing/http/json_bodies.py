"""Reads JSON as the API server does: what Go takes, and which of its fields are there twice."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import msgspec

from kubex.core._json_value import is_array
from kubex.testing.json_errors import json_error
from kubex.testing.lifecycle.requests import BodyField

__all__ = ["NO_KIND", "ReadJson", "UnreadableJson", "read_json", "read_plain_json"]

NO_KIND: Final = "couldn't get version/kind; json parse error: "
"""How most refusals begin: the server looks at the kind of an object first."""

_LONGEST_INTEGER: Final = 19  # digits that 64 bits hold, whatever they are
# Escaped backslashes, pairs of surrogates, and halves of such.
_ESCAPES: Final = re.compile(
    r"\\\\|(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


class UnreadableJson(Exception):
    """A text is no JSON; the text says how, in Go's words."""


class ReadJson(NamedTuple):
    """What a text holds."""

    value: Any
    fields: tuple[BodyField, ...]
    """All its fields in their order, where one is there twice; else none."""


def read_json(content: bytes) -> ReadJson:
    """Read JSON; of a field that is there twice counts the last one.

    Raises:
        UnreadableJson: it is none.
    """
    try:
        value = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        value = _decoded_as_go_does(content)
    # Most clients write JSON as it is written here: then nothing in it was lost to a field that is there twice.
    return ReadJson(value, () if _is_written_alike(value, content) else _repeating_fields(content))


def read_plain_json(content: bytes) -> Any:
    """Read an object in which no strict reader finds anything odd; `None` where one does."""
    try:
        value = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return value if _is_written_alike(value, content) or not _repeating_fields(content) else None


class _JsonNumber(float):
    """A number that no type of the API holds, written as it was: `1e400`."""

    def __new__(cls, text: str) -> _JsonNumber:
        """Keep the text."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str

    def __str__(self) -> str:
        return self.text


def _is_written_alike(value: Any, content: bytes) -> bool:
    try:
        return msgspec.json.encode(value) == content.rstrip()
    except (OverflowError, RecursionError, TypeError):  # numbers that are read but not written, or too deep a nesting
        return False


def _decoded_as_go_does(content: bytes) -> Any:
    """Read what Go takes and a stricter reader does not: what is no UTF-8 is replaced, a number may be of any size."""
    problem = json_error(content)
    if problem:
        raise UnreadableJson(f"{NO_KIND}{problem}")
    try:
        text = _ESCAPES.sub(_without_half_pair, content.decode(errors="replace"))
        return json.loads(text, parse_int=_integer, parse_float=_number)
    except (ValueError, RecursionError):
        raise UnreadableJson("json: exceeded max depth") from None


def _without_half_pair(escape: re.Match[str]) -> str:
    """Replace half a pair of surrogates, which is no character, as Go does."""
    return escape[0] if escape[0] == r"\\" or escape["pair"] else r"\ufffd"


def _integer(text: str) -> int | _JsonNumber:
    return int(text) if len(text) < _LONGEST_INTEGER else _JsonNumber(text)


def _number(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _JsonNumber(text)


def _repeating_fields(content: bytes) -> tuple[BodyField, ...]:
    """Give all fields, if an object has one of them twice."""
    found = False

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        value = dict(pairs)
        if len(value) != len(pairs):
            found = True
        return value

    _read_with(content, look)
    return tuple(_fields(_read_with(content, _Pairs))) if found else ()


class _Pairs(list[tuple[str, Any]]):
    """The members of an object as they stand in the text."""


def _fields(value: Any) -> list[BodyField]:
    """Give the fields of a value in the order of the text, however deep it is."""
    fields: list[BodyField] = []
    open_values = [_members(value, "")]
    while open_values:
        found = next(open_values[-1], None)
        if found is None:
            open_values.pop()
            continue
        path, member, is_again = found
        if is_again is not None:
            fields.append(BodyField(path, is_again))
        open_values.append(_members(member, path))
    return fields


def _members(value: Any, path: str) -> Iterator[tuple[str, Any, bool | None]]:
    """Give the paths and values in an object or array, and of fields whether the object has had them before."""
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for name, member in value:
            yield f"{path}.{name}" if path else name, member, name in seen
            seen.add(name)
    elif is_array(value):
        for index, item in enumerate(value):
            yield f"{path}[{index}]", item, None


def _read_with(content: bytes, hook: Callable[[list[tuple[str, Any]]], Any]) -> Any:
    try:
        return json.loads(content.decode(errors="replace"), object_pairs_hook=hook)
    except (ValueError, RecursionError):  # a number of thousands of digits: msgspec reads it
        return None
