"""What one manager has applied of an object, from its managed fields."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from kubex.core.exceptions import InvalidArgument
from kubex.core.extract import extract
from kubex.k8s.v1_32.core.v1 import Pod

WEB: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {
        "name": "web",
        "namespace": "shop",
        "uid": "1",
        "labels": {"app": "web", "tier": "front"},
        "finalizers": ["a/b", "c/d"],
        "managedFields": [],
    },
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "spec": {
                "containers": [
                    {"name": "side", "image": "side:1"},
                    {"name": "web", "image": "web:1", "ports": [{"containerPort": 80, "protocol": "TCP", "name": "w"}]},
                ],
                "securityContext": {"runAsUser": 5},
                "tolerations": [],
            }
        },
    },
    "status": {"replicas": 1},
}


def owned(fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"manager": "bot", "operation": "Apply", "apiVersion": "apps/v1", "fieldsV1": fields, **more}


def web(*entries: dict[str, Any]) -> dict[str, Any]:
    given = copy.deepcopy(WEB)
    given["metadata"]["managedFields"] = list(entries)
    return given


def pod_spec(tree: dict[str, Any]) -> dict[str, Any]:
    return {"f:spec": {"f:template": {"f:spec": tree}}}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"f:spec": {"f:replicas": {}}}, {"spec": {"replicas": 2}}),
        ({"f:spec": {"f:selector": {}}}, {"spec": {"selector": {"matchLabels": {"app": "web"}}}}),
        ({"f:metadata": {"f:labels": {"f:tier": {}}}}, {"metadata": {"labels": {"tier": "front"}}}),
        ({"f:metadata": {"f:finalizers": {'v:"c/d"': {}}}}, {"metadata": {"finalizers": ["c/d"]}}),
        (
            pod_spec({"f:containers": {'k:{"name":"web"}': {".": {}, "f:image": {}}}}),
            {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "web:1"}]}}}},
        ),
        (
            pod_spec(
                {
                    "f:containers": {
                        'k:{"name":"web"}': {
                            "f:ports": {'k:{"containerPort":80,"protocol":"TCP"}': {".": {}, "f:name": {}}}
                        },
                        'k:{"name":"side"}': {".": {}},
                    },
                    "f:tolerations": {},
                }
            ),
            {
                "spec": {
                    "template": {
                        "spec": {
                            "containers": [
                                {"name": "side"},
                                {"name": "web", "ports": [{"containerPort": 80, "protocol": "TCP", "name": "w"}]},
                            ],
                            "tolerations": [],
                        }
                    }
                }
            },
        ),
        ({"f:spec": {"f:gone": {}}}, {"spec": {}}),
    ],
)
def test_what_a_manager_owns(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    given = web({"manager": "bot", "operation": "Update", "fieldsV1": {"f:status": {}}}, owned(fields))
    before = copy.deepcopy(given)
    metadata = {"name": "web", "namespace": "shop"} | expected.pop("metadata", {})
    assert extract(given, "bot").content == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        **expected,
    }
    assert given == before


def test_an_object_in_which_another_owns_a_field_is_owned_as_empty() -> None:
    mine = owned(pod_spec({"f:securityContext": {}}))
    theirs = {"manager": "x", "operation": "Update", "fieldsV1": pod_spec({"f:securityContext": {"f:runAsUser": {}}})}
    assert extract(web(mine), "bot")["spec"]["template"]["spec"] == {"securityContext": {"runAsUser": 5}}
    assert extract(web(mine, theirs), "bot")["spec"]["template"]["spec"] == {"securityContext": {}}


def test_subresources_are_owned_apart() -> None:
    given = web(owned({"f:spec": {"f:replicas": {}}}), owned({"f:status": {"f:replicas": {}}}, subresource="status"))
    assert "status" not in extract(given, "bot")
    assert extract(given, "bot", subresource="status")["status"] == {"replicas": 1}


def test_of_a_manager_that_applied_nothing_there_is_only_what_the_object_is() -> None:
    identity = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": "shop"}}
    assert extract(web(), "bot").content == identity
    assert extract(web(owned({"f:spec": {"f:replicas": {}}}, operation="Update")), "bot").content == identity


def test_another_version_is_refused() -> None:
    given = web(owned({"f:spec": {"f:replicas": {}}}, apiVersion="apps/v1beta1"))
    with pytest.raises(InvalidArgument, match="version apps/v1beta1, and this object is in apps/v1: read it"):
        extract(given, "bot")


def test_a_field_that_the_class_lacks_is_not_given_up() -> None:
    entry = owned({"f:spec": {"f:hostnameOverride": {}}}, apiVersion="v1")
    pod: dict[str, Any] = {
        "metadata": {"name": "a", "managedFields": [entry]},
        "spec": {"containers": [], "hostnameOverride": "x"},
    }
    with pytest.raises(InvalidArgument, match=r"Pod has no field for \.spec\.hostnameOverride: .*dynamic_api"):
        extract(Pod.model_validate(pod), "bot")


def test_an_empty_value_that_the_server_does_not_write_is_none() -> None:
    entry = owned({"f:spec": {"f:containers": {'k:{"name":"a"}': {"f:workingDir": {}}}}}, apiVersion="v1")
    pod: dict[str, Any] = {"metadata": {"name": "a", "managedFields": [entry]}, "spec": {"containers": [{"name": "a"}]}}
    assert extract(Pod.model_validate(pod), "bot")["spec"] == {"containers": [{"name": "a"}]}
