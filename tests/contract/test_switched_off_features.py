"""What servers drop of objects, as the features that know it are switched off."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, ask, ask_warned

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

BUNDLE: Part = {"clusterTrustBundle": {"name": "a", "path": "../b"}}
CERTIFICATE: Part = {"podCertificate": {"signerName": "a", "keyType": "b"}}
SIGNAL: Part = {"stopSignal": "SIGTERM"}
NO_SOURCES = 'volume "a" (Projected) has no sources provided'
HOOK: Part = {"preStop": {"sleep": {"seconds": 1}}}
KINDS = {
    "deployments": "apps/v1",
    "replicasets": "apps/v1",
    "daemonsets": "apps/v1",
    "statefulsets": "apps/v1",
    "jobs": "batch/v1",
    "cronjobs": "batch/v1",
    "podtemplates": "v1",
    "replicationcontrollers": "v1",
}


def pod_spec(**more: Any) -> Part:
    """A spec of which something is dropped; what is switched off is not looked at, either."""
    return {
        "schedulerName": "nobody",
        "automountServiceAccountToken": False,
        "os": {"name": "linux"},
        "workloadRef": {"name": "A_B", "podGroup": "C_D"},
        "containers": [
            {"name": "a", "image": "b", "lifecycle": SIGNAL},
            {"name": "b", "image": "b", "lifecycle": {**SIGNAL, **HOOK}},
        ],
        "initContainers": [{"name": "c", "image": "b", "lifecycle": SIGNAL}],
        "volumes": [
            {"name": "a", "projected": {"sources": [BUNDLE, CERTIFICATE, {"configMap": {"name": "a"}}]}},
            {"name": "b", "emptyDir": {}},
        ],
        **more,
    }


def assert_dropped(spec: Part) -> None:
    assert "workloadRef" not in spec
    containers = [*spec["containers"], *spec["initContainers"]]
    assert [each.get("lifecycle") for each in containers] == [None, HOOK, None]
    assert spec["volumes"][0]["projected"]["sources"] == [{}, {}, {"configMap": {"name": "a"}}]
    assert spec["volumes"][1] == {"name": "b", "emptyDir": {}}


def of_kind(kind: str, namespace: str) -> tuple[str, Part, tuple[str, ...]]:
    """The path of a kind, an object of it, and where its template is."""
    group = KINDS[kind]
    path = f"/{'api' if group == 'v1' else 'apis'}/{group}/namespaces/{namespace}/{kind}"
    restarts = "Never" if kind in ("jobs", "cronjobs") else "Always"
    template: Part = {"metadata": {"labels": {"a": "b"}}, "spec": pod_spec(restartPolicy=restarts)}
    metadata = {"name": "a"}
    if kind == "podtemplates":
        return path, {"metadata": metadata, "template": template}, ("template",)
    if kind == "cronjobs":
        job = {"spec": {"template": template}}
        spec: Part = {"schedule": "0 0 1 1 *", "jobTemplate": job}
        return path, {"metadata": metadata, "spec": spec}, ("spec", "jobTemplate", "spec", "template")
    spec = {"template": template}
    if kind == "replicationcontrollers":
        spec["selector"] = {"a": "b"}
    elif kind != "jobs":
        spec["selector"] = {"matchLabels": {"a": "b"}}
    if kind == "statefulsets":
        spec["serviceName"] = "a"
        spec["updateStrategy"] = {"rollingUpdate": {"maxUnavailable": "0%", "partition": 1}}
    return path, {"metadata": metadata, "spec": spec}, ("spec", "template")


async def test_of_new_pods(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods"
    made, told = await ask_warned(client, "POST", path, {"metadata": {"name": "a"}, "spec": pod_spec()}, dryRun="All")
    assert (made.code, told) == (201, [NO_SOURCES]), made
    assert_dropped(made.body["spec"])
    owned = made.body["metadata"]["managedFields"][0]["fieldsV1"]["f:spec"]
    assert owned["f:workloadRef"] == {".": {}, "f:name": {}, "f:podGroup": {}}
    assert "f:stopSignal" in owned["f:containers"]['k:{"name":"a"}']["f:lifecycle"]


async def test_of_changed_pods(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods"
    container = {"name": "a", "image": "b"}
    spec = {"schedulerName": "nobody", "containers": [container]}
    made = await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec})
    added = {"workloadRef": {"name": "a", "podGroup": "b"}, "containers": [{**container, "lifecycle": SIGNAL}]}
    changed = await ask(client, "PATCH", f"{path}/a", {"spec": added}, "application/strategic-merge-patch+json")
    assert (changed.code, changed.body["spec"]) == (200, made.body["spec"])
    assert changed.body["metadata"]["generation"] == 1
    debug = {"spec": {"ephemeralContainers": [{"name": "c", "image": "b", "lifecycle": SIGNAL}]}}
    answer = await ask(client, "PATCH", f"{path}/a/ephemeralcontainers", debug, MERGE, dryRun="All")
    assert answer.code == 200, answer
    assert "lifecycle" not in answer.body["spec"]["ephemeralContainers"][0]


@pytest.mark.parametrize("kind", KINDS)
async def test_of_templates(client: BaseClient, namespace: str, kind: str) -> None:
    path, body, where = of_kind(kind, namespace)
    made, told = await ask_warned(client, "POST", path, body, dryRun="All")
    assert (made.code, told) == (201, [NO_SOURCES]), made
    template = made.body
    for name in where:
        template = template[name]
    assert_dropped(template["spec"])
    if kind == "statefulsets":
        assert made.body["spec"]["updateStrategy"]["rollingUpdate"] == {"partition": 1}


async def test_of_a_changed_template(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/podtemplates"
    spec = {"containers": [{"name": "a", "image": "b"}]}
    await ask(client, "POST", path, {"metadata": {"name": "a"}, "template": {"spec": spec}})
    added = {"template": {"spec": {"workloadRef": {"name": "a", "podGroup": "b"}}}}
    changed = await ask(client, "PATCH", f"{path}/a", added, MERGE)
    assert changed.code == 200, changed
    assert "workloadRef" not in changed.body["template"]["spec"]


async def test_of_the_status_of_pods(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods"
    spec = {"schedulerName": "nobody", "containers": [{"name": "a", "image": "b"}]}
    await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec})
    health = {"name": "a", "resources": [{"resourceID": "a", "health": "Healthy"}]}
    running: dict[str, Any] = {"name": "a", "image": "b", "imageID": "c", "ready": True, "restartCount": 0, "state": {}}
    status: dict[str, Any] = {
        "message": "a",
        "resources": {"requests": {"cpu": "1"}},
        "allocatedResources": {"cpu": "1"},
        "extendedResourceClaimStatus": {"resourceClaimName": "a", "requestMappings": []},
        "containerStatuses": [{**running, "allocatedResourcesStatus": [health]}],
    }
    changed = await ask(client, "PATCH", f"{path}/a/status", {"status": status}, MERGE, dryRun="All")
    assert changed.code == 200, changed
    assert changed.body["status"].keys() == {"message", "containerStatuses", "phase", "qosClass"}
    assert "allocatedResourcesStatus" not in changed.body["status"]["containerStatuses"][0]


async def test_of_nodes(client: BaseClient, namespace: str) -> None:
    source = {"configMap": {"name": "a", "namespace": "b", "kubeletConfigKey": "c"}}
    body = {
        "metadata": {"name": namespace},
        "spec": {"configSource": source, "unschedulable": True},
        "status": {"config": {"error": "a"}, "declaredFeatures": ["A"], "phase": "Running"},
    }
    made, _ = await ask_warned(client, "POST", "/api/v1/nodes", body, dryRun="All")
    assert made.code == 201, made
    assert "configSource" not in made.body["spec"]
    assert not made.body["status"].keys() & {"config", "declaredFeatures"}
