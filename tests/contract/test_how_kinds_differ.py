"""In what kinds differ from one another: what counts their changes, what a deletion tells, what begins with what."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, ask, ask_warned, causes

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

DEVICES = "/apis/resource.k8s.io/v1"
STORAGE = "/apis/storage.k8s.io/v1"


@pytest.mark.parametrize("content_type", ["application/json", MERGE])
async def test_the_source_of_a_claim_stays(client: BaseClient, namespace: str, content_type: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
    asked: Part = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    source = {"apiGroup": None, "kind": "PersistentVolumeClaim", "name": "none"}
    spec = {**asked, "storageClassName": "", "dataSource": source}
    made = await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec})
    assert made.body["spec"]["dataSourceRef"] == source
    if content_type == MERGE:
        changed: Part = {"spec": {"dataSource": None, "dataSourceRef": None}}
        refused = await ask(client, "PATCH", f"{path}/a", changed, MERGE)
    else:
        body = {"metadata": {"name": "a"}, "spec": {**asked, "storageClassName": ""}}
        refused = await ask(client, "PUT", f"{path}/a", body)
    (cause,) = causes(refused)
    why = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
    assert cause.startswith(f"spec: Forbidden: {why}")


async def test_generations_of_classes_of_devices(client: BaseClient, namespace: str) -> None:
    name, path = namespace, f"{DEVICES}/deviceclasses"
    made = await ask(client, "POST", path, {"metadata": {"name": name}, "spec": {}})
    try:
        assert (made.code, made.body["metadata"]["generation"]) == (201, 1)
        changed = {"spec": {"selectors": [{"cel": {"expression": "true"}}]}}
        answer = await ask(client, "PATCH", f"{path}/{name}", changed, MERGE)
        assert answer.body["metadata"]["generation"] == 2
        answer = await ask(client, "PATCH", f"{path}/{name}", {"metadata": {"labels": {"a": "b"}}}, MERGE)
        assert answer.body["metadata"]["generation"] == 2
    finally:
        gone = await ask(client, "DELETE", f"{path}/{name}")
    assert (gone.code, gone.body["kind"], gone.body["metadata"]["name"]) == (200, "DeviceClass", name)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{STORAGE}/volumeattributesclasses", {"driverName": "example.com", "parameters": {"a": "b"}}),
        (
            f"{DEVICES}/namespaces/{{}}/resourceclaims",
            {"spec": {"devices": {"requests": [{"name": "a", "exactly": {"deviceClassName": "none"}}]}}},
        ),
        (
            f"{DEVICES}/namespaces/{{}}/resourceclaimtemplates",
            {"spec": {"spec": {"devices": {"requests": [{"name": "a", "exactly": {"deviceClassName": "none"}}]}}}},
        ),
        (
            f"{DEVICES}/resourceslices",
            {
                "spec": {
                    "driver": "example.com",
                    "pool": {"name": "a", "resourceSliceCount": 1},
                    "allNodes": True,
                    "devices": [],
                }
            },
        ),
    ],
)
async def test_deletions_that_answer_with_the_object(client: BaseClient, namespace: str, path: str, body: Part) -> None:
    place = path.format(namespace)
    made = await ask(client, "POST", place, {"metadata": {"name": namespace}, **body})
    assert made.code == 201, made
    gone = await ask(client, "DELETE", f"{place}/{namespace}")
    assert (gone.code, gone.body["kind"], gone.body["metadata"]["uid"]) == (
        200,
        made.body["kind"],
        made.body["metadata"]["uid"],
    )


async def test_a_capacity_is_replaced_by_its_version_alone(client: BaseClient, namespace: str) -> None:
    path = f"{STORAGE}/namespaces/{namespace}/csistoragecapacities"
    body: Part = {"metadata": {"name": "a"}, "storageClassName": "none"}
    assert (await ask(client, "POST", path, body)).code == 201
    refused = await ask(client, "PUT", f"{path}/a", body)
    assert causes(refused) == ["metadata.resourceVersion: Invalid value: 0: must be specified for an update"]


async def test_defaults_of_claims_of_devices(client: BaseClient, namespace: str) -> None:
    one = {"deviceClassName": "none"}
    given = [
        {"name": "a", "exactly": one},
        {"name": "b", "exactly": {**one, "allocationMode": "All"}},
        {"name": "c", "firstAvailable": [{"name": "d", **one}, {"name": "e", **one, "count": 2}]},
    ]
    exact = {**one, "allocationMode": "ExactCount", "count": 1}
    filled = [
        {"name": "a", "exactly": exact},
        given[1],
        {"name": "c", "firstAvailable": [{"name": "d", **exact}, {"name": "e", **exact, "count": 2}]},
    ]
    body = {"metadata": {"name": "a"}, "spec": {"devices": {"requests": given}}}
    made = await ask(client, "POST", f"{DEVICES}/namespaces/{namespace}/resourceclaims", body, dryRun="All")
    assert (made.code, made.body["spec"]["devices"]["requests"]) == (201, filled)
    body = {"metadata": {"name": "a"}, "spec": {"spec": {"devices": {"requests": given}}}}
    made = await ask(client, "POST", f"{DEVICES}/namespaces/{namespace}/resourceclaimtemplates", body, dryRun="All")
    assert (made.code, made.body["spec"]["spec"]["devices"]["requests"]) == (201, filled)


@pytest.mark.parametrize(("given", "shown"), [("5", "5"), ("-1", "1"), (None, "1")])
async def test_the_count_of_templates_that_a_daemon_set_begins_with(
    client: BaseClient, namespace: str, given: str | None, shown: str
) -> None:
    name, labels = "deprecated.daemonset.template.generation", {"a": "b"}
    containers = [{"name": "a", "image": "example.com/none:1"}]
    template = {"metadata": {"labels": labels}, "spec": {"schedulerName": "nobody", "containers": containers}}
    body = {
        "metadata": {"name": "a", "annotations": {} if given is None else {name: given}},
        "spec": {"selector": {"matchLabels": labels}, "template": template},
    }
    path = f"/apis/apps/v1/namespaces/{namespace}/daemonsets"
    made = await ask(client, "POST", path, body, dryRun="All")
    assert (made.code, made.body["metadata"]["annotations"][name]) == (201, shown)


ENDED = "spec.ingress[0].ports[0].endPort: Invalid value"


@pytest.mark.parametrize(
    ("port", "why"),
    [
        ({"port": 80, "endPort": 81}, []),
        ({"endPort": 81}, [f"{ENDED}: 81: may not be specified when `port` is not specified"]),
        ({"port": "web", "endPort": 81}, [f"{ENDED}: 81: may not be specified when `port` is non-numeric"]),
        ({"port": 80, "endPort": 65536}, [f"{ENDED}: 65536: must be between 1 and 65535, inclusive"]),
        (
            {"port": 80, "endPort": 0},
            [
                f"{ENDED}: 80: must be greater than or equal to `port`",
                f"{ENDED}: 0: must be between 1 and 65535, inclusive",
            ],
        ),
    ],
)
async def test_where_the_ports_of_a_policy_end(client: BaseClient, namespace: str, port: Part, why: list[str]) -> None:
    path = f"/apis/networking.k8s.io/v1/namespaces/{namespace}/networkpolicies"
    body: Part = {"metadata": {"name": "a"}, "spec": {"podSelector": {}, "ingress": [{"ports": [port]}]}}
    assert causes(await ask(client, "POST", path, body, dryRun="All")) == why


async def test_a_prefix_of_names_is_not_looked_at_before_its_last_dash(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    refused = await ask(client, "POST", path, {"metadata": {"generateName": "aB-"}}, dryRun="All")
    assert {cause.partition(":")[0] for cause in causes(refused)} == {"metadata.name"}
    refused = await ask(client, "POST", path, {"metadata": {"generateName": "Ba-"}}, dryRun="All")
    assert {cause.partition(":")[0] for cause in causes(refused)} == {"metadata.generateName", "metadata.name"}


async def test_a_range_of_services_begins_with_a_status(client: BaseClient, namespace: str) -> None:
    condition = {
        "type": "Ready",
        "status": "False",
        "reason": "a",
        "message": "",
        "lastTransitionTime": "2026-03-01T12:00:00Z",
    }
    body = {
        "metadata": {"name": namespace},
        "spec": {"cidrs": ["10.210.0.0/24"]},
        "status": {"conditions": [condition]},
    }
    made = await ask(client, "POST", "/apis/networking.k8s.io/v1/servicecidrs", body, dryRun="All")
    assert (made.code, made.body["status"]) == (201, {"conditions": [condition]})


async def test_a_slice_of_a_driver_in_large_letters(client: BaseClient, namespace: str) -> None:
    pool = {"name": "a", "resourceSliceCount": 1}
    spec: Part = {"driver": "example.COM", "pool": pool, "allNodes": True, "devices": []}
    body = {"metadata": {"name": namespace}, "spec": spec}
    answer, told = await ask_warned(client, "POST", f"{DEVICES}/resourceslices", body, dryRun="All")
    assert answer.code == 201, answer
    assert told == ['spec.driver: driver names should be lowercase; "example.COM" contains uppercase characters']
