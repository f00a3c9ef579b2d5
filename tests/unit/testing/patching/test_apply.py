from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kubex.core._json_value import is_array, is_object
from kubex.testing.patching.applied_fields import applied_fields
from kubex.testing.patching.apply import apply
from kubex.testing.patching.conflicts import ApplyConflict
from kubex.testing.patching.field_filters import field_filter
from kubex.testing.patching.managed_fields import Manager
from kubex.testing.patching.object_type import ObjectType, with_api_version
from kubex.testing.patching.rejection import Rejection
from kubex.testing.patching.tracking import NEVER_OWNED, current_owners, times_kept, track_update
from kubex.testing.schema.custom_resource import read_structural_schema
from kubex.testing.schema.zero_values import decoded
from tests.unit.testing.patching.objects import pods
from tests.unit.testing.schemas import SCHEMAS, object_type

CONFIG_MAP = object_type("ConfigMap")
DEPLOYMENT = object_type("Deployment", tracked=field_filter("deployments", has_status=True))
POD = object_type("Pod", tracked=field_filter("pods", has_status=True))
EARLY, LATE = "2026-11-21T11:37:51Z", "2026-11-21T11:37:52Z"

Object = dict[str, Any]


def config_map(data: Any = None, **metadata: Any) -> Object:
    object_: Object = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", **metadata}}
    return object_ if data is None else {**object_, "data": data}


def applied(
    live: Object | None,
    object_: Object,
    manager: str = "one",
    *,
    force: bool = False,
    now: str = EARLY,
    type_: ObjectType = CONFIG_MAP,
) -> Object:
    """Apply, and give the object as the server holds it then."""
    result: Object = decoded(apply(type_, live, object_, manager=manager, force=force, now=now), type_.schema)
    return result


def owned(object_: Object) -> dict[str, Any]:
    """Give what each manager owns, by name and operation."""
    return {
        f"{each['manager']} {each['operation']}": each["fieldsV1"]
        for each in object_["metadata"].get("managedFields", [])
    }


def rejected(live: Object | None, object_: Object, manager: str = "one", type_: ObjectType = CONFIG_MAP) -> Rejection:
    with pytest.raises(Rejection) as raised:
        apply(type_, live, object_, manager=manager, now=LATE)
    return raised.value


def test_the_first_apply_makes_the_object_and_owns_what_it_says() -> None:
    object_ = applied(None, config_map({"a": "1"}, labels={"x": "y"}))
    assert object_ == config_map(
        {"a": "1"},
        labels={"x": "y"},
        managedFields=[
            {
                "manager": "one",
                "operation": "Apply",
                "apiVersion": "v1",
                "time": EARLY,
                "fieldsType": "FieldsV1",
                "fieldsV1": {"f:data": {"f:a": {}}, "f:metadata": {"f:labels": {"f:x": {}}}},
            }
        ],
    )


def test_who_applies_the_same_values_owns_them_too_without_a_time() -> None:
    live = applied(None, config_map({"a": "1"}))
    both = applied(live, config_map({"a": "1"}), "two", now=LATE)
    assert owned(both) == {"two Apply": {"f:data": {"f:a": {}}}, "one Apply": {"f:data": {"f:a": {}}}}
    assert ["time" in entry for entry in both["metadata"]["managedFields"]] == [False, True]
    assert applied(both, config_map({"a": "1"}), "two", now=LATE) == both


# The messages and causes of Kubernetes 1.35.4.
def test_one_conflict() -> None:
    live = applied(None, config_map({"a": "1"}))
    error = rejected(live, config_map({"a": "2"}), "two")
    assert (error.code, error.reason) == (409, "Conflict")
    assert error.message == 'Apply failed with 1 conflict: conflict with "one": .data.a'
    assert [(cause.reason, cause.message, cause.field) for cause in error.causes] == [
        ("FieldManagerConflict", 'conflict with "one"', ".data.a")
    ]


def test_conflicts_with_several_managers_and_an_updater() -> None:
    container = {"name": "a", "image": "x"}
    live = applied(None, deployment(container), "one", type_=DEPLOYMENT)
    live = applied(
        live,
        deployment({**container, "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "1"}]}),
        "t",
        type_=DEPLOYMENT,
    )
    live = applied(live, deployment({**container, "env": [{"name": "B", "value": "1"}]}), "u", type_=DEPLOYMENT)
    live = track_update(DEPLOYMENT, live, {**live, "spec": {**live["spec"], "replicas": 3}}, manager="q", now=LATE)
    new = deployment({**container, "env": [{"name": "A", "value": "9"}, {"name": "B", "value": "9"}]})
    new["spec"]["replicas"] = 4
    error = rejected(live, new, "w", DEPLOYMENT)
    env = '.spec.template.spec.containers[name="a"].env'
    assert error.message == (
        f"""Apply failed with 4 conflicts: conflicts with "q" using apps/v1:
- .spec.replicas
conflicts with "t":
- {env}[name="A"].value
- {env}[name="B"].value
conflicts with "u":
- {env}[name="B"].value"""
    )
    assert [(cause.message, cause.field) for cause in error.causes] == [
        ('conflict with "q" using apps/v1', ".spec.replicas"),
        ('conflict with "t"', f'{env}[name="A"].value'),
        ('conflict with "t"', f'{env}[name="B"].value'),
        ('conflict with "u"', f'{env}[name="B"].value'),
    ]


def deployment(*containers: Object) -> Object:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": list(containers)}}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": spec}


def test_force_takes_fields_from_their_owners() -> None:
    live = applied(None, config_map({"a": "1", "b": "1"}))
    taken = applied(live, config_map({"a": "2"}), "two", force=True, now=LATE)
    assert taken["data"] == {"a": "2", "b": "1"}
    assert owned(taken) == {"one Apply": {"f:data": {"f:b": {}}}, "two Apply": {"f:data": {"f:a": {}}}}


def test_an_owner_of_nothing_more_is_gone() -> None:
    live = applied(None, config_map({"a": "1"}))
    assert owned(applied(live, config_map({"a": "2"}), "two", force=True)) == {"two Apply": {"f:data": {"f:a": {}}}}


def test_a_field_that_is_no_longer_applied_goes_unless_another_owns_it() -> None:
    live = applied(None, config_map({"a": "1", "b": "1"}))
    live = applied(live, config_map({"b": "1"}), "two")
    live = track_update(CONFIG_MAP, live, {**live, "data": {**live["data"], "c": "1"}}, manager="three", now=LATE)
    rest = applied(live, config_map({}), "one", now=LATE)
    assert rest["data"] == {"b": "1", "c": "1"}
    assert owned(rest) == {
        "two Apply": {"f:data": {"f:b": {}}},
        "one Apply": {"f:data": {}},
        "three Update": {"f:data": {"f:c": {}}},
    }
    assert "one Apply" not in owned(applied(rest, config_map(), "one"))


def test_an_item_goes_with_what_the_server_put_into_it_but_not_with_what_others_own() -> None:
    first = deployment({"name": "a", "image": "x"}, {"name": "b", "image": "y"})
    live = applied(None, first, type_=DEPLOYMENT)
    containers = [{**each, "imagePullPolicy": "Always"} for each in live["spec"]["template"]["spec"]["containers"]]
    live["spec"]["template"]["spec"]["containers"] = containers
    assert names(applied(live, deployment({"name": "b", "image": "y"}), type_=DEPLOYMENT)) == ["b"]
    held = applied(live, deployment({"name": "a", "args": ["1"]}), "two", type_=DEPLOYMENT)
    rest = applied(held, deployment({"name": "b", "image": "y"}), type_=DEPLOYMENT)
    assert names(rest) == ["a", "b"]
    (kept, _) = rest["spec"]["template"]["spec"]["containers"]
    assert kept == {"name": "a", "args": ["1"], "imagePullPolicy": "Always", "resources": {}}


def names(object_: Object) -> list[str]:
    return [container["name"] for container in object_["spec"]["template"]["spec"]["containers"]]


def test_what_nobody_owned_yet_was_owned_before_the_first_apply() -> None:
    live = config_map({"a": "1"}, uid="u")
    assert owned(applied(live, config_map({"b": "1"}), now=LATE)) == {
        "one Apply": {"f:data": {"f:b": {}}},
        "before-first-apply Update": {"f:data": {".": {}, "f:a": {}}},
    }
    assert rejected(live, config_map({"a": "2"})).message == (
        'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a'
    )


@pytest.mark.parametrize(
    ("object_", "code", "reason", "message"),
    [
        ({**config_map(), "kind": "Secret"}, 400, "BadRequest", "invalid object type: /v1, Kind=Secret"),
        ({"metadata": {"name": "a"}}, 400, "BadRequest", "invalid object type: /, Kind="),
        ({}, 400, "BadRequest", "invalid object type: /, Kind="),
        (config_map(managedFields=[]), 400, "BadRequest", "metadata.managedFields must be nil"),
        (config_map(managedFields=[{"manager": "x"}]), 400, "BadRequest", "metadata.managedFields must be nil"),
        (
            {**config_map(), "bogus": 1},
            500,
            "",
            "failed to create typed patch object (/a; /v1, Kind=ConfigMap): .bogus: field not declared in schema",
        ),
        (
            config_map("foo", namespace="n"),
            500,
            "",
            "failed to create typed patch object (n/a; /v1, Kind=ConfigMap): .data: expected map, got &{foo}",
        ),
        (
            {**config_map(), "metadata": 5},
            500,
            "",
            "failed to create typed patch object (/; /v1, Kind=ConfigMap): .metadata: expected map, got &{5}",
        ),
    ],
)
def test_what_can_t_be_applied_is_refused_in_the_server_s_words(
    object_: Object, code: int, reason: str, message: str
) -> None:
    error = rejected(applied(None, config_map({"a": "1"})), object_)
    assert (error.code, error.reason, error.message) == (code, reason, message)


def test_owners_that_can_t_be_read_are_an_error() -> None:
    live = config_map(managedFields=[{"manager": "x"}])
    error = rejected(live, config_map())
    assert (error.code, error.message) == (
        500,
        "failed to decode managed fields: operation must be `Apply` or `Update`",
    )


def test_null_is_a_value_and_no_list_of_managed_fields_is_none() -> None:
    live = applied(None, config_map({"a": "1"}, managedFields=None))
    changed = applied(live, config_map({"a": None}), force=True)
    assert (changed["data"], owned(changed)) == ({"a": ""}, {"one Apply": {"f:data": {"f:a": {}}}})


def test_a_subresource_s_applier_owns_what_it_can_set() -> None:
    status = object_type("Deployment", "status", field_filter("deployments", "status", has_status=True))
    live = applied(None, deployment({"name": "a", "image": "x"}), type_=DEPLOYMENT)
    new = {**deployment({"name": "a", "image": "y"}), "status": {"replicas": 1}}
    changed = applied(live, new, "two", type_=status)
    assert [(entry.get("subresource"), entry["fieldsV1"]) for entry in changed["metadata"]["managedFields"]][1:] == [
        ("status", {"f:status": {"f:replicas": {}}})
    ]


def test_an_applier_that_comes_in_another_version_is_the_same() -> None:
    def schema(name: str) -> Any:
        source = {"type": "object", "properties": {name: {"type": "string"}, "other": {"type": "string"}}}
        return read_structural_schema(source, "Backup", SCHEMAS.object_meta)

    def convert(object_: Any, api_version: str) -> Object:
        old, new = ("size", "volume") if api_version == "x/v2" else ("volume", "size")
        return with_api_version({(new if name == old else name): value for name, value in object_.items()}, api_version)

    v1 = ObjectType("x/v1", "Backup", schema("size"), other_versions={"x/v2": schema("volume")}, convert=convert)
    v2 = ObjectType("x/v2", "Backup", schema("volume"), other_versions={"x/v1": schema("size")}, convert=convert)

    def backup(version: str, **members: str) -> Object:
        return {"apiVersion": f"x/{version}", "kind": "Backup", "metadata": {"name": "a"}, **members}

    live = apply(v1, None, backup("v1", size="1", other="1"), manager="one", now=EARLY)
    stored = convert(live, "x/v2")
    with pytest.raises(ApplyConflict):
        apply(v2, stored, backup("v2", volume="2"), manager="two", now=LATE)
    changed = apply(v2, stored, backup("v2", other="1"), manager="one", now=LATE)
    assert changed == {
        **backup("v2", other="1"),
        "metadata": {"name": "a", "managedFields": changed["metadata"]["managedFields"]},
    }
    (entry,) = changed["metadata"]["managedFields"]
    assert (entry["apiVersion"], entry["fieldsV1"]) == ("x/v2", {"f:other": {}})


def without_empty(value: Any) -> Any:
    """Give a value without empty objects and lists in it: who applies one owns what others put there."""
    if is_object(value):
        members = {name: without_empty(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member not in ({}, [])}
    return [without_empty(item) for item in value] if is_array(value) else value


@given(pods().map(without_empty), pods().map(without_empty))
def test_an_applier_alone_leaves_what_it_applied_last_and_nothing_else(first: Object, second: Object) -> None:
    start = applied(None, pod_of_another(), "three", type_=POD)
    result = applied(applied(start, first, type_=POD), second, now=LATE, type_=POD)
    expected = applied_fields(second, POD.schema)
    left = applied_fields(result, POD.schema) - applied_fields(decoded(start, POD.schema), POD.schema)
    # A list that the server always writes is there with nothing in it.
    assert {*left} - {*expected} <= {("f:spec", "f:containers")} | {
        *applied_fields(decoded(second, POD.schema), POD.schema)
    }
    owners = {owner.name: ownership.fields for owner, ownership in current_owners(result).items()}
    assert owners.pop("three") == current_owners(start)[Manager("three", "Apply")].fields
    assert owners == ({"one": expected - NEVER_OWNED} if expected - NEVER_OWNED else {})


@given(pods())
def test_applying_again_changes_nothing(pod: Object) -> None:
    # By its name the other's entry is the first: entries that change places are a change of the object.
    live = applied(applied(None, pod_of_another(), "another", type_=POD), pod, type_=POD)
    before = copy.deepcopy(live)
    assert times_kept(live, applied(live, pod, now=LATE, type_=POD)) == live == before


@given(st.lists(st.tuples(st.sampled_from(["one", "two", "three"]), st.booleans(), pods()), max_size=5))
def test_what_is_applied_is_there_and_owned_and_a_conflict_names_fields_of_others(
    steps: list[tuple[str, bool, Object]],
) -> None:
    live: Object | None = None
    for manager, force, pod in steps:
        fields = applied_fields(pod, POD.schema) - NEVER_OWNED
        before = copy.deepcopy((live, pod))
        try:
            result = applied(live, pod, manager, force=force, type_=POD)
        except ApplyConflict as conflict:
            assert not force
            owners = current_owners(live)
            for each in conflict.conflicts:
                assert each.manager.name != manager
                assert each.path in owners[each.manager].fields
                assert any(path[: len(each.path)] == each.path for path in fields)
            continue
        finally:
            assert (live, pod) == before
        own = [ownership.fields for owner, ownership in current_owners(result).items() if owner.name == manager]
        assert own == ([fields] if fields else [])
        live = result


@given(pods().map(without_empty), pods().map(without_empty))
def test_without_conflicts_the_order_of_appliers_does_not_matter(first: Object, second: Object) -> None:
    # Someone owns something from the start, or all that is there would have been owned before.
    start = applied(None, pod_of_another(), "three", type_=POD)
    try:
        there = applied(applied(start, first, "one", type_=POD), second, "two", type_=POD)
    except ApplyConflict:
        assume(False)
        return
    back = applied(applied(start, second, "two", type_=POD), first, "one", type_=POD)
    assert {owner: owned.fields for owner, owned in current_owners(there).items()} == {
        owner: owned.fields for owner, owned in current_owners(back).items()
    }


def pod_of_another() -> Object:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "annotations": {"other": "1"}}}
