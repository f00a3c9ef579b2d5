"""Structs from JSON and from dicts: the fast decoders, and the slow second paths beside them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Raw

from kubex_core.models._spelling import respelled
from kubex_core.models._struct_encoder import dump, encode, encode_leniently, refuse_naive_moments
from kubex_core.models._struct_types import struct_types, type_info
from kubex_core.models._text_value import TextValue
from kubex_core.models._zero_values import filled
from kubex_core.models.micro_time import MicroTime

__all__ = [
    "decode_tolerantly",
    "decoder_for",
    "dump",
    "encode",
    "encode_leniently",
    "from_builtins",
    "from_json",
    "refuse_naive_moments",
]

T = TypeVar("T")

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}
_attribute_keys: dict[Any, re.Pattern[bytes]] = {}


def from_wire(type_: type[Any], value: Any) -> Any:
    """Decode what msgspec does not know by itself: its hook.

    Raises:
        TypeError, ValueError: the value does not fit; msgspec adds where it is.
    """
    if isinstance(value, type_):
        return value
    if type_ is MicroTime:
        try:
            return MicroTime.of(value if isinstance(value, datetime) else msgspec.convert(value, datetime))
        except msgspec.ValidationError as error:  # which msgspec would pass on as it is, without the place
            raise ValueError(str(error)) from None
    if issubclass(type_, TextValue):
        return type_.of_json(value)
    if hasattr(type_, "model_validate"):  # a Pydantic model inside a struct
        return cast("Any", type_).model_validate(value)
    raise TypeError(f"{type_.__qualname__} can't be read from JSON")


def decoder_for(type_: type[T]) -> msgspec.json.Decoder[T]:
    """Give the one fast decoder of a type: building it costs milliseconds, using it microseconds."""
    decoder = _decoders.get(type_)
    if decoder is None:
        decoder = _decoders[type_] = msgspec.json.Decoder(type_, dec_hook=from_wire)
    return decoder


def decode_tolerantly(data: bytes | Raw, type_: type[T]) -> T:
    """Decode JSON as Go would; for bytes that the type's fast decoder refused.

    Raises:
        msgspec.ValidationError: a value of another type than the field's, which Go refuses as well.
        msgspec.DecodeError: not JSON.
    """
    value = filled(msgspec.json.decode(data), type_info(type_))
    return decoder_for(type_).decode(encode_leniently(value))


def from_builtins(value: Any, type_: type[T], *, strict: bool = True, tolerant: bool = False) -> T:
    """Build a struct from dicts with either spelling of the names.

    Args:
        value: dict, whose values may be model objects.
        type_: struct class.
        strict: `False` also turns texts into numbers, booleans and dates.
        tolerant: null and missing required parts become zero values.

    Raises:
        msgspec.ValidationError: a value of the wrong type, or a required one missing.
    """
    info = type_info(type_)
    prepared = respelled(value, info)
    if tolerant:
        prepared = filled(prepared, info)
    return msgspec.convert(prepared, type_, strict=strict, dec_hook=from_wire)


def from_json(data: str | bytes | bytearray, type_: type[T]) -> T:
    """Build a struct from JSON with either spelling of the names.

    The fast decoder reads the JSON's names alone and passes over others: JSON that may hold attribute names goes the
    way of dicts, as does what the fast decoder refuses (a quantity given as a number).

    Raises:
        msgspec.ValidationError: a value of the wrong type, or a required one missing.
        msgspec.DecodeError: not JSON.
    """
    raw = data.encode() if isinstance(data, str) else data
    if _attribute_key(type_).search(raw) is None:
        try:
            return decoder_for(type_).decode(raw)
        except msgspec.ValidationError:
            pass
    return from_builtins(msgspec.json.decode(raw), type_)


def _attribute_key(type_: Any) -> re.Pattern[bytes]:
    """Give a pattern of the keys that may be attributes' names and not the JSON's: it finds too many, never too few."""
    pattern = _attribute_keys.get(type_)
    if pattern is None:
        fields = (field for struct in struct_types(type_info(type_)) for field in struct.fields)
        # `$ref` and `Port` are `ref` and `port`; all others that differ have an underscore.
        without = {field.name for field in fields if field.name != field.encode_name and "_" not in field.name}
        words = "|".join(["[a-z0-9]*_[a-z0-9_]*", *sorted(without)])
        pattern = _attribute_keys[type_] = re.compile(rf'"(?:{words})"\s*:'.encode())
    return pattern
