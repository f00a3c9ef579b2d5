"""JSONPath as Kubernetes has it: what additional printer columns show.

https://kubernetes.io/docs/reference/kubectl/jsonpath/
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

from kubex.core._json_value import is_array, is_object

__all__ = ["JsonPath", "JsonPathError", "json_path"]

_Step: TypeAlias = Callable[[list[Any]], list[Any]]
_NAME: Final = re.compile(r"((?:\\.|[^\s.,\[\]$@{}\\])*)")
_ARRAY: Final = re.compile(r"\[([^\]\n]*)\]")
# A quoted text may have what else would end the filter.
_FILTER: Final = re.compile(r"""\[\?\(((?:[^'"()\n]|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")+)\)\]""")
_COMPARISON: Final = re.compile(r"([^!<>=]+)([!<>=]+)(.+)")
_TEXT: Final = re.compile(r"""'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)\"""")
_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9.]*", re.ASCII)
_WORD: Final = re.compile(r"true|false")
_KEY: Final = re.compile(r"'([^']*)'")
_SLICE: Final = re.compile(r"(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?", re.ASCII)
_COMPARED: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class JsonPathError(ValueError):
    """A path can't be read, or not be followed in an object."""


class JsonPath:
    """A path that has been read.

    Args:
        steps: each gives what it finds in what the one before has found.
    """

    def __init__(self, steps: list[_Step]) -> None:
        self._steps = steps

    def find(self, value: Any) -> list[Any]:
        """Give all that the path leads to.

        Raises:
            JsonPathError: an index is out of bounds, or values are compared that can't be.
        """
        return _followed(self._steps, [value])


@lru_cache(maxsize=1024)
def json_path(text: str) -> JsonPath:
    """Read a path, with or without its braces: `.status.conditions[?(@.type=="Ready")].status`.

    Raises:
        JsonPathError: it is none.
    """
    return JsonPath(_read(text.removeprefix("{").removesuffix("}")))


def _read(text: str) -> list[_Step]:
    steps: list[_Step] = []
    at = 0
    while at < len(text):
        if text[at] in " @$":
            at += 1
            continue
        step, at = _next_step(text, at)
        steps.append(step)
    return steps


def _next_step(text: str, at: int) -> tuple[_Step, int]:
    """Read one step; gives it and where the next one begins."""
    if text.startswith("[?(", at):
        found = _match(_FILTER, text, at)
        return _filter(found[1]), found.end()
    if text.startswith("..", at):
        at += 2
        named = at < len(text) and (text[at].isalnum() or text[at] == "_")
        if not named:
            return _descend, at
        found = _match(_NAME, text, at)
        inner = _field(found[1])
        return lambda values: inner(_descend(values)), found.end()
    if text[at] == "[":
        found = _match(_ARRAY, text, at)
        return _array(found[1]), found.end()
    if text[at] == ".":
        found = _match(_NAME, text, at + 1)
        return _members if found[1] == "*" else _field(found[1]), found.end()
    return _constant(text, at)


def _match(pattern: re.Pattern[str], text: str, at: int) -> re.Match[str]:
    found = pattern.match(text, at)
    if found is None:
        raise JsonPathError(f"{text!r} can't be read at {at}")
    return found


def _constant(text: str, at: int) -> tuple[_Step, int]:
    value: Any
    if (found := _TEXT.match(text, at)) is not None:
        value = re.sub(r"\\(.)", r"\1", found[1] if found[1] is not None else found[2])
        return lambda _: [value], found.end()
    if (found := _NUMBER.match(text, at)) is not None:
        try:
            value = float(found[0]) if "." in found[0] else int(found[0])
        except ValueError:
            raise JsonPathError(f"{found[0]} is no number") from None
    else:
        found = _match(_WORD, text, at)
        value = found[0] == "true"
    return lambda values: [value] * len(values), found.end()


def _field(name: str) -> _Step:
    name = name.replace("\\", "")
    return lambda values: [each[name] for each in values if is_object(each) and name in each]


def _members(values: list[Any]) -> list[Any]:
    found: list[Any] = []
    for each in values:
        found += each.values() if is_object(each) else each if is_array(each) else ()
    return found


def _descend(values: list[Any]) -> list[Any]:
    """Give values and all below them, but for those that are empty or have nothing below."""
    found: list[Any] = []
    for each in values:
        below = _members([each])
        if below:
            found += [each, *_descend(below)]
        elif isinstance(each, str) and each:
            found.append(each)
    return found


def _array(text: str) -> _Step:
    parts = text.split(",")
    if len(parts) > 1:
        branches = [_read(f"[{part.strip(' ')}]") for part in parts]
        return lambda values: [each for branch in branches for each in _followed(branch, values)]
    key = _KEY.fullmatch(text)
    if key is not None:
        steps = _read(f".{key[1]}")
        return lambda values: _followed(steps, values)
    bounds = _SLICE.fullmatch(":" if text == "*" else text)
    if bounds is None:
        raise JsonPathError(f"invalid array index {text}")
    first, last, step = (each if each is None else each.removeprefix(":") for each in bounds.groups())
    try:
        begin, end, pace = (int(each) if each else None for each in (first, last, step))
    except ValueError:
        raise JsonPathError(f"invalid array index {text}") from None
    if bounds[2] is None:
        return lambda values: _sliced(values, begin or 0, None, pace, is_one=True)
    return lambda values: _sliced(values, begin or 0, end, pace, is_one=False)


def _followed(steps: list[_Step], values: list[Any]) -> list[Any]:
    for step in steps:
        values = step(values)
    return values


def _sliced(values: list[Any], begin: int, end: int | None, pace: int | None, *, is_one: bool) -> list[Any]:
    found: list[Any] = []
    for each in values:
        if each is None:
            continue
        if not is_array(each):
            raise JsonPathError("no array")
        size = len(each)
        first = begin + size if begin < 0 else begin
        last = first + 1 if is_one else size if end is None else end + size if end < 0 else end
        if first == last:
            return found
        if not (0 <= first < size and first < last <= size):
            raise JsonPathError("array index out of bounds")
        if pace is not None and pace <= 0:
            raise JsonPathError("step must be > 0")
        found += each[first : last : pace or 1]
    return found


def _filter(text: str) -> _Step:
    comparison = _COMPARISON.fullmatch(text)
    if comparison is None:
        steps = _read(text)
        return lambda values: [each for each in _items(values) if _exists(steps, each)]
    left, right = _read(comparison[1]), _read(comparison[3])
    compare = _COMPARED.get(comparison[2])
    if compare is None:
        raise JsonPathError(f"unrecognized filter operator {comparison[2]}")
    return lambda values: [each for each in _items(values) if _is_so(left, compare, right, each)]


def _items(values: list[Any]) -> list[Any]:
    found: list[Any] = []
    for each in values:
        if not is_array(each):
            raise JsonPathError("no array that could be filtered")
        found += each
    return found


def _exists(steps: list[_Step], item: Any) -> bool:
    try:
        return bool(_followed(steps, [item]))
    except JsonPathError:
        return True  # as kubectl has it


def _is_so(left: list[_Step], compare: Callable[[Any, Any], bool], right: list[_Step], item: Any) -> bool:
    lefts = _followed(left, [item])
    rights = _followed(right, [item]) if lefts else []
    if not (lefts and rights):
        return False
    if len(lefts) > 1 or len(rights) > 1:
        raise JsonPathError("can only compare one element at a time")
    one, other = lefts[0], rights[0]
    if type(one) is not type(other) or not isinstance(one, str | int | float):
        raise JsonPathError("incompatible types for comparison")
    if isinstance(one, bool) and compare not in (operator.eq, operator.ne):
        raise JsonPathError("invalid type for comparison")
    return compare(one, other)
