from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from kubex.testing.patching.applied_fields import applied_fields
from kubex.testing.patching.comparison import compare
from kubex.testing.schema.custom_resource import read_structural_schema
from tests.unit.testing.patching.objects import pods
from tests.unit.testing.schemas import SCHEMAS, schema_of

POD = schema_of("Pod")


@pytest.mark.parametrize(
    ("spec", "fields"),
    [
        ({"nodeName": "a"}, {"f:nodeName": {}}),
        ({"nodeName": None}, {"f:nodeName": {}}),
        ({"os": {"name": "a"}}, {"f:os": {"f:name": {}}}),
        ({"os": {}}, {"f:os": {}}),
        ({"os": None}, {"f:os": {}}),
        ({"nodeSelector": {"a": "1"}, "tolerations": []}, {"f:nodeSelector": {}, "f:tolerations": {}}),
        ({"containers": []}, None),
        ({"containers": None}, {"f:containers": {}}),
        (
            {"containers": [{"name": "a", "resources": {"limits": {"cpu": 1}}}]},
            {"f:containers": {'k:{"name":"a"}': {".": {}, "f:name": {}, "f:resources": {"f:limits": {"f:cpu": {}}}}}},
        ),
        ({"overhead": {"cpu": None}}, {"f:overhead": {"f:cpu": {}}}),
    ],
)
def test_fields_that_an_object_mentions(spec: dict[str, Any], fields: dict[str, Any] | None) -> None:
    expected = {} if fields is None else {"f:spec": fields}
    assert applied_fields({"spec": spec}, POD).to_fields_v1() == expected


def test_items_of_sets_are_fields() -> None:
    fields = applied_fields({"metadata": {"finalizers": ["x.y/a"], "labels": {}}}, POD)
    assert fields.to_fields_v1() == {"f:metadata": {"f:finalizers": {'v:"x.y/a"': {}}, "f:labels": {}}}


def test_members_without_a_schema_are_fields_with_all_above_them() -> None:
    source = {
        "type": "object",
        "properties": {"spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
    }
    schema = read_structural_schema(source, "Backup", SCHEMAS.object_meta)
    fields = applied_fields({"spec": {"a": {"b": [1], "c": {}}}}, schema)
    assert fields.to_fields_v1() == {"f:spec": {"f:a": {".": {}, "f:b": {}, "f:c": {}}}}


@given(pods())
def test_they_are_among_what_is_new_when_the_object_is(pod: dict[str, Any]) -> None:
    assert not applied_fields(pod, POD) - compare({}, pod, POD).added
