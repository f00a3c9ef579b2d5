from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given

from kubex.testing.patching.rejection import Rejection
from kubex.testing.patching.strategic_merge import apply_strategic_merge
from kubex.testing.schema.tree import ObjectSchema
from tests.unit.testing.patching.objects import pods
from tests.unit.testing.schemas import SCHEMAS, schema_of

POD = schema_of("Pod")
DEPLOYMENT = schema_of("Deployment")
PDB = SCHEMAS.of_kind("policy", "v1", "PodDisruptionBudget")
PANIC = "This request caused apiserver to panic. Look in the logs for details."

Object = dict[str, Any]

CONTAINER: Object = {
    "args": ["1", "2"],
    "env": [{"name": "A", "value": "1"}],
    "image": "x",
    "name": "a",
    "ports": [{"containerPort": 80, "protocol": "TCP"}],
}
SPEC: Object = {"containers": [CONTAINER], "dnsPolicy": "ClusterFirst", "nodeSelector": {"n": "1"}}


def patched(patch: Object, spec: Object = SPEC) -> Object:
    """Give the spec of a pod as a patch of it leaves it."""
    result: Object = apply_strategic_merge({"spec": spec}, {"spec": patch}, POD)["spec"]
    return result


def refused(original: Object, patch: Object, schema: ObjectSchema = POD) -> tuple[int, str, str]:
    with pytest.raises(Rejection) as raised:
        apply_strategic_merge(original, patch, schema)
    return raised.value.code, raised.value.reason, raised.value.message


def container(**members: Any) -> Object:
    return {**CONTAINER, **members}


# As Kubernetes 1.35.4 leaves them.
PATCHED: list[tuple[Any, ...]] = [
    ({}, {}),
    ({"dnsPolicy": "Default", "hostname": "h"}, {"dnsPolicy": "Default", "hostname": "h"}),
    ({"containers": [{"name": "a", "image": "y"}]}, {"containers": [container(image="y")]}),
    ({"containers": [{"name": "b"}]}, {"containers": [{"name": "b"}, CONTAINER]}),
    ({"containers": []}, {}),
    ({"containers": [{"name": "a", "$patch": "delete"}]}, {"containers": []}),
    (
        {"containers": [{"$patch": "replace"}, {"name": "z", "image": "q"}]},
        {"containers": [{"name": "z", "image": "q"}]},
    ),
    ({"containers": [{"name": "a", "args": ["3"]}]}, {"containers": [container(args=["3"])]}),
    (
        {"containers": [{"name": "a", "env": [{"name": "A", "value": None}]}]},
        {"containers": [container(env=[{"name": "A"}])]},
    ),
    ({"containers": {"a": 1}}, {"containers": {"a": 1}}),
    (
        # Ports are merged by their number alone, which is not all of their key.
        {"containers": [{"name": "a", "ports": [{"containerPort": 80, "protocol": "UDP"}]}]},
        {"containers": [container(ports=[{"containerPort": 80, "protocol": "UDP"}])]},
    ),
    (
        # 80.0 is not 80 here, though it is when the object is read.
        {"containers": [{"name": "a", "ports": [{"containerPort": 80.0, "protocol": "UDP"}]}]},
        {"containers": [container(ports=[{"containerPort": 80.0, "protocol": "UDP"}, *CONTAINER["ports"]])]},
    ),
    (
        {"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}], "containers": [{"name": "b", "image": "q"}]},
        {"containers": [{"name": "b", "image": "q"}, CONTAINER]},
    ),
    (
        {"$setElementOrder/containers": [{"name": "a"}, {"name": "b"}], "containers": [{"name": "b", "image": "q"}]},
        {"containers": [CONTAINER, {"name": "b", "image": "q"}]},
    ),
    ({"$setElementOrder/volumes": [{"name": "b"}], "volumes": [{"name": "b"}]}, {"volumes": [{"name": "b"}]}),
    ({"$setElementOrder/volumes": [{"name": "b"}]}, {}),
    ({"$deleteFromPrimitiveList/volumes": ["x"]}, {}),
    (
        {"$retainKeys": ["containers", "dnsPolicy"], "dnsPolicy": "Default"},
        {"dnsPolicy": "Default", "nodeSelector": None},
    ),
    ({"$retainKeys": ["containers"], "dnsPolicy": None}, {"dnsPolicy": None, "nodeSelector": None}),
    ({"nodeSelector": {"x": None, "y": "z"}}, {"nodeSelector": {"n": "1", "y": "z"}}),
    ({"nodeSelector": {"$patch": "replace", "y": "z"}}, {"nodeSelector": {"y": "z"}}),
    ({"nodeSelector": {"$patch": "delete"}}, {"nodeSelector": {}}),
    ({"nodeSelector": None, "tolerations": None}, {"nodeSelector": None}),
    ({"overhead": {"$patch": "replace", "y": "z"}}, {}),  # there is nothing to replace
    ({"overhead": {"x": None, "y": "z"}}, {"overhead": {"y": "z"}}),
    ({"tolerations": [{"key": None}, {"$patch": "delete"}, None]}, {"tolerations": [{}, None]}),
    ({"bogus": {"a": 1}}, {"bogus": {"a": 1}}),
]


@pytest.mark.parametrize(("patch", "changes"), PATCHED)
def test_a_pod_s_spec_is_patched(patch: Object, changes: Object) -> None:
    expected = {name: value for name, value in {**SPEC, **changes}.items() if value is not None}
    before = copy.deepcopy((SPEC, patch))
    assert patched(patch) == expected
    assert (SPEC, patch) == before


# In the words of Kubernetes 1.35.4.
REFUSED: list[tuple[Any, ...]] = [
    ({"containers": [{"image": "y"}]}, "map: map[image:y] does not contain declared merge key: name"),
    (
        {"containers": [{"image": "y", "n": 1.5, "b": [True, None, 1e30, "x"]}]},
        "map: map[b:[true <nil> 1e+30 x] image:y n:1.5] does not contain declared merge key: name",
    ),
    ({"containers": [{"$patch": "delete"}]}, "map: map[$patch:delete] does not contain declared merge key: name"),
    ({"containers": [{"$patch": "bogus", "name": "a"}]}, "unknown patch type: bogus in map: map[$patch:bogus name:a]"),
    ({"containers": [{"$patch": "merge", "name": "a"}]}, "merging lists cannot yet be specified in the patch"),
    ({"$patch": "merge"}, "unknown patch type: merge in map: map[$patch:merge]"),
    ({"$patch": 5}, "unknown patch type: %!s(int64=5) in map: map[$patch:5]"),
    ({"$patch": None}, "unknown patch type: %!s(<nil>) in map: map[$patch:<nil>]"),
    ({"$patch": {"a": 1}}, "unknown patch type: map[a:%!s(int64=1)] in map: map[$patch:map[a:1]]"),
    (
        {"$setElementOrder/containers": [{"name": "b"}], "containers": [{"name": "c", "image": "q"}]},
        "The order in patch list:\n[map[image:q name:c]]\n doesn't match $setElementOrder list:\n[map[name:b]]\n",
    ),
    ({"$setElementOrder/containers": "x"}, "expected a []interface {}, but received a string"),
    ({"$setElementOrder/containers": None}, "expected a []interface {}, but received a %!s(<nil>)"),
    ({"$setElementOrder/nodeSelector": ["x"]}, "expected a []interface {}, but received a map[string]interface {}"),
    (
        {"$setElementOrder/containers": ["x"], "containers": [{"name": "c"}]},
        "expected a map[string]interface {}, but received a string",
    ),
    ({"$setElementOrder/containers": ["x"]}, "value for key 0 is not a map"),
    (
        {"$setElementOrder/containers": [{"image": "x"}]},
        "map: map[image:x] does not contain declared merge key: name",
    ),
    (
        {"$setElementOrder/bogus": ["x"], "bogus": ["y"]},
        'unable to find api field in struct PodSpec for the json field "bogus"',
    ),
    ({"$setElementOrder/overhead": ["x"]}, "expected slice or array type, but got: struct"),
    (
        {"$setElementOrder/containers": [], "containers": [{"name": "b", "$patch": "bogus"}]},
        "unknown patch type: bogus in map: map[$patch:bogus name:b]",
    ),
]


@pytest.mark.parametrize(("patch", "message"), REFUSED)
def test_a_patch_is_refused_with_500(patch: Object, message: str) -> None:
    assert refused({"spec": SPEC}, {"spec": patch}) == (500, "", message)


@pytest.mark.parametrize("given_items", [[None], ["a"], [{"name": "a"}, "b"], [[1]]])
def test_items_of_several_types_are_refused(given_items: list[Any]) -> None:
    code, reason, message = refused({"spec": {"containers": [{"name": "a"}]}}, {"spec": {"containers": given_items}})
    assert (code, reason) == (500, "")
    assert message.startswith("list element types are not identical: [[map[name:a]] [")


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ({"$retainKeys": "x"}, "invalid patch format of retainKeys"),
        ({"$retainKeys": ["containers"], "dnsPolicy": "Default"}, "invalid patch format of retainKeys"),
        ({"$setElementOrderx": ["x"], "bogus": ["y"]}, "invalid patch format of setElementOrder list"),
        ({"$deleteFromPrimitiveList": ["x"]}, "invalid patch format of primitive list"),
        ({"$deleteFromPrimitiveListx/y": ["x"]}, "invalid patch format of primitive list"),
    ],
)
def test_a_patch_is_refused_with_400(patch: Object, message: str) -> None:
    assert refused({"spec": SPEC}, {"spec": patch}) == (400, "BadRequest", message)


def finalizers(*names: str, **directives: list[str]) -> Object:
    return {"metadata": {"finalizers": list(names), **directives}}


@pytest.mark.parametrize(
    ("live", "patch", "expected"),
    [
        ("ab", {"finalizers": ["c"]}, "cab"),
        ("ab", {"finalizers": ["b", "a"]}, "ba"),
        ("ab", {"finalizers": ["c", "b"]}, "cab"),
        ("abc", {"$deleteFromPrimitiveList/finalizers": ["b", "x"]}, "ac"),
        ("abc", {"$setElementOrder/finalizers": ["c", "a"]}, "bca"),
        ("abc", {"$setElementOrder/finalizers": ["c", "d", "a"], "finalizers": ["d"]}, "bcda"),
        ("aab", {"finalizers": ["a"]}, "ab"),
        ("ab", {"finalizers": None}, ""),
        ("ab", {"$deleteFromPrimitiveList/finalizers": None}, ""),
        ("ab", {"$setElementOrder/finalizers": ["b", "c"], "$deleteFromPrimitiveList/finalizers": ["a"]}, "b"),
        ("", {"$setElementOrder/finalizers": ["b", "c"], "finalizers": ["c", "x"]}, None),
        ("ab", {"$setElementOrder/finalizers": [], "finalizers": ["c", "d"]}, "abdc"),
    ],
)
def test_lists_of_plain_values(live: str, patch: Object, expected: str | None) -> None:
    original = {"metadata": {"finalizers": list(live)} if live else {}}
    if expected is None:
        assert refused(original, {"metadata": patch})[0] == 500
        return
    result = apply_strategic_merge(original, {"metadata": patch}, POD)
    assert "".join(result["metadata"].get("finalizers", [])) == expected


@pytest.mark.parametrize(
    ("live", "order", "given_names", "expected"),
    [
        ("abc", "cba", "", "cba"),
        ("abc", "ca", "", "bca"),
        ("abc", "a", "", "abc"),
        ("abc", "dc", "d", "dabc"),
        ("abc", "ad", "d", "adbc"),
        ("axb", "ba", "b", "xba"),
    ],
)
def test_items_are_put_in_order(live: str, order: str, given_names: str, expected: str) -> None:
    patch: Object = {"$setElementOrder/containers": [{"name": name} for name in order]}
    if given_names:
        patch["containers"] = [{"name": name} for name in given_names]
    result = patched(patch, {"containers": [{"name": name} for name in live]})
    assert "".join(item["name"] for item in result["containers"]) == expected


def test_what_is_replaced_as_a_whole_is_not_looked_into() -> None:
    selector = {"matchLabels": {"b": None, "$patch": "delete"}}
    result = apply_strategic_merge(
        {"spec": {"selector": {"matchLabels": {"a": "1"}}}}, {"spec": {"selector": selector}}, PDB
    )
    assert result["spec"]["selector"] == selector


def test_a_strategy_s_keys_are_retained() -> None:
    live = {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}
    patch = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    assert apply_strategic_merge(live, patch, DEPLOYMENT) == {"spec": {"strategy": {"type": "Recreate"}}}


def test_lists_of_lists_are_refused() -> None:
    live = {"metadata": {"finalizers": [["a"]]}}
    assert refused(live, {"metadata": {"finalizers": [["b"]]}}) == (
        422,
        "Invalid",
        "the server rejected our request due to an error in our request",
    )


PANICKING: list[tuple[Any, ...]] = [
    ({"spec": {"containers": [{"name": "a"}]}}, {"spec": {"containers": [{"name": {}}]}}),
    ({}, {"$retainKeys": [{}]}),
    ({"spec": {"tolerations": [{}]}}, {"spec": {"$setElementOrder/tolerations": [{}]}}),
    ({"metadata": {"finalizers": []}}, {"metadata": {"finalizers": [None]}}),
]


@pytest.mark.parametrize(("original", "patch"), PANICKING)
def test_what_the_server_falls_over_is_an_error(original: Object, patch: Object) -> None:
    assert refused(original, patch) == (500, "", PANIC)


def test_objects_in_lists_without_a_key_can_t_be_merged() -> None:
    live: Object = {"metadata": {"finalizers": [{}]}, "spec": {"tolerations": [{"key": "a"}]}}
    assert refused(live, {"metadata": {"finalizers": [{}]}})[2] == "cannot merge lists without merge key for string"
    patch = {"spec": {"$deleteFromPrimitiveList/tolerations": [{"key": "a"}]}}
    assert refused(live, patch)[2] == "cannot merge lists without merge key for struct"


@pytest.mark.parametrize(
    ("original", "patch", "text"),
    [
        ({"data": {"a": {}}}, {"data": {"a": {"b": 1}}}, "data type is not struct, instead is: map"),
        ({"bogus": {}}, {"bogus": {"b": 1}}, 'in struct ConfigMap for the json field "bogus"'),
    ],
)
def test_objects_where_there_should_be_none_are_refused(original: Object, patch: Object, text: str) -> None:
    assert text in refused(original, patch, schema_of("ConfigMap"))[2]


def test_names_of_fields_are_found_whatever_their_case() -> None:
    live = {"metadata": {"FINALIZERS": ["a"]}}
    assert apply_strategic_merge(live, {"metadata": {"FINALIZERS": ["b"]}}, POD) == {
        "metadata": {"FINALIZERS": ["b", "a"]}
    }


@given(pods(), pods())
def test_laws_of_patches_without_directives(live: Object, patch: Object) -> None:
    before = copy.deepcopy((live, patch))
    once = apply_strategic_merge(live, patch, POD)
    assert (live, patch) == before
    assert apply_strategic_merge(once, patch, POD) == once
    assert apply_strategic_merge(live, {}, POD) == live
    assert apply_strategic_merge(live, live, POD) == live
    assert apply_strategic_merge({}, live, POD) == live


@given(pods(), pods())
def test_what_is_asked_to_go_goes(live: Object, other: Object) -> None:
    gone = apply_strategic_merge(live, {"spec": {"$patch": "delete"}, "metadata": None}, POD)
    assert "metadata" not in gone
    assert gone.get("spec", {}) == {}
    replaced = apply_strategic_merge(live, {**other, "$patch": "replace"}, POD)
    assert replaced == other
