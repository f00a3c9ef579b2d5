from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given

from kubex.core.exceptions import InvalidArgument
from kubex.testing.patching.comparison import compare, same_value
from kubex.testing.schema.custom_resource import read_structural_schema
from kubex.testing.schema.tree import ObjectSchema
from tests.unit.testing.patching.objects import pods
from tests.unit.testing.schemas import SCHEMAS, schema_of

POD = schema_of("Pod")
KEEP = {"x-kubernetes-preserve-unknown-fields": True}
ANYTHING = read_structural_schema(
    {"type": "object", "properties": {"spec": {"type": "object", **KEEP}}}, "Backup", SCHEMAS.object_meta
)
A = 'k:{"name":"a"}'


def differences(old: dict[str, Any], new: dict[str, Any], schema: ObjectSchema = POD) -> tuple[Any, Any, Any]:
    found = compare(old, new, schema)
    return found.added.to_fields_v1(), found.modified.to_fields_v1(), found.removed.to_fields_v1()


def spec(**members: Any) -> dict[str, Any]:
    return {"spec": members}


DIFFERENCES: list[tuple[Any, ...]] = [
    (spec(nodeName="a"), spec(nodeName="b"), {}, {"f:nodeName": {}}, {}),
    (spec(), spec(nodeName="b"), {"f:nodeName": {}}, {}, {}),
    (spec(nodeName="a"), spec(), {}, {}, {"f:nodeName": {}}),
    (spec(nodeName=None), spec(nodeName="b"), {}, {"f:nodeName": {}}, {}),
    (spec(priority=1), spec(priority=1.0), {}, {}, {}),
    # An object that comes or goes is itself among the fields, one that is there before and after is not.
    (spec(), spec(os={"name": "a"}), {"f:os": {".": {}, "f:name": {}}}, {}, {}),
    (spec(os={"name": "a"}), spec(os={}), {}, {}, {"f:os": {"f:name": {}}}),
    (spec(os=None), spec(os={"name": "a"}), {"f:os": {"f:name": {}}}, {}, {}),
    (spec(os=None), spec(os={}), {}, {"f:os": {}}, {}),
    (spec(), spec(os={}), {"f:os": {}}, {}, {}),
    # Atomic lists and objects are one field.
    (spec(tolerations=[{"key": "a"}]), spec(tolerations=[{"key": "b"}]), {}, {"f:tolerations": {}}, {}),
    (spec(nodeSelector={"a": "1"}), spec(nodeSelector={"b": "1"}), {}, {"f:nodeSelector": {}}, {}),
    # Items of lists with keys are told apart by them, whatever their order.
    (
        spec(containers=[{"name": "a"}, {"name": "b"}]),
        spec(containers=[{"name": "b"}, {"name": "a"}]),
        {},
        {},
        {},
    ),
    (
        spec(containers=[{"name": "a", "image": "x"}]),
        spec(containers=[{"name": "a", "image": "y"}]),
        {},
        {"f:containers": {A: {"f:image": {}}}},
        {},
    ),
    (spec(containers=None), spec(containers=[{"name": "a"}]), {"f:containers": {A: {".": {}, "f:name": {}}}}, {}, {}),
    (spec(containers=None), spec(containers=[]), {}, {"f:containers": {}}, {}),
    (spec(containers=[{"name": "a"}]), spec(), {}, {}, {"f:containers": {".": {}, A: {".": {}, "f:name": {}}}}),
    # Duplicates are owned as one, without what is in them.
    (
        spec(containers=[{"name": "a", "image": "x"}]),
        spec(containers=[{"name": "a", "image": "x"}, {"name": "a"}]),
        {"f:containers": {A: {}}},
        {},
        {"f:containers": {A: {".": {}, "f:image": {}, "f:name": {}}}},
    ),
    (
        spec(containers=[{"name": "a"}, {"name": "a"}]),
        spec(containers=[{"name": "a"}, {"name": "a", "image": "x"}]),
        {},
        {"f:containers": {A: {}}},
        {},
    ),
    (
        spec(containers=[{"name": "a"}, {"name": "a"}]),
        spec(containers=[{"name": "a"}]),
        {"f:containers": {A: {".": {}, "f:name": {}}}},
        {},
        {"f:containers": {A: {}}},
    ),
    (spec(containers=[{"name": "a"}] * 2), spec(containers=[]), {}, {}, {"f:containers": {A: {}}}),
]


@pytest.mark.parametrize(("old", "new", "added", "modified", "removed"), DIFFERENCES)
def test_fields_that_differ(old: Any, new: Any, added: Any, modified: Any, removed: Any) -> None:
    expected = tuple({"f:spec": fields} if fields else {} for fields in (added, modified, removed))
    assert differences(old, new) == expected


ANY_VALUES: list[tuple[Any, ...]] = [
    (1, 2, {}, {"f:a": {}}, {}),
    (1, True, {}, {"f:a": {}}, {}),
    ({"x": 1}, {"x": True}, {}, {"f:a": {"f:x": {}}}, {}),
    ([{"x": 1}], [{"x": True}], {}, {"f:a": {}}, {}),
    ({"x": 1}, {"y": 1}, {"f:a": {"f:y": {}}}, {}, {"f:a": {"f:x": {}}}),
    ({"x": 1}, 5, {}, {"f:a": {}}, {"f:a": {"f:x": {}}}),
    (5, {"x": {"y": 1}}, {"f:a": {"f:x": {".": {}, "f:y": {}}}}, {"f:a": {}}, {}),
    ({"x": 1}, None, {}, {}, {"f:a": {"f:x": {}}}),
    (None, {"x": 1}, {"f:a": {"f:x": {}}}, {}, {}),
    ({}, [], {}, {"f:a": {}}, {}),
    (None, 1, {}, {"f:a": {}}, {}),
]


@pytest.mark.parametrize(("old", "new", "added", "modified", "removed"), ANY_VALUES)
def test_values_without_a_schema_of_their_own(old: Any, new: Any, added: Any, modified: Any, removed: Any) -> None:
    expected = tuple({"f:spec": fields} if fields else {} for fields in (added, modified, removed))
    assert differences({"spec": {"a": old}}, {"spec": {"a": new}}, ANYTHING) == expected


@given(pods(), pods())
def test_comparing_backwards_swaps_what_is_new_and_what_is_gone(old: dict[str, Any], new: dict[str, Any]) -> None:
    before = copy.deepcopy((old, new))
    there, back = compare(old, new, POD), compare(new, old, POD)
    assert (there.added, there.modified, there.removed) == (back.removed, back.modified, back.added)
    assert (old, new) == before


@given(pods())
def test_an_object_does_not_differ_from_itself(pod: dict[str, Any]) -> None:
    assert differences(pod, copy.deepcopy(pod)) == ({}, {}, {})


def test_items_that_can_t_be_told_apart_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="element 0: associative list with keys may not have a null element"):
        compare(spec(containers=[]), spec(containers=[None]), POD)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (1, 1.0, True),
        (1, True, False),
        ({"a": [1]}, {"a": [1.0]}, True),
        ({"a": [1]}, {"a": [True]}, False),
        ({"a": 1}, {"b": 1}, False),
        (None, {}, False),
        ("", None, False),
    ],
)
def test_values_are_compared_as_json(left: Any, right: Any, same: bool) -> None:
    assert same_value(left, right) is same
    assert same_value(right, left) is same
