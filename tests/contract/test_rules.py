"""What servers refuse in a part of an object, and what they make of it."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import APPLY, MERGE, STRATEGIC, Answer, ask

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pod(client: BaseClient, namespace: str) -> str:
    """The path of a pod that no scheduler takes."""
    path = f"/api/v1/namespaces/{namespace}/pods"
    container = {"name": "a", "image": "example.com/none:1", "resources": {"requests": {"cpu": "10m"}}}
    spec = {"schedulerName": "none", "containers": [container]}
    assert (await ask(client, "POST", path, {"metadata": {"name": "idle"}, "spec": spec})).code == 201
    return f"{path}/idle"


def fields(answer: Answer) -> list[str]:
    return [cause["field"] for cause in answer.body["details"]["causes"]]


async def test_a_pods_address_is_the_first_of_its_addresses(client: BaseClient, pod: str) -> None:
    async def status(**changes: Any) -> tuple[str, list[dict[str, str]]]:
        answer = await ask(client, "PATCH", f"{pod}/status", {"status": changes}, MERGE, fieldManager="kubelet")
        return answer.body["status"]["podIP"], answer.body["status"]["podIPs"]

    assert await status(podIPs=[{"ip": "10.0.0.3"}]) == ("10.0.0.3", [{"ip": "10.0.0.3"}])
    assert await status(podIP="10.0.0.4") == ("10.0.0.4", [{"ip": "10.0.0.4"}])
    assert await status(podIPs=[{"ip": "10.0.0.5"}]) == ("10.0.0.4", [{"ip": "10.0.0.4"}])
    assert await status(podIP=None) == ("10.0.0.4", [{"ip": "10.0.0.4"}])
    entries = (await ask(client, "GET", pod)).body["metadata"]["managedFields"]
    owned: dict[str, Any] = {"f:podIP": {}, "f:podIPs": {".": {}, 'k:{"ip":"10.0.0.4"}': {".": {}, "f:ip": {}}}}
    assert [each["fieldsV1"] for each in entries if each["manager"] == "kubelet"] == [{"f:status": owned}]


async def test_resizing_to_less_than_nothing(client: BaseClient, pod: str) -> None:
    container = {"name": "a", "resources": {"requests": {"cpu": "-1"}}}
    refused = await ask(client, "PATCH", f"{pod}/resize", {"spec": {"containers": [container]}}, STRATEGIC)
    assert refused.code == 422
    assert "spec.containers[0].resources.requests[cpu]" in fields(refused)


async def test_a_service_that_becomes_a_name_and_a_service_again(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/services"
    await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": {"ports": [{"port": 80}]}})
    name = {"spec": {"type": "ExternalName", "externalName": "a.example.com"}}
    spec = (await ask(client, "PATCH", f"{path}/a", name, MERGE)).body["spec"]
    assert spec.keys() == {"ports", "type", "sessionAffinity", "externalName"}
    address = {"spec": {"type": "ClusterIP", "externalName": None}}
    spec = (await ask(client, "PATCH", f"{path}/a", address, MERGE)).body["spec"]
    assert spec["clusterIPs"] == [spec["clusterIP"]]


async def test_a_claim_without_a_volume_does_not_shrink(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
    spec = {"storageClassName": "none", "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}}
    await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec})
    smaller = {"spec": {"resources": {"requests": {"storage": "1Gi"}}}}
    refused = await ask(client, "PATCH", f"{path}/a", smaller, MERGE)
    assert (refused.code, fields(refused)) == (422, ["spec"])


async def test_a_deployment_does_not_count_below_zero(client: BaseClient, namespace: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    template = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "a", "image": "a"}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": {"a": "b"}}, "template": template}
    await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec})
    refused = await ask(client, "PATCH", f"{path}/a/status", {"status": {"replicas": -3}}, MERGE)
    more = ["status.updatedReplicas", "status.readyReplicas", "status.availableReplicas"]
    assert (refused.code, fields(refused)) == (422, ["status.replicas", *more])


@pytest.mark.parametrize("about", [{"namespace": "default"}, {}])
async def test_events_are_where_their_objects_are(client: BaseClient, namespace: str, about: dict[str, str]) -> None:
    event = {"metadata": {"name": "a"}, "involvedObject": {"kind": "Pod", "name": "a", **about}}
    refused = await ask(client, "POST", f"/api/v1/namespaces/{namespace}/events", event)
    assert (refused.code, fields(refused)) == (422, ["involvedObject.namespace"])


async def test_access_to_nothing(client: BaseClient) -> None:
    refused = await ask(client, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {"spec": {}})
    assert (refused.code, fields(refused)) == (422, ["spec.resourceAttributes"])
    assert refused.message.startswith('.authorization.k8s.io "" is invalid')


async def test_finalizers_of_namespaces_have_whole_names(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}"
    changed = (await ask(client, "GET", path)).body
    changed["spec"]["finalizers"] = ["kubernetes", "a"]
    refused = await ask(client, "PUT", f"{path}/finalize", changed)
    assert (refused.code, fields(refused)) == (422, ["spec.finalizers[1]"])


async def test_what_apply_creates_has_a_name(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps/a"
    body: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap"}
    refused = await ask(client, "PATCH", path, body, APPLY, fieldManager="a")
    assert (refused.code, "name must be provided" in refused.message) == (400, True)
    assert (await ask(client, "PATCH", path, {**body, "metadata": {"name": "a"}}, APPLY, fieldManager="a")).code == 201
    assert (await ask(client, "PATCH", path, body, APPLY, fieldManager="a")).code == 200
