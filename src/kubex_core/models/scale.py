"""`Scale`: the replica count of anything that has one."""

from __future__ import annotations

from typing import ClassVar

from msgspec import field

from kubex_core.models.base_struct import BaseStruct, always_written
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity

__all__ = ["Scale", "ScaleSpec", "ScaleStatus"]


class ScaleSpec(BaseStruct, kw_only=True):
    """Replicas wanted."""

    replicas: int | None = None


class ScaleStatus(BaseStruct, kw_only=True):
    """Replicas there are, and the selector that finds them."""

    replicas: int
    selector: str | None = None


class Scale(StructEntity, NamespaceScopedEntity, kw_only=True):
    """What the `scale` subresource reads and takes.

    https://kubernetes.io/docs/reference/kubernetes-api/autoscaling-resources/scale-v1/
    """

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Scale]] = ResourceConfig(
        group="autoscaling", version="v1", kind="Scale", plural="scales"
    )

    api_version: str = field(default_factory=always_written("autoscaling/v1"))
    kind: str = field(default_factory=always_written("Scale"))
    metadata: ObjectMetadata = field(default_factory=ObjectMetadata)
    spec: ScaleSpec | None = None
    status: ScaleStatus | None = None
