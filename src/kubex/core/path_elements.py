"""The steps of a path to a field, as managed fields write them: `f:spec`, `k:{"name":"a"}`, `v:"a"`, `i:0`.

They are kept as that text, in the one spelling that the API server writes, so that equal steps are equal strings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from kubex.core._go_text import go_json, go_quoted, go_value
from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import InvalidArgument

__all__ = ["canonical", "element_text", "field", "item_index", "key", "order", "path_text", "value"]

_RANKS: Final = {"f": 0, "k": 1, "v": 2, "i": 3}
_NOTHING: Final = object()


def field(name: str) -> str:
    """Give the step to a field of an object, or to a member of a map."""
    return f"f:{name}"


def key(values: Mapping[str, Any]) -> str:
    """Give the step to the item of a list that has these values in its key fields."""
    return f"k:{go_json(values)}"


def value(item: Any) -> str:
    """Give the step to an item of a set."""
    return f"v:{go_json(item)}"


@lru_cache(maxsize=8192)
def canonical(element: str) -> str | None:
    """Give the one spelling of an element that a client wrote; `None` for a kind that is not known.

    Raises:
        InvalidArgument: it is no path element.
    """
    if len(element) < 2:
        raise InvalidArgument("key must be 2 characters long:")
    if element[1] != ":":
        raise InvalidArgument(f"missing colon: {element}")
    kind, content = element[0], element[2:]
    if kind == "f":
        return element
    try:
        if kind == "v":
            return value(json.loads(content))
        if kind == "k":
            keys = json.loads(content)
            if not is_object(keys):
                raise InvalidArgument(f"no object: {element}")
            return key(keys)
        if kind == "i":
            return f"i:{int(content)}"
    except ValueError as error:
        raise InvalidArgument(f"{element}: {error}") from None
    return None


@lru_cache(maxsize=8192)
def order(element: str) -> tuple[Any, ...]:
    """Give what elements are sorted by: fields, then keys, values and indices, each kind in its own order."""
    kind, content = element[0], element[2:]
    rank = _RANKS.get(kind, -1)
    if kind == "k":
        return rank, tuple((name, _value_order(each)) for name, each in sorted(json.loads(content).items()))
    if kind == "v":
        return rank, _value_order(json.loads(content))
    return rank, int(content) if kind == "i" else content


def _value_order(item: Any) -> tuple[Any, ...]:
    """Numbers come before strings, booleans, lists and objects, as the server has it."""
    if item is None:
        return (5,)
    if isinstance(item, bool):
        return 2, item
    if isinstance(item, int | float):
        return 0, item
    if isinstance(item, str):
        return 1, item
    if is_array(item):
        return 3, tuple(map(_value_order, item))
    return 4, go_json(item)


def item_index(items: list[Any], element: str) -> int | None:
    """Give the place of the item that an element means; `None` where there is no such item."""
    kind = element[0]
    if kind == "f":
        return None
    content = json.loads(element[2:])
    for number, item in enumerate(items):
        if kind == "k" and is_object(item) and all(item.get(name, _NOTHING) == key for name, key in content.items()):
            return number
        if kind == "v" and item == content and type(item) is type(content):
            return number
        if kind == "i" and number == content:
            return number
    return None


def element_text(element: str) -> str:
    """Write an element as error texts do: `.spec`, `[name="a"]`, `[="a"]`, `[0]`."""
    kind, content = element[0], element[2:]
    if kind == "k":
        keys: dict[str, Any] = json.loads(content)
        return f"[{','.join(f'{name}={_value_text(each)}' for name, each in sorted(keys.items()))}]"
    if kind == "v":
        return f"[={_value_text(json.loads(content))}]"
    return f"[{content}]" if kind == "i" else f".{content}"


def path_text(path: tuple[str, ...]) -> str:
    """Write a path as error texts do: `.spec.containers[name="a"].image`."""
    return "".join(map(element_text, path))


def _value_text(item: Any) -> str:
    if item is None:
        return "null"
    if isinstance(item, str):
        return go_quoted(item)
    if is_array(item):
        return f"[{','.join(map(_value_text, item))}]"
    if is_object(item):
        return "".join(f"{name}={_value_text(each)}" for name, each in sorted(item.items()))
    return go_value(item)
