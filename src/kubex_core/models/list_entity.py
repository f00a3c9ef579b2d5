"""`ListEntity[T]`: what a list request answers."""

from __future__ import annotations

from types import new_class
from typing import Any, Generic, TypeVar, cast

import msgspec
from msgspec import field

from kubex_core.models.base_struct import BaseStruct, always_written
from kubex_core.models.metadata import ListMetadata

__all__ = ["ListEntity"]

T = TypeVar("T")


def _no_items() -> list[Any]:
    return []  # and not `list` itself as the factory: empty items would be left out, and a list has them always


class ListEntity(BaseStruct, Generic[T], kw_only=True):
    """A list of objects, or one page of it.

    `metadata.resource_version` is where a watch of the same objects starts; `metadata.continue_` names the next page.

    https://kubernetes.io/docs/reference/using-api/api-concepts/#collections
    """

    api_version: str = field(default_factory=always_written("v1"))
    kind: str = field(default_factory=always_written("List"))
    metadata: ListMetadata = field(default_factory=ListMetadata)
    items: list[T] = field(default_factory=_no_items)


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
