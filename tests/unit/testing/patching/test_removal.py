from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given

from kubex.core.field_sets import FieldSet
from kubex.testing.patching.applied_fields import applied_fields
from kubex.testing.patching.removal import fitted, remove_fields, with_objects_on_the_way
from kubex.testing.schema.custom_resource import read_structural_schema
from tests.unit.testing.patching.objects import pods
from tests.unit.testing.schemas import SCHEMAS, schema_of

POD = schema_of("Pod")
A = 'k:{"name":"a"}'


@pytest.mark.parametrize(
    ("spec", "fields", "rest"),
    [
        ({"nodeName": "a", "dnsPolicy": "b"}, {"f:nodeName": {}}, {"dnsPolicy": "b"}),
        ({"nodeName": "a"}, {"f:hostname": {}}, {"nodeName": "a"}),
        ({"os": {"name": "a"}}, {"f:os": {"f:name": {}}}, {"os": None}),
        ({"os": {"name": "a"}}, {"f:os": {}}, None),
        (
            {"containers": [{"name": "a", "image": "x"}]},
            {"f:containers": {A: {"f:image": {}}}},
            {"containers": [{"name": "a"}]},
        ),
        ({"containers": [{"name": "a"}, {"name": "b"}]}, {"f:containers": {A: {}}}, {"containers": [{"name": "b"}]}),
        ({"containers": [{"name": "a"}]}, {"f:containers": {A: {}}}, {"containers": None}),
        ({"containers": [{"name": "a"}]}, {"f:containers": {A: {"f:name": {}}}}, {"containers": [None]}),
        # What is one field can't lose a part, and is gone as a whole where a set has been made under another schema.
        ({"nodeSelector": {"a": "1"}}, {"f:nodeSelector": {"f:a": {}}}, {"nodeSelector": None}),
        ({"tolerations": [{"key": "a"}]}, {"f:tolerations": {"i:0": {}}}, {"tolerations": None}),
    ],
)
def test_fields_are_removed(spec: dict[str, Any], fields: dict[str, Any], rest: dict[str, Any] | None) -> None:
    before = copy.deepcopy(spec)
    assert remove_fields({"spec": spec}, FieldSet.parse({"f:spec": fields}), POD) == {"spec": rest}
    assert spec == before


def test_members_without_a_schema_are_removed_too() -> None:
    source = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = read_structural_schema(source, "Backup", SCHEMAS.object_meta)
    object_ = {"a": {"b": {"c": 1, "d": 2}}, "e": [1], "f": 1}
    fields = FieldSet.parse({"f:a": {"f:b": {"f:c": {}}}, "f:f": {"f:x": {}}})
    assert remove_fields(object_, fields, schema) == {"a": {"b": {"d": 2}}, "e": [1], "f": 1}


@given(pods(), pods())
def test_what_is_removed_is_no_longer_there_and_the_rest_is(pod: dict[str, Any], other: dict[str, Any]) -> None:
    fields = applied_fields(pod, POD)
    gone = applied_fields(other, POD) & fields
    rest = applied_fields(remove_fields(pod, gone, POD), POD)
    assert not rest & gone
    assert not fields.without_subtrees(gone) - rest


def test_named_fields_above_others_become_members() -> None:
    fields = FieldSet.parse({"f:spec": {"f:containers": {A: {"f:resources": {"f:limits": {"f:cpu": {}}}}}}})
    assert with_objects_on_the_way(fields, POD).to_fields_v1() == {
        "f:spec": {
            ".": {},
            "f:containers": {
                ".": {},
                A: {"f:resources": {".": {}, "f:limits": {".": {}, "f:cpu": {}}}},
            },
        }
    }


def test_members_of_maps_above_others_do_not() -> None:
    source = {
        "type": "object",
        "properties": {
            "map": {
                "type": "object",
                "additionalProperties": {"type": "object", "properties": {"a": {"type": "string"}}},
            }
        },
    }
    schema = read_structural_schema(source, "Backup", SCHEMAS.object_meta)
    fields = FieldSet.parse({"f:map": {"f:x": {"f:a": {}}}, "f:bogus": {"f:y": {}}})
    assert with_objects_on_the_way(fields, schema).to_fields_v1() == {
        "f:bogus": {"f:y": {}},
        "f:map": {".": {}, "f:x": {"f:a": {}}},
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"f:nodeSelector": {"f:a": {}}}, {"f:nodeSelector": {}}),
        ({"f:tolerations": {"i:0": {"f:key": {}}}}, {"f:tolerations": {}}),
        (
            {"f:containers": {A: {"f:args": {"i:0": {}}, "f:image": {}}}},
            {"f:containers": {A: {"f:args": {}, "f:image": {}}}},
        ),
        ({"f:containers": {A: {".": {}, "f:args": {}}}}, {"f:containers": {A: {".": {}, "f:args": {}}}}),
        ({"f:nodeSelector": {}, "f:bogus": {"f:x": {}}}, {"f:nodeSelector": {}, "f:bogus": {"f:x": {}}}),
    ],
)
def test_sets_are_fitted_to_a_schema_that_has_become_atomic(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    given = FieldSet.parse({"f:spec": fields})
    result = fitted(given, POD)
    assert result == FieldSet.parse({"f:spec": expected})
    assert (result is given) == (fields == expected)
