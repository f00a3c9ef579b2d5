"""What servers refuse in volumes of the cluster, in claims and drivers and classes of them, and what they warn of."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, ask, ask_warned, causes

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

VOLUMES = "/api/v1/persistentvolumes"
STORAGE = "/apis/storage.k8s.io/v1"
CSI: Part = {"driver": "example.com", "volumeHandle": "a"}
REFERENCE: Part = {"name": "a", "namespace": "b"}
OLD_ZONE, ZONE = "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone"
OLD = f'deprecated since v1.17; use "{ZONE}" instead'


def volume(name: str, **spec: Any) -> Part:
    # Of a class of its own, which no claim asks for.
    usual = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "storageClassName": name}
    return {"metadata": {"name": name}, "spec": {"persistentVolumeReclaimPolicy": "Retain", **usual, **spec}}


def affinity(*requirements: Part) -> Part:
    return {"required": {"nodeSelectorTerms": [{"matchExpressions": list(requirements)}]}}


@asynccontextmanager
async def existing(client: BaseClient, path: str, body: Part) -> AsyncGenerator[str]:
    """Have an object of the whole cluster for a moment."""
    answer, _ = await ask_warned(client, "POST", path, body)
    assert answer.code == 201, answer
    place = f"{path}/{body['metadata']['name']}"
    try:
        yield place
    finally:
        await ask_warned(client, "PATCH", place, {"metadata": {"finalizers": None}}, MERGE)
        await ask(client, "DELETE", place)


REQUIRED = "spec.nodeAffinity.required"


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"csi": CSI}, []),
        (
            {"csi": {"controllerExpandSecretRef": {}, "nodePublishSecretRef": {"name": "a", "namespace": "b"}}},
            [
                "spec.csi.driver: Required value",
                "spec.csi.volumeHandle: Required value",
                "spec.csi.controllerExpandSecretRef.name: Required value",
                "spec.csi.controllerExpandSecretRef.namespace: Required value",
            ],
        ),
        (
            {"csi": {**CSI, "driver": "a" * 64}},
            ["spec.csi.driver: Too long: may not be more than 63 bytes"],
        ),
        ({"csi": {**CSI, "driver": "example.COM"}}, []),
        (
            {"local": {"path": ""}},
            [
                "spec.local.path: Required value",
                "spec.nodeAffinity: Required value: Local volume requires node affinity",
            ],
        ),
        (
            {"local": {"path": "/a/../b"}, "nodeAffinity": affinity({"key": ZONE, "operator": "Exists"})},
            ["spec.local.path: Invalid value: \"/a/../b\": must not contain '..'"],
        ),
        (
            {"csi": CSI, "nodeAffinity": {}},
            [f"{REQUIRED}: Required value: must specify required node constraints"],
        ),
        (
            {"csi": CSI, "nodeAffinity": {"required": {"nodeSelectorTerms": []}}},
            [f"{REQUIRED}.nodeSelectorTerms: Required value: must have at least one node selector term"],
        ),
        (
            {"csi": CSI, "nodeAffinity": affinity({"key": ZONE, "operator": "In"})},
            [
                f"{REQUIRED}.nodeSelectorTerms[0].matchExpressions[0].values: Required value: must be specified when "
                "`operator` is 'In' or 'NotIn'"
            ],
        ),
        (
            {"hostPath": {"path": "/a/.."}, "persistentVolumeReclaimPolicy": "Recycle"},
            [
                "spec.hostPath.path: Invalid value: \"/a/..\": must not contain '..'",
                "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'",
            ],
        ),
        (
            {"hostPath": {"path": "/a"}, "volumeAttributesClassName": ""},
            [
                "spec.volumeAttributesClassName: Required value: an empty string is disallowed",
                "spec.csi: Required value: has to be specified when using volumeAttributesClassName",
            ],
        ),
    ],
)
async def test_rules_of_volumes(client: BaseClient, namespace: str, spec: Part, why: list[str]) -> None:
    refused, _ = await ask_warned(client, "POST", VOLUMES, volume(namespace, **spec), dryRun="All")
    found = [each.removesuffix(": ") for each in causes(refused)]
    assert found == why


async def test_what_stays_of_a_volume(client: BaseClient, namespace: str) -> None:
    old, new = ({"key": key, "operator": "In", "values": ["a"]} for key in (OLD_ZONE, ZONE))
    body = volume(namespace, csi=CSI, nodeAffinity=affinity(old), volumeAttributesClassName="a")
    async with existing(client, VOLUMES, body) as place:

        async def changed(**spec: Any) -> list[str]:
            return causes((await ask_warned(client, "PATCH", place, {"spec": spec}, MERGE, dryRun="All"))[0])

        assert await changed(nodeAffinity=affinity(new)) == []
        assert await changed(nodeAffinity=affinity({**new, "values": ["b"]})) == [
            f'nodeAffinity: Invalid value: {{"Required":{{"NodeSelectorTerms":[{{"MatchExpressions":[{{"Key":"{ZONE}",'
            '"Operator":"In","Values":["b"]}],"MatchFields":null}]}}: field is immutable, except for updating from '
            "beta label to GA"
        ]
        assert await changed(csi={"controllerExpandSecretRef": REFERENCE}) == []
        (cause,) = await changed(csi={"nodeExpandSecretRef": REFERENCE})
        assert cause.startswith("spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable")
        assert await changed(volumeAttributesClassName="b") == []
        why = "spec.volumeAttributesClassName: Forbidden: update from non-nil value to nil is forbidden"
        assert await changed(volumeAttributesClassName=None) == [why]


async def test_the_attributes_of_a_claim_have_a_class_from_then_on(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims"
    asked: Part = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    spec = {**asked, "storageClassName": "none", "volumeAttributesClassName": "a"}
    assert (await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": spec})).code == 201
    status = {"status": {"currentVolumeAttributesClassName": "a"}}
    assert (await ask(client, "PATCH", f"{path}/a/status", status, MERGE)).code == 200
    for name, shown in ((None, "nil"), ("", "empty string")):
        changed = {"spec": {"volumeAttributesClassName": name}}
        found = causes(await ask(client, "PATCH", f"{path}/a", changed, MERGE, dryRun="All"))
        assert found[0].startswith("spec: Forbidden: spec is immutable after creation except")
        why = f"update to {shown} is forbidden when status.currentVolumeAttributesClassName is not nil"
        assert found[1:] == [f"spec.volumeAttributesClassName: Forbidden: {why}"]


TOKENS = "spec.tokenRequests"


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (
            {
                "serviceAccountTokenInSecrets": False,
                "tokenRequests": [{"audience": "a", "expirationSeconds": 599}, {"audience": "a"}, {"audience": ""}],
            },
            [
                f"{TOKENS}[0].expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes",
                f'{TOKENS}[1].audience: Duplicate value: "a"',
            ],
        ),
        (
            {"nodeAllocatableUpdatePeriodSeconds": 9},
            ["spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds"],
        ),
        (
            {"serviceAccountTokenInSecrets": True},
            [
                "spec.serviceAccountTokenInSecrets: Invalid value: true: serviceAccountTokenInSecrets is set but no "
                "tokenRequests are specified"
            ],
        ),
        (
            {"volumeLifecycleModes": ["None"]},
            ['spec.volumeLifecycleModes: Unsupported value: "None": supported values: "Persistent", "Ephemeral"'],
        ),
        (
            {"fsGroupPolicy": "a"},
            ['spec.fsGroupPolicy: Unsupported value: "a": supported values: "File", "None", "ReadWriteOnceWithFSType"'],
        ),
    ],
)
async def test_rules_of_drivers(client: BaseClient, namespace: str, spec: Part, why: list[str]) -> None:
    body = {"metadata": {"name": namespace}, "spec": spec}
    assert causes((await ask_warned(client, "POST", f"{STORAGE}/csidrivers", body, dryRun="All"))[0]) == why


async def test_tokens_of_drivers_are_warned_of(client: BaseClient, namespace: str) -> None:
    body: Part = {"metadata": {"name": namespace}, "spec": {"tokenRequests": [{"audience": "a"}]}}
    warned = (
        "spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible "
        "logging of tokens in volume attributes"
    )
    _, told = await ask_warned(client, "POST", f"{STORAGE}/csidrivers", body, dryRun="All")
    assert told == [warned]
    async with existing(client, f"{STORAGE}/csidrivers", body) as place:
        _, told = await ask_warned(client, "PATCH", place, {"spec": {"requiresRepublish": True}}, MERGE)
        assert told == []


ALLOWED = "allowedTopologies"
EXPRESSIONS = "matchLabelExpressions"
NONE: list[str] = []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (
            {
                ALLOWED: [
                    {EXPRESSIONS: [{"key": "a", "values": ["b", "b"]}, {"key": "a", "values": NONE}]},
                    {EXPRESSIONS: [{"key": "c", "values": ["d"]}]},
                    {EXPRESSIONS: [{"key": "c", "values": ["d"]}]},
                ]
            },
            [
                f'{ALLOWED}[0].{EXPRESSIONS}[0].values[1]: Duplicate value: "b"',
                f"{ALLOWED}[0].{EXPRESSIONS}[1].values: Required value",
                f'{ALLOWED}[0].{EXPRESSIONS}[1].key: Duplicate value: "a"',
                f'{ALLOWED}[2].{EXPRESSIONS}: Duplicate value: ""',
            ],
        ),
        (
            {"parameters": {str(index): "" for index in range(513)}},
            ["parameters: Too long: may not be more than 512 bytes"],
        ),
        (
            {"parameters": {"a": "b" * 262144}},
            ["parameters: Too long: may not be more than 262144 bytes"],
        ),
    ],
)
async def test_rules_of_classes(client: BaseClient, namespace: str, changes: Part, why: list[str]) -> None:
    body = {"metadata": {"name": namespace}, "provisioner": "example.com/none", **changes}
    refused = await ask(client, "POST", f"{STORAGE}/storageclasses", body, dryRun="All")
    assert [each.removesuffix(": ") for each in causes(refused)] == why


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        (
            VOLUMES,
            {"spec": volume("a", csi=CSI, nodeAffinity=affinity({"key": OLD_ZONE, "operator": "Exists"}))["spec"]},
            [f"{REQUIRED}.nodeSelectorTerms[0].matchExpressions[0].key: {OLD_ZONE} is {OLD}"],
        ),
        (
            f"{STORAGE}/storageclasses",
            {"provisioner": "example.com/none", ALLOWED: [{EXPRESSIONS: [{"key": OLD_ZONE, "values": ["a"]}]}]},
            [f"{ALLOWED}[0].{EXPRESSIONS}[0].key: {OLD}"],
        ),
        (
            f"{STORAGE}/namespaces/{{}}/csistoragecapacities",
            {
                "storageClassName": "none",
                "nodeTopology": {
                    "matchLabels": {OLD_ZONE: "a"},
                    "matchExpressions": [{"key": OLD_ZONE, "operator": "Exists"}],
                },
            },
            [
                f"nodeTopology.matchExpressions[0].key: {OLD_ZONE} is {OLD}",
                f"nodeTopology.matchLabels.{OLD_ZONE}: {OLD}",
            ],
        ),
        (
            "/apis/node.k8s.io/v1/runtimeclasses",
            {"handler": "none", "scheduling": {"nodeSelector": {OLD_ZONE: "a"}}},
            [f"scheduling.nodeSelector: {OLD}"],
        ),
    ],
)
async def test_old_labels_of_nodes(client: BaseClient, namespace: str, path: str, body: Part, told: list[str]) -> None:
    named = {"metadata": {"name": namespace}, **body}
    answer, found = await ask_warned(client, "POST", path.format(namespace), named, dryRun="All")
    assert (answer.code, found) == (201, told)
