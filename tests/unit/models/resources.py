"""Resources and nested structs that the tests of the models share, as users write them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from msgspec import field
from pydantic import BaseModel, Field

from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.base_struct import BaseStruct, always_written
from kubex_core.models.interfaces import ClusterScopedEntity, HasStatusSubresource, NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.micro_time import MicroTime
from kubex_core.models.quantity_string import QuantityString
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity


class Volume(BaseStruct, kw_only=True):
    name: str
    size: QuantityString | None = None
    limits: dict[str, QuantityString] | None = None


class Port(BaseStruct, kw_only=True):
    target: int | str
    number: int


class Everything(BaseStruct, kw_only=True):
    """A field of every type that the generated models have, required and optional."""

    pod_ip: str = field(name="podIP")
    count: int
    ratio: float
    ready: bool
    moment: datetime
    micro: MicroTime
    secret: bytes
    port: Port
    words: list[str]
    ports: list[Port]
    labels: dict[str, str]
    by_name: dict[str, Port]
    free: Any
    target: int | str
    amount: QuantityString
    volume: Volume | None = None
    optional_moment: datetime | None = None
    optional_micro: MicroTime | None = None
    optional_word: str | None = None
    optional_data: dict[str, bytes] | None = None
    optional_list: list[Volume] | None = None
    optional_target: int | str | None = None
    nested: Everything | None = None


class Box(StructEntity, NamespaceScopedEntity, HasStatusSubresource, kw_only=True):
    """A struct resource."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1", kind="Box")

    api_version: str = field(default_factory=always_written("example.com/v1"))
    kind: str = field(default_factory=always_written("Box"))
    metadata: ObjectMetadata = field(default_factory=ObjectMetadata)
    spec: Everything | None = None
    volumes: list[Volume] | None = None


class BackupSpec(BaseModel):
    schedule: str
    keep: int = 3


class Backup(BaseEntity, NamespaceScopedEntity, HasStatusSubresource):
    """A Pydantic resource whose fields are Pydantic models, structs and plain values."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

    spec: BackupSpec
    volume: Volume | None = None
    volumes: list[Volume] = Field(default_factory=list[Volume])
    last_run: MicroTime | None = None


class Cluster(BaseEntity, ClusterScopedEntity):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com")
