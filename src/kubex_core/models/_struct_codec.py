"""Structs to and from JSON and built-in types: the hooks, the caches, and the tolerant second path.

The fast path is msgspec's typed decoder alone. Where it fails, `decode_tolerantly` reads the same bytes as Go's decoder
would (a null or missing required field is the type's zero value) and only then gives up.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import Raw
from msgspec import inspect as ms

from kubex_core.models.micro_time import MicroTime

__all__ = [
    "decode_tolerantly",
    "decoder_for",
    "dump",
    "encode",
    "from_builtins",
]

T = TypeVar("T")

_GO_ZERO_TIME = "0001-01-01T00:00:00Z"


def _to_wire(value: Any) -> Any:
    """Encode what msgspec does not know by itself."""
    if isinstance(value, MicroTime):
        return value.wire()
    if isinstance(value, datetime):  # any other subclass of datetime (pandas', freezegun's)
        return value.isoformat()
    if hasattr(value, "model_dump"):  # a Pydantic model inside a struct
        return value.model_dump(mode="json", by_alias=True, exclude_none=True)
    raise NotImplementedError(f"{type(value).__qualname__} has no JSON form")


def _from_wire(type_: type[Any], value: Any) -> Any:
    """Decode what msgspec does not know by itself."""
    if type_ is MicroTime:
        if isinstance(value, MicroTime):
            return value
        if isinstance(value, datetime):
            return MicroTime.of(value)
        return MicroTime.of(msgspec.convert(value, datetime))
    raise NotImplementedError(f"{type_.__qualname__} can't be read from JSON")


_encoder = msgspec.json.Encoder(enc_hook=_to_wire)
encode = _encoder.encode


@cache
def decoder_for(type_: type[T]) -> msgspec.json.Decoder[T]:
    """Give the one decoder of a type: building it costs milliseconds, using it microseconds."""
    return msgspec.json.Decoder(type_, dec_hook=_from_wire)


def decode_tolerantly(data: bytes | Raw, type_: type[T]) -> T:
    """Decode JSON as Go would; for bytes that the type's fast decoder refused.

    Raises:
        msgspec.ValidationError: a value of another type than the field's, which Go refuses as well.
        msgspec.DecodeError: not JSON.
    """
    filled = _fill(msgspec.json.decode(data), _type_info(type_))
    return decoder_for(type_).decode(_encoder.encode(filled))


def from_builtins(obj: Any, type_: type[T], *, strict: bool = True, tolerant: bool = False) -> T:
    """Build a struct from dicts with either spelling of the names.

    Raises:
        msgspec.ValidationError: a value of the wrong type, or a required one missing (unless `tolerant`).
    """
    info = _type_info(type_)
    renamed = _respell(obj, info)
    if tolerant:
        renamed = _fill(renamed, info)
    return msgspec.convert(renamed, type_, strict=strict, dec_hook=_from_wire)


def dump(obj: Any, *, json_mode: bool, by_alias: bool, exclude_none: bool) -> Any:
    """Turn structs, and what they hold, into dicts and lists."""
    if isinstance(obj, msgspec.Struct):
        fields = type(obj).__struct_fields__
        names = type(obj).__struct_encode_fields__ if by_alias else fields
        result = {}
        for field, name in zip(fields, names, strict=True):
            value = getattr(obj, field)
            if isinstance(value, Raw):
                value = msgspec.json.decode(value) if value else None
            if value is None and exclude_none:
                continue
            result[name] = dump(value, json_mode=json_mode, by_alias=by_alias, exclude_none=exclude_none)
        return result
    if isinstance(obj, dict):
        return {
            key: dump(value, json_mode=json_mode, by_alias=by_alias, exclude_none=exclude_none)
            for key, value in obj.items()
        }
    if isinstance(obj, list | tuple):
        return [dump(item, json_mode=json_mode, by_alias=by_alias, exclude_none=exclude_none) for item in obj]
    if hasattr(obj, "model_dump"):
        return obj.model_dump(mode="json" if json_mode else "python", by_alias=by_alias, exclude_none=exclude_none)
    return msgspec.to_builtins(obj, enc_hook=_to_wire) if json_mode else obj


@cache
def _type_info(type_: Any) -> ms.Type:
    return ms.type_info(type_)


def _unwrapped(info: ms.Type, value: Any) -> ms.Type:
    """Of `X | None`, give X; of other unions the member that fits a JSON value."""
    while isinstance(info, ms.Metadata):
        info = info.type
    if not isinstance(info, ms.UnionType):
        return info
    members = [member for member in info.types if not isinstance(member, ms.NoneType)]
    if len(members) == 1:
        return _unwrapped(members[0], value)
    for member in members:
        inner = _unwrapped(member, value)
        if isinstance(value, dict) and isinstance(inner, ms.StructType | ms.DictType):
            return inner
        if isinstance(value, list) and isinstance(inner, ms.ListType):
            return inner
    return ms.AnyType()


def _admits_none(info: ms.Type) -> bool:
    while isinstance(info, ms.Metadata):
        info = info.type
    if isinstance(info, ms.UnionType):
        return info.includes_none
    return isinstance(info, ms.AnyType | ms.NoneType | ms.RawType)


def _fill(value: Any, info: ms.Type) -> Any:
    """Give `value` with every null or missing required part replaced by its zero value, as Go's decoder has it."""
    if value is None:
        return None if _admits_none(info) else _zero(info)
    inner = _unwrapped(info, value)
    if isinstance(inner, ms.StructType) and isinstance(value, dict):
        return _fill_struct(value, inner)
    if isinstance(inner, ms.ListType) and isinstance(value, list):
        return [_fill(item, inner.item_type) for item in value]
    if isinstance(inner, ms.DictType) and isinstance(value, dict):
        return {key: _fill(item, inner.value_type) for key, item in value.items()}
    if _is_time(inner) and isinstance(value, str):
        return _readable_time(value, optional=_admits_none(info))
    return value


def _fill_struct(value: dict[str, Any], info: ms.StructType) -> dict[str, Any]:
    filled = dict(value)
    for field in info.fields:
        name = field.encode_name
        if filled.get(name) is not None:
            filled[name] = _fill(filled[name], field.type)
        elif name in filled and not _admits_none(field.type) and not field.required:
            del filled[name]  # null where the default is an object: the default
        elif (name in filled and not _admits_none(field.type)) or (name not in filled and field.required):
            filled[name] = None if _admits_none(field.type) else _zero(field.type)
    return filled


def _is_time(info: ms.Type) -> bool:
    return isinstance(info, ms.DateTimeType) or (isinstance(info, ms.CustomType) and info.cls is MicroTime)


def _readable_time(value: str, *, optional: bool) -> str | None:
    """Give a time that msgspec reads: Go writes `""` for the zero time, and some senders write leap seconds."""
    if not value:
        return None if optional else _GO_ZERO_TIME
    date, separator, rest = value.partition("T")
    if separator and rest[6:8] == "60":
        return f"{date}T{rest[:6]}59{rest[8:]}"
    return value


def _zero(info: ms.Type) -> Any:
    """Give the JSON form of a type's zero value in Go."""
    inner = _unwrapped(info, None)
    if isinstance(inner, ms.StructType):
        return _fill_struct({}, inner)
    if _is_time(inner):
        return _GO_ZERO_TIME
    if isinstance(inner, ms.UnionType | ms.AnyType) and isinstance(info, ms.UnionType):
        return 0  # IntOrString
    for types, zero in _ZEROS:
        if isinstance(inner, types):
            return zero() if callable(zero) else zero
    return None


_ZEROS: tuple[tuple[tuple[type[ms.Type], ...], Any], ...] = (
    ((ms.StrType, ms.BytesType), ""),
    ((ms.IntType, ms.FloatType), 0),
    ((ms.BoolType,), False),
    ((ms.ListType,), list),
    ((ms.DictType,), dict),
)


def _respell(value: Any, info: ms.Type) -> Any:
    """Give dicts the JSON's names and plain forms of what they hold, ready for `msgspec.convert`."""
    inner = _unwrapped(info, value)
    if isinstance(inner, ms.StructType):
        if isinstance(value, msgspec.Struct):
            return value if isinstance(value, inner.cls) else dump(value, json_mode=True, by_alias=True, exclude_none=True)
        if not isinstance(value, dict):
            return value
        by_name = {field.name: field for field in inner.fields} | {field.encode_name: field for field in inner.fields}
        respelled = {}
        for key, item in value.items():
            field = by_name.get(key)
            if field is not None:
                respelled[field.encode_name] = _respell(item, field.type)
        return respelled
    if isinstance(inner, ms.RawType) and not isinstance(value, Raw):
        return Raw(_encoder.encode(value))
    if isinstance(inner, ms.ListType) and isinstance(value, list | tuple):
        return [_respell(item, inner.item_type) for item in value]
    if isinstance(inner, ms.DictType) and isinstance(value, dict):
        return {key: _respell(item, inner.value_type) for key, item in value.items()}
    return value
