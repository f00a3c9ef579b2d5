"""Resources as people write them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self

import msgspec
from pydantic import Field

from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.base_struct import BaseStruct, always_written
from kubex_core.models.camel_model import CamelModel
from kubex_core.models.definition_config import DefinitionConfig, PrinterColumn, ScalePaths
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.interfaces import HasScaleSubresource, HasStatusSubresource, NamespaceScopedEntity
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.schema import Schema, ValidationRule
from kubex_core.models.struct_entity import StructEntity


class Mode(StrEnum):
    FAST = "Fast"
    SLOW = "Slow"


class Target(CamelModel):
    """Where copies go."""

    name: str
    weight: int = Field(default=1, ge=1, le=100)


class BackupSpec(CamelModel):
    """What is wanted."""

    __SCHEMA__: ClassVar[Schema] = Schema(
        rules=[ValidationRule(rule="self.keepDays > 0", message="keep copies for a day at least")]
    )

    schedule: str = Field(pattern=r"^\S+( \S+){4}$", max_length=100)
    """When copies are made,
    as cron has it."""
    keep_days: int = 7
    mode: Mode = Mode.FAST
    level: Literal["low", "high"] | None = None
    targets: Annotated[list[Target], Schema(list_map_keys=["name"], max_items=10)] = Field(default_factory=list[Target])
    ratio: float | None = Field(default=None, gt=0, lt=1)
    port: int | str | None = None
    labels: dict[str, str] = Field(default_factory=dict[str, str])
    tags: set[str] | None = None
    template: DynamicObject | None = None
    options: dict[str, Any] | None = None
    replicas: Annotated[int | None, ValidationRule(rule="self >= oldSelf")] = None


class BackupStatus(CamelModel):
    replicas: int | None = None
    finished: datetime | None = None


class Backup(BaseEntity, NamespaceScopedEntity, HasStatusSubresource, HasScaleSubresource):
    """Copies of what is there."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")
    __DEFINITION_CONFIG__: ClassVar[DefinitionConfig] = DefinitionConfig(
        short_names=["bk"],
        categories=["all"],
        columns=[PrinterColumn(name="Schedule", json_path=".spec.schedule", description="When")],
        scale=ScalePaths(label_selector=".status.selector"),
        storage=True,
    )

    spec: BackupSpec
    status: BackupStatus | None = None


class OldBackupSpec(BaseStruct, kw_only=True):
    schedule: Annotated[str, msgspec.Meta(min_length=9, pattern=r"^\S+( \S+){4}$")]
    """When copies are made."""
    keep_days: Annotated[int, msgspec.Meta(ge=0)] = 7
    mode: Literal["Fast", "Slow"] = msgspec.field(default_factory=always_written("Fast"))


class OldBackup(StructEntity, NamespaceScopedEntity, kw_only=True):
    """Copies, as they were told before."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(
        group="example.com", version="v1beta1", kind="Backup"
    )
    __DEFINITION_CONFIG__: ClassVar[DefinitionConfig] = DefinitionConfig(
        deprecated=True, deprecation_warning="use v1", storage=False
    )

    spec: OldBackupSpec
