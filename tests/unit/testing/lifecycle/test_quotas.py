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
from kubex.testing.lifecycle.quota_usage import in_scopes, missing_amounts, usage
from kubex.testing.registry import Registry, builtin_resources
from kubex.testing.schema.openapi_document import load_document
from tests.unit.testing.clusters import Cluster, config_map, pod
from tests.unit.testing.workloads.moving import STRATEGIC, MovingCluster, conditions, workload

PODS = ResourceName("", "pods", "Pod")
CLAIMS = ResourceName("", "persistentvolumeclaims", "PersistentVolumeClaim")
RELEASES = ("1.32", "1.35", "1.37")
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


@pytest.mark.parametrize(
    ("scope", "is_in"),
    [
        ({"operator": "Exists"}, True),
        ({"operator": "DoesNotExist"}, False),
        ({"operator": "In", "values": ["tin"]}, True),
        ({"operator": "In", "values": ["gold", "lead"]}, True),
        ({"operator": "In", "values": ["silver"]}, False),
        ({"operator": "NotIn", "values": ["silver"]}, True),
        ({"operator": "NotIn", "values": ["tin", "gold"]}, True),
        ({"operator": "NotIn", "values": ["tin", "gold", "lead"]}, False),
    ],
)
def test_a_claim_is_of_each_class_that_it_has_or_is_to_have(scope: dict[str, Any], is_in: bool) -> None:
    given = quota(scopeSelector={"matchExpressions": [{"scopeName": "VolumeAttributesClass", **scope}]})
    status = {
        "currentVolumeAttributesClassName": "gold",
        "modifyVolumeStatus": {"targetVolumeAttributesClassName": "lead"},
    }
    claim = {"spec": {"volumeAttributesClassName": "tin"}, "status": status}
    assert in_scopes(given, CLAIMS, claim) == is_in
    assert in_scopes(given, CLAIMS, {"spec": {}}) == (scope["operator"] in ("DoesNotExist", "NotIn"))


@pytest.mark.parametrize(
    ("asked", "allocated", "taken"),
    [
        ("1500m", None, "2"),
        ("1Gi", None, "1Gi"),
        ("1Gi", "2Gi", "2Gi"),
        ("2Gi", "1Gi", "2Gi"),
        ("1", "1500m", "2"),
    ],
)
def test_what_a_claim_takes(asked: str, allocated: str | None, taken: str) -> None:
    status = {} if allocated is None else {"allocatedResources": {"storage": allocated}}
    claim = {"spec": {"resources": {"requests": {"storage": asked}}}, "status": status}
    found = shown(usage(CLAIMS, claim))
    assert found == f"count/persistentvolumeclaims=1,persistentvolumeclaims=1,requests.storage={taken}"


@pytest.mark.parametrize(
    ("hard", "spec", "missing"),
    [
        (["requests.ephemeral-storage", "limits.ephemeral-storage", "ephemeral-storage"], {}, ""),
        (["requests.example.com/gpu", "pods"], {}, ""),
        (["limits.memory", "cpu"], {}, "cpu for: main; limits.memory for: main"),
        (["limits.memory", "cpu"], {"resources": {"requests": {"hugepages-2Mi": "2Mi"}}}, ""),
        (["limits.memory"], {"resources": {"requests": {"cpu": "1"}}}, ""),
        (["limits.memory"], {"resources": {"requests": {}}}, "limits.memory for: main"),
    ],
)
def test_what_containers_have_to_tell(hard: list[str], spec: dict[str, Any], missing: str) -> None:
    body = pod("a")
    body["spec"] |= spec
    assert missing_amounts(dict.fromkeys(hard, "1"), body) == missing


@pytest.mark.parametrize("release", RELEASES)
def test_a_place_in_the_storage_names_its_resource(release: str) -> None:
    registry = Registry(builtin_resources(load_document(release), "all"))
    for resource in registry.every():
        name = registry.storage_version(resource.storage).name
        assert quota_totals._resource_at(resource.storage)[:2] == (name.group, name.plural)


def definition(*, served: bool) -> dict[str, Any]:
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    version = {"name": "v1", "served": served, "storage": True, "schema": schema}
    names = {"plural": "things", "kind": "Thing"}
    spec = {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version]}
    return {"metadata": {"name": "things.example.com"}, "spec": spec}


def test_what_nobody_serves_any_more_is_there_to_be_counted() -> None:
    cluster = Cluster()
    definitions = "apiextensions.k8s.io/v1/customresourcedefinitions"
    cluster.create(definitions, definition(served=True), namespace=None)
    for name in ("a", "b"):
        thing = {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": name}}
        cluster.create("example.com/v1/things", thing)
    cluster.create("v1/pods", pod("a"))
    cluster.patch(definitions, "things.example.com", {"spec": definition(served=False)["spec"]})
    cluster.create(QUOTAS, quota(hard={"pods": "1", "count/things.example.com": "2"}))
    with pytest.raises(ApiFailure, match="used: pods=1, limited: pods=1"):
        cluster.create("v1/pods", pod("b"))
    cluster.patch(definitions, "things.example.com", {"spec": definition(served=True)["spec"]})
    cluster.delete("example.com/v1/things", "a")
    found = cluster.get(QUOTAS, "few")
    assert found is not None
    assert found["status"]["used"] == {"pods": "1", "count/things.example.com": "1"}


class Untouched(dict[str, Any]):
    """What nobody goes through."""

    def values(self) -> Any:
        raise AssertionError("gone through")


def test_a_change_concerns_the_quotas_of_its_namespace_alone() -> None:
    cluster = Cluster()
    cluster.create("v1/namespaces", {"metadata": {"name": "other"}}, namespace=None)
    for namespace in ("shop", "other"):
        cluster.create(QUOTAS, quota(hard={"configmaps": "1"}), namespace=namespace)
    known = quota_totals._TOTALS[cluster.operations.cluster]._known
    known["other"] = Untouched(known["other"])
    cluster.create("v1/configmaps", config_map("a"))
    with pytest.raises(AssertionError, match="gone through"):
        cluster.create("v1/configmaps", config_map("a"), namespace="other")


def test_a_pod_that_comes_into_a_scope_counts_there() -> None:
    cluster = Cluster()
    cluster.create("v1/pods", pod("a"))
    cluster.create(QUOTAS, quota(hard={"pods": "0"}, scopes=["Terminating"]))
    with pytest.raises(ApiFailure, match="exceeded quota: few, requested: pods=1, used: pods=0, limited: pods=0"):
        cluster.patch("v1/pods", "a", {"spec": {"activeDeadlineSeconds": 5}})
    cluster.patch(QUOTAS, "few", {"spec": {"hard": {"pods": "1"}}})
    cluster.patch("v1/pods", "a", {"spec": {"activeDeadlineSeconds": 5}})
    cluster.patch("v1/pods", "a", {"spec": {"activeDeadlineSeconds": 4}})
    found = cluster.get(QUOTAS, "few")
    assert found is not None
    assert found["status"]["used"] == {"pods": "1"}


def test_a_claim_that_comes_into_a_scope_counts_there() -> None:
    cluster = Cluster()
    match = [{"scopeName": "VolumeAttributesClass", "operator": "In", "values": ["gold"]}]
    cluster.create(QUOTAS, quota(hard={"persistentvolumeclaims": "0"}, scopeSelector={"matchExpressions": match}))
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "volumeAttributesClassName": "tin",
        "storageClassName": "any",
        "volumeName": "one",
    }
    claims = "v1/persistentvolumeclaims"
    cluster.create(claims, {"metadata": {"name": "a"}, "spec": spec})
    cluster.patch(claims, "a", {"status": {"phase": "Bound"}}, subresource="status")
    with pytest.raises(ApiFailure, match="exceeded quota: few, requested: persistentvolumeclaims=1"):
        cluster.patch(claims, "a", {"spec": {"volumeAttributesClassName": "gold"}})


def test_what_has_to_be_told_is_asked_for_before_what_there_is() -> None:
    cluster = Cluster()
    cluster.create(QUOTAS, {"metadata": {"name": "a"}, "spec": {"hard": {"pods": "0"}}})
    cluster.create(QUOTAS, {"metadata": {"name": "b"}, "spec": {"hard": {"limits.cpu": "1"}}})
    with pytest.raises(ApiFailure, match=r"failed quota: b: must specify limits\.cpu for: main"):
        cluster.create("v1/pods", pod("a"))


def test_a_quota_that_limits_nothing_tells_nothing() -> None:
    cluster = Cluster()
    cluster.create(QUOTAS, quota(hard={"pods": "1"}))
    cluster.patch(QUOTAS, "few", {"spec": {"hard": None}})
    found = cluster.get(QUOTAS, "few")
    assert found is not None
    assert found["status"] == {}


def test_limit_ranges_leave_the_overhead_of_pods_aside() -> None:
    cluster = Cluster()
    runtime = {"metadata": {"name": "rich"}, "handler": "rich", "overhead": {"podFixed": {"cpu": "1"}}}
    cluster.create("node.k8s.io/v1/runtimeclasses", runtime, namespace=None)
    limits = [{"type": "Pod", "max": {"cpu": "1"}}]
    cluster.create("v1/limitranges", {"metadata": {"name": "few"}, "spec": {"limits": limits}})
    body = pod("a")
    body["spec"] |= {"runtimeClassName": "rich", "overhead": {"cpu": "1"}}
    body["spec"]["containers"][0]["resources"] = {"limits": {"cpu": "1"}}
    assert shown(pod_amounts(cluster.create("v1/pods", body)["spec"], "limits")) == "cpu=2"


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
