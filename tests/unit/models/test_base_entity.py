"""`BaseEntity`: users' resources as Pydantic models."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, Self, TypeVar

import pytest
from msgspec import Raw
from pydantic import BaseModel, Field, ValidationError

from kubex.k8s.v1_35.core.v1 import PodTemplateSpec
from kubex_core.models._pydantic_bridge import TOLERANT
from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.list_entity import ListEntity
from kubex_core.models.metadata import ManagedFieldsEntry, ObjectMetadata
from kubex_core.models.micro_time import MicroTime
from kubex_core.models.resource_config import ResourceConfig
from tests.unit.models.resources import Backup, BackupSpec, Box, Volume

T = TypeVar("T")
WIRE: dict[str, Any] = {
    "apiVersion": "example.com/v1",
    "kind": "Backup",
    "metadata": {"name": "a", "creationTimestamp": "2026-01-01T00:00:00Z"},
    "spec": {"schedule": "@daily", "keep": 3},
    "volumes": [{"name": "data", "limits": {"cpu": "1"}}],
    "lastRun": "2026-01-01T00:00:00.000000Z",
}


class Job(BaseEntity, NamespaceScopedEntity):
    """Names a class that is defined after it."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

    spec: JobSpec
    config: str = "a field named as a local name of the base's own code"


class JobSpec(BaseModel):
    template: PodTemplateSpec
    config: str = "x"


class Parcel(BaseEntity, NamespaceScopedEntity, Generic[T]):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Any]] = ResourceConfig(group="example.com")

    spec: T


def backup(**fields: Any) -> Backup:
    return Backup(spec=BackupSpec(schedule="@daily"), **fields)


class TestReading:
    def test_the_json_s_names(self) -> None:
        read = Backup.model_validate_json(json.dumps(WIRE))
        assert read == Backup(
            metadata=ObjectMetadata(name="a", creation_timestamp=datetime(2026, 1, 1, tzinfo=UTC)),
            spec=BackupSpec(schedule="@daily"),
            volumes=[Volume(name="data", limits={"cpu": "1"})],
            last_run=MicroTime(2026, 1, 1, tzinfo=UTC),
        )
        assert type(read.metadata) is ObjectMetadata
        assert type(read.last_run) is MicroTime
        assert Backup.model_validate(WIRE) == read

    def test_the_attributes_names_and_both_mixed(self) -> None:
        mixed = {
            "api_version": "example.com/v1",
            "metadata": {"generate_name": "a-", "resourceVersion": "5"},
            "spec": {"schedule": "@daily"},
            "last_run": "2026-01-01T00:00:00Z",
        }
        read = Backup.model_validate(mixed)
        assert (read.metadata.generate_name, read.metadata.resource_version) == ("a-", "5")
        assert read.last_run == datetime(2026, 1, 1, tzinfo=UTC)

    @pytest.mark.parametrize("metadata", [{}, {"metadata": None}])
    def test_metadata_is_never_none(self, metadata: dict[str, None]) -> None:
        read = Backup.model_validate({"spec": {"schedule": "@daily"}, **metadata})
        assert read.metadata == ObjectMetadata()
        other = Backup.model_validate({"spec": {"schedule": "@daily"}, **metadata})
        other.metadata.name = "x"
        assert read.metadata.name is None

    def test_numbers_are_quantities_in_structs(self) -> None:
        read = Backup.model_validate({"spec": {"schedule": "x"}, "volume": {"name": "a", "limits": {"cpu": 1}}})
        assert read.volume == Volume(name="a", limits={"cpu": "1"})

    def test_a_struct_that_does_not_fit_is_a_validation_error_that_says_where(self) -> None:
        with pytest.raises(ValidationError, match=r"volume\n  Expected `str`, got `int` - at `\$\.name`"):
            Backup.model_validate({"spec": {"schedule": "x"}, "volume": {"name": 1}})
        with pytest.raises(ValidationError, match=r"metadata\n  Expected `str \| null`, got `\{name\}`|metadata"):
            Backup.model_validate({"spec": {"schedule": "x"}, "metadata": {"name": 5}})

    def test_structs_are_strict_unless_the_server_is_read(self) -> None:
        wire: dict[str, Any] = {"spec": {"schedule": "x"}, "volume": {"name": None}, "volumes": [{}, None]}
        with pytest.raises(ValidationError):
            Backup.model_validate(wire)
        read = Backup.model_validate(wire, context=TOLERANT)
        assert read.volume == Volume(name="")
        assert read.volumes == [Volume(name=""), Volume(name="")]

    def test_an_object_of_the_struct_is_taken_as_it_is(self) -> None:
        metadata = ObjectMetadata(name="a")
        assert backup(metadata=metadata).metadata is metadata

    @pytest.mark.parametrize(("api_version", "kind"), [("example.com/v1", "Restore"), ("batch/v1", "Backup")])
    def test_an_object_of_another_kind_is_refused(self, api_version: str, kind: str) -> None:
        with pytest.raises(ValidationError, match=f"kind '{kind}' of apiVersion '{api_version}' is another resource"):
            Backup.model_validate({"apiVersion": api_version, "kind": kind, "spec": {"schedule": "@daily"}})


class TestWriting:
    def test_the_wire_form(self) -> None:
        read = Backup.model_validate(WIRE)
        assert read.model_dump(mode="json", by_alias=True, exclude_none=True) == WIRE
        assert json.loads(read.model_dump_json(by_alias=True, exclude_none=True)) == WIRE

    def test_attributes_names_and_python_values(self) -> None:
        dumped = Backup.model_validate(WIRE).model_dump(exclude_none=True)
        assert dumped["metadata"] == {"name": "a", "creation_timestamp": datetime(2026, 1, 1, tzinfo=UTC)}
        assert type(dumped["last_run"]) is MicroTime
        assert Backup.model_validate(dumped) == Backup.model_validate(WIRE)

    @pytest.mark.parametrize("exclude", [{"exclude_none": True}, {"exclude_unset": True}])
    def test_api_version_kind_and_metadata_are_always_written(self, exclude: Any) -> None:
        made = backup()
        made.metadata.name = "later"
        expected = {"apiVersion": "example.com/v1", "kind": "Backup", "metadata": {"name": "later"}}
        dumped = made.model_dump(by_alias=True, **exclude)
        assert {key: dumped[key] for key in expected} == expected
        assert json.loads(made.model_dump_json(by_alias=True, **exclude))["metadata"] == {"name": "later"}

    def test_exclude_defaults_leaves_the_structs_nones_out(self) -> None:
        assert backup(volume=Volume(name="a")).model_dump(exclude_defaults=True)["volume"] == {"name": "a"}

    def test_managed_fields(self) -> None:
        entry = ManagedFieldsEntry(manager="m", fields_v1=Raw(b'{"f:a":{}}'))
        text = backup(metadata=ObjectMetadata(managed_fields=[entry])).model_dump_json(by_alias=True, exclude_none=True)
        assert json.loads(text)["metadata"] == {"managedFields": [{"manager": "m", "fieldsV1": {"f:a": {}}}]}
        assert Backup.model_validate_json(text).metadata.managed_fields == [entry]


class TestClasses:
    def test_the_base_s_own_defaults_stay(self) -> None:
        assert (BaseEntity().api_version, BaseEntity().kind) == ("", "")

    def test_a_class_named_before_it_is_defined(self) -> None:
        job = Job.model_validate(
            {"spec": {"template": {"spec": {"containers": [{"name": "a", "resources": {"limits": {"cpu": 2}}}]}}}}
        )
        assert (job.api_version, job.kind) == ("example.com/v1", "Job")
        assert job.spec.template.spec is not None
        resources = job.spec.template.spec.containers[0].resources
        assert resources is not None
        assert resources.limits == {"cpu": "2"}

    def test_local_classes(self) -> None:
        class Spec(BaseModel):
            size: int

        class Local(BaseEntity, NamespaceScopedEntity):
            __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com")

            spec: Spec

        assert Local(spec=Spec(size=1)).model_dump_json(by_alias=True, exclude_none=True) == (
            '{"apiVersion":"example.com/v1","kind":"Local","metadata":{},"spec":{"size":1}}'
        )

    def test_aliases_of_the_user_s_own(self) -> None:
        class Address(BaseEntity, NamespaceScopedEntity):
            __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com")

            pod_ip: str = Field(alias="podIP")

        made = Address(podIP="::1")
        assert made.model_dump(by_alias=True)["podIP"] == "::1"
        assert Address.model_validate({"podIP": "::1"}) == made

    def test_a_validator_of_the_user_s_own_and_post_init(self) -> None:
        class Counted(BaseEntity, NamespaceScopedEntity):
            __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com")

            size: int = 0
            _seen: int = 0

            def model_post_init(self, context: Any, /) -> None:
                self._seen += 1

        assert Counted(size=1)._seen == 1
        assert Counted(size=1).model_dump(exclude_unset=True) == {
            "api_version": "example.com/v1",
            "kind": "Counted",
            "metadata": {},
            "size": 1,
        }

    def test_generic_structs_keep_their_parameters(self) -> None:
        class Holder(BaseModel):
            page: ListEntity[Box]

        page = Holder.model_validate({"page": {"items": [{"metadata": {"name": "a"}}]}}).page
        assert [type(item) for item in page.items] == [Box]
        with pytest.raises(ValidationError, match=r"items\[0\]\.metadata"):
            Holder.model_validate({"page": {"items": [{"metadata": 5}]}})

    def test_generic_resources(self) -> None:
        parcel = Parcel[Volume].model_validate({"spec": {"name": "a"}})
        assert parcel.spec == Volume(name="a")
        assert parcel.model_dump(by_alias=True, exclude_none=True) == {
            "apiVersion": "example.com/v1",
            "kind": "Parcel",
            "metadata": {},
            "spec": {"name": "a"},
        }

    def test_copies_pickles_and_equality(self) -> None:
        entry = ManagedFieldsEntry(fields_v1=Raw(b'{"f:a":{}}'))
        made = backup(metadata=ObjectMetadata(name="a", managed_fields=[entry]))
        copied = made.model_copy(deep=True)
        assert copied == made
        assert copied.metadata is not made.metadata
        assert pickle.loads(pickle.dumps(made)) == made
        assert made.model_copy(update={"volume": Volume(name="b")}) != made


class TestJsonSchema:
    @pytest.mark.parametrize("mode", ["validation", "serialization"])
    def test_of_a_resource(self, mode: Any) -> None:
        schema = Backup.model_json_schema(mode=mode)
        assert schema["properties"]["kind"]["default"] == "Backup"
        metadata = schema["properties"]["metadata"]["properties"]
        assert metadata["creationTimestamp"]["anyOf"][0] == {"type": "string", "format": "date-time"}
        assert metadata["labels"]["anyOf"][0] == {"type": "object", "additionalProperties": {"type": "string"}}
        volume = schema["properties"]["volumes"]["items"]
        assert volume["required"] == ["name"]
        assert volume["properties"]["limits"]["anyOf"][0]["additionalProperties"]["x-kubernetes-int-or-string"] is True
        json.dumps(schema)

    def test_is_that_of_the_json(self) -> None:
        assert set(Backup.model_json_schema()["properties"]) == {
            "apiVersion",
            "kind",
            "metadata",
            "spec",
            "volume",
            "volumes",
            "lastRun",
        }
