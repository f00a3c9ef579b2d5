from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given

from kubex.testing.patching.applied_fields import applied_fields
from kubex.testing.patching.applied_merge import merge_applied
from kubex.testing.patching.comparison import compare
from kubex.testing.schema.custom_resource import read_structural_schema
from tests.unit.testing.patching.objects import pods
from tests.unit.testing.schemas import SCHEMAS, schema_of

POD = schema_of("Pod")
KEEP = {"x-kubernetes-preserve-unknown-fields": True}
ANYTHING = read_structural_schema({"type": "object", **KEEP}, "Backup", SCHEMAS.object_meta)


def named(*names: str) -> list[dict[str, Any]]:
    return [{"name": name} for name in names]


@pytest.mark.parametrize(
    ("live", "applied", "merged"),
    [
        ({"nodeName": "a"}, {"nodeName": "b"}, {"nodeName": "b"}),
        ({"nodeName": "a"}, {"nodeName": None}, {"nodeName": None}),
        ({"os": {"name": "a"}}, {"os": {}}, {"os": {"name": "a"}}),
        ({"os": {"name": "a"}}, {"os": None}, {"os": {"name": "a"}}),
        ({"os": {}}, {"os": None}, {"os": None}),
        ({"os": None}, {"os": {}}, {"os": {}}),
        ({"nodeSelector": {"a": "1"}}, {"nodeSelector": {"b": "2"}}, {"nodeSelector": {"b": "2"}}),
        ({"tolerations": [{"key": "a"}]}, {"tolerations": []}, {"tolerations": []}),
        ({"containers": named("a")}, {"containers": None}, {"containers": named("a")}),
        ({"containers": named("a")}, {"containers": []}, {"containers": named("a")}),
        ({"containers": []}, {"containers": None}, {"containers": None}),
        (
            {"containers": [{"name": "a", "image": "x", "args": ["1"]}]},
            {"containers": [{"name": "a", "image": "y"}]},
            {"containers": [{"name": "a", "image": "y", "args": ["1"]}]},
        ),
    ],
)
def test_what_is_applied_is_merged(live: dict[str, Any], applied: dict[str, Any], merged: dict[str, Any]) -> None:
    assert merge_applied({"spec": live}, {"spec": applied}, POD) == {"spec": merged}


@pytest.mark.parametrize(
    ("live", "applied", "merged"),
    [
        ("", "ab", "ab"),
        ("ab", "", "ab"),
        ("ab", "ba", "ba"),
        ("abc", "c", "abc"),
        ("abc", "xc", "abxc"),
        ("axb", "ba", "xba"),
        ("axbyc", "cba", "xycba"),
        ("abx", "bayz", "bxayz"),
        ("xay", "pqa", "xpqay"),
        ("xa", "abc", "xabc"),
    ],
)
def test_items_are_in_the_applied_order_and_others_stay_before_what_follows_them(
    live: str, applied: str, merged: str
) -> None:
    result = merge_applied({"spec": {"containers": named(*live)}}, {"spec": {"containers": named(*applied)}}, POD)
    assert "".join(item["name"] for item in result["spec"]["containers"]) == merged


def test_duplicates_of_the_live_object_give_way_to_what_is_applied() -> None:
    live = [{"name": "a", "image": "x"}, {"name": "a", "image": "y"}, {"name": "b"}]
    result = merge_applied({"spec": {"containers": live}}, {"spec": {"containers": named("a", "c")}}, POD)
    assert result["spec"]["containers"] == named("a", "c", "b")


@pytest.mark.parametrize(
    ("live", "applied", "merged"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1}, None, {"a": 1}),
        ({"a": 1}, 5, 5),
        (5, {"a": 1}, {"a": 1}),
        (5, None, None),
        ([1], [2], [2]),
        ([1], None, None),
        ({}, {}, {}),
    ],
)
def test_values_without_a_schema_of_their_own(live: Any, applied: Any, merged: Any) -> None:
    assert merge_applied({"x": live}, {"x": applied}, ANYTHING) == {"x": merged}


@given(pods(), pods())
def test_laws_of_merging(live: dict[str, Any], applied: dict[str, Any]) -> None:
    before = copy.deepcopy((live, applied))
    merged = merge_applied(live, applied, POD)
    assert (live, applied) == before
    # Applying the same again changes nothing, and nothing that was there is gone.
    assert merge_applied(merged, applied, POD) == merged
    assert not compare(live, merged, POD).removed
    # What changes is what was applied, if not as a whole, and it is there afterwards.
    owned = applied_fields(applied, POD)
    assert not owned & compare(merged, merge_applied(merged, applied, POD), POD).written
    assert not compare(live, merged, POD).modified - owned


@given(pods())
def test_an_object_merged_with_itself_or_with_nothing_stays(pod: dict[str, Any]) -> None:
    assert merge_applied(pod, pod, POD) == pod
    assert merge_applied(pod, {}, POD) == pod
    assert merge_applied({}, pod, POD) == pod
