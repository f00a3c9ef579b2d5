"""In which order servers tell what is wrong with a pod, and what they say of the resources of its containers."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import ask, causes

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

NO_CONTAINERS = "must be a standard resource for containers"
NO_STANDARD = "must be a standard resource type or fully qualified"
NO_EXTENDED = "doesn't follow extended resource name standard"
NO_LIMIT = "Limit must be set for non overcommitable resources"


def container(name: str = "a", **more: Any) -> Part:
    return {"name": name, "image": "example.com/none:1", **more}


async def told(client: BaseClient, namespace: str, *containers: Part, **spec: Any) -> list[str]:
    """Say what is wrong with a pod."""
    body = {"metadata": {"name": "a"}, "spec": {"schedulerName": "nobody", "containers": list(containers), **spec}}
    return causes(await ask(client, "POST", f"/api/v1/namespaces/{namespace}/pods", body, dryRun="All"))


async def places(client: BaseClient, namespace: str, *containers: Part, **spec: Any) -> list[str]:
    """Say where something is wrong with a pod."""
    return [each.partition(": ")[0] for each in await told(client, namespace, *containers, **spec)]


async def test_the_order_of_what_is_wrong_with_a_spec(client: BaseClient, namespace: str) -> None:
    faults: Part = {
        "hostAliases": [{"ip": "x"}],
        "tolerations": [{"key": "a", "operator": "x"}],
        "subdomain": "X",
        "hostname": "X",
        "activeDeadlineSeconds": -1,
        "topologySpreadConstraints": [{"maxSkew": 0, "topologyKey": "a", "whenUnsatisfiable": "DoNotSchedule"}],
        "schedulingGates": [{"name": "a b"}],
        "readinessGates": [{"conditionType": "a b"}],
        "dnsConfig": {"nameservers": ["x"]},
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}},
        "hostPID": True,
        "shareProcessNamespace": True,
        "securityContext": {"runAsUser": -1, "sysctls": [{"name": ""}]},
        "nodeSelector": {"a b": "c"},
        "dnsPolicy": "x",
        "restartPolicy": "x",
        "volumes": [{"name": "X", "emptyDir": {}}],
    }
    whole = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms"
    assert await places(client, namespace, container("X"), **faults) == [
        "spec.volumes[0].name",
        "spec.containers[0].name",
        "spec.restartPolicy",
        "spec.dnsPolicy",
        "spec.nodeSelector",
        "spec.securityContext.runAsUser",
        "spec.securityContext.shareProcessNamespace",
        "spec.securityContext.sysctls[0].name",
        whole,
        "spec.dnsConfig.nameservers[0]",
        "spec.readinessGates[0].conditionType",
        "spec.schedulingGates[0]",
        "spec.topologySpreadConstraints[0].maxSkew",
        "spec.activeDeadlineSeconds",
        "spec.hostname",
        "spec.subdomain",
        "spec.tolerations[0].operator",
        "spec.hostAliases[0].ip",
    ]


async def test_the_order_of_what_is_wrong_with_containers(client: BaseClient, namespace: str) -> None:
    port = {"containerPort": 80, "hostPort": 80}
    bad: Part = {
        "terminationMessagePolicy": "x",
        "imagePullPolicy": "x",
        "ports": [port, port],
        "securityContext": {"runAsUser": -1},
        "image": " b",
    }
    probed: Part = {"livenessProbe": {"httpGet": {"port": 0}}}
    found = await places(client, namespace, container(), container(**bad, **probed), initContainers=[container(**bad)])
    inner = ("terminationMessagePolicy", "imagePullPolicy", "securityContext.runAsUser", "name")
    assert found == [
        *(f"spec.containers[1].{each}" for each in (*inner, "livenessProbe.httpGet.port")),
        "spec.containers[1].ports[1].hostPort",
        *(f"spec.initContainers[0].{each}" for each in inner),
        "spec.initContainers[0].ports[1].hostPort",
        "spec.containers[1].image",
        "spec.initContainers[0].image",
    ]


async def test_names_that_are_missing(client: BaseClient, namespace: str) -> None:
    nameless = container("")
    first, second = "spec.containers[0].name: Required value", "spec.containers[1].name"
    found = await told(client, namespace, nameless, nameless)
    assert found == [first, f"{second}: Required value", f'{second}: Duplicate value: ""']


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (
            {"limits": {"foo": "1"}},
            [f'limits[foo]: Invalid value: "foo": {why}' for why in (NO_STANDARD, NO_CONTAINERS)],
        ),
        ({"limits": {"pods": "1"}}, [f'limits[pods]: Invalid value: "pods": {NO_CONTAINERS}']),
        (
            {"limits": {"pods": "1500m"}},
            [
                f'limits[pods]: Invalid value: "pods": {NO_CONTAINERS}',
                'limits[pods]: Invalid value: "1500m": must be an integer',
            ],
        ),
        (
            {"limits": {"requests.example.com/a": "1"}},
            [f'limits[requests.example.com/a]: Invalid value: "requests.example.com/a": {NO_EXTENDED}'],
        ),
        ({"limits": {"kubernetes.io/a": "1"}}, []),
        (
            {"limits": {"example.com/a": "1"}, "requests": {"example.com/a": "2"}},
            ['requests: Invalid value: "2": must be equal to example.com/a limit of 1'],
        ),
        (
            {"limits": {"cpu": "1"}, "requests": {"cpu": "2"}},
            ['requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
        ),
        (
            {"requests": {"example.com/a": "-1"}},
            [
                'requests[example.com/a]: Invalid value: "-1": must be greater than or equal to 0',
                f"limits: Required value: {NO_LIMIT}",
            ],
        ),
        ({"limits": {"cpu": "1", "hugepages-2Mi": "4Mi"}}, []),
        (
            {"limits": {"cpu": "1", "hugepages-2Mi": "3Mi"}, "requests": {"hugepages-2Mi": "2Mi"}},
            [
                'limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi',
                'requests: Invalid value: "2Mi": must be equal to hugepages-2Mi limit of 3Mi',
            ],
        ),
        (
            {"limits": {"cpu": "1", "hugepages-x": "1"}},
            ['limits[hugepages-x]: Invalid value: "1": 1 is not positive integer multiple of hugepages-x'],
        ),
    ],
)
async def test_resources_of_containers(
    client: BaseClient, namespace: str, resources: Part, expected: list[str]
) -> None:
    found = await told(client, namespace, container(resources=resources))
    asked: Part = resources.get("requests") or {}
    own: Part = {**resources.get("limits", {}), **asked}
    # What is limited is requested as well, where nothing is said of it: the same is then wrong there.
    again = [each for each in found if each.startswith("spec.containers[0].resources.requests[") and own != asked]
    kept = [each for each in found if each not in again]
    assert kept == [f"spec.containers[0].resources.{each}" for each in expected]
