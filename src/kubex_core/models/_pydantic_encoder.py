"""Pydantic models to JSON: without what is unset, and with the nulls that say something.

Pydantic leaves out either every null or none. A null is left out here where the field is `None` by itself; it stays
where the field has no default or another one, in the fields that a class does not know, and in dicts, as in structs.
Of a `SecretStr`, which Pydantic writes as asterisks, the text is written: it is what the API server is to have.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeGuard

import msgspec

from kubex_core.models._struct_types import is_list, is_mapping

__all__ = ["encode_model", "plain_model"]

_HIDDEN = "*" * 10  # what Pydantic writes of a secret
_WITHOUT_PARTS = (str, int, float, bytes, type(None))

_fields: dict[type[Any], tuple[_Field, ...]] = {}


class _Field(NamedTuple):
    """A field of a Pydantic model, a struct or a dataclass."""

    name: str
    key: str
    """Its name in JSON."""
    keeps_null: bool


class _Lost(NamedTuple):
    """A value that Pydantic did not write: a null, or a secret."""

    path: tuple[Any, ...]
    value: str | None


def encode_model(model: Any) -> bytes:
    """Give the JSON of a Pydantic model."""
    data: bytes = model.model_dump_json(by_alias=True, exclude_none=True).encode()
    lost = list(_lost(model, ()))
    return msgspec.json.encode(_restored(msgspec.json.decode(data), lost)) if lost else data


def plain_model(model: Any, *, given_alone: bool = False) -> Any:
    """Give a Pydantic model as dicts and lists of what JSON has.

    Args:
        model: the model.
        given_alone: leave out what was never given, and keep every null that was.
    """
    lost: Iterable[_Lost] = _lost(model, ())
    if given_alone:
        dumped = model.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return _restored(dumped, [each for each in lost if each.value is not None])
    return _restored(model.model_dump(mode="json", by_alias=True, exclude_none=True), lost)


def _restored(whole: Any, lost: Iterable[_Lost]) -> Any:
    for (*parents, last), value in lost:
        at: Any = whole
        for key in parents:
            if is_mapping(at):
                at = at.get(key)
            elif is_list(at) and isinstance(key, int) and key < len(at):
                at = at[key]
            else:  # a serializer of the model's own has made something else of it
                break
        else:
            if value is None:
                if _is_dict(at):
                    at.setdefault(last, None)
            elif (_is_dict(at) and at.get(last) == _HIDDEN) or (_is_array(at) and at[last : last + 1] == [_HIDDEN]):
                at[last] = value
    return whole


def _is_dict(value: Any) -> TypeGuard[dict[Any, Any]]:
    return isinstance(value, dict)


def _is_array(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _lost(value: Any, path: tuple[Any, ...]) -> Iterator[_Lost]:
    """Give the nulls that Pydantic leaves out and that say something, and the secrets that it hides."""
    for key, item, keeps_null in _parts(value):
        if item is None:
            if keeps_null:
                yield _Lost((*path, key), None)
        elif not isinstance(item, _WITHOUT_PARTS):
            secret: Any = getattr(item, "get_secret_value", None)
            if secret is None:
                yield from _lost(item, (*path, key))
            elif isinstance(text := secret(), str):
                yield _Lost((*path, key), text)


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
