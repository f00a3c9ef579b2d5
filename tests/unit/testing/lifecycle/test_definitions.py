"""CustomResourceDefinitions live: served, validated, pruned, filled in, taken away."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.requests import ChangeOptions
from tests.unit.testing.clusters import OPTIONS, Cluster
from tests.unit.testing.installed import without_cel

__all__ = ("without_cel",)

DEFINITIONS = "apiextensions.k8s.io/v1/customresourcedefinitions"
THINGS = "example.com/v1/things"

SPEC: dict[str, Any] = {
    "type": "object",
    "required": ["a"],
    "properties": {
        "a": {"type": "string", "maxLength": 3, "pattern": "^[a-z]+$"},
        "n": {"type": "integer", "minimum": 1, "default": 3},
        "e": {"type": "string", "enum": ["x", "y"]},
        "either": {"x-kubernetes-int-or-string": True},
        "none": {"type": "string", "nullable": True},
        "set": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
        "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}


def definition(spec: dict[str, Any] = SPEC) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"spec": spec, "status": {"type": "object", "properties": {}}},
    }
    version: dict[str, Any] = {"schema": {"openAPIV3Schema": schema}, "subresources": {"status": {}}}
    return {
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": "Thing", "plural": "things"},
            "versions": [
                {"name": "v1", "served": True, "storage": True, **version},
                {"name": "v1beta1", "served": True, "storage": False, **version},
            ],
        },
    }


def thing(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "t"}, "spec": spec}


@pytest.fixture
def cluster() -> Cluster:
    cluster = Cluster()
    cluster.create(DEFINITIONS, definition(), namespace=None)
    return cluster


def test_it_is_established_at_once(cluster: Cluster) -> None:
    found = cluster.get(DEFINITIONS, "things.example.com")
    assert found is not None
    conditions = {each["type"]: each["status"] for each in found["status"]["conditions"]}
    assert conditions == {"NamesAccepted": "True", "Established": "True"}
    assert found["status"]["acceptedNames"]["listKind"] == "ThingList"
    assert found["status"]["storedVersions"] == ["v1"]


def test_objects_are_pruned_and_filled_in(cluster: Cluster) -> None:
    body = thing(a="x", unknown=1, any={"kept": [1]}, none=None, e=None)
    outcome = cluster.operations.create(cluster.resource(THINGS), "shop", body, OPTIONS)
    assert outcome.entry.object["spec"] == {"a": "x", "any": {"kept": [1]}, "none": None, "n": 3}
    assert outcome.warnings == ('unknown field "spec.unknown"',)


def wrong_type(field: str, types: str, found: str) -> tuple[str, str, str]:
    text = f'Invalid value: "{found}": {field} in body must be of type {types}: "{found}"'
    return field, "FieldValueTypeInvalid", text


INVALID: list[tuple[dict[str, Any], tuple[str, str, str]]] = [
    ({}, ("spec.a", "FieldValueRequired", "Required value")),
    ({"a": 1}, wrong_type("spec.a", "string", "integer")),
    ({"a": "abcd"}, ("spec.a", "FieldValueTooLong", "Too long: may not be more than 3 bytes")),
    ({"a": "A"}, ("spec.a", "FieldValueInvalid", "Invalid value: \"A\": spec.a in body should match '^[a-z]+$'")),
    (
        {"a": "a", "n": 0},
        ("spec.n", "FieldValueInvalid", "Invalid value: 0: spec.n in body should be greater than or equal to 1"),
    ),
    ({"a": "a", "e": "z"}, ("spec.e", "FieldValueNotSupported", 'Unsupported value: "z": supported values: "x", "y"')),
    ({"a": "a", "either": 1.5}, wrong_type("spec.either", "integer,string", "number")),
    ({"a": "a", "set": ["x", "x"]}, ("spec.set[1]", "FieldValueDuplicate", 'Duplicate value: "x"')),
]


@pytest.mark.parametrize(("spec", "cause"), INVALID)
def test_the_schema_is_enforced(cluster: Cluster, spec: dict[str, Any], cause: tuple[str, str, str]) -> None:
    with pytest.raises(ApiFailure) as caught:
        cluster.create(THINGS, thing(**spec))
    assert caught.value.code == 422
    found = caught.value.status["details"]["causes"]
    assert [(each["field"], each["reason"], each["message"]) for each in found] == [cause]


def test_versions_differ_by_name_alone(cluster: Cluster) -> None:
    cluster.create(THINGS, thing(a="x"))
    read = cluster.get("example.com/v1beta1/things", "t")
    assert read is not None
    assert (read["apiVersion"], read["spec"]["a"]) == ("example.com/v1beta1", "x")


@pytest.mark.usefixtures("without_cel")
def test_rules_are_reported_as_not_evaluated(cluster: Cluster) -> None:
    ruled = {**SPEC, "x-kubernetes-validations": [{"rule": "self.n > 2"}]}
    body = definition(ruled)
    outcome = cluster.operations.patch(
        cluster.resource(DEFINITIONS),
        cluster.key(DEFINITIONS, "things.example.com"),
        "application/merge-patch+json",
        {"spec": body["spec"]},
        OPTIONS,
    )
    assert outcome.warnings == (
        "x-kubernetes-validations of CustomResourceDefinition are not evaluated by this server without "
        "kubex[testing-cel]",
    )
    created = cluster.operations.create(cluster.resource(THINGS), "shop", thing(a="x"), ChangeOptions())
    assert created.warnings == (
        "x-kubernetes-validations of Thing are not evaluated by this server without kubex[testing-cel]",
    )


def test_objects_go_with_their_definition(cluster: Cluster) -> None:
    cluster.create(THINGS, thing(a="x"))
    cluster.delete(DEFINITIONS, "things.example.com")
    assert cluster.get(DEFINITIONS, "things.example.com") is None
    assert cluster.operations.cluster.registry.find("example.com", "v1", "things") is None
    assert cluster.operations.cluster.storage.count("example.com/things") == 0


def test_a_definition_of_another_name_is_refused(cluster: Cluster) -> None:
    with pytest.raises(ApiFailure, match=r'must be spec\.names\.plural\+"\."\+spec\.group'):
        cluster.create(DEFINITIONS, {**definition(), "metadata": {"name": "wrong"}}, namespace=None)
