"""`Eviction`: asks that a pod be removed as its disruption budgets allow."""

from __future__ import annotations

from typing import ClassVar

from msgspec import field

from kubex_core.models.base_struct import always_written
from kubex_core.models.delete_options import DeleteOptions
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity

__all__ = ["Eviction"]


class Eviction(StructEntity, NamespaceScopedEntity, kw_only=True):
    """Body of the `eviction` subresource.

    https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
    """

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Eviction]] = ResourceConfig(
        group="policy", version="v1", kind="Eviction", plural="evictions"
    )

    api_version: str = field(default_factory=always_written("policy/v1"))
    kind: str = field(default_factory=always_written("Eviction"))
    metadata: ObjectMetadata = field(default_factory=ObjectMetadata)
    delete_options: DeleteOptions | None = None
