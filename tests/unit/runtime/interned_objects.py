"""Objects whose equal parts a cache keeps once, and what tells whether they are still what they were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Self

import msgspec
from pydantic import BaseModel, ConfigDict

from kubex.core.codec import encode
from kubex_core.models._struct_types import is_list, is_mapping
from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity

__all__ = ["Free", "Modelled", "assert_no_part_is_twice", "exactly", "typed"]


class Free(StructEntity, NamespaceScopedEntity, kw_only=True):
    """A struct with a field of any JSON."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

    spec: Any = None
    other: Any = None


class Part(BaseModel):
    model_config = ConfigDict(extra="allow")

    size: int | str | None = None
    parts: list[Part] = []


class Modelled(BaseEntity, NamespaceScopedEntity):
    """The same as a Pydantic model, which keeps fields that it does not know."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")
    model_config = ConfigDict(extra="allow")

    spec: Part | None = None


def exactly(obj: Any) -> Any:
    """Give what an object is of, with the types of all values, which `==` does not look at."""
    if isinstance(obj, DynamicObject):
        return typed(obj.content)
    if isinstance(obj, BaseModel):
        return (typed(obj), obj.model_fields_set, obj.model_dump_json())
    return (typed(obj), encode(obj))


def typed(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return (type(value), [(name, typed(getattr(value, name))) for name in value.__struct_fields__])
    if isinstance(value, BaseModel):
        return (type(value), typed(value.__dict__), typed(value.__pydantic_extra__))
    if is_mapping(value):
        return (type(value), [(key, typed(item)) for key, item in value.items()])
    if is_list(value):
        return (type(value), [typed(item) for item in value])
    return (type(value), repr(value))


def _mutable_parts(value: Any) -> Iterator[Any]:
    if isinstance(value, DynamicObject):
        yield from _mutable_parts(value.content)
    elif isinstance(value, msgspec.Struct):
        yield value
        for name in value.__struct_fields__:
            yield from _mutable_parts(getattr(value, name))
    elif isinstance(value, BaseModel):
        yield value
        yield from _mutable_parts(list(value.__dict__.values()) + list((value.__pydantic_extra__ or {}).values()))
    elif is_list(value) or is_mapping(value):
        yield value
        for item in value.values() if is_mapping(value) else value:
            yield from _mutable_parts(item)


def assert_no_part_is_twice(objects: list[Any]) -> None:
    """See that a deep copy of an object shares nothing with itself: `copy.deepcopy` keeps what is twice there."""
    for obj in objects:
        parts = list(_mutable_parts(obj))
        assert len({id(part) for part in parts}) == len(parts)
