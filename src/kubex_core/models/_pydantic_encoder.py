"""Pydantic models to JSON: without what is unset, and with the nulls that say something.

Pydantic leaves out either every null or none. A null is left out here where the field is `None` by itself; it stays
where the field has no default or another one, in the fields that a class does not know, and in dicts, as in structs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeGuard

import msgspec

from kubex_core.models._struct_types import is_list, is_mapping

__all__ = ["encode_model", "plain_model"]

_WITHOUT_PARTS = (str, int, float, bytes, type(None))

_fields: dict[type[Any], tuple[_Field, ...]] = {}


class _Field(NamedTuple):
    """A field of a Pydantic model, a struct or a dataclass."""

    name: str
    key: str
    """Its name in JSON."""
    keeps_null: bool


def encode_model(model: Any) -> bytes:
    """Give the JSON of a Pydantic model."""
    data: bytes = model.model_dump_json(by_alias=True, exclude_none=True).encode()
    nulls = list(_nulls(model, ()))
    return msgspec.json.encode(_with_nulls(msgspec.json.decode(data), nulls)) if nulls else data


def plain_model(model: Any) -> Any:
    """Give a Pydantic model as dicts and lists of what JSON has."""
    dumped = model.model_dump(mode="json", by_alias=True, exclude_none=True)
    return _with_nulls(dumped, list(_nulls(model, ())))


def _with_nulls(whole: Any, nulls: list[tuple[Any, ...]]) -> Any:
    for *parents, last in nulls:
        at: Any = whole
        for key in parents:
            if is_mapping(at):
                at = at.get(key)
            elif is_list(at) and isinstance(key, int) and key < len(at):
                at = at[key]
            else:  # a serializer of the model's own has made something else of it
                break
        else:
            if _is_dict(at):
                at.setdefault(last, None)
    return whole


def _is_dict(value: Any) -> TypeGuard[dict[Any, Any]]:
    return isinstance(value, dict)


def _nulls(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Give the paths of the nulls that Pydantic leaves out and that say something."""
    for key, item, keeps_null in _parts(value):
        if item is None:
            if keeps_null:
                yield (*path, key)
        elif not isinstance(item, _WITHOUT_PARTS):
            yield from _nulls(item, (*path, key))


def _parts(value: Any) -> Iterator[tuple[Any, Any, bool]]:
    """Give what is inside a value: its key or index, itself, and whether a null there says something."""
    if is_list(value):
        yield from ((index, item, False) for index, item in enumerate(value))
        return
    if is_mapping(value):
        yield from ((key, item, True) for key, item in value.items())
        return
    if getattr(value, "__pydantic_root_model__", False):
        yield from _parts(value.root)
        return
    for name, key, keeps_null in _fields_of(value.__class__):
        yield key, getattr(value, name, None), keeps_null
    unknown: dict[str, Any] = getattr(value, "__pydantic_extra__", None) or {}
    yield from ((key, item, True) for key, item in unknown.items())


def _fields_of(cls: type[Any]) -> tuple[_Field, ...]:
    found = _fields.get(cls)
    if found is None:
        found = _fields[cls] = tuple(_made_fields(cls))
    return found


def _made_fields(cls: Any) -> Iterator[_Field]:
    if issubclass(cls, msgspec.Struct):
        for field in msgspec.structs.fields(cls):
            yield _Field(field.name, field.encode_name, field.default is not None)
    elif hasattr(cls, "__pydantic_fields__"):
        for name, info in cls.__pydantic_fields__.items():
            if not info.exclude:
                key = info.serialization_alias or info.alias or name
                yield _Field(name, key, info.is_required() or info.default is not None)
    elif dataclasses.is_dataclass(cls):
        for each in dataclasses.fields(cls):
            yield _Field(each.name, each.name, each.default is not None)
