"""What version 1 of autoscalers has no fields for is in its annotations, and is read from there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import Answer, ask

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

PREFIX = "autoscaling.alpha.kubernetes.io"
METRICS, BEHAVIOR, CONDITIONS = (f"{PREFIX}/{name}" for name in ("metrics", "behavior", "conditions"))
TARGET: Part = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "none"}
CPU: Part = {
    "type": "Resource",
    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 5}},
}
LABELS = {"matchLabels": {"b": "1", "a": "2"}}
PODS: Part = {
    "type": "Pods",
    "pods": {"metric": {"name": "x", "selector": LABELS}, "target": {"type": "AverageValue", "averageValue": "1000m"}},
}
OBJECT: Part = {
    "type": "Object",
    "object": {
        "metric": {"name": "y"},
        "describedObject": {"kind": "Service", "name": "s", "apiVersion": "v1"},
        "target": {"type": "Value", "value": "2"},
    },
}
CONTAINER: Part = {
    "type": "ContainerResource",
    "containerResource": {
        "name": "memory",
        "container": "c",
        "target": {"type": "Utilization", "averageUtilization": 7},
    },
}
EXTERNAL: Part = {
    "type": "External",
    "external": {"metric": {"name": "z"}, "target": {"type": "AverageValue", "averageValue": "3"}},
}
IN_FIRST = (
    '[{"type":"Pods","pods":{"metricName":"x","targetAverageValue":"1","selector":{"matchLabels":{"a":"2","b":"1"}}}},'
    '{"type":"Object","object":{"target":{"kind":"Service","name":"s","apiVersion":"v1"},"metricName":"y",'
    '"targetValue":"2"}},{"type":"ContainerResource","containerResource":{"name":"memory","targetAverageUtilization":7,'
    '"container":"c"}},{"type":"External","external":{"metricName":"z","targetAverageValue":"3"}}]'
)
UP = (
    '"ScaleUp":{"StabilizationWindowSeconds":0,"SelectPolicy":"Max","Policies":[{"Type":"Pods","Value":4,'
    '"PeriodSeconds":15},{"Type":"Percent","Value":100,"PeriodSeconds":15}],"Tolerance":null}'
)
DOWN = (
    '"ScaleDown":{"StabilizationWindowSeconds":3,"SelectPolicy":"Max",'
    '"Policies":[{"Type":"Percent","Value":100,"PeriodSeconds":15}],"Tolerance":null}'
)


def path(namespace: str, version: str, name: str = "") -> str:
    return f"/apis/autoscaling/{version}/namespaces/{namespace}/horizontalpodautoscalers{name}"


async def sent(client: BaseClient, place: str, spec: Part, annotations: dict[str, str], **query: str) -> Answer:
    """Create an autoscaler, or replace it."""
    body = {
        "metadata": {"name": "a", "annotations": annotations},
        "spec": {"scaleTargetRef": TARGET, "maxReplicas": 3, **spec},
    }
    answer = await ask(client, "PUT" if place.endswith("/a") else "POST", place, body, **query)
    assert answer.code in (200, 201), answer
    return answer


async def test_the_second_version_as_the_first(client: BaseClient, namespace: str) -> None:
    spec = {
        "metrics": [PODS, CPU, OBJECT, CONTAINER, EXTERNAL],
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 3}},
    }
    made = await sent(client, path(namespace, "v2"), spec, {METRICS: "[]", "other": "kept"})
    assert made.body["metadata"]["annotations"] == {"other": "kept"}
    found = (await ask(client, "GET", path(namespace, "v1", "/a"))).body
    annotations = found["metadata"]["annotations"]
    assert (annotations["other"], annotations[METRICS]) == ("kept", IN_FIRST)
    assert annotations[BEHAVIOR] == f"{{{UP},{DOWN}}}"
    assert found["spec"] == {
        "scaleTargetRef": TARGET,
        "minReplicas": 1,
        "maxReplicas": 3,
        "targetCPUUtilizationPercentage": 5,
    }
    body = {"maxReplicas": 4, "targetCPUUtilizationPercentage": 6}
    await sent(client, path(namespace, "v1", "/a"), body, {**annotations, CONDITIONS: "[]"})
    again = (await ask(client, "GET", path(namespace, "v2", "/a"))).body
    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 6}}}
    pods = {"metric": {"name": "x", "selector": LABELS}, "target": {"type": "AverageValue", "averageValue": "1"}}
    others = [{"type": "Pods", "pods": pods}, OBJECT, CONTAINER, EXTERNAL]
    assert again["spec"]["metrics"] == [*others, cpu]
    assert again["spec"]["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 3
    assert again["metadata"]["annotations"] == {"other": "kept"}
    await sent(client, path(namespace, "v1", "/a"), {}, {})
    again = (await ask(client, "GET", path(namespace, "v2", "/a"))).body
    cpu = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}
    assert again["spec"]["metrics"] == [cpu]
    assert "behavior" not in again["spec"]


@pytest.mark.parametrize(
    ("given", "percentage", "kept"),
    [
        ({}, 80, {}),
        ({METRICS: "no JSON", BEHAVIOR: "{}", CONDITIONS: '[{"type":"a","status":"True"}]'}, 80, {}),
        (
            {METRICS: json.dumps([{"type": "Pods", "pods": {"metricName": "x", "targetAverageValue": "1000m"}}])},
            None,
            {METRICS: '[{"type":"Pods","pods":{"metricName":"x","targetAverageValue":"1"}}]'},
        ),
        (
            {METRICS: '[{"type":"Resource","resource":{"name":"cpu","targetAverageUtilization":7}}]'},
            7,
            {},
        ),
        (
            {BEHAVIOR: '{"scaleDown":{"policies":[{"type":"Pods","value":1,"periodSeconds":2}]}}'},
            80,
            {
                BEHAVIOR: f'{{{UP},"ScaleDown":{{"StabilizationWindowSeconds":null,"SelectPolicy":"Max",'
                '"Policies":[{"Type":"Pods","Value":1,"PeriodSeconds":2}],"Tolerance":null}}'
            },
        ),
    ],
)
async def test_annotations_of_the_first_version(
    client: BaseClient, namespace: str, given: dict[str, str], percentage: int | None, kept: dict[str, str]
) -> None:
    made = (await sent(client, path(namespace, "v1"), {}, given, dryRun="All")).body
    assert made["spec"].get("targetCPUUtilizationPercentage") == percentage
    assert made["metadata"].get("annotations", {}) == kept


def metric(kind: str, **members: Any) -> Part:
    return {"metrics": [{"type": kind, kind[0].lower() + kind[1:]: members}]}


UTILIZATION = {"type": "Utilization", "averageUtilization": 5}
NO_GROUP = 'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group'
FIRST = "spec.metrics[0]"


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (
            metric("Pods", metric={"name": "x"}, target={"type": "AverageValue", "averageValue": "0"}),
            [f'{FIRST}.pods.target.averageValue: Invalid value: "0": must be positive'],
        ),
        ({"scaleTargetRef": {"kind": "ReplicationController", "name": "a"}}, []),
        ({"scaleTargetRef": {"kind": "Deployment", "name": "a"}}, [NO_GROUP]),
        (
            metric("ContainerResource", name="pods", container="c", target=UTILIZATION),
            [f'{FIRST}.containerResource.name: Invalid value: "pods": must be a standard resource for containers'],
        ),
        (
            metric("ContainerResource", target=UTILIZATION),
            [
                f"{FIRST}.containerResource.container: Required value: must specify a container",
                f"{FIRST}.containerResource.name: Required value: must specify a resource name",
            ],
        ),
        (
            {"metrics": [{**CONTAINER, "external": {"metric": {"name": "z"}, "target": {"type": "Value"}}}]},
            [
                f"{FIRST}.external.target.averageValue: Required value: must set either a target value for metric or a "
                "per-pod target",
                f"{FIRST}.external: Forbidden: must populate the given metric source only",
            ],
        ),
        (
            metric(
                "Object",
                metric={"name": "y"},
                describedObject={"kind": "Service", "name": "s", "apiVersion": "a/b/c"},
                target={"type": "Value", "value": "2"},
            ),
            [
                f'{FIRST}.object.describedObject.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: '
                "a/b/c"
            ],
        ),
    ],
)
async def test_rules_of_autoscalers(client: BaseClient, namespace: str, spec: Part, why: list[str]) -> None:
    body = {"metadata": {"name": "a"}, "spec": {"scaleTargetRef": TARGET, "maxReplicas": 3, **spec}}
    answer = await ask(client, "POST", path(namespace, "v2"), body, dryRun="All")
    found = [f"{each['field']}: {each['message']}" for each in answer.body.get("details", {}).get("causes", ())]
    assert (answer.code, sorted(found)) == (422 if why else 201, why)
