"""Structs to JSON and to dicts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, Raw

from kubex_core.models._struct_types import is_list, is_mapping
from kubex_core.models._text_value import TextValue
from kubex_core.models.micro_time import MicroTime

__all__ = ["dump", "encode", "encode_leniently", "refuse_naive_moments"]

# The end of a moment without a zone, as msgspec and Pydantic write naive datetimes; alike texts are found too.
_NAIVE_MOMENT = re.compile(rb'T\d\d:\d\d:\d\d(?:\.\d+)?"')


def to_wire(value: Any) -> Any:
    """Encode what msgspec does not know by itself: its hook.

    Raises:
        TypeError: there is no JSON form.
        ValueError: a MicroTime without a time zone.
    """
    if isinstance(value, MicroTime):
        return value.wire()
    if isinstance(value, TextValue):
        return str(value)
    if isinstance(value, datetime):  # any other subclass of datetime (pandas', freezegun's)
        return value.isoformat()
    for plain in (str, int, float):  # subclasses: msgspec knows the types themselves alone
        if isinstance(value, plain):
            return plain(value)
    if hasattr(value, "model_dump"):  # a Pydantic model inside a struct, which is rare enough to be read for then
        from kubex_core.models._pydantic_encoder import plain_model

        return plain_model(value)
    raise TypeError(f"{type(value).__qualname__} has no JSON form")


encode_leniently = msgspec.json.Encoder(enc_hook=to_wire).encode
"""Give the JSON of structs and built-in types; naive datetimes are written without a zone."""


def encode(value: Any) -> bytes:
    """Give JSON that an API server reads.

    Raises:
        TypeError: a part has no JSON form.
        ValueError: a datetime has no time zone; the text says where it is.
    """
    data = encode_leniently(value)
    refuse_naive_moments(value, data)
    return data


def refuse_naive_moments(value: Any, data: bytes) -> None:
    """Refuse datetimes without a time zone: an API server can't read them, nobody could tell what is meant.

    msgspec and Pydantic write them without asking anyone. What was written is searched first, which costs a small
    part of writing it; the object itself is searched only where something is found.

    Args:
        value: object that was written.
        data: its JSON.

    Raises:
        ValueError: there is one; the text says where.
    """
    if _NAIVE_MOMENT.search(data) is None:
        return
    path = _naive_moment(value, "")
    if path is not None:
        raise ValueError(f"{path}: a datetime needs a time zone, as datetime.now(timezone.utc) has one")


def _naive_moment(value: Any, path: str) -> str | None:
    """Find the path of the first datetime without a time zone."""
    if isinstance(value, datetime):
        return path if value.tzinfo is None else None
    if hasattr(value, "model_dump"):
        value = value.model_dump(by_alias=True)
    parts: Iterable[tuple[str, Any]]
    if is_mapping(value):
        parts = ((f"{path}.{key}" if path else str(key), item) for key, item in value.items())
    elif is_list(value):
        parts = ((f"{path}[{index}]", item) for index, item in enumerate(value))
    else:
        return None
    return next((found for name, item in parts if (found := _naive_moment(item, name)) is not None), None)


def dump(value: Any, *, json_mode: bool, by_alias: bool, exclude_none: bool) -> Any:
    """Turn structs, and what they hold, into dicts and lists.

    Args:
        value: struct, container or plain value.
        json_mode: turn dates, bytes and the like into their JSON form too.
        by_alias: name the keys as the JSON does.
        exclude_none: leave out fields that are `None`; nulls in dicts stay.
    """

    def walk(value: Any) -> Any:
        if isinstance(value, msgspec.Struct):
            names = value.__struct_encode_fields__ if by_alias else value.__struct_fields__
            values = ((name, getattr(value, field)) for field, name in zip(value.__struct_fields__, names, strict=True))
            return {name: walk(item) for name, item in values if not exclude_none or not _is_absent(item)}
        if value is None or type(value) is str:
            return value
        if is_mapping(value):
            return {key: walk(item) for key, item in value.items()}
        if is_list(value):
            return [walk(item) for item in value]
        if isinstance(value, Raw):
            return msgspec.json.decode(value) if value else None
        if value is UNSET:
            return None
        if hasattr(value, "model_dump"):
            return value.model_dump(
                mode="json" if json_mode else "python", by_alias=by_alias, exclude_none=exclude_none
            )
        return msgspec.to_builtins(value, enc_hook=to_wire) if json_mode else value

    return walk(value)


def _is_absent(value: Any) -> bool:
    return value is None or value is UNSET or (isinstance(value, Raw) and not value)
