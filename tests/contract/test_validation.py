"""Autoscalers, slices of endpoints, quotas, limits and policies that servers refuse, and why."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, Answer, ask

pytestmark = pytest.mark.anyio


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


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([""], "name: Required value: name is not specified"),
        (["a b"], 'name: Invalid value: "a b": must be a valid CEL identifier'),
        (["1"], 'name: Invalid value: "1": must be a valid CEL identifier'),
        (["if"], 'name: Invalid value: "if": must be a valid CEL identifier'),
        (["AEntry", "a", "a_b", "aB"], ""),
    ],
)
async def test_names_of_variables_of_policies(client: BaseClient, names: list[str], message: str) -> None:
    variables = [{"name": name, "expression": "{'a': 1}"} for name in names]
    asked = f"!('a' in variables.{names[1]}) || variables.{names[1]}['a'] == 1" if len(names) > 1 else "true"
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}
    spec = {
        "matchConstraints": {"resourceRules": [rule]},
        "variables": variables,
        "validations": [{"expression": asked}],
    }
    path = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"
    answer = await ask(client, "POST", path, {"metadata": {"name": "names"}, "spec": spec}, dryRun="All")
    assert (answer.code, message in answer.message) == (422 if message else 201, True), answer
