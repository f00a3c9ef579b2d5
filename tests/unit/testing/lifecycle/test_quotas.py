"""What objects take of quotas, and who is refused for it; tests/contract has what a real server says to the same."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.testing.failures import ApiFailure, ResourceName
from kubex.testing.lifecycle import quota_totals
from kubex.testing.lifecycle.pod_amounts import pod_amounts, shown
from kubex.testing.lifecycle.quota_usage import in_scopes, usage
from tests.unit.testing.clusters import Cluster, config_map, pod
from tests.unit.testing.workloads.moving import STRATEGIC, MovingCluster, conditions, workload

PODS = ResourceName("", "pods", "Pod")
QUOTAS = "v1/resourcequotas"


def container(name: str, cpu: str, limit: str = "", **more: Any) -> dict[str, Any]:
    resources: dict[str, Any] = {"requests": {"cpu": cpu}, **({"limits": {"cpu": limit}} if limit else {})}
    return {"name": name, "resources": resources, **more}


def quota(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "few"}, "spec": spec}


@pytest.mark.parametrize(
    ("spec", "requests", "limits"),
    [
        ({"containers": [container("a", "1"), container("b", "500m", "1")]}, "cpu=1500m", "cpu=1"),
        ({"containers": [container("a", "1")], "initContainers": [container("i", "3")]}, "cpu=3", ""),
        (
            {
                "containers": [container("a", "1")],
                "initContainers": [container("s", "1", restartPolicy="Always"), container("i", "2")],
            },
            "cpu=3",
            "",
        ),
        (
            {"containers": [container("a", "1", "2")], "overhead": {"cpu": "1", "memory": "1Mi"}},
            "cpu=2,memory=1Mi",
            "cpu=3",
        ),
        ({"containers": [container("a", "1")], "resources": {"requests": {"cpu": "4"}}}, "cpu=4", ""),
    ],
)
def test_what_a_pod_asks_for(spec: dict[str, Any], requests: str, limits: str) -> None:
    assert shown(pod_amounts(spec, "requests")) == requests
    assert shown(pod_amounts(spec, "limits")) == limits


def test_what_a_pod_takes() -> None:
    spec = {"containers": [container("a", "1", "2")]}
    taken = "count/pods=1,cpu=1,limits.cpu=2,pods=1,requests.cpu=1"
    assert shown(usage(PODS, {"spec": spec})) == taken
    assert shown(usage(PODS, {"spec": spec, "status": {"phase": "Failed"}})) == "count/pods=1"
    devices = {"name": "a", "resources": {"requests": {"example.com/gpu": "2", "hugepages-2Mi": "4Mi"}}}
    assert shown(usage(PODS, {"spec": {"containers": [devices]}})) == (
        "count/pods=1,hugepages-2Mi=4Mi,pods=1,requests.example.com/gpu=2,requests.hugepages-2Mi=4Mi"
    )


@pytest.mark.parametrize(
    ("spec", "ports"),
    [
        ({"type": "ClusterIP"}, "count/services=1,services=1"),
        ({"type": "NodePort"}, "count/services=1,services=1,services.nodeports=2"),
        (
            {"type": "LoadBalancer"},
            "count/services=1,services=1,services.loadbalancers=1,services.nodeports=2",
        ),
        (
            {"type": "LoadBalancer", "allocateLoadBalancerNodePorts": False},
            "count/services=1,services=1,services.loadbalancers=1,services.nodeports=1",
        ),
    ],
)
def test_what_a_service_takes(spec: dict[str, Any], ports: str) -> None:
    service = {"spec": {**spec, "ports": [{"port": 1, "nodePort": 30001}, {"port": 2}]}}
    assert shown(usage(ResourceName("", "services", "Service"), service)) == ports


def term(**more: Any) -> dict[str, Any]:
    return {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone", **more}]}


@pytest.mark.parametrize(
    ("scope", "spec", "is_in"),
    [
        ({"scopeName": "Terminating"}, {"activeDeadlineSeconds": 1}, True),
        ({"scopeName": "NotTerminating"}, {"activeDeadlineSeconds": 1}, False),
        ({"scopeName": "BestEffort"}, {}, True),
        ({"scopeName": "NotBestEffort"}, {"containers": [container("a", "1")]}, True),
        ({"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}, {"priorityClassName": "high"}, True),
        ({"scopeName": "PriorityClass", "operator": "NotIn", "values": ["high"]}, {"priorityClassName": "high"}, False),
        ({"scopeName": "PriorityClass", "operator": "DoesNotExist"}, {}, True),
        ({"scopeName": "CrossNamespacePodAffinity"}, {"affinity": {"podAffinity": term()}}, False),
        ({"scopeName": "CrossNamespacePodAffinity"}, {"affinity": {"podAffinity": term(namespaces=["b"])}}, True),
        ({"scopeName": "VolumeAttributesClass"}, {}, False),
    ],
)
def test_the_scopes_of_pods(scope: dict[str, Any], spec: dict[str, Any], is_in: bool) -> None:
    given = quota(scopeSelector={"matchExpressions": [{"operator": "Exists", **scope}]})
    assert in_scopes(given, PODS, {"spec": spec}) == is_in
    assert not in_scopes(given, ResourceName("", "secrets", "Secret"), {})


def test_a_quota_tells_what_there_is() -> None:
    cluster = Cluster()
    cluster.create("v1/configmaps", config_map("a"))
    cluster.create(QUOTAS, quota(hard={"configmaps": "2", "pods": "1"}))

    def used() -> dict[str, str]:
        found = cluster.get(QUOTAS, "few")
        assert found is not None
        assert found["status"]["hard"] == found["spec"]["hard"]
        told: dict[str, str] = found["status"]["used"]
        return told

    assert used() == {"configmaps": "1", "pods": "0"}
    cluster.create("v1/configmaps", config_map("b"))
    cluster.create("v1/pods", pod("a"))
    assert used() == {"configmaps": "2", "pods": "1"}
    with pytest.raises(ApiFailure, match="exceeded quota: few, requested: configmaps=1, used: configmaps=2"):
        cluster.create("v1/configmaps", config_map("c"))
    cluster.patch("v1/pods", "a", {"status": {"phase": "Succeeded"}}, subresource="status")
    cluster.delete("v1/configmaps", "a")
    assert used() == {"configmaps": "1", "pods": "0"}
    revision = cluster.revision
    cluster.patch("v1/pods", "a", {"metadata": {"labels": {"a": "b"}}})
    assert cluster.revision == revision + 1  # nothing to count, nothing written


OPERATIONS = st.lists(
    st.tuples(st.sampled_from(["pod", "secret", "end", "delete", "resize", "quota"]), st.integers(0, 4))
)


@given(OPERATIONS)
def test_what_is_counted_step_by_step_is_what_there_is(operations: Sequence[tuple[str, int]]) -> None:
    cluster = Cluster()
    hard = {"pods": "99", "requests.cpu": "1k", "limits.memory": "1Ti", "secrets": "99", "count/secrets": "99"}
    cluster.create(QUOTAS, quota(hard=hard))
    cluster.create(
        QUOTAS, {"metadata": {"name": "best"}, "spec": {"hard": {"pods": "99"}, "scopes": ["NotBestEffort"]}}
    )
    for operation, number in operations:
        body = pod(f"pod-{number}")
        resources = {"requests": {"cpu": f"{number + 1}00m"}, "limits": {"memory": f"{number + 1}Mi"}}
        body["spec"]["containers"][0]["resources"] = resources
        with contextlib.suppress(ApiFailure):  # it is there, or it isn't
            match operation:
                case "pod":
                    cluster.create("v1/pods", body)
                case "secret":
                    cluster.create("v1/secrets", {"metadata": {"name": f"secret-{number}"}})
                case "end":
                    cluster.patch("v1/pods", f"pod-{number}", {"status": {"phase": "Failed"}}, subresource="status")
                case "delete":
                    cluster.delete(
                        "v1/secrets" if number % 2 else "v1/pods", f"{'secret' if number % 2 else 'pod'}-{number}"
                    )
                case "resize":
                    changed = {"containers": [{"name": "main", "resources": {"requests": {"cpu": "7m"}}}]}
                    cluster.patch(
                        "v1/pods", f"pod-{number}", {"spec": changed}, patch_type=STRATEGIC, subresource="resize"
                    )
                case _:
                    cluster.patch(QUOTAS, "few", {"spec": {"hard": {"configmaps": str(number)}}})
    told = {each: found["status"]["used"] for each in ("few", "best") if (found := cluster.get(QUOTAS, each))}
    quota_totals._TOTALS.clear()
    for name, used in told.items():
        found = cluster.get(QUOTAS, name)
        assert found is not None
        counted = quota_totals.used_of(cluster.operations.cluster, cluster.key(QUOTAS, name), found)
        assert {each: str(amount) for each, amount in counted.items()} == used


def test_a_rollout_tells_what_a_quota_refuses() -> None:
    cluster = MovingCluster()
    cluster.create(QUOTAS, quota(hard={"pods": "1"}))
    cluster.create("apps/v1/deployments", workload(replicas=2))
    cluster.advance(5)
    deployment = cluster.there("apps/v1/deployments", "web")
    assert conditions(deployment)["ReplicaFailure"] == ("True", "FailedCreate")
    (told,) = (each["message"] for each in deployment["status"]["conditions"] if each["type"] == "ReplicaFailure")
    assert "is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1" in told
    assert len(cluster.all("v1/pods")) == 1
    cluster.delete(QUOTAS, "few")
    cluster.advance(1000)
    assert len(cluster.all("v1/pods")) == 2
    assert "ReplicaFailure" not in conditions(cluster.there("apps/v1/deployments", "web"))
