from __future__ import annotations

from typing import Any

import pytest

from kubex.testing.schema.zero_values import as_stored, decoded, zero_object
from tests.unit.testing.schemas import schema_of

NO_METADATA: dict[str, Any] = {"metadata": {}}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ConfigMap", NO_METADATA),
        ("Pod", {"metadata": {}, "spec": {"containers": None}, "status": {}}),
        ("Service", {"metadata": {}, "spec": {}, "status": {"loadBalancer": {}}}),
        ("Role", {"metadata": {}, "rules": None}),
        (
            "Deployment",
            {
                "metadata": {},
                "spec": {
                    "selector": None,
                    "strategy": {},
                    "template": {"metadata": {}, "spec": {"containers": None}},
                },
                "status": {},
            },
        ),
    ],
)
def test_what_an_object_holds_when_nothing_is_given(kind: str, expected: dict[str, Any]) -> None:
    assert zero_object(schema_of(kind)) == expected


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("ConfigMap", {"data": {"a": None}}, {"data": {"a": ""}}),
        ("ConfigMap", {"data": {}, "binaryData": None, "immutable": False, "bogus": 1}, {"immutable": False}),
        ("ConfigMap", {"metadata": {"labels": {}, "name": "a"}}, {"metadata": {"name": "a"}}),
        ("ConfigMap", {"metadata": {"managedFields": []}}, {"metadata": {"managedFields": []}}),
        ("Service", {"spec": {"ports": [{"port": 1}]}, "status": {"loadBalancer": {}}}, {
            "spec": {"ports": [{"port": 1, "targetPort": 0}]}, "status": {"loadBalancer": {}}
        }),
        ("Role", {"rules": []}, {"rules": []}),
        ("Role", {"rules": [None]}, {"rules": [{"verbs": None}]}),
    ],
)  # fmt: skip
def test_an_object_as_the_server_holds_it(kind: str, given: dict[str, Any], expected: dict[str, Any]) -> None:
    schema = schema_of(kind)
    assert decoded(given, schema) == {**zero_object(schema), **expected}


def test_a_pod_as_the_server_holds_it() -> None:
    context = {"privileged": False}
    container: dict[str, Any] = {"name": "a", "stdin": False, "tty": True, "securityContext": context, "args": []}
    spec: dict[str, Any] = {"containers": [container], "hostNetwork": False, "terminationGracePeriodSeconds": 0}
    kept = {"name": "a", "tty": True, "securityContext": context, "resources": {}}
    assert decoded({"spec": spec}, schema_of("Pod")) == {
        "metadata": {},
        "spec": {"containers": [kept], "terminationGracePeriodSeconds": 0},
        "status": {},
    }


def test_what_is_given_is_not_changed_and_any_value_stays_as_it_is() -> None:
    given = {"data": {"a": None}}
    decoded(given, schema_of("ConfigMap"))
    assert given == {"data": {"a": None}}
    fields: dict[str, Any] = {"f:data": {"f:a": {}}}
    entry: dict[str, Any] = {"manager": "a", "fieldsV1": fields}
    kept = decoded({"metadata": {"managedFields": [entry]}}, schema_of("ConfigMap"))
    assert kept["metadata"]["managedFields"][0]["fieldsV1"] is fields


def test_quantities_are_written_as_the_server_does_in_fields_and_in_maps() -> None:
    given = {
        "volumes": [{"name": "a", "emptyDir": {"sizeLimit": "1024Mi"}}],
        "containers": [{"name": "a", "resources": {"limits": {"memory": "1024Mi", "cpu": 1}}}],
    }
    spec = decoded({"spec": given}, schema_of("Pod"))["spec"]
    assert spec["volumes"][0]["emptyDir"] == {"sizeLimit": "1Gi"}
    assert spec["containers"][0]["resources"] == {"limits": {"memory": "1Gi", "cpu": "1"}}


@pytest.mark.parametrize("text", ["a", "[]"])
def test_an_empty_list_that_is_written_even_so_is_stored_as_null(text: str) -> None:
    role: dict[str, Any] = {"metadata": {"name": text}, "rules": []}
    assert as_stored(role, schema_of("Role")) == {"metadata": {"name": text}, "rules": None}
    full = {"metadata": {"name": text}, "rules": [{"verbs": [text]}]}
    assert as_stored(full, schema_of("Role")) == full
