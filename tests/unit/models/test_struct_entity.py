"""Resources as structs: what they need not declare."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self

import msgspec
import pytest
from msgspec import field

from kubex.core.exceptions import InvalidObject, KubexException
from kubex_core.models.base_struct import BaseStruct, always_written
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.partial_object_meta import PartialObjectMetadata
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


class TestOtherKinds:
    """An object of another kind would read as one whose every field is unset."""

    OTHERS: ClassVar[list[dict[str, Any]]] = [
        {"apiVersion": "example.com/v1", "kind": "Restore", "spec": {"schedule": "@daily"}},
        {"apiVersion": "batch/v1", "kind": "Backup", "spec": {"schedule": "@daily"}},
        {"apiVersion": "v1", "kind": "Backup", "spec": {"schedule": "@daily"}},
    ]

    @pytest.mark.parametrize("content", OTHERS)
    def test_they_are_refused(self, content: dict[str, Any]) -> None:
        said = f"Backup: kind '{content['kind']}' of apiVersion '{content['apiVersion']}' is another resource"
        with pytest.raises(InvalidObject, match=said):
            Backup.model_validate(content)
        with pytest.raises(InvalidObject, match=said):
            Backup.model_validate_json(json.dumps(content))

    def test_another_version_is_taken(self) -> None:
        content = {"apiVersion": "example.com/v1beta1", "kind": "Backup", "spec": {"schedule": "@daily"}}
        assert Backup.model_validate(content).api_version == "example.com/v1beta1"

    def test_metadata_is_read_of_any(self) -> None:
        content = {"apiVersion": "example.com/v1", "kind": "Backup", "metadata": {"name": "b"}}
        assert PartialObjectMetadata.model_validate(content).metadata.name == "b"

    def test_the_error_names_kind_and_field(self) -> None:
        with pytest.raises(
            InvalidObject, match=r"^Backup: Expected `str`, got `int` - at `\$\.spec\.schedule`$"
        ) as caught:
            Backup.model_validate({"spec": {"schedule": 1}})
        for kind in (KubexException, ValueError, msgspec.ValidationError):
            assert isinstance(caught.value, kind)
