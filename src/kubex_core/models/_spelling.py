"""Reads dicts as users write them: attribute names beside the JSON's, model objects, numbers as quantities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Raw
from msgspec import inspect as ms

from kubex_core.models._struct_encoder import dump, encode_leniently
from kubex_core.models._struct_types import (
    admits_none,
    fields_by_name,
    is_list,
    is_mapping,
    is_quantity,
    quantity_text,
    unwrapped,
)

__all__ = ["respelled"]


def respelled(value: Any, info: ms.Type) -> Any:
    """Give a value with the JSON's names throughout, as `msgspec.convert` reads it.

    Args:
        value: dicts, lists, model objects and plain values.
        info: type that the value is to become.
    """
    inner = unwrapped(info, value)
    if isinstance(inner, ms.StructType):
        if type(value) is inner.cls:
            return value
        if isinstance(value, msgspec.Struct) or hasattr(value, "model_dump"):  # a subclass's, another version's
            value = dump(value, json_mode=True, by_alias=True, exclude_none=False)
        return _respelled_struct(value, inner) if is_mapping(value) else value
    if isinstance(inner, ms.ListType) and is_list(value):
        return [respelled(item, inner.item_type) for item in value]
    if isinstance(inner, ms.DictType) and is_mapping(value):
        return {key: respelled(item, inner.value_type) for key, item in value.items()}
    if isinstance(inner, ms.RawType) and not isinstance(value, Raw):
        return Raw(encode_leniently(value))
    return quantity_text(value) if is_quantity(info) else value


def _respelled_struct(value: Mapping[Any, Any], info: ms.StructType) -> dict[str, Any]:
    fields = fields_by_name(info)
    result: dict[str, Any] = {}
    for key, item in value.items():
        field = fields.get(key)
        if field is None or (key != field.encode_name and field.encode_name in value):
            continue  # unknown, or given in both spellings: the JSON's name goes first, as in Pydantic
        if item is None and not field.required and _is_left_out_by_null(field.type):
            continue
        result[field.encode_name] = respelled(item, field.type)
    return result


def _is_left_out_by_null(info: ms.Type) -> bool:
    """Whether null for a field with a default means that default: `metadata` is never None."""
    return isinstance(unwrapped(info), ms.RawType) or not admits_none(info)
