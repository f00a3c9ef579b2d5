"""What the slow paths of reading ask of a struct's field types."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard, cast, get_origin

from msgspec import inspect as ms

from kubex_core.models.micro_time import MicroTime

__all__ = [
    "admits_none",
    "fields_by_name",
    "is_list",
    "is_mapping",
    "is_quantity",
    "is_time",
    "quantity_text",
    "struct_class",
    "struct_types",
    "type_info",
    "unwrapped",
]

_infos: dict[Any, ms.Type] = {}
_fields: dict[Any, dict[str, ms.Field]] = {}


def type_info(type_: Any) -> ms.Type:
    """Give msgspec's description of a type, made once."""
    info = _infos.get(type_)
    if info is None:
        info = _infos[type_] = ms.type_info(type_)
    return info


def unwrapped(info: ms.Type, value: Any = None) -> ms.Type:
    """Take annotations and `| None` off a type; of another union give the member that fits a JSON value.

    A union of which no member is plainly meant comes back as it is.
    """
    while isinstance(info, ms.Metadata):
        info = info.type
    if not isinstance(info, ms.UnionType):
        return info
    members = [unwrapped(member, value) for member in info.types if not isinstance(member, ms.NoneType)]
    if len(members) == 1:
        return members[0]
    for member in members:
        if is_mapping(value) and isinstance(member, ms.StructType | ms.DictType):
            return member
        if is_list(value) and isinstance(member, ms.ListType):
            return member
        if isinstance(member, ms.StructType) and isinstance(value, struct_class(member)):
            return member
    return info


def admits_none(info: ms.Type) -> bool:
    """Whether null is a value of the type."""
    while isinstance(info, ms.Metadata):
        info = info.type
    if isinstance(info, ms.UnionType):
        return info.includes_none or any(admits_none(member) for member in info.types)
    return isinstance(info, ms.AnyType | ms.NoneType | ms.RawType)


def is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    """Whether a value is a dict or like one; for pyright, which knows nothing of an `Any` narrowed by `isinstance`."""
    return isinstance(value, Mapping)


def is_list(value: Any) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    """Whether a value is a list or a tuple; see `is_mapping`."""
    return isinstance(value, list | tuple)


def struct_class(info: ms.StructType) -> type[Any]:
    """Give the class whose instances a struct type describes, of `ListEntity[Pod]` `ListEntity`."""
    origin: Any = get_origin(info.cls) or info.cls
    return origin if isinstance(origin, type) else object


def fields_by_name(info: ms.StructType) -> dict[str, ms.Field]:
    """Give a struct's fields by both their names, the attribute's and the JSON's."""
    found = _fields.get(info.cls)
    if found is None:
        by_attribute = {field.name: field for field in info.fields}
        found = _fields[info.cls] = by_attribute | {field.encode_name: field for field in info.fields}
    return found


def struct_types(info: ms.Type) -> Iterator[ms.StructType]:
    """Give all struct types that a type leads to, each once."""
    waiting, seen = [info], set[Any]()
    while waiting:
        info = waiting.pop()
        if isinstance(info, ms.StructType):
            if info.cls not in seen:
                seen.add(info.cls)
                yield info
                waiting += [field.type for field in info.fields]
        elif isinstance(info, ms.UnionType):
            waiting += info.types
        elif isinstance(info, ms.Metadata):
            waiting.append(info.type)
        elif isinstance(info, ms.ListType):
            waiting.append(info.item_type)
        elif isinstance(info, ms.DictType):
            waiting.append(info.value_type)


def is_time(info: ms.Type) -> bool:
    """Whether an unwrapped type is a moment in time."""
    return isinstance(info, ms.DateTimeType) or (isinstance(info, ms.CustomType) and info.cls is MicroTime)


def is_quantity(info: ms.Type) -> bool:
    """Whether a type, unwrapped or not, is annotated as a quantity."""
    while isinstance(info, ms.Metadata):
        extra: dict[str, Any] | None = cast("Any", info).extra
        if extra is not None and extra.get("format") == "quantity":
            return True
        info = info.type
    return isinstance(info, ms.UnionType) and any(is_quantity(member) for member in info.types)


def quantity_text(value: Any) -> Any:
    """Give a number as the quantity's text that it stands for; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return value
    return str(value)
