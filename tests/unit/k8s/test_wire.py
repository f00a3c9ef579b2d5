"""Every property of every definition is read and written under its name, as its type."""

from __future__ import annotations

import inspect
import json
import re
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.micro_time import MicroTime
from kubex_core.models.quantity_string import QuantityString
from tests.unit.k8s.samples import sample_of
from tests.unit.k8s.strategies import objects
from tests.unit.k8s.version import Version, version
from tools.codegen.__main__ import VERSIONS


def _written(value: Any) -> Any:
    return json.loads(value.model_dump_json(by_alias=True, exclude_none=True))


def test_every_property_is_read_and_written(generated: Version) -> None:
    for name, class_ in generated.classes.items():
        content = sample_of(generated.document, name, 1)
        assert generated.properties(name).keys() <= content.keys()
        read = class_.model_validate_json(json.dumps(content))
        # Read as something: no property fell by the wayside as unknown.
        assert {
            key for key, value in read.model_dump(by_alias=True, exclude_none=True).items() if value is not None
        } == (generated.properties(name).keys()), name
        assert _written(read) == content, name
        assert class_.model_validate_json(read.model_dump_json(by_alias=True, exclude_none=True)) == read, name


SPECIAL_TYPES: dict[str, type[Any]] = {
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": datetime,
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": MicroTime,
}


def test_values_have_the_types_of_their_formats(generated: Version) -> None:
    seen: set[type[Any]] = set()
    for name, class_ in generated.classes.items():
        read = class_.model_validate(sample_of(generated.document, name, 0))
        by_wire = {field.encode_name: getattr(read, field.name) for field in msgspec.structs.fields(class_)}
        for wire, schema in generated.properties(name).items():
            expected = SPECIAL_TYPES.get(schema.get("$ref", "").removeprefix("#/definitions/"))
            if schema.get("format") == "byte":
                expected = bytes
            if expected is not None:
                assert type(by_wire[wire]) is expected, f"{name}.{wire}"
                seen.add(expected)
    assert seen == {bytes, datetime, MicroTime}


def test_quantities_are_told_apart_from_strings(generated: Version) -> None:
    resources = msgspec.structs.fields(generated.classes["io.k8s.api.core.v1.ResourceRequirements"])
    (limits,) = (field.type for field in resources if field.name == "limits")
    assert limits == dict[str, QuantityString] | None


def test_both_spellings_are_read(generated: Version) -> None:
    for name, class_ in generated.classes.items():
        read = class_.model_validate(sample_of(generated.document, name, 1))
        assert class_.model_validate(read.model_dump()) == read, name


def test_every_class_is_a_fast_struct(generated: Version) -> None:
    for name, class_ in generated.classes.items():
        assert issubclass(class_, BaseStruct), name
        assert class_.__struct_config__.gc is False, name
        assert class_.__struct_config__.omit_defaults is True, name
        kinds = {parameter.kind for parameter in inspect.signature(class_).parameters.values()}
        assert kinds <= {inspect.Parameter.KEYWORD_ONLY}, name
        assert class_.__doc__, name


def test_optional_fields_are_none(generated: Version) -> None:
    for name, class_ in generated.classes.items():
        required = set(generated.document["definitions"][name].get("required", ()))
        for field in msgspec.structs.fields(class_):
            if field.encode_name in {"apiVersion", "kind", "metadata", "items"}:
                continue
            assert field.required is (field.encode_name in required), f"{name}.{field.name}"
            if not field.required:
                assert field.default in (None, msgspec.UNSET), f"{name}.{field.name}"


def test_definitions_are_all_there(generated: Version) -> None:
    """What the document's operations on kinds lead to, followed through the document alone.

    The deprecated watch paths alone lead to WatchEvent, for which kubex has its own.
    """
    definitions = generated.document["definitions"]
    waiting = {name for _, operations in generated.paths() for name in _referenced(operations)}
    reached: set[str] = set()
    while waiting:
        reached.add(name := waiting.pop())
        waiting |= _referenced(definitions[name]) - reached
    structs = {name for name in reached if "properties" in definitions[name]}
    assert len(structs) > 600
    assert structs - generated.classes.keys() == set()


def _referenced(schemas: Any) -> set[str]:
    return set(re.findall(r'"#/definitions/([^"]+)"', json.dumps(schemas)))


@pytest.mark.parametrize("name", VERSIONS)
@pytest.mark.parametrize(
    "definition",
    [
        "io.k8s.api.core.v1.Pod",
        "io.k8s.api.core.v1.Secret",
        "io.k8s.api.apps.v1.Deployment",
        "io.k8s.api.coordination.v1.Lease",
        "io.k8s.api.networking.v1.NetworkPolicy",
        "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
    ],
)
@given(data=st.data())
def test_round_trip(name: str, definition: str, data: st.DataObject) -> None:
    generated = version(name)
    class_ = generated.classes[definition]
    value = data.draw(objects(generated, definition))
    assert class_.model_validate_json(value.model_dump_json(by_alias=True, exclude_none=True)) == value
    assert class_.model_validate(value.model_dump()) == value


def test_micro_time_stays_one(generated: Version) -> None:
    lease = generated.classes["io.k8s.api.coordination.v1.Lease"]
    read = lease.model_validate_json('{"spec":{"renewTime":"2026-01-02T03:04:05Z"}}')
    assert type(read.spec.renew_time) is MicroTime
    assert _written(read)["spec"] == {"renewTime": "2026-01-02T03:04:05.000000Z"}
