"""What servers refuse in the status of what has pods made, scales or guards them, and in the classes of claims."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, Answer, ask, ask_warned, causes

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

LABELS = {"a": "b"}
TEMPLATE: Part = {
    "metadata": {"labels": LABELS},
    "spec": {"schedulerName": "nobody", "containers": [{"name": "a", "image": "example.com/none:1"}]},
}
# Which no controller changes while the test looks at them: there is nothing to do.
KINDS: dict[str, Part] = {
    "apps/v1 replicasets": {"replicas": 0, "selector": {"matchLabels": LABELS}, "template": TEMPLATE},
    "apps/v1 daemonsets": {
        "selector": {"matchLabels": LABELS},
        "template": {**TEMPLATE, "spec": {**TEMPLATE["spec"], "nodeSelector": {"example.com/none": "none"}}},
    },
    "autoscaling/v2 horizontalpodautoscalers": {
        "maxReplicas": 1,
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "none"},
    },
    "policy/v1 poddisruptionbudgets": {"minAvailable": 1, "selector": {"matchLabels": LABELS}},
}
NEGATIVE = "must be greater than or equal to 0"
MORE = "cannot be greater than status.replicas"


def told(answer: Answer) -> list[str]:
    """Say what is wrong, without the end of what has no words."""
    return [each.removesuffix(": ") for each in causes(answer)]


@pytest.mark.parametrize(
    ("kind", "status", "why"),
    [
        (
            "apps/v1 replicasets",
            {"replicas": 1, "fullyLabeledReplicas": 2, "readyReplicas": -1, "availableReplicas": 2},
            [
                f"status.readyReplicas: Invalid value: -1: {NEGATIVE}",
                f"status.fullyLabeledReplicas: Invalid value: 2: {MORE}",
                f"status.availableReplicas: Invalid value: 2: {MORE}",
                "status.availableReplicas: Invalid value: 2: cannot be greater than readyReplicas",
            ],
        ),
        (
            "apps/v1 daemonsets",
            {"numberReady": -1, "collisionCount": -2},
            [
                f"status.numberReady: Invalid value: -1: {NEGATIVE}",
                f"status.collisionCount: Invalid value: -2: {NEGATIVE}",
            ],
        ),
        (
            "autoscaling/v2 horizontalpodautoscalers",
            {"currentReplicas": -1, "desiredReplicas": -2},
            [
                f"status.currentReplicas: Invalid value: -1: {NEGATIVE}",
                f"status.desiredReplicas: Invalid value: -2: {NEGATIVE}",
            ],
        ),
        (
            "policy/v1 poddisruptionbudgets",
            {
                "currentHealthy": -1,
                "conditions": [
                    {"type": "A", "status": "true", "reason": "", "message": "", "lastTransitionTime": None}
                ],
            },
            [
                'status.conditions[0].status: Unsupported value: "true": supported values: "False", "True", "Unknown"',
                "status.conditions[0].lastTransitionTime: Required value",
                "status.conditions[0].reason: Required value",
                f"status.currentHealthy: Invalid value: -1: {NEGATIVE}",
            ],
        ),
    ],
)
async def test_counts_in_a_status(client: BaseClient, namespace: str, kind: str, status: Part, why: list[str]) -> None:
    version, plural = kind.split()
    path = f"/apis/{version}/namespaces/{namespace}/{plural}"
    assert (await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": KINDS[kind]})).code == 201
    found = told(await ask(client, "PATCH", f"{path}/a/status", {"status": status}, MERGE, dryRun="All"))
    assert found == why


async def test_the_class_in_the_annotation_of_a_claim(client: BaseClient, namespace: str) -> None:
    path, name = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims", "volume.beta.kubernetes.io/storage-class"
    spec: Part = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    body = {"metadata": {"name": "a", "annotations": {name: "none"}}, "spec": spec}
    made, _ = await ask_warned(client, "POST", path, body)
    assert (made.code, made.body["spec"].get("storageClassName")) == (201, None)

    async def changed(class_: str | None, annotation: str | None) -> list[str]:
        change: Part = {"metadata": {"annotations": {name: annotation}}, "spec": {"storageClassName": class_}}
        answer, _ = await ask_warned(client, "PATCH", f"{path}/a", change, MERGE, dryRun="All")
        return [each.partition("\n")[0] for each in told(answer)]

    kept = f"metadata.annotations.{name}: Invalid value: "
    assert await changed("none", "none") == []
    assert await changed("none", None) == []
    assert await changed(None, "other") == [f'{kept}"other": field is immutable']
    assert await changed(None, None) == [f'{kept}"": field is immutable']
    (cause,) = await changed("other", "none")
    assert cause.startswith("spec: Forbidden: spec is immutable after creation except")
