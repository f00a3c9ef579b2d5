"""Bodies that say that they are of another kind, or of another version, than the path takes."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import ask, ask_warned

pytestmark = pytest.mark.anyio

NAMED = {"metadata": {"name": "a"}}
UNKNOWN = "unknown conversion"
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def unregistered(kind: str, version: str) -> str:
    return f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/runtime/scheme.go:111"'


async def refusal(client: BaseClient, path: str, kind: str, version: str, **body: Any) -> str:
    answer = await ask(client, "POST", path, {"kind": kind, "apiVersion": version, **NAMED, **body}, dryRun="All")
    assert answer.code == 400, answer.body
    return answer.message


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        ("Pod", "v1"),
        ("PodList", "v1"),
        ("List", "v1"),
        ("Binding", "v1"),
        ("PodExecOptions", "v1"),
        ("Deployment", "apps/v1"),
        ("Scale", "autoscaling/v1"),
        ("HorizontalPodAutoscaler", "autoscaling/v2"),
        ("Eviction", "policy/v1"),
        ("TokenRequest", "authentication.k8s.io/v1"),
        ("SelfSubjectAccessReview", "authorization.k8s.io/v1"),
        ("DeleteOptions", "v1"),
        ("DeleteOptions", "apps/v1"),
        ("ListOptions", "apps/v1"),
        ("WatchEvent", "apps/v1"),
        ("Status", "v1"),
        ("APIGroup", "apps/v1"),
    ],
)
async def test_a_kind_that_the_server_knows(client: BaseClient, namespace: str, kind: str, version: str) -> None:
    short = version.rpartition("/")[2]
    for path, expected, package in (
        (f"/api/v1/namespaces/{namespace}/configmaps", "ConfigMap", "core"),
        (f"/apis/networking.k8s.io/v1/namespaces/{namespace}/ingresses", "Ingress", "networking"),
    ):
        what = f'{kind} in version "{short}" cannot be handled as a {expected}'
        why = f"converting ({short}.{kind}) to ({package}.{expected}): {UNKNOWN}"
        assert await refusal(client, path, kind, version) == f"{what}: {why}"


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        ("ConfigMap", "apps/v1"),
        ("Deployment", "v1"),
        ("deployment", "apps/v1"),
        ("Nonsense", "example.com/v9"),
        ("DeleteOptions", "meta.k8s.io/v1"),
        ("DeleteOptions", "example.com/v9"),
        ("CustomResourceDefinition", "apiextensions.k8s.io/v1"),
        ("DeleteOptions", "apiextensions.k8s.io/v1"),
        ("APIService", "apiregistration.k8s.io/v1"),
    ],
)
async def test_a_kind_that_the_server_does_not_know(
    client: BaseClient, namespace: str, kind: str, version: str
) -> None:
    short = version.rpartition("/")[2]
    what = f'{kind} in version "{short}" cannot be handled as a ConfigMap'
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    assert await refusal(client, path, kind, version) == f"{what}: {unregistered(kind, version)}"


async def test_the_server_of_definitions_knows_its_own_kinds(client: BaseClient) -> None:
    for kind, version in (("DeleteOptions", "v1"), ("DeleteOptions", "apiextensions.k8s.io/v1"), ("Status", "v1")):
        assert (await refusal(client, DEFINITIONS, kind, version)).endswith(UNKNOWN)
    for kind, version in (("Pod", "v1"), ("DeleteOptions", "apps/v1"), ("APIService", "apiregistration.k8s.io/v1")):
        assert (await refusal(client, DEFINITIONS, kind, version)).endswith(unregistered(kind, version))


async def test_a_body_is_first_read_as_what_it_says(client: BaseClient, namespace: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    message = await refusal(client, path, "PodList", "v1", items="x")
    why = "json: cannot unmarshal string into Go struct field PodList.items of type []v1.Pod"
    assert message == f'PodList in version "v1" cannot be handled as a Deployment: {why}'
    message = await refusal(client, path, "Status", "v1", code="x")
    assert message.endswith("cannot unmarshal string into Go struct field Status.code of type int32")


async def test_what_belongs_to_no_version_has_the_one_of_its_type(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    message = await refusal(client, path, "Status", "example.com/v9")
    assert message.endswith(f"converting (v1.Status) to (core.ConfigMap): {UNKNOWN}")
    message = await refusal(client, path, "DeleteOptions", "apps/v1beta1")
    assert message.endswith(f"converting (v1.DeleteOptions) to (core.ConfigMap): {UNKNOWN}")


async def test_the_same_kind_in_another_version(client: BaseClient, namespace: str) -> None:
    path = f"/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers"
    version = "autoscaling/v1"
    body = {"kind": "HorizontalPodAutoscaler", "apiVersion": version, **NAMED, "spec": {"maxReplicas": 1, "z": 1}}
    why = f"the API version in the data ({version}) does not match the expected API version (autoscaling/v2)"
    answer, warned = await ask_warned(client, "POST", path, body)
    assert (answer.code, answer.message, warned) == (400, why, ['unknown field "spec.z"'])
    answer, warned = await ask_warned(client, "POST", path, body, fieldValidation="Ignore")
    assert (answer.message, warned) == (why, [])
    answer, warned = await ask_warned(client, "POST", path, body, fieldValidation="Strict")
    assert answer.message.endswith('strict decoding error: unknown field "spec.z"')
    events = f"/api/v1/namespaces/{namespace}/events"
    message = await refusal(client, events, "Event", "events.k8s.io/v1")
    assert message == "the API version in the data (events.k8s.io/v1) does not match the expected API version (v1)"


async def test_versions_that_are_oddly_written(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    for version in ("/v1", "/"):
        body = {"kind": "ConfigMap", "apiVersion": version, **NAMED}
        assert (await ask(client, "POST", path, body, dryRun="All")).code == 201
    unread = "unexpected GroupVersion string: a/b/c"
    message = await refusal(client, path, "ConfigMap", "a/b/c")
    assert message.startswith(f"the object provided is unrecognized (must be of type ConfigMap): {unread} (")
    answer = await ask(client, "DELETE", f"{path}/a", {"kind": "DeleteOptions", "apiVersion": "a/b/c"})
    assert (answer.code, answer.message) == (400, unread)


async def test_what_is_posted_to_a_subresource_is_of_its_kind(client: BaseClient, namespace: str) -> None:
    for place, expected in (
        ("pods/a/binding", "core.Binding"),
        ("bindings", "core.Binding"),
        ("pods/a/eviction", "policy.Eviction"),
        ("serviceaccounts/a/token", "authentication.TokenRequest"),
    ):
        path = f"/api/v1/namespaces/{namespace}/{place}"
        assert (await refusal(client, path, "Pod", "v1")).endswith(f"converting (v1.Pod) to ({expected}): {UNKNOWN}")
    path = f"/api/v1/namespaces/{namespace}/pods/a/eviction"
    assert (await refusal(client, path, "Eviction", "v1")).endswith(unregistered("Eviction", "v1"))
    # One that is older is read as well.
    body = {"kind": "Eviction", "apiVersion": "policy/v1beta1", **NAMED}
    assert (await ask(client, "POST", path, body, dryRun="All")).code == 404
