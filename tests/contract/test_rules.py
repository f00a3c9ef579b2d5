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


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-01-01T00:00:00.000000+02:00", "2025-12-31T22:00:00.000000Z"),
        ("2026-01-01T0:00:00,120000Z", "2026-01-01T00:00:00.120000Z"),
        ("2026-01-01T00:00:00Z", 'cannot parse "Z" as ".000000"'),
        ("2026-01-01T00:00:00.0000001Z", 'cannot parse "1Z" as "Z07:00"'),
        ("2026-01-01T00:00:00.000000Z!", 'extra text: "!"'),
        ("2026-02-30T00:00:00.000000Z", "day out of range"),
        ("2026-01-01T00:00:00.000000+25:00", "time zone offset hour out of range"),
        ("2026-01-01", 'cannot parse "" as "T"'),
        ("", 'cannot parse "" as "2006"'),
    ],
)
async def test_times_with_microseconds(client: BaseClient, namespace: str, given: str, kept: str) -> None:
    path = f"/apis/coordination.k8s.io/v1/namespaces/{namespace}/leases"
    found = await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": {"renewTime": given}})
    if found.code == 201:
        assert found.body["spec"]["renewTime"] == kept
    else:
        assert (found.code, found.message.endswith(kept)) == (400, True)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-01-01T00:00:00.9+02:00", "2025-12-31T22:00:00Z"),
        ("2026-01-01T00:61:00Z", "minute out of range"),
        ("2026-1-01T00:00:00Z", 'cannot parse "1-01T00:00:00Z" as "01"'),
        ("2026-01-01T00:00:00", 'cannot parse "" as "Z07:00"'),
        ("", 'as "2006-01-02T15:04:05Z07:00": cannot parse "" as "2006"'),
    ],
)
async def test_times(client: BaseClient, namespace: str, given: str, kept: str) -> None:
    about = {"kind": "Pod", "name": "a", "namespace": namespace}
    event = {"metadata": {"name": "a"}, "involvedObject": about, "firstTimestamp": given}
    found = await ask(client, "POST", f"/api/v1/namespaces/{namespace}/events", event)
    if found.code == 201:
        assert found.body["firstTimestamp"] == kept
    else:
        assert (found.code, found.message.endswith(kept)) == (400, True)


def cause_texts(answer: Answer) -> list[str]:
    return sorted(f"{cause['field']}: {cause['message']}" for cause in answer.body["details"]["causes"])


EMPTY: dict[str, Any] = {"addresses": []}
CPU: dict[str, Any] = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization"}}}


@pytest.mark.parametrize(
    ("changes", "causes"),
    [
        ({"minReplicas": 5}, ["spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`"]),
        (
            {"scaleTargetRef": {"kind": "Deployment", "name": "a"}},
            ['spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group'],
        ),
        (
            {"metrics": [CPU, {"type": "Pods"}]},
            [
                "spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value"
                " or a target utilization",
                "spec.metrics[1].pods: Required value: must populate information for the given metric source",
            ],
        ),
        (
            {"behavior": {"scaleUp": {"policies": [], "stabilizationWindowSeconds": 3601}}},
            [
                "spec.behavior.scaleUp.policies: Required value: must specify at least one Policy",
                "spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to"
                " 3600",
            ],
        ),
    ],
)
async def test_autoscalers_that_make_no_sense(
    client: BaseClient, namespace: str, changes: dict[str, Any], causes: list[str]
) -> None:
    path = f"/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers"
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}
    spec = {"maxReplicas": 3, "scaleTargetRef": reference, **changes}
    refused = await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec})
    assert (refused.code, cause_texts(refused)) == (422, causes)


async def test_the_behavior_of_an_autoscaler_has_defaults(client: BaseClient, namespace: str) -> None:
    path = f"/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers"
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "a"}
    spec = {"maxReplicas": 3, "scaleTargetRef": reference, "behavior": {"scaleDown": {"selectPolicy": "Min"}}}
    made = await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec})
    whole = {"type": "Percent", "value": 100, "periodSeconds": 15}
    assert made.body["spec"]["behavior"] == {
        "scaleDown": {"selectPolicy": "Min", "policies": [whole]},
        "scaleUp": {
            "stabilizationWindowSeconds": 0,
            "selectPolicy": "Max",
            "policies": [{"type": "Pods", "value": 4, "periodSeconds": 15}, whole],
        },
    }


@pytest.mark.parametrize(
    ("changes", "causes"),
    [
        ({"addressType": ""}, ["addressType: Required value"]),
        (
            {"endpoints": [{"addresses": ["fd00::1", "127.0.0.1", "x"]}, EMPTY]},
            [
                'endpoints[0].addresses: Invalid value: "fd00::1": must be an IPv4 address',
                'endpoints[0].addresses[1]: Invalid value: "127.0.0.1": may not be in the loopback range'
                " (127.0.0.0/8, ::1/128)",
                'endpoints[0].addresses[2]: Invalid value: "x": must be a valid IP address,'
                " (e.g. 10.9.8.7 or 2001:db8::ffff)",
                "endpoints[1].addresses: Required value: must contain at least 1 address",
            ],
        ),
        ({"ports": [{"port": 1}, {"port": 2}]}, ['ports[1].name: Duplicate value: ""']),
    ],
)
async def test_slices_of_endpoints_that_lead_nowhere(
    client: BaseClient, namespace: str, changes: dict[str, Any], causes: list[str]
) -> None:
    path = f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices"
    slice_ = {"addressType": "IPv4", "endpoints": [{"addresses": ["10.0.0.1"]}], **changes}
    refused = await ask(client, "POST", path, {"metadata": {"name": "a"}, **slice_})
    assert (refused.code, cause_texts(refused)) == (422, causes)


@pytest.mark.parametrize(
    ("spec", "causes"),
    [
        ({"hard": {"pods": "-1"}}, ['spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0']),
        ({"hard": {"pods": "0.5"}}, ['spec.hard[pods]: Invalid value: "500m": must be an integer']),
        (
            {"hard": {"pod": "1"}},
            [
                'spec.hard[pod]: Invalid value: "pod": must be a standard resource for quota',
                'spec.hard[pod]: Invalid value: "pod": must be a standard resource type or fully qualified',
            ],
        ),
        (
            {"hard": {"services": "1"}, "scopes": ["BestEffort", "NotBestEffort"]},
            [
                f'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: {why}'
                for why in ("conflicting scopes", *["unsupported scope applied to resource"] * 2)
            ],
        ),
    ],
)
async def test_quotas_of_nothing(client: BaseClient, namespace: str, spec: dict[str, Any], causes: list[str]) -> None:
    path = f"/api/v1/namespaces/{namespace}/resourcequotas"
    refused = await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec})
    assert (refused.code, cause_texts(refused)) == (422, causes)


async def test_the_scopes_of_a_quota_stay(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/resourcequotas"
    await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": {"hard": {"pods": "1"}}})
    refused = await ask(client, "PATCH", f"{path}/a", {"spec": {"scopes": ["Terminating"]}}, MERGE)
    assert (refused.code, cause_texts(refused)) == (
        422,
        ['spec.scopes: Invalid value: ["Terminating"]: field is immutable'],
    )


@pytest.mark.parametrize(
    ("limit", "causes"),
    [
        ({"type": "X"}, ['spec.limits[0].type: Invalid value: "X": must be a standard limit type or fully qualified']),
        (
            {"type": "Pod", "default": {"cpu": "1"}},
            ["spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"],
        ),
        (
            {"type": "Container", "min": {"cpu": "2"}, "max": {"cpu": "1"}},
            [
                'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request'
                " value 1",
                'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
                'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
            ],
        ),
        (
            {"type": "PersistentVolumeClaim"},
            [
                "spec.limits[0].limits: Required value: either minimum or maximum storage value is required,"
                " but neither was provided"
            ],
        ),
    ],
)
async def test_limits_that_nothing_keeps(
    client: BaseClient, namespace: str, limit: dict[str, Any], causes: list[str]
) -> None:
    path = f"/api/v1/namespaces/{namespace}/limitranges"
    refused = await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": {"limits": [limit]}})
    assert (refused.code, cause_texts(refused)) == (422, causes)
