"""`Lease` of `coordination.k8s.io/v1`: no generated version is known here.

https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1/
"""

from __future__ import annotations

from typing import ClassVar, Self

from msgspec import field

from kubex_core.models.base_struct import BaseStruct, always_written
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.micro_time import MicroTime
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity

__all__ = ["Lease", "LeaseSpec"]


class LeaseSpec(BaseStruct, kw_only=True):
    """Who holds a lease, and since when."""

    holder_identity: str | None = None
    lease_duration_seconds: int | None = None
    acquire_time: MicroTime | None = None
    renew_time: MicroTime | None = None
    lease_transitions: int | None = None
    strategy: str | None = None
    preferred_holder: str | None = None


class Lease(StructEntity, NamespaceScopedEntity, kw_only=True):
    """What electors compete for."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="coordination.k8s.io", version="v1")

    api_version: str = field(default_factory=always_written("coordination.k8s.io/v1"))
    kind: str = field(default_factory=always_written("Lease"))
    metadata: ObjectMetadata = field(default_factory=ObjectMetadata)
    spec: LeaseSpec = field(default_factory=LeaseSpec)
