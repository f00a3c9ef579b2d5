"""`ListEntity[T]`: what a list request answers."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

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
