"""Resources of the tests' own: they show that nothing depends on the generated models."""

from __future__ import annotations

from typing import ClassVar, Self

from msgspec import field
from pydantic import BaseModel

from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.base_struct import BaseStruct, always_written
from kubex_core.models.interfaces import (
    ClusterScopedEntity,
    Evictable,
    HasApproval,
    HasBinding,
    HasEphemeralContainers,
    HasFinalize,
    HasLogs,
    HasResize,
    HasScaleSubresource,
    HasStatusSubresource,
    HasTokenRequest,
    NamespaceScopedEntity,
)
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity


class WidgetSpec(BaseStruct, kw_only=True):
    size: int


class Widget(
    StructEntity,
    NamespaceScopedEntity,
    HasLogs,
    HasScaleSubresource,
    HasStatusSubresource,
    Evictable,
    HasEphemeralContainers,
    HasResize,
    HasTokenRequest,
    HasBinding,
    kw_only=True,
):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

    api_version: str = field(default_factory=always_written("example.com/v1"))
    kind: str = field(default_factory=always_written("Widget"))
    metadata: ObjectMetadata = field(default_factory=ObjectMetadata)
    spec: WidgetSpec | None = None


class Rack(StructEntity, ClusterScopedEntity, HasApproval, HasFinalize, kw_only=True):
    """Cluster-scoped, in the core group."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(version="v1")

    api_version: str = field(default_factory=always_written("v1"))
    kind: str = field(default_factory=always_written("Rack"))
    metadata: ObjectMetadata = field(default_factory=ObjectMetadata)


class BackupSpec(BaseModel):
    schedule: str


class Backup(BaseEntity, NamespaceScopedEntity, HasStatusSubresource):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1beta1")

    spec: BackupSpec
