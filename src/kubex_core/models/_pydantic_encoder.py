"""Pydantic models to JSON: without what is unset, and with the nulls that say something.

Pydantic leaves out either every null or none. A null is left out here where the field is `None` by itself; it stays
where the field has no default or another one, in the fields that a class does not know, and in dicts, as in structs.
Of a secret (`SecretStr`, `SecretBytes`, `Secret[…]`), which Pydantic writes as asterisks, what it holds is written: it
is what the API server is to have. Where that can't be told for sure nothing is sent, as asterisks would overwrite it.
"""

from __future__ import annotations

import dataclasses
import math
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date, time
from decimal import Decimal
from functools import cache
from typing import Any, Literal, NamedTuple, TypeGuard, get_args, get_type_hints
from uuid import UUID

import msgspec

from kubex_core.models._exceptions import InvalidArgument
from kubex_core.models._struct_types import is_list, is_mapping

__all__ = ["encode_model", "path_of_secret", "plain_model"]

_HIDDEN = "*" * 10  # what Pydantic writes of a secret
_WITHOUT_PARTS = (str, int, float, bytes, type(None))
_HAVE_JSON = (str, bytes, int, float, Decimal, date, time, UUID, type(None))  # a secret of one of these can be sent

_fields: dict[type[Any], tuple[_Field, ...]] = {}


class _Way(NamedTuple):
    """How a class writes what is in one of its fields."""

    has_serializer: bool = False
    """Whether the class says it itself, and so may write asterisks on purpose."""
    bytes_mode: Literal["utf8", "base64", "hex"] = "utf8"


_PLAINLY = _Way()


class _Field(NamedTuple):
    """A field of a Pydantic model, a struct or a dataclass."""

    name: str
    key: str
    """Its name in JSON."""
    keeps_null: bool
    way: _Way = _PLAINLY


class _Null(NamedTuple):
    """A null that Pydantic did not write."""

    path: tuple[Any, ...]


class _Secret(NamedTuple):
    """A secret that Pydantic wrote as asterisks."""

    path: tuple[Any, ...]
    value: Any
    way: _Way


class _Stale(NamedTuple):
    """A value that was read where the class now computes one."""

    path: tuple[Any, ...]
    is_alone: bool
    """Whether none was computed, so that Pydantic wrote this one alone; else both under one key."""


class _Used(NamedTuple):
    """An iterator: writing it has used it up, and so nobody can tell what secrets it gave."""

    path: tuple[Any, ...]


_Found = _Null | _Secret | _Stale | _Used


def encode_model(model: Any) -> bytes:
    """Give the JSON of a Pydantic model.

    Raises:
        InvalidArgument: it holds a secret that can't be written for sure; the text says where.
    """
    data: bytes = model.model_dump_json(by_alias=True, exclude_none=True).encode()
    found = list(_search([model], ()))
    return msgspec.json.encode(_restored(msgspec.json.decode(data), found)) if found else data


def plain_model(model: Any, *, given_alone: bool = False) -> Any:
    """Give a Pydantic model as dicts and lists of what JSON has.

    Args:
        model: the model.
        given_alone: leave out what was never given, and keep every null that was.

    Raises:
        InvalidArgument: it holds a secret that can't be written for sure; the text says where.
    """
    found: Iterable[_Found] = _search([model], ())
    if given_alone:
        dumped = model.model_dump(mode="json", by_alias=True, exclude_unset=True)
        return _restored(dumped, [each for each in found if isinstance(each, _Secret)])
    return _restored(model.model_dump(mode="json", by_alias=True, exclude_none=True), found)


def path_of_secret(value: Any) -> str | None:
    """Give the path of the first secret that a value holds, like `.accounts[0].token`; of itself it is empty."""
    for each in _search([value], ()):
        if isinstance(each, _Secret) and each.value.get_secret_value() not in ("", b""):
            return _path_text(each.path)
    return None


def _restored(dumped: Any, found: Iterable[_Found]) -> Any:
    whole = [dumped]  # as what was searched: the value itself may be a secret
    moved: list[_Secret] = []
    for each in found:
        *parents, last = each.path
        at, is_there = _reached(whole, parents)
        if isinstance(each, _Secret):
            written, is_there = _reached(whole, each.path)
            if is_there and written == _mask(each.value):
                at[last] = _plain_secret(each)
            else:
                moved.append(each)
        elif isinstance(each, _Used):
            if _holds(_reached(whole, each.path)[0], _HIDDEN):
                raise _invalid(each.path, "secrets of an iterator can't be sent: let the field be a list")
        elif is_there and _is_dict(at):
            if isinstance(each, _Null):
                at.setdefault(last, None)
            elif each.is_alone:
                at.pop(last, None)
    for each in moved:  # by a serializer of the model's own, or it is left out
        if _holds(_reached(whole, each.path)[0], _mask(each.value)):
            raise _refusal(each)
    return whole[0]


def _reached(whole: Any, path: Iterable[Any]) -> tuple[Any, bool]:
    """Give what is at a path, or the last part on the way to it, and whether it is there."""
    at = whole
    for key in path:
        if (_is_dict(at) and key in at) or (_is_array(at) and isinstance(key, int) and key < len(at)):
            at = at[key]
        else:
            return at, False
    return at, True


def _holds(value: Any, mask: str) -> bool:
    if _is_dict(value):
        return any(_holds(each, mask) for each in (*value, *value.values()))
    if _is_array(value):
        return any(_holds(each, mask) for each in value)
    return bool(mask) and value == mask


@cache
def _secret_types() -> tuple[type[Any], ...]:
    from pydantic import Secret, SecretBytes, SecretStr  # here: programs without Pydantic models don't pay for it

    return (SecretStr, SecretBytes, Secret)


def _mask(secret: Any) -> str:
    """Give what Pydantic writes of a secret; a class derived from `Secret[…]` may have its own."""
    is_text = isinstance(secret, _secret_types()[:2])
    return (_HIDDEN if secret.get_secret_value() else "") if is_text else str(secret)


def _plain_secret(secret: _Secret) -> Any:
    """Give what a secret holds, as JSON has it."""
    from pydantic_core import to_jsonable_python

    if secret.way.has_serializer and _mask(secret.value):
        raise _refusal(secret)
    value: Any = secret.value
    while isinstance(value, _secret_types()):
        value = value.get_secret_value()
    if isinstance(value, _HAVE_JSON) and not (isinstance(value, float) and not math.isfinite(value)):
        try:
            return to_jsonable_python(value, bytes_mode=secret.way.bytes_mode)
        except ValueError:  # bytes that are no text; the error holds them, so that ours is not raised here
            pass
    raise _invalid(secret.path, f"a secret {type(value).__qualname__} that has no JSON form")


def _refusal(secret: _Secret) -> InvalidArgument:
    return _invalid(
        secret.path,
        "a serializer of the class's own writes asterisks for a secret, which would overwrite the one that the server "
        "has: let it write what get_secret_value() gives, or leave the field out",
    )


def _path_text(path: tuple[Any, ...]) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path[1:])


def _invalid(path: tuple[Any, ...], what: str) -> InvalidArgument:
    place = _path_text(path).removeprefix(".")
    return InvalidArgument(f"{place}: {what}" if place else what)


def _is_dict(value: Any) -> TypeGuard[dict[Any, Any]]:
    return isinstance(value, dict)


def _is_array(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _is_collection(value: Any) -> TypeGuard[Iterable[Any]]:
    """Whether a value is another collection that is a list in JSON."""
    return isinstance(value, set | frozenset | deque)


def _search(value: Any, path: tuple[Any, ...], way: _Way = _PLAINLY) -> Iterator[_Found]:
    """Give what Pydantic does not write as it is to be: nulls that say something, secrets, values of old."""
    for key, item, keeps_null, its in _parts(value, path, way):
        if item is None:
            if keeps_null:
                yield _Null((*path, key))
        elif not isinstance(item, _WITHOUT_PARTS):
            item, its = _without_roots(item, its)
            if isinstance(item, _secret_types()):
                yield _Secret((*path, key), item, its)
            elif isinstance(item, Iterator):
                yield _Used((*path, key))
            else:
                yield from _search(item, (*path, key), its)
    unknown = _unknown(value)
    if unknown:
        for key, name in _computed_keys(value.__class__).items():
            if key in unknown:
                yield _Stale((*path, key), getattr(value, name, None) is None)


def _without_roots(value: Any, way: _Way) -> tuple[Any, _Way]:
    while getattr(value, "__pydantic_root_model__", False):
        root = _fields_of(value.__class__)[0]
        value, way = value.root, _Way(way.has_serializer or root.way.has_serializer, root.way.bytes_mode)
    return value, way


def _parts(value: Any, path: tuple[Any, ...], way: _Way) -> Iterator[tuple[Any, Any, bool, _Way]]:
    """Give what is inside a value: its key or index, itself, whether a null there says something, how it is written."""
    if is_list(value) or _is_collection(value):
        yield from ((index, item, False, way) for index, item in enumerate(value))
        return
    if is_mapping(value):
        yield from ((_json_key(key, path), item, True, way) for key, item in value.items())
        return
    for name, key, keeps_null, its in _fields_of(value.__class__):
        yield key, getattr(value, name, None), keeps_null, its
    unknown = _unknown(value)
    if unknown:
        computed = _computed_keys(value.__class__)
        yield from ((key, item, True, _PLAINLY) for key, item in unknown.items() if key not in computed)


def _unknown(value: Any) -> dict[str, Any] | None:
    """Give the fields that a model has and its class does not know."""
    return getattr(value, "__pydantic_extra__", None)


def _json_key(key: Any, path: tuple[Any, ...]) -> Any:
    """Give a dict's key as Pydantic writes it."""
    if type(key) is str:
        return key
    from pydantic_core import to_jsonable_python

    if isinstance(key, _secret_types()):
        raise _invalid(path, "a secret can't be a key of a JSON object")
    try:
        return next(iter(to_jsonable_python({key: None})))
    except ValueError:  # a serializer of its type's own has written it
        return key


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
        yield from _pydantic_fields(cls)
    elif dataclasses.is_dataclass(cls):
        hints = _hints(cls)
        for each in dataclasses.fields(cls):
            way = _Way(_has_serializer([hints.get(each.name)]))
            yield _Field(each.name, each.name, each.default is not None, way)


def _pydantic_fields(cls: Any) -> Iterator[_Field]:
    config: dict[str, Any] = getattr(cls, "model_config", None) or getattr(cls, "__pydantic_config__", None) or {}
    mode = config.get("ser_json_bytes", "utf8")
    decorators = cls.__pydantic_decorators__
    own: set[str] = {name for each in decorators.field_serializers.values() for name in each.info.fields}
    all_own = bool(decorators.model_serializers) or "*" in own
    for name, info in cls.__pydantic_fields__.items():
        if not info.exclude:
            key = info.serialization_alias or info.alias or name
            has_serializer = all_own or name in own or _has_serializer([info.annotation, *info.metadata])
            yield _Field(name, key, info.is_required() or info.default is not None, _Way(has_serializer, mode))
    for name, each in decorators.computed_fields.items():
        has_serializer = all_own or name in own or _has_serializer([each.info.return_type])
        yield _Field(name, each.info.alias or name, False, _Way(has_serializer, mode))


def _computed_keys(cls: Any) -> dict[str, str]:
    """Give the names of a class's computed fields by those that they have in JSON."""
    return {each.info.alias or name: name for name, each in cls.__pydantic_decorators__.computed_fields.items()}


def _has_serializer(hints: list[Any]) -> bool:
    """Whether annotations, or what is inside them, say how a value is written."""
    from pydantic import PlainSerializer, WrapSerializer

    waiting, seen = [*hints], list[Any]()
    while waiting:
        each = waiting.pop()
        if isinstance(each, PlainSerializer | WrapSerializer):
            return True
        if not any(each is other for other in seen):
            seen.append(each)
            waiting += [*get_args(each), getattr(each, "__value__", None)]  # the latter of `type Name = …`
            if hasattr(each, "__required_keys__") or hasattr(each, "_fields"):  # TypedDict, NamedTuple
                waiting += _hints(each).values()
    return False


def _hints(cls: Any) -> dict[str, Any]:
    try:
        return get_type_hints(cls, include_extras=True)
    except (NameError, AttributeError, TypeError):  # they are of a function's own, or there for type checkers alone
        return {}
