"""Classes to CustomResourceDefinitions."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum, IntEnum
from functools import cached_property
from typing import Annotated, Any, ClassVar, Generic, Literal, NewType, Self, TypeVar

import msgspec
import pytest
from pydantic import Field, StringConstraints, computed_field

import kubex
from kubex.generate import DefinitionError
from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition
from kubex.k8s.v1_35.core.v1 import PodTemplateSpec
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.camel_model import CamelModel
from kubex_core.models.definition_config import DefinitionConfig
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.schema import Schema
from kubex_core.models.struct_entity import StructEntity
from tests.unit.crd.backups import Backup, OldBackup
from tests.unit.crd.schemas import schema_of, spec_of, version, written


def test_a_pydantic_class() -> None:
    whole = written(Backup)
    assert type(kubex.crd_for(Backup)) is CustomResourceDefinition
    assert whole["metadata"] == {"name": "backups.example.com"}
    assert {name: value for name, value in whole["spec"].items() if name != "versions"} == {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {
            "plural": "backups",
            "singular": "backup",
            "kind": "Backup",
            "listKind": "BackupList",
            "shortNames": ["bk"],
            "categories": ["all"],
        },
    }
    (only,) = whole["spec"]["versions"]
    assert {name: value for name, value in only.items() if name != "schema"} == {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {
            "status": {},
            "scale": {
                "specReplicasPath": ".spec.replicas",
                "statusReplicasPath": ".status.replicas",
                "labelSelectorPath": ".status.selector",
            },
        },
        "additionalPrinterColumns": [
            {"name": "Schedule", "type": "string", "description": "When", "jsonPath": ".spec.schedule"}
        ],
    }
    schema = only["schema"]["openAPIV3Schema"]
    assert schema["description"] == "Copies of what is there."
    assert schema["required"] == ["spec"]
    assert schema["properties"].keys() == {"apiVersion", "kind", "metadata", "spec", "status"}


def test_types_and_constraints_of_pydantic() -> None:
    spec = spec_of(Backup)
    assert spec["required"] == ["schedule"]
    assert spec["description"] == "What is wanted."
    assert spec["x-kubernetes-validations"] == [
        {"rule": "self.keepDays > 0", "message": "keep copies for a day at least"}
    ]
    assert spec["properties"] == {
        "schedule": {
            "type": "string",
            "pattern": r"^\S+( \S+){4}$",
            "maxLength": 100,
            "description": "When copies are made,\nas cron has it.",
        },
        "keepDays": {"type": "integer", "default": 7},
        "mode": {"type": "string", "enum": ["Fast", "Slow"], "default": "Fast"},
        "level": {"type": "string", "enum": ["low", "high"]},
        "targets": {
            "type": "array",
            "default": [],
            "maxItems": 10,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {
                "description": "Where copies go.",
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string"},
                    "weight": {"type": "integer", "minimum": 1, "maximum": 100, "default": 1},
                },
            },
        },
        "ratio": {"type": "number", "minimum": 0, "exclusiveMinimum": True, "maximum": 1, "exclusiveMaximum": True},
        "port": {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}, "default": {}},
        "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
        "template": {
            "type": "object",
            "x-kubernetes-embedded-resource": True,
            "x-kubernetes-preserve-unknown-fields": True,
        },
        "options": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "replicas": {"type": "integer", "x-kubernetes-validations": [{"rule": "self >= oldSelf"}]},
    }


def test_types_and_constraints_of_msgspec() -> None:
    assert spec_of(OldBackup) == {
        "type": "object",
        "required": ["schedule"],
        "properties": {
            "schedule": {
                "type": "string",
                "minLength": 9,
                "pattern": r"^\S+( \S+){4}$",
                "description": "When copies are made.",
            },
            "keepDays": {"type": "integer", "minimum": 0, "default": 7},
            "mode": {"type": "string", "enum": ["Fast", "Slow"], "default": "Fast"},
        },
    }


def test_several_versions() -> None:
    versions = written(Backup, OldBackup, conversion={"strategy": "None"})["spec"]["versions"]
    assert [(each["name"], each["served"], each["storage"]) for each in versions] == [
        ("v1", True, True),
        ("v1beta1", True, False),
    ]
    assert (versions[1]["deprecated"], versions[1]["deprecationWarning"]) == (True, "use v1")
    by_hand = written(Backup, OldBackup, storage=OldBackup)["spec"]["versions"]
    assert [each["storage"] for each in by_hand] == [False, True]


Identifier = NewType("Identifier", str)
T = TypeVar("T")


class Node(BaseStruct, kw_only=True):
    children: list[Node] | None = None


class Pair(BaseStruct, Generic[T], kw_only=True):
    """Two of a kind."""

    first: T
    second: list[T] | None = None


class Grown(BaseStruct, Generic[T], kw_only=True):
    value: T
    next: Grown[list[T]] | None = None


class Named(CamelModel):
    first_name: str
    hidden: str = Field(default="", exclude=True)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def full_name(self) -> Annotated[str, Schema(max_length=9)]:
        return self.first_name

    @computed_field(alias="size", description="How long it is.")  # type: ignore[prop-decorator]
    @cached_property
    def length(self) -> int | None:
        return len(self.first_name)


class Opaque:
    pass


class Resettable(CamelModel):
    days: int | None = 3


class Loose(CamelModel, extra="allow"):
    a: str | None = None


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Choice(Enum):
    A = "a"
    NOTHING = None


PAIR_OF_TEXTS: dict[str, Any] = {
    "type": "object",
    "description": "Two of a kind.",
    "required": ["first"],
    "properties": {"first": {"type": "string"}, "second": {"type": "array", "items": {"type": "string"}}},
}


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (int, {"type": "integer"}),
        (bool, {"type": "boolean"}),
        (bytes, {"type": "string", "format": "byte"}),
        (Any, {"x-kubernetes-preserve-unknown-fields": True}),
        (int | float, {"type": "number"}),
        (int | None, {"type": "integer", "nullable": True}),
        (Identifier, {"type": "string"}),
        (Decimal, {"type": "string"}),
        (list[int | None], {"type": "array", "items": {"type": "integer", "nullable": True}}),
        (Literal["a", "b"] | None, {"type": "string", "allOf": [{"enum": ["a", "b"]}], "nullable": True}),
        (Literal["a", None], {"type": "string", "allOf": [{"enum": ["a"]}], "nullable": True}),
        (Level | None, {"type": "integer", "allOf": [{"enum": [1, 2]}], "nullable": True}),
        (Choice, {"type": "string", "allOf": [{"enum": ["a"]}], "nullable": True}),
        (
            list[Literal["a"] | None],
            {"type": "array", "items": {"type": "string", "allOf": [{"enum": ["a"]}], "nullable": True}},
        ),
        (
            Annotated[Literal["a"] | None, Schema(enum=["a"])],
            {"type": "string", "enum": ["a"], "nullable": True},
        ),
        (tuple[str, ...], {"type": "array", "items": {"type": "string"}}),
        (Annotated[str, Schema(format="duration")], {"type": "string", "format": "duration"}),
        (Annotated[str, StringConstraints(max_length=3)], {"type": "string", "maxLength": 3}),
        (
            Annotated[dict[str, int], msgspec.Meta(max_length=2)],
            {"type": "object", "additionalProperties": {"type": "integer"}, "maxProperties": 2},
        ),
        (
            Node,
            {
                "type": "object",
                "properties": {
                    "children": {
                        "type": "array",
                        "items": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                    }
                },
            },
        ),
        (
            Resettable,
            {"type": "object", "properties": {"days": {"type": "integer", "nullable": True, "default": 3}}},
        ),
        (
            Pair[int],
            {
                "type": "object",
                "description": "Two of a kind.",
                "required": ["first"],
                "properties": {
                    "first": {"type": "integer"},
                    "second": {"type": "array", "items": {"type": "integer"}},
                },
            },
        ),
        (
            Pair[Pair[str]],
            {
                "type": "object",
                "description": "Two of a kind.",
                "required": ["first"],
                "properties": {
                    "first": PAIR_OF_TEXTS,
                    "second": {"type": "array", "items": PAIR_OF_TEXTS},
                },
            },
        ),
        (
            Grown[int],
            {
                "type": "object",
                "required": ["value"],
                "properties": {
                    "value": {"type": "integer"},
                    "next": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                },
            },
        ),
        (
            Named,
            {
                "type": "object",
                "required": ["firstName"],
                "properties": {
                    "firstName": {"type": "string"},
                    "fullName": {"type": "string", "maxLength": 9},
                    "size": {"type": "integer", "nullable": True, "description": "How long it is."},
                },
            },
        ),
        (
            Loose,
            {
                "type": "object",
                "properties": {"a": {"type": "string"}},
                "x-kubernetes-preserve-unknown-fields": True,
            },
        ),
    ],
)
def test_types(hint: Any, expected: dict[str, Any]) -> None:
    assert schema_of(hint) == expected


def test_computed_fields_have_the_types_that_pydantic_has_read() -> None:
    class Size(CamelModel):
        bytes: int

    class Sized(CamelModel):
        @computed_field  # type: ignore[prop-decorator]
        @property
        def size(self) -> Size:
            return Size(bytes=1)

        @computed_field(return_type=str)
        def text(self) -> Any:
            return "1"

    assert schema_of(Sized)["properties"] == {
        "size": {"type": "object", "required": ["bytes"], "properties": {"bytes": {"type": "integer"}}},
        "text": {"type": "string"},
    }


def test_generated_models_as_fields() -> None:
    schema = schema_of(PodTemplateSpec)
    assert schema["properties"]["metadata"]["properties"].keys() >= {"labels", "annotations"}
    container = schema["properties"]["spec"]["properties"]["containers"]["items"]["properties"]
    assert container["resources"]["properties"]["limits"]["additionalProperties"]["x-kubernetes-int-or-string"] is True
    assert container["imagePullPolicy"] == {"type": "string"}, "a newer server may know more words"
    assert schema_of(ObjectMetadata)["type"] == "object"


@pytest.mark.parametrize(
    ("hint", "message"),
    [
        (int | bool, r"Thing\.spec\.x: a structural schema can't say int \| bool"),
        (dict[int, str], r"Thing\.spec\.x: the keys of a JSON object are text"),
        (tuple[int, str], r"Thing\.spec\.x: the items of a list have one type"),
        (Opaque, r"Thing\.spec\.x: Opaque has no structural schema"),
        (
            Annotated[list[Loose], Schema(list_map_keys=["a"])],
            r"Thing\.spec\.x: the key a of its items must be a field without None",
        ),
    ],
)
def test_types_that_no_schema_can_say(hint: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        schema_of(hint)


def test_classes_that_don_t_fit() -> None:
    class Other(StructEntity, NamespaceScopedEntity, kw_only=True):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v2")

    class Core(StructEntity, NamespaceScopedEntity, kw_only=True):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(version="v1")

    class Second(StructEntity, NamespaceScopedEntity, kw_only=True):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(
            group="example.com", version="v2", kind="Backup"
        )
        __DEFINITION_CONFIG__: ClassVar[DefinitionConfig] = DefinitionConfig(storage=True)

    for classes, message in (
        ((), "needs a resource class"),
        ((CamelModel,), "is no resource"),
        ((Core,), "needs one with a domain"),
        ((Backup, Other), "their kinds differ"),
        ((Backup, Backup), "two classes of version v1"),
        ((Backup, Second), "exactly one is stored"),
    ):
        with pytest.raises(DefinitionError, match=message):
            written(*classes)


def test_a_dynamic_class_has_no_schema() -> None:
    class Free(DynamicObject, NamespaceScopedEntity):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

    assert version(Free)["schema"]["openAPIV3Schema"] == {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
    }
