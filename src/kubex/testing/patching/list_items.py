"""How server-side apply tells the items of a list: by their keys, or by their value."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from kubex.core._go_text import go_json, go_quoted
from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import InvalidArgument
from kubex.testing.schema.tree import UNSET, ListSchema

__all__ = ["item_element", "items_by_element"]


def item_element(item: Any, schema: ListSchema) -> str:
    """Give the path element of an item of a list that is a set, or has keys.

    Raises:
        InvalidArgument: the item has none; the text is the server's.
    """
    if not schema.keys:
        return _value_element(item)
    if not is_object(item):
        what = "a null element" if item is None else "non-map elements"
        raise InvalidArgument(f"associative list with keys may not have {what}")
    parts: list[str] = []
    for name, default in schema.key_defaults:
        value = item.get(name, default)
        if value is not UNSET:
            parts.append(f'"{name}":{_text(value) if type(value) is str else go_json(value)}')
    if not parts:
        keys = " ".join(map(go_quoted, schema.keys))
        raise InvalidArgument(
            f"associative list with keys has an element that omits all key fields [{keys}] "
            "(and doesn't have default values for any key fields)"
        )
    return f"k:{{{','.join(parts)}}}"


@lru_cache(maxsize=8192)
def _text(value: str) -> str:
    """Write a string; those that tell items are few and come again and again."""
    return go_json(value)


def _value_element(item: Any) -> str:
    if is_object(item):
        raise InvalidArgument("associative list without keys has an element that's a map type")
    if is_array(item):
        raise InvalidArgument("not supported: associative list with lists as elements")
    if item is None:
        raise InvalidArgument("associative list without keys has an element that's an explicit null")
    return f"v:{go_json(item)}"


def items_by_element(items: list[Any], schema: ListSchema) -> dict[str, list[Any]]:
    """Group items by their path element, in the order of the list: stored objects may have duplicates.

    Raises:
        InvalidArgument: an item has none; the text is the server's.
    """
    groups: dict[str, list[Any]] = {}
    for index, item in enumerate(items):
        try:
            element = item_element(item, schema)
        except InvalidArgument as error:
            raise InvalidArgument(f"element {index}: {error}") from None
        groups.setdefault(element, []).append(item)
    return groups
