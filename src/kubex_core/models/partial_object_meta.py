"""`PartialObjectMetadata`: any object, its metadata alone."""

from __future__ import annotations

from typing import ClassVar

from msgspec import field

from kubex_core.models.base_struct import always_written
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity

__all__ = ["PartialObjectMetadata"]


class PartialObjectMetadata(StructEntity, NamespaceScopedEntity, kw_only=True):
    """An object without its contents, as the API server gives it on request.

    `api_version` and `kind` are this class's own, not the object's.

    https://kubernetes.io/docs/reference/using-api/api-concepts/#metadata-only-fetches
    """

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[PartialObjectMetadata]] = ResourceConfig(
        group="meta.k8s.io", version="v1", kind="PartialObjectMetadata", plural="partialobjectmetadatas"
    )

    api_version: str = field(default_factory=always_written("meta.k8s.io/v1"))
    kind: str = field(default_factory=always_written("PartialObjectMetadata"))
    metadata: ObjectMetadata = field(default_factory=ObjectMetadata)
