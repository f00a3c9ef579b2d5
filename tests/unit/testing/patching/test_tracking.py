from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from kubex.core.field_sets import FieldSet
from kubex.testing.patching.comparison import compare
from kubex.testing.patching.field_filters import field_filter
from kubex.testing.patching.managed_fields import without_managed_fields
from kubex.testing.patching.object_type import ObjectType, with_api_version
from kubex.testing.patching.tracking import NEVER_OWNED, current_owners, times_kept, track_update
from kubex.testing.schema.custom_resource import read_structural_schema
from kubex.testing.schema.zero_values import decoded, zero_object
from tests.unit.testing.patching.objects import pods
from tests.unit.testing.schemas import SCHEMAS, object_type

CONFIG_MAP = object_type("ConfigMap")
POD = object_type("Pod", tracked=field_filter("pods", has_status=True))
EARLY, LATE = "2026-11-21T11:37:51Z", "2026-11-21T11:37:52Z"


def config_map(data: dict[str, str] | None = None, **metadata: Any) -> dict[str, Any]:
    object_: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", **metadata}}
    return object_ if data is None else {**object_, "data": data}


def update(live: dict[str, Any] | None, new: dict[str, Any], manager: str = "one", now: str = EARLY) -> dict[str, Any]:
    return track_update(CONFIG_MAP, live, new, manager=manager, now=now)


def owned(object_: dict[str, Any]) -> dict[str, Any]:
    """Give what each manager owns, by name and operation."""
    return {
        f"{entry['manager']} {entry['operation']}": entry["fieldsV1"]
        for entry in object_["metadata"].get("managedFields", [])
    }


def test_a_creator_owns_what_it_gives_but_for_what_belongs_to_no_one() -> None:
    created = update(None, config_map({"a": "1"}, labels={"x": "y"}, uid="u", generation=1, namespace="n"))
    assert created["metadata"]["managedFields"] == [
        {
            "manager": "one",
            "operation": "Update",
            "apiVersion": "v1",
            "time": EARLY,
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:data": {".": {}, "f:a": {}}, "f:metadata": {"f:labels": {".": {}, "f:x": {}}}},
        }
    ]


def test_a_created_pod_has_the_server_s_entry() -> None:
    container: dict[str, Any] = {
        "name": "a", "image": "x", "imagePullPolicy": "Always", "ports": [{"containerPort": 80, "protocol": "TCP"}],
        "resources": {}, "env": [{"name": "A", "value": "1"}], "args": ["1"],
    }  # fmt: skip
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a"},
        "spec": {"containers": [container]},
        "status": {},
    }
    created = track_update(POD, None, pod, manager="one", now=EARLY)
    assert owned(created) == {
        "one Update": {
            "f:spec": {
                "f:containers": {
                    'k:{"name":"a"}': {
                        ".": {},
                        "f:args": {},
                        "f:env": {".": {}, 'k:{"name":"A"}': {".": {}, "f:name": {}, "f:value": {}}},
                        "f:image": {},
                        "f:imagePullPolicy": {},
                        "f:name": {},
                        "f:ports": {
                            ".": {},
                            'k:{"containerPort":80,"protocol":"TCP"}': {
                                ".": {},
                                "f:containerPort": {},
                                "f:protocol": {},
                            },
                        },
                        "f:resources": {},
                    }
                }
            }
        }
    }


def test_what_changes_is_its_changer_s_alone() -> None:
    live = update(None, config_map({"a": "1", "b": "1"}))
    changed = update(live, {**live, "data": {"a": "2", "c": "1"}}, "two", LATE)
    assert owned(changed) == {"one Update": {"f:data": {}}, "two Update": {"f:data": {"f:a": {}, "f:c": {}}}}
    assert [entry["time"] for entry in changed["metadata"]["managedFields"]] == [EARLY, LATE]


def test_a_manager_keeps_what_it_had_beside_what_it_changes() -> None:
    live = update(None, config_map({"a": "1", "b": "1"}))
    changed = update(live, {**live, "data": {"a": "2", "b": "1"}}, "one", LATE)
    assert owned(changed) == owned(live)
    assert changed["metadata"]["managedFields"][0]["time"] == LATE


def test_nothing_is_noted_where_nothing_changes() -> None:
    live = update(None, config_map({"a": "1"}))
    assert update(live, copy.deepcopy(live), "two", LATE) == live


def test_what_a_manager_has_no_longer_anything_of_is_gone() -> None:
    live = update(None, config_map(labels={"a": "1"}))
    assert "managedFields" not in update(live, config_map(), "two")["metadata"]


@pytest.mark.parametrize("sent", [None, [{"manager": "x"}], "x"])
def test_entries_that_can_t_be_read_or_are_missing_come_from_the_live_object(sent: Any) -> None:
    live = update(None, config_map({"a": "1"}))
    new = config_map({"a": "1", "b": "1"}, **({} if sent is None else {"managedFields": sent}))
    assert owned(update(live, new, "two")) == {
        "one Update": {"f:data": {".": {}, "f:a": {}}},
        "two Update": {"f:data": {"f:b": {}}},
    }


@pytest.mark.parametrize("sent", [[], [{}]])
def test_a_client_can_be_rid_of_them(sent: list[Any]) -> None:
    live = update(None, config_map({"a": "1"}))
    without = update(live, config_map({"b": "1"}, managedFields=sent), "two")
    assert "managedFields" not in without["metadata"]
    # Nobody is noted from then on.
    assert update(without, config_map({"c": "1"}), "two") == config_map({"c": "1"})


def test_a_client_can_send_its_own_but_not_by_a_subresource() -> None:
    live = update(None, config_map({"a": "1"}))
    entry = {**live["metadata"]["managedFields"][0], "manager": "other"}
    new = config_map({"a": "1"}, managedFields=[entry])
    assert owned(update(live, new, "two")) == {"other Update": {"f:data": {".": {}, "f:a": {}}}}
    status = replace(CONFIG_MAP, subresource="status")
    assert owned(track_update(status, live, new, manager="two", now=LATE)) == owned(live)


def test_a_subresource_has_entries_of_its_own_and_owns_only_what_it_can_set() -> None:
    status = object_type("Pod", "status", field_filter("pods", "status", has_status=True))
    live = track_update(POD, None, decoded(pod_with("a"), POD.schema), manager="one", now=EARLY)
    new: dict[str, Any] = {**live, "status": {"phase": "Running"}, "spec": {"containers": [], "nodeName": "n"}}
    changed = track_update(status, live, new, manager="one", now=LATE)
    entries = {entry.get("subresource", ""): entry["fieldsV1"] for entry in changed["metadata"]["managedFields"]}
    assert entries == {
        "": {"f:spec": {"f:containers": {'k:{"name":"a"}': {".": {}, "f:name": {}, "f:resources": {}}}}},
        "status": {"f:status": {"f:phase": {}}},
    }
    again = track_update(POD, changed, {**changed, "status": {"phase": "Failed"}}, manager="two", now=LATE)
    assert again["metadata"]["managedFields"] == changed["metadata"]["managedFields"]


def pod_with(*names: str) -> dict[str, Any]:
    containers = [{"name": name} for name in names]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"containers": containers}}


def test_items_that_can_t_be_told_apart_leave_no_one_owning_anything() -> None:
    live = track_update(POD, None, pod_with("a"), manager="one", now=EARLY)
    new = {**live, "spec": {"containers": [None]}}
    assert "managedFields" not in track_update(POD, live, new, manager="two", now=LATE)["metadata"]


def test_many_updaters_are_put_together_oldest_first() -> None:
    live = update(None, config_map({"k00": "1"}), "m00", "2026-11-21T11:00:00Z")
    for minute in range(1, 13):
        data = {**live["data"], f"k{minute:02}": "1"}
        live = update(live, {**live, "data": data}, f"m{minute:02}", f"2026-11-21T11:{minute:02}:00Z")
    names = [entry["manager"] for entry in live["metadata"]["managedFields"]]
    assert names == ["ancient-changes", *(f"m{minute:02}" for minute in range(4, 13))]
    oldest = live["metadata"]["managedFields"][0]
    assert oldest["fieldsV1"] == {"f:data": {".": {}, "f:k00": {}, "f:k01": {}, "f:k02": {}, "f:k03": {}}}
    assert oldest["time"] == "2026-11-21T11:03:00Z"


def test_entries_of_other_versions_are_compared_in_theirs_and_of_unknown_ones_dropped() -> None:
    def schema(name: str) -> Any:
        source = {"type": "object", "properties": {name: {"type": "string"}}}
        return read_structural_schema(source, "Backup", SCHEMAS.object_meta)

    def convert(object_: Any, api_version: str) -> dict[str, Any]:
        old, new = ("size", "volume") if api_version == "x/v2" else ("volume", "size")
        return with_api_version({(new if name == old else name): value for name, value in object_.items()}, api_version)

    v1 = ObjectType("x/v1", "Backup", schema("size"), other_versions={"x/v2": schema("volume")}, convert=convert)
    v2 = ObjectType("x/v2", "Backup", schema("volume"), other_versions={"x/v1": schema("size")}, convert=convert)
    live = track_update(
        v1, None, {"apiVersion": "x/v1", "metadata": {"labels": {"a": "1"}}, "size": "1"}, manager="one", now=EARLY
    )
    changed = track_update(v2, convert(live, "x/v2"), {**convert(live, "x/v2"), "volume": "2"}, manager="two", now=LATE)
    entries = {
        entry["manager"]: (entry["apiVersion"], entry["fieldsV1"]) for entry in changed["metadata"]["managedFields"]
    }
    assert entries == {
        "one": ("x/v1", {"f:metadata": {"f:labels": {".": {}, "f:a": {}}}}),
        "two": ("x/v2", {"f:volume": {}}),
    }
    alone = ObjectType("x/v2", "Backup", schema("volume"))
    object_ = convert(live, "x/v2")
    assert "managedFields" not in track_update(alone, object_, object_, manager="two", now=LATE)["metadata"]


def test_a_custom_resource_s_fields_are_owned_with_the_objects_around_them() -> None:
    source = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"a": {"type": "string"}}}}}
    type_ = ObjectType("x/v1", "Backup", read_structural_schema(source, "Backup", SCHEMAS.object_meta))
    new = {"apiVersion": "x/v1", "kind": "Backup", "metadata": {"name": "a", "labels": {"x": "y"}}, "spec": {"a": "1"}}
    assert owned(track_update(type_, None, new, manager="", now=EARLY)) == {
        "unknown Update": {"f:metadata": {"f:labels": {".": {}, "f:x": {}}}, "f:spec": {".": {}, "f:a": {}}}
    }


@given(pods(), pods(), pods())
def test_what_changes_is_owned_by_its_changer_alone(
    first: dict[str, Any], second: dict[str, Any], third: dict[str, Any]
) -> None:
    live: dict[str, Any] | None = None
    for manager, given_object in (("one", first), ("two", second), ("one", third)):
        new = decoded(given_object, POD.schema)
        written = compare(live or zero_object(POD.schema), new, POD.schema).written
        before = copy.deepcopy((live, new))
        result = track_update(POD, live, new, manager=manager, now=EARLY)
        assert (live, new) == before
        assert without_managed_fields(result) == without_managed_fields(new)
        noted = live is None or "managedFields" in live["metadata"]
        for owner, ownership in current_owners(result).items():
            common = ownership.fields & written
            assert common == (written - NEVER_OWNED if owner.name == manager and noted else FieldSet())
        live = result


def test_times_are_kept_where_nothing_else_changes() -> None:
    live = update(None, config_map({"a": "1"}))
    entry = live["metadata"]["managedFields"][0]
    retimed = config_map({"a": "1"}, managedFields=[{**entry, "time": LATE}])
    assert times_kept(live, retimed) == live
    for changed in (
        {**retimed, "data": {"a": "2"}},
        config_map({"a": "1"}, managedFields=[{**entry, "time": LATE, "manager": "two"}]),
        config_map({"a": "1"}, managedFields=[entry, {**entry, "manager": "two"}]),
        config_map({"a": "1"}),
    ):
        assert times_kept(live, changed) == changed
