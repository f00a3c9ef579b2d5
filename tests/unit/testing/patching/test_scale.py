from __future__ import annotations

from typing import Any

import pytest

from kubex.core.field_sets import Path
from kubex.testing.patching.apply import apply
from kubex.testing.patching.conflicts import ApplyConflict
from kubex.testing.patching.managed_fields import parse_managed_fields, write_managed_fields
from kubex.testing.patching.object_type import ObjectType
from kubex.testing.patching.scale import SCALE_VERSION, entries_after_scale, scale_owners
from kubex.testing.patching.tracking import current_owners, track_update
from tests.unit.testing.schemas import SCHEMAS

SCALE = ObjectType(SCALE_VERSION, "Scale", SCHEMAS.of_kind("autoscaling", "v1", "Scale"), "scale")
REPLICAS: dict[str, Path] = {"apps/v1": ("f:spec", "f:replicas")}
NOW = "2026-11-21T11:37:51Z"
BOTH: dict[str, Any] = {"f:spec": {"f:paused": {}, "f:replicas": {}}}
REST: dict[str, Any] = {"f:spec": {"f:paused": {}}}
ALONE: dict[str, Any] = {"f:spec": {"f:replicas": {}}}


def entry(manager: str, operation: str, fields: dict[str, Any], **members: Any) -> dict[str, Any]:
    whole = {"manager": manager, "operation": operation, "apiVersion": "apps/v1", "time": NOW, "fieldsType": "FieldsV1"}
    return {name: value for name, value in {**whole, "fieldsV1": fields, **members}.items() if value is not None}


def scaled(entries: list[dict[str, Any]], replicas: int, manager: str) -> list[dict[str, Any]]:
    """Give the entries of a deployment with one replica after a patch of its Scale."""
    owners = parse_managed_fields(entries)
    scale_entries = write_managed_fields(scale_owners(owners, REPLICAS).items())
    live = {
        "apiVersion": SCALE_VERSION,
        "metadata": {"uid": "u", "managedFields": scale_entries},
        "spec": {"replicas": 1},
    }
    changed = track_update(SCALE, live, {**live, "spec": {"replicas": replicas}}, manager=manager, now=NOW)
    return entries_after_scale(owners, current_owners(changed), "apps/v1", REPLICAS)


# As Kubernetes 1.35.4 answers.
def test_who_scales_takes_the_replicas() -> None:
    assert scaled([entry("one", "Apply", BOTH)], 2, "scaler") == [
        entry("one", "Apply", REST),
        entry("scaler", "Update", ALONE, time=None, subresource="scale"),
    ]
    assert scaled([entry("one", "Update", BOTH)], 2, "scaler") == [
        entry("scaler", "Update", ALONE, time=None, subresource="scale"),
        entry("one", "Update", REST),
    ]
    assert scaled([entry("one", "Apply", ALONE)], 2, "scaler") == [
        entry("scaler", "Update", ALONE, time=None, subresource="scale")
    ]


def test_an_applier_keeps_replicas_that_do_not_change_and_an_updater_has_two_entries_then() -> None:
    assert scaled([entry("one", "Apply", BOTH)], 1, "scaler") == [entry("one", "Apply", BOTH)]
    assert scaled([entry("one", "Update", BOTH)], 1, "scaler") == [
        entry("one", "Update", ALONE, time=None),
        entry("one", "Update", REST),
    ]


def test_where_no_one_owns_the_replicas_no_one_is_noted() -> None:
    assert scaled([entry("one", "Update", REST)], 2, "scaler") == [entry("one", "Update", REST)]


def test_entries_in_a_version_that_is_not_known_are_dropped() -> None:
    other = entry("two", "Apply", BOTH, apiVersion="apps/v0")
    assert scaled([other, entry("one", "Apply", BOTH)], 1, "scaler") == [entry("one", "Apply", BOTH)]
    assert list(scale_owners(parse_managed_fields([other]), REPLICAS)) == []


def test_conflicts_name_the_applier_of_the_scale() -> None:
    entries = [entry("sa", "Apply", ALONE, time=None, subresource="scale")]
    scale = write_managed_fields(scale_owners(parse_managed_fields(entries), REPLICAS).items())
    live = {"apiVersion": SCALE_VERSION, "metadata": {"managedFields": scale}, "spec": {"replicas": 1}}
    applied = {"apiVersion": SCALE_VERSION, "kind": "Scale", "metadata": {"name": "d"}, "spec": {"replicas": 2}}
    with pytest.raises(ApplyConflict) as raised:
        apply(SCALE, live, applied, manager="sb", now=NOW)
    assert raised.value.message == (
        'Apply failed with 1 conflict: conflict with "sa" with subresource "scale": .spec.replicas'
    )
