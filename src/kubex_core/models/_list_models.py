"""List classes of resources whose config names none."""

from __future__ import annotations

from types import new_class
from typing import Any, TypeVar, cast

import msgspec
from msgspec import field

from kubex_core.models.base_struct import always_written
from kubex_core.models.list_entity import ListEntity

__all__ = ["list_model_of"]

T = TypeVar("T")


def list_model_of(item: type[T], api_version: str, kind: str) -> type[ListEntity[T]]:
    """Make the list class of a resource whose config names none."""
    # Only a struct can stand in a struct's field; the items of others are filled in by the codec.
    parameter: Any = item if issubclass(item, msgspec.Struct) else Any

    def body(namespace: dict[str, Any]) -> None:
        namespace["__module__"] = item.__module__
        namespace["__annotations__"] = {"api_version": str, "kind": str}
        namespace["api_version"] = field(default_factory=always_written(api_version))
        namespace["kind"] = field(default_factory=always_written(f"{kind}List"))

    # new_class and not defstruct, which refuses a generic base.
    model = new_class(f"{kind}List", (ListEntity[parameter],), {"kw_only": True}, body)
    return cast("type[ListEntity[T]]", model)
