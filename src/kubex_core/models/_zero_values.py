"""Reads JSON as Go's decoder does: null and missing required parts are the zero value of their type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import ValidationError, convert
from msgspec import inspect as ms

from kubex_core.models._struct_types import (
    admits_none,
    is_list,
    is_mapping,
    is_quantity,
    is_time,
    quantity_text,
    unwrapped,
)
from kubex_core.models._text_value import TextValue

__all__ = ["filled"]

_ZERO_TIME = "0001-01-01T00:00:00Z"


def filled(value: Any, info: ms.Type) -> Any:
    """Give parsed JSON with every null or missing required part replaced by its zero value.

    What a type can't be, whatever is filled in, is left for the typed decoder to refuse.
    """
    if value is None:
        return None if admits_none(info) else _zero(info)
    inner = unwrapped(info, value)
    if isinstance(inner, ms.StructType) and is_mapping(value):
        return _filled_struct(value, inner)
    if isinstance(inner, ms.ListType) and is_list(value):
        return [filled(item, inner.item_type) for item in value]
    if isinstance(inner, ms.DictType) and is_mapping(value):
        return {key: filled(item, inner.value_type) for key, item in value.items()}
    if isinstance(value, str) and is_time(inner):
        return _readable_time(value, optional=admits_none(info))
    if isinstance(value, int | float) and is_quantity(info):
        return quantity_text(value)
    return value


def _filled_struct(value: Mapping[str, Any], info: ms.StructType) -> dict[str, Any]:
    result = dict(value)
    for field in info.fields:
        name = field.encode_name
        item = result.get(name)
        if item is not None:
            result[name] = filled(item, field.type)
        elif field.required:
            result[name] = None if admits_none(field.type) else _zero(field.type)
        elif name in result and not admits_none(field.type):
            del result[name]  # null where the default is an object or a text: the default
    return result


def _readable_time(value: str, *, optional: bool) -> str | None:
    """Give a time that msgspec reads: senders are known to write `""`, leap seconds and the very last nanosecond."""
    if not value:
        return None if optional else _ZERO_TIME
    try:
        convert(value, datetime)
    except ValidationError:
        date, _, time = value.partition("T")
        seconds = time[6:8]
        if seconds == "60":
            seconds = "59"
        fraction, zone = _split_fraction(time[8:])
        return f"{date}T{time[:6]}{seconds}{fraction[:7]}{zone}"
    return value


def _split_fraction(text: str) -> tuple[str, str]:
    """Split `.123456789Z` into the fraction with its point and the zone."""
    end = 0
    while end < len(text) and text[end] in ".0123456789":
        end += 1
    return text[:end], text[end:]


def _zero(info: ms.Type) -> Any:
    """Give the JSON form of a type's zero value in Go."""
    inner = unwrapped(info)
    if isinstance(inner, ms.StructType):
        return _filled_struct({}, inner)
    if isinstance(inner, ms.UnionType):
        # `int | str` is Kubernetes' IntOrString, whose zero is the number; known words beside `str` are a text.
        return 0 if any(isinstance(member, ms.IntType) for member in inner.types) else ""
    if is_time(inner):
        return _ZERO_TIME
    if isinstance(inner, ms.CustomType) and issubclass(inner.cls, TextValue):
        return str(inner.cls())
    for types, zero in _ZEROS:
        if isinstance(inner, types):
            return zero() if callable(zero) else zero
    return None


_ZEROS: tuple[tuple[tuple[type[ms.Type], ...], Any], ...] = (
    ((ms.StrType, ms.BytesType, ms.LiteralType), ""),
    ((ms.IntType, ms.FloatType), 0),
    ((ms.BoolType,), False),
    ((ms.ListType,), list),
    ((ms.DictType,), dict),
)
