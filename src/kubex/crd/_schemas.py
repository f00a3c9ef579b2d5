"""Structural schemas of classes."""

from __future__ import annotations

import collections.abc
import datetime
import decimal
import enum
import pathlib
import types
import typing
import uuid
from typing import Any, Final, Literal, NamedTuple, TypeGuard, cast, get_args, get_origin

import msgspec

from kubex.core._json_value import is_object
from kubex.crd._descriptions import class_description
from kubex.crd._fields import MISSING, Field, fields_of, has_fields
from kubex.crd._notes import words_of
from kubex.generate.errors import DefinitionError
from kubex_core.models._pydantic_encoder import path_of_secret
from kubex_core.models._quantity_schema import QUANTITY_SCHEMA
from kubex_core.models._struct_encoder import encode_leniently
from kubex_core.models._text_value import TextValue
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.schema import Schema

__all__ = ["resource_schema"]

_UNKNOWN: Final = "x-kubernetes-preserve-unknown-fields"
_INT_OR_STRING: Final = {
    "anyOf": [{"type": "integer"}, {"type": "string"}],
    "x-kubernetes-int-or-string": True,
}
# In this order: a bool is an int, and a datetime a date.
_PLAIN: Final[tuple[tuple[type[Any], dict[str, Any]], ...]] = (
    (bool, {"type": "boolean"}),
    (int, {"type": "integer"}),
    (float, {"type": "number"}),
    (str, {"type": "string"}),
    (bytes, {"type": "string", "format": "byte"}),
    (bytearray, {"type": "string", "format": "byte"}),
    (datetime.datetime, {"type": "string", "format": "date-time"}),
    (datetime.date, {"type": "string", "format": "date"}),
    (datetime.time, {"type": "string"}),
    (datetime.timedelta, {"type": "string"}),
    (uuid.UUID, {"type": "string", "format": "uuid"}),
    (decimal.Decimal, {"type": "string"}),
    (pathlib.PurePath, {"type": "string"}),
    (msgspec.Raw, {"type": "object", _UNKNOWN: True}),
)
_LISTS: Final = (list, tuple, collections.abc.Sequence, collections.abc.MutableSequence, collections.abc.Iterable)
_SETS: Final = (set, frozenset, collections.abc.Set, collections.abc.MutableSet)
_MAPS: Final = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
# Of embedded metadata the API server keeps nothing unless the schema has it; these are what templates set.
_TEXTS: Final = {"type": "object", "additionalProperties": {"type": "string"}}
_METADATA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "namespace": {"type": "string"},
        "labels": _TEXTS,
        "annotations": _TEXTS,
        "finalizers": {"type": "array", "items": {"type": "string"}},
    },
}
# What only a type of Pydantic's own says.
_OF_PYDANTIC: Final = ("type", "format", "pattern", "enum", "minimum", "maximum", "minLength", "maxLength")


class _Unwrapped(NamedTuple):
    """A type without annotations and without None."""

    members: list[Any]
    """More than one of a union."""
    notes: list[Any]
    admits_none: bool


def resource_schema(cls: type[Any]) -> dict[str, Any]:
    """Give the schema of a resource class.

    Raises:
        DefinitionError: a field has a type that no structural schema can say; the text says which, and what to do.
    """
    schema = _object(cls, (), cls.__name__)
    own = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
    schema["properties"] = own | {
        name: value for name, value in schema.get("properties", {}).items() if name not in own
    }
    required = [name for name in schema.pop("required", ()) if name not in own]
    return {**schema, "required": required} if required else schema


def _object(cls: type[Any], around: tuple[type[Any], ...], path: str, hint: Any = None) -> dict[str, Any]:
    """Give the schema of a class with fields.

    Args:
        cls: the class.
        around: what it stands in.
        path: where it is, for errors.
        hint: of a generic struct, the class with its parameters.
    """
    whole = cls if hint is None else hint
    if _is_recursive(whole, around):  # which a structural schema can't be
        return {"type": "object", _UNKNOWN: True}
    schema: dict[str, Any] = {}
    if not cls.__module__.startswith("kubex.k8s."):  # theirs tell of the model
        description = class_description(cls)
        if description is not None:
            schema["description"] = description
    schema["type"] = "object"
    properties: dict[str, Any] = {}
    required: list[str] = []
    for each in fields_of(cls, hint):
        properties[each.name] = _field(each, (*around, whole), f"{path}.{each.name}")
        if each.is_required:
            required.append(each.name)
    if properties:
        schema["properties"] = properties
    if required:
        schema["required"] = required
    config: Any = getattr(cls, "model_config", None)
    if is_object(config) and config.get("extra") == "allow":
        schema[_UNKNOWN] = True
    words = getattr(cls, "__SCHEMA__", None)
    if isinstance(words, Schema):
        schema |= words.words()
    if schema.get("x-kubernetes-embedded-resource"):
        _leave_out_own(schema)
    return schema


def _is_recursive(hint: Any, around: tuple[Any, ...]) -> bool:
    """Whether a class stands in itself; a generic one also where its parameters grow, as they would for ever."""
    origin = get_origin(hint)
    return hint in around or (
        origin is not None and any(get_origin(each) is origin and _depth(each) < _depth(hint) for each in around)
    )


def _depth(hint: Any) -> int:
    return 1 + max((_depth(each) for each in get_args(hint)), default=0)


def _leave_out_own(schema: dict[str, Any]) -> None:
    """Take out what every embedded resource has."""
    schema["properties"] = {
        name: value
        for name, value in schema.get("properties", {}).items()
        if name not in ("apiVersion", "kind", "metadata")
    }
    schema["required"] = [name for name in schema.get("required", ()) if name in schema["properties"]]
    for name in ("properties", "required"):
        if not schema[name]:
            del schema[name]


def _field(field: Field, around: tuple[type[Any], ...], path: str) -> dict[str, Any]:
    unwrapped = _unwrapped(field.hint)
    notes = [*unwrapped.notes, *field.notes]
    # Else null is to the class what is not there.
    is_nullable = unwrapped.admits_none and field.default is not None
    schema = _with_words(_type(unwrapped.members, around, path), notes, path, is_nullable=is_nullable)
    if field.description is not None:
        schema = {**schema, "description": field.description}
    if is_nullable:
        schema["nullable"] = True
    if field.default is not MISSING and field.default is not None and field.default is not msgspec.UNSET:
        schema["default"] = _without_inner_defaults(_plain(field.default, path), schema)
    return schema


def _plain(value: Any, path: str) -> Any:
    try:
        secret = path_of_secret(value)
        plain = msgspec.json.decode(encode_leniently(value)) if secret is None else None
    except (TypeError, ValueError) as error:
        raise DefinitionError(f"{path}: its default has no JSON form: {error}") from None
    if secret is not None:
        raise DefinitionError(f"{path}{secret}: a secret can't be a default, which all who read the definition see")
    return plain


def _without_inner_defaults(value: Any, schema: dict[str, Any]) -> Any:
    """Leave out of a default what the API server fills in by itself."""
    if is_object(value) and "properties" in schema:
        properties: dict[str, Any] = schema["properties"]
        return {
            name: pruned
            for name, item in value.items()
            if (pruned := _without_inner_defaults(item, properties.get(name, {})))
            != properties.get(name, {}).get("default", MISSING)
        }
    return value


def _of(hint: Any, around: tuple[type[Any], ...], path: str) -> dict[str, Any]:
    """Give the schema of a type inside another."""
    unwrapped = _unwrapped(hint)
    is_nullable = unwrapped.admits_none
    schema = _with_words(_type(unwrapped.members, around, path), unwrapped.notes, path, is_nullable=is_nullable)
    if is_nullable and _UNKNOWN not in schema:
        schema["nullable"] = True
    return schema


def _with_words(schema: dict[str, Any], notes: list[Any], path: str, *, is_nullable: bool) -> dict[str, Any]:
    words = words_of(notes, schema.get("type"))
    if "enum" in schema and "enum" not in words and (is_nullable or words.get("nullable")):
        # An API server takes no null for the value of an enum, even where null is among its values; but of what is
        # null it looks at nothing inside allOf.
        values = {"enum": schema["enum"]}
        schema = {name: value for name, value in schema.items() if name != "enum"}
        schema["allOf"] = [values, *words.pop("allOf", ())]
    if words.pop("quantity", None):
        schema = dict(QUANTITY_SCHEMA)
    if words.get(_UNKNOWN) is False:
        schema = {name: value for name, value in schema.items() if name != _UNKNOWN}
        del words[_UNKNOWN]
    if words.get(_UNKNOWN) and schema.get("additionalProperties") is not None:
        schema = {name: value for name, value in schema.items() if name != "additionalProperties"}
    keys = words.get("x-kubernetes-list-map-keys")
    if keys:
        words.setdefault("x-kubernetes-list-type", "map")
        items: dict[str, Any] = schema.get("items") or {}
        for key in keys:
            known = items.get("properties", {}).get(key)
            if known is None or (key not in items.get("required", ()) and "default" not in known):
                raise DefinitionError(f"{path}: the key {key} of its items must be a field without None for a default")
    return {**schema, **words}


def _unwrapped(hint: Any) -> _Unwrapped:
    notes: list[Any] = []
    members: list[Any] = []
    admits_none = False
    waiting: list[Any] = [hint]
    while waiting:
        each: Any = waiting.pop(0)
        origin = get_origin(each)
        if origin is typing.Annotated:
            inner, *its = get_args(each)
            notes[:0] = its
            waiting.insert(0, inner)
        elif origin in (typing.Union, types.UnionType):
            waiting = [*get_args(each), *waiting]
        elif each is None or each is type(None):
            admits_none = True
        elif each is msgspec.UnsetType:
            continue
        elif hasattr(each, "__value__") and not isinstance(each, type):  # `type Name = …`
            waiting.insert(0, each.__value__)
        elif isinstance(each, typing.NewType):
            waiting.insert(0, cast("Any", each).__supertype__)
        else:
            members.append(each)
            admits_none = admits_none or any(value is None for value in _values_of(each))
    return _Unwrapped(members, notes, admits_none)


def _values_of(hint: Any) -> list[Any]:
    """Give the values of an enumeration; none where a type is no such."""
    if get_origin(hint) is Literal:
        return [each.value if isinstance(each, enum.Enum) else each for each in get_args(hint)]
    return [each.value for each in hint] if _is_class(hint) and issubclass(hint, enum.Enum) else []


def _type(members: list[Any], around: tuple[type[Any], ...], path: str) -> dict[str, Any]:
    if len(members) == 1:
        return _single(members[0], around, path)
    literals = [each for each in members if get_origin(each) is Literal]
    others = {each for each in members if get_origin(each) is not Literal}
    if literals and len(others) <= 1:  # words that are known, beside any other
        schema = _literal([value for each in literals for value in get_args(each)], path)
        if not others or (others <= {str, int} and _single(others.pop(), around, path)["type"] == schema["type"]):
            is_open = len(literals) < len(members) and bool(around) and around[-1].__module__.startswith("kubex.k8s.")
            return {"type": schema["type"]} if is_open else schema
    if others == {int, str} and not literals:
        return dict(_INT_OR_STRING)
    if others == {int, float} and not literals:
        return {"type": "number"}
    names = " | ".join(getattr(each, "__name__", str(each)) for each in members) or "None"
    raise DefinitionError(
        f"{path}: a structural schema can't say {names}: give the field one type, `int | str`, or `Any` with a "
        "note Schema(…) that says what it may be"
    )


def _single(hint: Any, around: tuple[type[Any], ...], path: str) -> dict[str, Any]:
    origin: Any = get_origin(hint) or hint
    arguments = get_args(hint)
    if hint is Any or hint is object:
        return {_UNKNOWN: True}
    if origin is Literal:
        return _literal(list(arguments), path)
    if origin in _MAPS:
        return _map(arguments, around, path)
    if origin in _LISTS or origin in _SETS:
        items = [each for each in arguments if each is not Ellipsis] or [Any]
        if len(set(items)) > 1:
            raise DefinitionError(f"{path}: the items of a list have one type, not {len(items)}")
        schema = {"type": "array", "items": _of(items[0], around, f"{path}[]")}
        return {**schema, "x-kubernetes-list-type": "set"} if origin in _SETS else schema
    if not _is_class(origin):
        raise DefinitionError(f"{path}: {hint} has no structural schema: annotate the field with another type")
    if issubclass(origin, ObjectMetadata):
        return dict(_METADATA)
    if issubclass(origin, DynamicObject):
        return {"type": "object", "x-kubernetes-embedded-resource": True, _UNKNOWN: True}
    if issubclass(origin, enum.Enum):
        return _literal([each.value for each in origin], path)
    if issubclass(origin, TextValue):
        return origin.json_schema()
    if has_fields(origin):
        return _object(origin, around, path, hint)
    for type_, schema in _PLAIN:
        if issubclass(origin, type_):
            return dict(schema)
    return _by_pydantic(hint, path)


def _is_class(value: Any) -> TypeGuard[type[Any]]:
    return isinstance(value, type)


def _map(arguments: tuple[Any, ...], around: tuple[type[Any], ...], path: str) -> dict[str, Any]:
    key, value = arguments if len(arguments) == 2 else (str, Any)
    if not any(isinstance(each, type) and issubclass(each, str) for each in _unwrapped(key).members):
        raise DefinitionError(f"{path}: the keys of a JSON object are text: dict[str, …]")
    if value is Any or value is object:
        return {"type": "object", _UNKNOWN: True}
    return {"type": "object", "additionalProperties": _of(value, around, f"{path}[*]")}


def _literal(values: list[Any], path: str) -> dict[str, Any]:
    plain = [each.value if isinstance(each, enum.Enum) else each for each in values]
    found: set[Any] = {type(each) for each in plain if each is not None}
    for type_, schema in _PLAIN[:4]:
        if found == {type_}:
            return {**schema, "enum": [each for each in plain if each is not None]}
    raise DefinitionError(f"{path}: the values of an enumeration have one type, text, numbers or booleans")


def _by_pydantic(hint: Any, path: str) -> dict[str, Any]:
    """Ask Pydantic about a type of its own, as an address or a URL.

    What is written decides on the type. What is checked, some types say only of what is read: URLs before Pydantic
    2.10.3, and whatever has a serializer of its own.
    """
    found, read = (_pydantic_schema(hint, mode) for mode in ("serialization", "validation"))
    if found.get("type") == read.get("type"):
        found = {**read, **found}
    if found.get("type") in ("string", "integer", "number", "boolean"):
        return {name: found[name] for name in _OF_PYDANTIC if name in found}
    name = getattr(hint, "__name__", hint)
    raise DefinitionError(f"{path}: {name} has no structural schema: annotate the field with another type, or `Any`")


def _pydantic_schema(hint: Any, mode: Literal["serialization", "validation"]) -> dict[str, Any]:
    from pydantic import PydanticUserError, TypeAdapter
    from pydantic.errors import PydanticSchemaGenerationError

    try:
        return TypeAdapter(hint).json_schema(mode=mode)
    except (PydanticUserError, PydanticSchemaGenerationError, TypeError):
        return {}
