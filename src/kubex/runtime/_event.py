"""`Event` of `events.k8s.io/v1`, as far as a recorder writes it: no generated version is known here.

https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
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

__all__ = ["Event", "EventSeries", "ObjectReference"]


class ObjectReference(BaseStruct, kw_only=True):
    """Names an object."""

    kind: str | None = None
    namespace: str | None = None
    name: str | None = None
    uid: str | None = None
    api_version: str | None = None
    resource_version: str | None = None


class EventSeries(BaseStruct, kw_only=True):
    """How often an event happened."""

    count: int
    last_observed_time: MicroTime


class Event(StructEntity, NamespaceScopedEntity, kw_only=True):
    """Something that happened to an object."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="events.k8s.io", version="v1")

    api_version: str = field(default_factory=always_written("events.k8s.io/v1"))
    kind: str = field(default_factory=always_written("Event"))
    metadata: ObjectMetadata = field(default_factory=ObjectMetadata)
    event_time: MicroTime | None = None
    series: EventSeries | None = None
    reporting_controller: str | None = None
    reporting_instance: str | None = None
    action: str | None = None
    reason: str | None = None
    regarding: ObjectReference | None = None
    related: ObjectReference | None = None
    note: str | None = None
    type: str | None = None
