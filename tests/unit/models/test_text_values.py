"""Quantities and durations as fields of resources: read, written, refused, and told in schemas."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, ClassVar, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import kubex
from kubex.core.codec import codec_for, encode
from kubex.core.duration import Duration
from kubex.core.exceptions import InvalidArgument, InvalidResponse
from kubex.core.patch import ApplyPatch, MergePatch
from kubex.core.quantity import Quantity
from kubex_core.models._exceptions import InvalidObject
from kubex_core.models._json_schema import json_schema_of
from kubex_core.models._quantity_schema import QUANTITY_SCHEMA
from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.camel_model import CamelModel
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity


class ModelSpec(CamelModel):
    size: Quantity
    every: Duration
    wait_time: Duration = Duration.parse("5m")
    limits: dict[str, Quantity] | None = None


class Model(BaseEntity, NamespaceScopedEntity):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1", kind="Disk")

    spec: ModelSpec
    anything: Any = None


class StructSpec(BaseStruct, kw_only=True):
    size: Quantity
    every: Duration
    wait_time: Duration = Duration.parse("5m")
    limits: dict[str, Quantity] | None = None


class Struct(StructEntity, NamespaceScopedEntity, kw_only=True):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1", kind="Disk")

    spec: StructSpec
    anything: Any = None


CLASSES: list[Any] = [Model, Struct]
WIRE: dict[str, Any] = {
    "apiVersion": "example.com/v1",
    "kind": "Disk",
    "metadata": {"name": "d"},
    "spec": {"size": "1536Mi", "every": "1h30m0s", "waitTime": "1s", "limits": {"cpu": "500m"}},
}


@pytest.mark.parametrize("cls", CLASSES)
def test_fields_hold_values_and_json_their_text(cls: Any) -> None:
    read = codec_for(cls).decode(json.dumps(WIRE).encode())
    assert (read.spec.size, read.spec.every) == (Quantity("1.5Gi"), Duration.parse("90m"))
    assert read.spec.size + Quantity("512Mi") == Quantity("2Gi")
    assert read.spec.limits == {"cpu": Quantity("0.5")}
    assert cls.model_validate(WIRE) == cls.model_validate_json(json.dumps(WIRE)) == read
    assert json.loads(encode(read)) == WIRE
    assert read.model_dump(mode="json", by_alias=True, exclude_none=True) == {**WIRE, "metadata": {"name": "d"}}
    assert read.model_dump()["spec"]["size"] == Quantity("1.5Gi")
    assert read.model_copy(deep=True) == read


@pytest.mark.parametrize("cls", CLASSES)
def test_what_stands_for_one_is_taken(cls: Any) -> None:
    made = cls.model_validate(
        {"spec": {"size": 2, "every": timedelta(minutes=90), "limits": {"cpu": 0.5, "memory": Quantity("1Gi")}}}
    )
    assert made.spec.every == Duration.parse("1h30m")
    assert made.spec.wait_time == Duration.parse("300s")
    spec = json.loads(encode(made))["spec"]
    assert (spec["size"], spec["every"]) == ("2", "1h30m0s")
    assert spec["limits"] == {"cpu": "500m", "memory": "1Gi"}


@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"size": "1Zi"}, '"1Zi" is no quantity'),
        ({"size": True}, "a quantity is a text or a number, and not a bool"),
        ({"size": [1]}, "and not a list"),
        ({"every": "soon"}, '"soon" is no duration'),
        ({"every": 5}, "a duration is a text, and not a int"),
        ({"limits": {"cpu": "x"}}, '"x" is no quantity'),
    ],
)
def test_what_is_none_is_refused_with_its_place(cls: Any, wrong: dict[str, Any], problem: str) -> None:
    content = {**WIRE, "spec": {**WIRE["spec"], **wrong}}
    (place,) = wrong
    with pytest.raises((InvalidObject, ValidationError)) as refused:
        cls.model_validate(content)
    assert problem in str(refused.value)
    assert place in str(refused.value)
    with pytest.raises(InvalidResponse, match=place):
        codec_for(cls).decode(json.dumps(content).encode())


def test_what_a_server_leaves_out_is_the_zero_value_of_go() -> None:
    content = {**WIRE, "spec": {"size": None}}
    read = codec_for(Struct).decode(json.dumps(content).encode())
    assert (read.spec.size, read.spec.every, read.spec.wait_time) == (Quantity(0), Duration(), Duration.parse("5m"))


@pytest.mark.parametrize("cls", CLASSES)
def test_definitions_have_their_schemas(cls: Any) -> None:
    definition = kubex.crd_for(cls).model_dump(mode="json", by_alias=True, exclude_none=True)
    spec = definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    duration = {"type": "string", "format": "duration"}
    assert spec["properties"] == {
        "size": QUANTITY_SCHEMA,
        "every": duration,
        "waitTime": {**duration, "default": "5m0s"},
        "limits": {"type": "object", "additionalProperties": QUANTITY_SCHEMA},
    }


def test_json_schemas_have_theirs() -> None:
    of_model = Model.model_json_schema()["$defs"]["ModelSpec"]["properties"]
    of_struct = json_schema_of(StructSpec)["properties"]
    for properties in (of_model, of_struct):
        assert properties["size"].items() >= QUANTITY_SCHEMA.items()
        assert properties["every"].items() >= {"type": "string", "format": "duration"}.items()
        assert properties["limits"]["anyOf"][0]["additionalProperties"] == QUANTITY_SCHEMA


@pytest.mark.parametrize("cls", CLASSES)
def test_where_a_field_is_of_any_type(cls: Any) -> None:
    spec = {"size": "1", "every": "1s"}
    made = cls.model_validate({"spec": spec, "anything": {"a": [Quantity("1Gi"), Duration.parse("1s")]}})
    made.metadata = ObjectMetadata(name="d")
    for data in (encode(made), ApplyPatch(made).encode(), MergePatch(made).encode()):
        assert json.loads(data)["anything"] == {"a": ["1Gi", "1s"]}
    assert json.loads(encode({"a": Quantity("1Gi")})) == {"a": "1Gi"}
    assert json.loads(MergePatch({"a": Duration.parse("1s")}).encode()) == {"a": "1s"}


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(10**15), 10**15))
def test_any_come_back(nanoseconds: int, nanos: int) -> None:
    spec = StructSpec(size=Quantity(nanos) / 10**9, every=Duration(nanoseconds))
    assert StructSpec.model_validate_json(encode(spec)) == spec
    model = ModelSpec(size=spec.size, every=spec.every)
    assert ModelSpec.model_validate_json(encode(model)) == model


def test_a_duration_is_a_value() -> None:
    second = Duration.parse("1s")
    assert {second, Duration(10**9)} == {second}
    assert second != 10**9
    assert repr(second) == "Duration(nanoseconds=1000000000)"
    assert second <= Duration.parse("1s") < Duration.parse("2s")
    with pytest.raises(AttributeError):
        second.nanoseconds = 2  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(TypeError):
        _ = second < 5  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
    with pytest.raises(InvalidArgument):
        Duration(2**63)
    match second:
        case Duration(nanoseconds):
            assert nanoseconds == 10**9
