"""Checks that an applied object fits its schema, in the server's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kubex.core._go_text import go_syntax, go_type, go_value
from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import InvalidArgument
from kubex.core.path_elements import element_text
from kubex.testing.patching.list_items import item_element
from kubex.testing.schema.tree import AnySchema, ListSchema, ObjectSchema, ScalarSchema, Schema

__all__ = ["applied_faults"]


def applied_faults(object_: Mapping[str, Any], schema: ObjectSchema) -> str:
    """Say what in an applied object does not fit its schema, as the server's message does; `""` if all does."""
    faults = [f"{path}: {text}" if path else text for path, text in _object_faults(dict(object_), schema, "")]
    if len(faults) > 1:
        return "\n".join(["errors:", *(f"  {fault}" for fault in faults)])
    return "".join(faults)


def _faults(value: Any, schema: Schema, path: str) -> Iterator[tuple[str, str]]:
    if value is None or isinstance(schema, AnySchema):
        return
    if isinstance(schema, ObjectSchema):
        yield from _object_faults(value, schema, path)
    elif isinstance(schema, ListSchema):
        yield from _list_faults(value, schema, path)
    else:
        text = _scalar_fault(value, schema)
        if text:
            yield path, text


def _object_faults(value: Any, schema: ObjectSchema, path: str) -> Iterator[tuple[str, str]]:
    if not is_object(value):
        yield path, f"expected map, got &{{{go_value(value)}}}"
        return
    for name, member in value.items():
        own = schema.member(name)
        if own is None:
            # The server looks no further in an object once it meets such a field.
            yield f"{path}.{name}", "field not declared in schema"
            return
        yield from _faults(member, own, f"{path}.{name}")


def _list_faults(value: Any, schema: ListSchema, path: str) -> Iterator[tuple[str, str]]:
    if not is_array(value):
        yield path, f"expected list, got &{{{go_value(value)}}}"
        return
    seen: set[str] = set()
    for index, item in enumerate(value):
        text = f"[{index}]"
        if schema.list_type != "atomic":
            try:
                element = item_element(item, schema)
            except InvalidArgument as error:
                yield path, f"element {index}: {error}"
                return
            text = element_text(element)
            if element in seen:
                yield path, f"duplicate entries for key {text}"
            seen.add(element)
        yield from _faults(item, schema.items, path + text)


def _scalar_fault(value: Any, schema: ScalarSchema) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not schema.is_checked:
        return f"expected any scalar, got &{{{go_value(value)}}}" if is_object(value) or is_array(value) else ""
    if schema.type == "string":
        return (
            ""
            if isinstance(value, str)
            else f"expected string, got &value.valueUnstructured{{Value:{go_syntax(value)}}}"
        )
    if schema.type == "boolean":
        return "" if isinstance(value, bool) else f"expected boolean, got &{{{go_value(value)}}}"
    return "" if is_number else f"expected numeric (int or float), got {go_type(value)}"
