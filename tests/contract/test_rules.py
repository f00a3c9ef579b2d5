"""What servers refuse in a part of an object, and what they make of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubex.client.base import BaseClient
from kubex.core.request import Request
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


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/apis/apps/v1/replicasets", "status.replicas"),
        ("/api/v1/persistentvolumes", "name"),
        ("/api/v1/persistentvolumeclaims", "name"),
    ],
)
async def test_fields_that_select_nothing(client: BaseClient, path: str, field: str) -> None:
    refused = await ask(client, "GET", path, fieldSelector=f"{field}=a")
    why = f'"{field}" is not a known field selector: only "metadata.name", "metadata.namespace"'
    assert (refused.code, refused.message) == (400, why)


async def test_a_page_is_followed_by_whatever_is_left(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    for name, labels in (("a", {"x": "1"}), ("b", {})):
        await ask(client, "POST", path, {"metadata": {"name": name, "labels": labels}})
    first = await ask(client, "GET", path, labelSelector="x=1", limit="1")
    token = first.body["metadata"]["continue"]
    second = await ask(client, "GET", path, labelSelector="x=1", limit="1", **{"continue": token})
    assert (len(first.body["items"]), second.body["items"]) == (1, [])
    alone = await ask(client, "GET", path, fieldSelector="metadata.name=a", limit="1")
    assert "continue" not in alone.body["metadata"]


async def test_a_status_brings_finalizers(client: BaseClient, namespace: str, pod: str) -> None:
    changes = {"metadata": {"labels": {"a": "b"}, "finalizers": ["example.com/a"]}}
    found = (await ask(client, "PATCH", f"{pod}/status", changes, MERGE, dryRun="All")).body["metadata"]
    assert (found["labels"], found["finalizers"]) == ({"a": "b"}, ["example.com/a"])
    path = f"/apis/networking.k8s.io/v1/servicecidrs/{namespace}"
    body = {"metadata": {"name": namespace}, "spec": {"cidrs": ["10.200.0.0/24"]}}
    assert (await ask(client, "POST", path.rpartition("/")[0], body)).code == 201
    try:
        found = (await ask(client, "PATCH", f"{path}/status", changes, MERGE)).body["metadata"]
    finally:
        await ask(client, "DELETE", path)
    assert "labels" not in found
    assert "example.com/a" not in found.get("finalizers", [])


async def test_a_suspended_job_is_told_where_to_run(client: BaseClient, namespace: str) -> None:
    path = f"/apis/batch/v1/namespaces/{namespace}/jobs"
    pods = {"containers": [{"name": "a", "image": "example.com/none:1"}], "restartPolicy": "Never"}
    await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": {"suspend": True, "template": {"spec": pods}}})
    placed = {"metadata": {"labels": {"x": "y"}}, "spec": {"nodeSelector": {"disk": "fast"}}}
    changed = await ask(client, "PATCH", f"{path}/a", {"spec": {"template": placed}}, MERGE)
    assert changed.body["spec"]["template"]["spec"]["nodeSelector"] == {"disk": "fast"}
    unlabelled = {"metadata": {"labels": {"job-name": None}}}
    refused = await ask(client, "PATCH", f"{path}/a", {"spec": {"template": unlabelled}}, MERGE)
    assert (refused.code, fields(refused)) == (422, ["spec.template.metadata.labels[job-name]"])
    renamed = {"spec": {"containers": [{"name": "b", "image": "example.com/none:1"}]}}
    refused = await ask(client, "PATCH", f"{path}/a", {"spec": {"template": renamed}}, MERGE)
    assert (refused.code, fields(refused)) == (422, ["spec.template"])


async def test_preconditions_of_a_namespace(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}"
    uid = (await ask(client, "GET", path)).body["metadata"]["uid"]
    refused = await ask(client, "DELETE", path, {"preconditions": {"uid": "other"}})
    why = f"Precondition failed: UID in precondition: other, UID in object meta: {uid}"
    assert (refused.code, refused.message.partition(": ")[2]) == (409, why)


async def test_a_patch_takes_no_version_away(client: BaseClient, namespace: str) -> None:
    path = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases"
    await ask(client, "POST", path, {"metadata": {"name": "a"}})
    refused = await ask(client, "PATCH", f"{path}/a", {"metadata": {"resourceVersion": ""}}, MERGE)
    assert (refused.code, fields(refused)) == (422, ["metadata.resourceVersion"])


async def test_a_claim_that_is_not_bound_keeps_its_size_and_takes_a_class(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
    spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec})
    larger = {"spec": {"resources": {"requests": {"storage": "2Gi"}}}}
    refused = await ask(client, "PATCH", f"{path}/a", larger, MERGE)
    assert (refused.code, fields(refused)) == (422, ["spec"])
    assert (await ask(client, "PATCH", f"{path}/a", {"spec": {"storageClassName": "none"}}, MERGE)).code == 200
    refused = await ask(client, "PATCH", f"{path}/a", {"spec": {"storageClassName": "other"}}, MERGE)
    assert (refused.code, fields(refused)) == (422, ["spec"])


async def test_owners_named_twice_in_a_patch(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    await ask(client, "POST", path, {"metadata": {"name": "a"}})
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "b", "uid": "b"}
    with pytest.warns(UserWarning, match="contains duplicate entries after mutating admission happens"):
        await ask(client, "PATCH", f"{path}/a", {"metadata": {"ownerReferences": [owner, owner]}}, MERGE)


async def test_metadata_of_a_daemon_set_alone(client: BaseClient, namespace: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/daemonsets"
    template = {
        "metadata": {"labels": {"a": "b"}},
        "spec": {"nodeSelector": {"no": "node"}, "containers": [{"name": "a", "image": "example.com/none:1"}]},
    }
    body = {"metadata": {"name": "a"}, "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template}}
    made = await ask(client, "POST", path, body)
    assert made.body["metadata"]["annotations"] == {"deprecated.daemonset.template.generation": "1"}
    accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
    response = await client.request(Request("GET", f"{path}/a", headers={"Accept": accept}))
    assert "annotations" not in json.loads(response.content)["metadata"]


async def test_an_eviction_is_told_in_the_pods_status(client: BaseClient, pod: str) -> None:
    name = pod.rpartition("/")[2]
    await ask(client, "PATCH", pod, {"metadata": {"finalizers": ["example.com/a"]}}, MERGE)
    try:
        body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}
        assert (await ask(client, "POST", f"{pod}/eviction", body)).code == 201
        found = (await ask(client, "GET", pod)).body["status"]["conditions"]
    finally:
        await ask(client, "PATCH", pod, {"metadata": {"finalizers": None}}, MERGE)
    (condition,) = [each for each in found if each["type"] == "DisruptionTarget"]
    assert condition.pop("lastTransitionTime")
    assert condition == {
        "type": "DisruptionTarget",
        "status": "True",
        "reason": "EvictionByEvictionAPI",
        "message": "Eviction API: evicting",
        "lastProbeTime": None,
    }


async def test_logs_of_a_container_that_is_not_there(client: BaseClient, pod: str, namespace: str) -> None:
    refused = await ask(client, "GET", f"{pod}/log", container="nope")
    assert (refused.code, refused.message) == (400, "container nope is not valid for pod idle")
    path = f"/api/v1/namespaces/{namespace}/pods"
    containers = [{"name": name, "image": "example.com/none:1"} for name in "ab"]
    spec = {"schedulerName": "none", "containers": containers, "initContainers": [{"name": "i", "image": "a"}]}
    await ask(client, "POST", path, {"metadata": {"name": "two"}, "spec": spec})
    refused = await ask(client, "GET", f"{path}/two/log")
    why = "a container name must be specified for pod two, choose one of: [i a b]"
    assert (refused.code, refused.message) == (400, why)


async def test_access_of_nobody_to_nothing(client: BaseClient, namespace: str) -> None:
    group = "/apis/authorization.k8s.io/v1"
    for path in (f"{group}/subjectaccessreviews", f"{group}/namespaces/{namespace}/localsubjectaccessreviews"):
        refused = await ask(client, "POST", path, {"spec": {}})
        assert (refused.code, fields(refused)) == (422, ["spec.resourceAttributes", "spec.user"])
