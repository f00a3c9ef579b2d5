"""Turns the bodies of patches into JSON: models, dicts and what they hold.

A patch is stricter than an object's body about what it holds. A null means "remove this" there, so nothing may become
one by accident: a NaN is refused, and what a Pydantic model was never given is not written.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypeGuard

import msgspec
from msgspec import Raw
from pydantic import BaseModel

from kubex.core.codec import encode as encode_object
from kubex.core.exceptions import InvalidArgument
from kubex.core.json_pointer import JsonPointer
from kubex_core.models._pydantic_encoder import plain_model
from kubex_core.models._text_value import TextValue
from kubex_core.models.micro_time import MicroTime

__all__ = ["Omitted", "json_bytes"]

Omitted = Literal["none", "unset"]
"""What is left out of Pydantic models: what is `None` by itself, or what was never given."""

_NO_JSON = (TypeError, ValueError, NotImplementedError, msgspec.MsgspecError)


def json_bytes(body: Any, what: str, omitted: Omitted) -> bytes:
    """Give a body's JSON.

    Args:
        body: models, dicts, lists and plain values, nested as they come.
        what: name of the body, for the errors.
        omitted: what is left out of Pydantic models. Structs never write `None`, dicts are written as they are.

    Raises:
        InvalidArgument: something in it has no JSON form; the text says where.
    """
    try:
        return msgspec.json.encode(_plain(body, JsonPointer(), what, omitted))
    except RecursionError:
        raise InvalidArgument(f"{what} is nested too deeply, or holds itself") from None


def _plain(value: Any, pointer: JsonPointer, what: str, omitted: Omitted) -> Any:
    """Give what msgspec writes without any hook."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return value if value.isascii() else _text(value, pointer, what)
    if isinstance(value, float):
        return _finite(value, pointer, what)
    if _is_mapping(value):
        return _members(value, pointer, what, omitted)
    if _is_sequence(value):
        return [_plain(item, pointer / index, what, omitted) for index, item in enumerate(value)]
    if isinstance(value, msgspec.Struct):
        return _struct(value, pointer, what, omitted)
    if isinstance(value, BaseModel):
        return _plain(_dumped(value, pointer, what, omitted), pointer, what, omitted)
    return _scalar(value, pointer, what)


def _is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _is_sequence(value: Any) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    return isinstance(value, list | tuple)


def _members(value: Mapping[Any, Any], pointer: JsonPointer, what: str, omitted: Omitted) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, member in value.items():
        if not isinstance(name, str):
            raise _refusal(pointer, what, f"the name {name!r} is no string")
        members[_text(name, pointer, what)] = _plain(member, pointer / name, what, omitted)
    return members


def _struct(value: msgspec.Struct, pointer: JsonPointer, what: str, omitted: Omitted) -> Raw:
    try:
        return Raw(encode_object(value))
    except InvalidArgument as error:
        # The encoder does not say where; look for it field by field.
        for field, name in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            member = getattr(value, field)
            if not isinstance(member, Raw):
                _plain(member, pointer / name, what, omitted)
        raise _refusal(pointer, what, str(error)) from None


def _dumped(value: BaseModel, pointer: JsonPointer, what: str, omitted: Omitted) -> Any:
    unset = omitted == "unset"
    try:
        document = plain_model(value, given_alone=unset)
    except _NO_JSON as error:
        raise _refusal(pointer, what, str(error)) from None
    # Pydantic's JSON has null for a NaN and no zone for a naive time: both are looked for before they are that.
    _check(value.model_dump(by_alias=True, exclude_unset=unset, exclude_none=not unset), pointer, what)
    return document


def _check(value: Any, pointer: JsonPointer, what: str) -> None:
    if isinstance(value, float):
        _finite(value, pointer, what)
    elif isinstance(value, datetime):
        _zoned(value, pointer, what)
    elif _is_mapping(value):
        for name, member in value.items():
            _check(member, pointer / str(name), what)
    elif _is_sequence(value):
        for index, item in enumerate(value):
            _check(item, pointer / index, what)


def _finite(value: float, pointer: JsonPointer, what: str) -> float:
    if not math.isfinite(value):
        raise _refusal(pointer, what, f"{value} is no JSON number")
    return value


def _zoned(value: datetime, pointer: JsonPointer, what: str) -> datetime:
    if value.tzinfo is None:
        raise _refusal(pointer, what, f"the time {value} needs a time zone, as datetime.now(timezone.utc) has one")
    return value


def _scalar(value: Any, pointer: JsonPointer, what: str) -> Any:
    if isinstance(value, TextValue | JsonPointer):
        return str(value)
    if isinstance(value, datetime):
        moment = _zoned(value, pointer, what)
        return moment.wire() if isinstance(moment, MicroTime) else moment.isoformat()
    try:
        return Raw(msgspec.json.encode(value))
    except _NO_JSON:
        raise _refusal(pointer, what, f"a {type(value).__qualname__} has no JSON form") from None


def _text(value: str, pointer: JsonPointer, what: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _refusal(pointer, what, "a string holds half of a surrogate pair, which UTF-8 can't write") from None
    return value


def _refusal(pointer: JsonPointer, what: str, problem: str) -> InvalidArgument:
    place = f' at "{pointer}"' if pointer.tokens else ""
    return InvalidArgument(f"{what}{place}: {problem}")
