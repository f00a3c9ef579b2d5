"""Users' own resources, on both bases."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar, reveal_type

from msgspec import field
from pydantic import BaseModel

from kubex.api import Api
from kubex.client import BaseClient
from kubex.core.duration import Duration
from kubex.core.quantity import Quantity
from kubex.k8s.v1_35.core.v1 import PodTemplateSpec
from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.base_struct import BaseStruct, always_written
from kubex_core.models.entity import Entity
from kubex_core.models.interfaces import (
    ClusterScopedEntity,
    HasScaleSubresource,
    HasStatusSubresource,
    NamespaceScopedEntity,
)
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig, Scope
from kubex_core.models.struct_entity import StructEntity

T = TypeVar("T", bound=Entity)


class BackupSpec(BaseModel):
    schedule: str
    template: PodTemplateSpec | None = None


class Backup(BaseEntity, NamespaceScopedEntity, HasStatusSubresource):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(
        group="example.com", version="v1", kind="Backup", plural="backups", scope=Scope.NAMESPACE
    )
    spec: BackupSpec
    note: str | None = None


class Archive(ClusterScopedEntity, BaseEntity):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")


class RackSpec(BaseStruct, kw_only=True):
    size: int
    labels: dict[str, str] | None = None


class Rack(StructEntity, ClusterScopedEntity, HasScaleSubresource, kw_only=True):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

    api_version: str = field(default_factory=always_written("example.com/v1"))
    kind: str = field(default_factory=always_written("Rack"))
    metadata: ObjectMetadata = field(default_factory=ObjectMetadata)
    spec: RackSpec


class DiskSpec(BaseStruct, kw_only=True):
    size: Quantity
    every: Duration = Duration.parse("1h")


class DiskModel(BaseModel):
    size: Quantity
    every: Duration | None = None


reveal_type(DiskSpec(size=Quantity("1Gi")).every)  # R: Duration
reveal_type(DiskModel(size=Quantity("1Gi")).size * 2)  # R: Quantity
reveal_type(DiskSpec(size=Quantity("1Gi")).every.nanoseconds)  # R: int
reveal_type(Duration.parse("1h") < Duration.parse("2h"))  # R: bool
DiskSpec(size="1Gi")  # E: mypy[arg-type] pyright[reportArgumentType]

reveal_type(Backup.__RESOURCE_CONFIG__)  # R: ResourceConfig[Backup]
reveal_type(Rack.__RESOURCE_CONFIG__.list_model)  # R: type[ListEntity[Rack]]
reveal_type(Rack.__RESOURCE_CONFIG__.scope)  # R: Scope

backup = Backup(metadata=ObjectMetadata(name="a"), spec=BackupSpec(schedule="@daily"))
rack = Rack(metadata=ObjectMetadata(name="a"), spec=RackSpec(size=3))
reveal_type(backup.metadata)  # R: ObjectMetadata
reveal_type(backup.metadata.name)  # R: str | None
reveal_type(rack.metadata.labels)  # R: dict[str, str] | None
reveal_type(Backup.model_validate({}))  # R: Backup
reveal_type(Rack.model_validate({}))  # R: Rack
reveal_type(Rack.model_validate_json("{}"))  # R: Rack
reveal_type(rack.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True))  # R: dict[str, Any]
reveal_type(rack.model_dump_json(by_alias=True, exclude_none=True))  # R: str
reveal_type(rack.model_copy(update={"kind": "x"}, deep=True))  # R: Rack

Rack(spec=RackSpec(size="3"))  # E: mypy[arg-type] pyright[reportArgumentType]
Rack()  # E: mypy[call-arg] pyright[reportCallIssue]
Backup()  # E: mypy[call-arg] pyright[reportCallIssue]
Rack(ObjectMetadata())  # E: mypy[call-arg,arg-type] pyright[reportCallIssue]


async def calls(client: BaseClient) -> None:
    backups = Api(Backup, client, namespace="shop")
    reveal_type(backups)  # R: Api[Backup]
    reveal_type((await backups.get("a")).spec.schedule)  # R: str
    reveal_type((await backups.list()).items)  # R: list[Backup]
    reveal_type(await backups.status.get("a"))  # R: Backup
    reveal_type(await Api(Rack, client).scale.get("a"))  # R: Scale
    reveal_type((await Api(Rack, client).get("a")).spec.size)  # R: int
    await backups.scale.get("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await Api(Archive, client).status.get("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]


async def any_resource(api: Api[T], name: str) -> T:
    found = await api.get(name)
    print(found.metadata.name, found.__RESOURCE_CONFIG__.kind)
    return found


async def names(api: Api[Any]) -> list[str]:
    return [item.metadata.name for item in (await api.list()).items]
