"""The fields of classes of every kind: structs, Pydantic models, dataclasses and TypedDicts."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, cast, get_type_hints, is_typeddict

import msgspec

from kubex.core._json_value import is_object
from kubex.crd._descriptions import attribute_descriptions

__all__ = ["MISSING", "Field", "fields_of", "has_fields"]

MISSING: Final = object()
"""No default."""


class Field(NamedTuple):
    """A field as its class has it."""

    name: str
    """Its name in JSON."""
    hint: Any
    """Its type, with annotations."""
    notes: tuple[Any, ...] = ()
    """What is said of it beside its type."""
    default: Any = MISSING
    is_required: bool = True
    description: str | None = None


def has_fields(cls: Any) -> bool:
    """Whether objects of a class are JSON objects with known fields."""
    if not isinstance(cls, type):
        return False
    given: Any = cast("Any", cls)
    return (
        issubclass(given, msgspec.Struct)
        or hasattr(given, "model_fields")
        or dataclasses.is_dataclass(given)
        or is_typeddict(given)
    )


def fields_of(cls: Any, hint: Any = None) -> Iterator[Field]:
    """Give the fields of a class, in its order; `hint` is a generic struct with its parameters."""
    descriptions = attribute_descriptions(cls)
    if issubclass(cls, msgspec.Struct):
        yield from _struct_fields(hint or cls, descriptions)
    elif hasattr(cls, "model_fields"):
        yield from _pydantic_fields(cls, descriptions)
    elif is_typeddict(cls):
        for name, hint in get_type_hints(cls, include_extras=True).items():
            while typing.get_origin(hint) in (typing.Required, typing.NotRequired):
                hint = typing.get_args(hint)[0]
            is_required = name in cls.__required_keys__
            yield Field(name, hint, is_required=is_required, description=descriptions.get(name))
    else:
        hints = get_type_hints(cls, include_extras=True)
        for each in dataclasses.fields(cls):
            default: Any = MISSING
            if each.default is not dataclasses.MISSING:
                default = each.default
            elif each.default_factory is not dataclasses.MISSING:
                default = each.default_factory()
            yield Field(each.name, hints[each.name], (), default, default is MISSING, descriptions.get(each.name))


def _struct_fields(cls: Any, descriptions: dict[str, str]) -> Iterator[Field]:
    for each in msgspec.structs.fields(cls):
        default: Any = MISSING
        if each.default is not msgspec.NODEFAULT:
            default = each.default
        elif each.default_factory is not msgspec.NODEFAULT:
            default = each.default_factory()
        yield Field(each.encode_name, each.type, (), default, each.required, descriptions.get(each.name))


def _pydantic_fields(cls: Any, descriptions: dict[str, str]) -> Iterator[Field]:
    if not cls.__pydantic_complete__:
        cls.model_rebuild()
    for name, each in cls.model_fields.items():
        if each.exclude:
            continue
        default: Any = MISSING if each.is_required() else each.get_default(call_default_factory=True, validated_data={})
        yield Field(
            each.serialization_alias or each.alias or name,
            each.annotation,
            (*each.metadata, *_extra(each)),
            default,
            each.is_required(),
            each.description or descriptions.get(name),
        )
    for name, each in cls.model_computed_fields.items():  # they are written as all others are
        hint = _returned(each)
        yield Field(each.alias or name, hint, (*_extra(each),), is_required=False, description=each.description)


def _returned(info: Any) -> Any:
    """Give the type of a computed field, as Pydantic has read it, or as the property's own annotation says it."""
    from pydantic_core import PydanticUndefined

    if info.return_type is not PydanticUndefined and not isinstance(info.return_type, str | typing.ForwardRef):
        return info.return_type
    function = getattr(info.wrapped_property, "fget", None) or info.wrapped_property.func
    return get_type_hints(function, include_extras=True).get("return", Any)


def _extra(info: Any) -> Iterator[dict[str, Any]]:
    extra = info.json_schema_extra
    if is_object(extra):
        yield extra
