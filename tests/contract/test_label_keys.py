"""`matchLabelKeys` and `mismatchLabelKeys`: what a new pod wants of others by its own labels."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import Answer, create_when_ready

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
TERM: Part = {
    "topologyKey": "zone",
    "labelSelector": {"matchLabels": {"app": "web"}},
    "matchLabelKeys": ["version", "missing"],
    "mismatchLabelKeys": ["tenant"],
}
SPREAD: Part = {
    "maxSkew": 1,
    "topologyKey": "zone",
    "whenUnsatisfiable": "DoNotSchedule",
    "labelSelector": {},
    "matchLabelKeys": ["version"],
}
VERSION: Part = {"key": "version", "operator": "In", "values": ["2"]}
TENANT: Part = {"key": "tenant", "operator": "NotIn", "values": ["us"]}


async def created(client: BaseClient, namespace: str, **spec: Any) -> Answer:
    """Create a pod of some labels that nobody schedules."""
    body = {
        "metadata": {"name": "a", "labels": {"version": "2", "tenant": "us", "other": "x"}},
        "spec": {"schedulerName": "nobody", "containers": [{"name": "a", "image": "example.com/none:1"}], **spec},
    }
    return await create_when_ready(client, f"/api/v1/namespaces/{namespace}/pods", body)


async def test_labels_become_requirements(client: BaseClient, namespace: str) -> None:
    affinity = {
        "podAffinity": {REQUIRED: [TERM]},
        "podAntiAffinity": {PREFERRED: [{"weight": 1, "podAffinityTerm": TERM}]},
    }
    answer = await created(client, namespace, topologySpreadConstraints=[SPREAD], affinity=affinity)
    assert answer.code == 201, answer
    spec = answer.body["spec"]
    assert spec["topologySpreadConstraints"] == [{**SPREAD, "labelSelector": {"matchExpressions": [VERSION]}}]
    merged = {**TERM, "labelSelector": {"matchLabels": {"app": "web"}, "matchExpressions": [VERSION, TENANT]}}
    assert spec["affinity"] == {
        "podAffinity": {REQUIRED: [merged]},
        "podAntiAffinity": {PREFERRED: [{"weight": 1, "podAffinityTerm": merged}]},
    }


@pytest.mark.parametrize("by", ["matchLabels", "matchExpressions"])
async def test_a_label_that_the_selector_has_already(client: BaseClient, namespace: str, by: str) -> None:
    selector = {by: {"version": "2"} if by == "matchLabels" else [VERSION]}
    answer = await created(client, namespace, topologySpreadConstraints=[{**SPREAD, "labelSelector": selector}])
    assert answer.code == 422, answer
    assert answer.message == (
        'Pod "a" is invalid: spec.topologySpreadConstraints[0][0]: Invalid value: "version": '
        "exists in both matchLabelKeys and labelSelector"
    )
