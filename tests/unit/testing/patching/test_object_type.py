from __future__ import annotations

from typing import Any

from kubex.testing.patching.object_type import ObjectType, with_api_version
from tests.unit.testing.schemas import object_type, schema_of

POD, DEPLOYMENT = object_type("Pod"), object_type("Deployment")


def test_kinds_are_named_as_go_prints_them() -> None:
    assert POD.group_version_kind == "/v1, Kind=Pod"
    assert DEPLOYMENT.group_version_kind == "apps/v1, Kind=Deployment"


def test_other_versions_have_their_schema_and_their_objects() -> None:
    pod, role = schema_of("Pod"), schema_of("Role")
    type_ = ObjectType("x/v1", "X", pod, other_versions={"x/v2": role})
    assert (type_.schema_of("x/v1"), type_.schema_of("x/v2"), type_.schema_of("x/v3")) == (pod, role, None)
    object_: dict[str, Any] = {"apiVersion": "x/v1", "spec": {}}
    assert type_.converted(object_, "x/v1") is object_
    assert type_.converted(object_, "x/v2") == {"apiVersion": "x/v2", "spec": {}}
    assert with_api_version(object_, "x/v3")["apiVersion"] == "x/v3"
