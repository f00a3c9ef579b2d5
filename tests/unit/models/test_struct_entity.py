"""Resources as structs: what they need not declare."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from msgspec import field

from kubex_core.models.base_struct import BaseStruct, always_written
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity


class BackupSpec(BaseStruct, kw_only=True):
    schedule: str


class Backup(StructEntity, NamespaceScopedEntity, kw_only=True):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

    spec: BackupSpec


class NewerBackup(Backup, kw_only=True):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Any]] = ResourceConfig(group="example.com", version="v2")


class PatientBackup(Backup, kw_only=True):
    patience: int | None = None


SPEC = BackupSpec(schedule="@daily")


def test_type_and_metadata_are_there_without_declaring_them() -> None:
    backup = Backup(metadata=ObjectMetadata(name="b"), spec=SPEC)
    assert backup.model_dump_json(by_alias=True, exclude_none=True) == (
        '{"apiVersion":"example.com/v1","kind":"Backup","metadata":{"name":"b"},"spec":{"schedule":"@daily"}}'
    )
    assert Backup.model_validate({"metadata": {"name": "b"}, "spec": {"schedule": "@daily"}}) == backup
    assert Backup.__struct_config__.gc is False


def test_a_config_of_a_subclass_changes_what_it_gives() -> None:
    newer = NewerBackup(spec=SPEC)
    assert (newer.api_version, newer.kind) == ("example.com/v2", "Backup")


def test_a_subclass_without_one_is_the_same_resource() -> None:
    patient = PatientBackup(spec=SPEC)
    assert (patient.api_version, patient.kind) == ("example.com/v1", "Backup")


def test_what_a_class_declares_stays() -> None:
    class Declared(StructEntity, NamespaceScopedEntity, kw_only=True):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Any]] = ResourceConfig(group="example.com", version="v1")

        kind: str = field(default_factory=always_written("Other"))

    assert (Declared().api_version, Declared().kind) == ("example.com/v1", "Other")
