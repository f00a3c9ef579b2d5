"""Merges an applied object into the live one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kubex.core._json_value import is_object
from kubex.testing.patching.comparison import same_value
from kubex.testing.patching.list_items import item_element
from kubex.testing.schema.tree import ANY, AnySchema, ListSchema, ObjectSchema, ScalarSchema, Schema

__all__ = ["merge_applied"]

_MISSING: Final = object()


def merge_applied(live: Mapping[str, Any], applied: Mapping[str, Any], schema: ObjectSchema) -> Mapping[str, Any]:
    """Give the live object with what the applied one says; nothing is removed from it.

    Neither is changed. What is the same in the result is the live one's very own, the whole of it if all is.

    Raises:
        InvalidArgument: an item of a list can't be told from the others; the text is the server's.
    """
    return _merge_members(live, applied, schema)


def _merge_members(
    live: Mapping[str, Any], applied: Mapping[str, Any], schema: ObjectSchema | AnySchema
) -> Mapping[str, Any]:
    merged: dict[str, Any] | None = None
    for name, value in applied.items():
        own: Schema = schema if isinstance(schema, AnySchema) else schema.member(name) or ANY
        before = live.get(name, _MISSING)
        after = _merge_value(before, value, own)
        if after is not before:
            merged = dict(live) if merged is None else merged
            merged[name] = after
    return live if merged is None else merged


def _merge_value(live: Any, applied: Any, schema: Schema) -> Any:
    """Merge a value into another one or, where nothing is there, take it as it is."""
    if live is _MISSING:
        return applied
    if isinstance(schema, ListSchema):
        if schema.list_type != "atomic" and (live or applied):
            return _merge_items(live or [], applied or [], schema)
    elif not isinstance(schema, ScalarSchema) and not schema.atomic and (applied is None or is_object(applied)):
        # An empty or null object says nothing about what is in the live one.
        live_members = live if is_object(live) else {}
        if live_members or applied:
            return _merge_members(live_members, applied or {}, schema)
    return live if same_value(live, applied) else applied


def _merge_items(live: list[Any], applied: list[Any], schema: ListSchema) -> list[Any]:
    """Merge lists: applied items come in their own order, live ones stay before the item that they were before."""
    live_elements = [item_element(item, schema) for item in live]
    applied_elements = [item_element(item, schema) for item in applied]
    known = _by_element(live_elements, live)
    given = dict(zip(applied_elements, applied, strict=True))
    in_both = iter([element for element in applied_elements if element in known])
    expected = next(in_both, None)
    merged: list[Any] = []
    done: set[str] = set()
    at, to = 0, 0
    while at < len(live) or to < len(applied):
        element = live_elements[at] if at < len(live) else None
        wanted = applied_elements[to] if to < len(applied) else None
        if element is not None and element not in given:
            merged.append(live[at])
            at += 1
            continue
        if element is not None and wanted is not None and element != wanted and expected not in (None, element):
            at += 1  # its turn comes, or came, where the applied list has it
            continue
        if element is not None and (element == wanted or element in done):
            at += 1
        if wanted is not None:
            merged.append(_merge_value(known.get(wanted, _MISSING), given[wanted], schema.items))
            done.add(wanted)
            to += 1
            if wanted == expected:
                expected = next(in_both, None)
    is_same = len(merged) == len(live) and all(map(_is, merged, live))
    return live if is_same else merged


def _is(left: Any, right: Any) -> bool:
    return left is right


def _by_element(elements: list[str], items: list[Any]) -> dict[str, Any]:
    """Give items by their element; those that share one can't be merged with anything, and stand as null."""
    known: dict[str, Any] = {}
    for element, item in zip(elements, items, strict=True):
        known[element] = None if element in known else item
    return known
