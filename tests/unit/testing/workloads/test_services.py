"""What follows pods around: endpoints of Services, disruption budgets, what each namespace has, and its end."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.json_members import list_at
from kubex.testing.workloads import PodRule
from tests.unit.testing.workloads.moving import MovingCluster, conditions, job, names, workload

PODS = "v1/pods"
SERVICE: dict[str, Any] = {"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}}
BUDGETS = "policy/v1/poddisruptionbudgets"


def serving(replicas: int = 2, *rules: PodRule) -> MovingCluster:
    cluster = MovingCluster(*rules)
    cluster.create("v1/services", SERVICE)
    cluster.create("apps/v1/deployments", workload(replicas=replicas))
    return cluster


def test_endpoints_follow_the_pods() -> None:
    cluster = serving(2, PodRule(starts_after=1, ready_after=4, stops_after=2))
    (slice_,) = cluster.all("discovery.k8s.io/v1/endpointslices")
    assert not slice_["endpoints"]
    assert slice_["metadata"]["labels"]["kubernetes.io/service-name"] == "web"
    cluster.advance(2)
    assert ready(cluster) == [False, False]
    assert [len(each["notReadyAddresses"]) for each in cluster.there("v1/endpoints", "web")["subsets"]] == [2]
    cluster.advance(5)
    assert ready(cluster) == [True, True]
    (subset,) = cluster.there("v1/endpoints", "web")["subsets"]
    pods = {pod["metadata"]["name"]: pod["status"]["podIP"] for pod in cluster.all(PODS)}
    assert {each["targetRef"]["name"]: each["ip"] for each in subset["addresses"]} == pods
    assert subset["ports"] == [{"port": 80, "protocol": "TCP"}]
    cluster.delete(PODS, next(iter(pods)))
    terminating = [each["conditions"] for each in endpoints(cluster) if each["conditions"]["terminating"]]
    assert terminating == [{"ready": False, "serving": True, "terminating": True}]
    cluster.advance(20)
    assert ready(cluster) == [True, True]
    cluster.delete("v1/services", "web")
    cluster.advance(1)
    assert cluster.all("discovery.k8s.io/v1/endpointslices") == cluster.all("v1/endpoints") == []


def endpoints(cluster: MovingCluster) -> list[dict[str, Any]]:
    return [
        each for slice_ in cluster.all("discovery.k8s.io/v1/endpointslices") for each in list_at(slice_, "endpoints")
    ]


def ready(cluster: MovingCluster) -> list[bool]:
    return [each["conditions"]["ready"] for each in endpoints(cluster)]


def test_named_ports_are_those_of_the_pods() -> None:
    cluster = MovingCluster()
    ports = [{"port": 80, "targetPort": "http", "name": "web"}]
    cluster.create("v1/services", {"metadata": {"name": "web"}, "spec": {**SERVICE["spec"], "ports": ports}})
    body = workload(replicas=1)
    body["spec"]["template"]["spec"]["containers"][0]["ports"] = [{"name": "http", "containerPort": 8080}]
    cluster.create("apps/v1/deployments", body)
    cluster.advance(5)
    (slice_,) = cluster.all("discovery.k8s.io/v1/endpointslices")
    assert slice_["ports"] == [{"name": "web", "port": 8080, "protocol": "TCP"}]


def test_many_pods_take_several_slices() -> None:
    cluster = serving(120, PodRule(starts_after=1))
    cluster.advance(10)
    slices = cluster.all("discovery.k8s.io/v1/endpointslices")
    assert sorted(len(each["endpoints"]) for each in slices) == [20, 100]


def budget(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "web"}, "spec": {"selector": {"matchLabels": {"app": "web"}}, **spec}}


@pytest.mark.parametrize(
    ("spec", "wanted", "allowed"),
    [
        ({"minAvailable": 3}, 3, 1),
        ({"minAvailable": "50%"}, 2, 2),
        ({"maxUnavailable": 1}, 3, 1),
        ({"maxUnavailable": "30%"}, 2, 2),
        ({"minAvailable": 4}, 4, 0),
    ],
)
def test_a_budget_says_how_many_pods_may_go(spec: dict[str, Any], wanted: int, allowed: int) -> None:
    cluster = MovingCluster()
    cluster.create("apps/v1/deployments", workload(replicas=4))
    cluster.create(BUDGETS, budget(**spec))
    cluster.advance(5)
    web = cluster.there(BUDGETS, "web")
    status = {name: value for name, value in web["status"].items() if name != "conditions"}
    assert status == {
        "observedGeneration": 1,
        "expectedPods": 4,
        "currentHealthy": 4,
        "desiredHealthy": wanted,
        "disruptionsAllowed": allowed,
    }
    reason = ("True", "SufficientPods") if allowed else ("False", "InsufficientPods")
    assert conditions(web)["DisruptionAllowed"] == reason


def test_evictions_wait_for_the_budget() -> None:
    cluster = MovingCluster(PodRule(starts_after=2))
    cluster.create("apps/v1/deployments", workload(replicas=2))
    cluster.create(BUDGETS, budget(minAvailable=1))
    cluster.advance(5)
    first, second = names(cluster.all(PODS))
    cluster.evict(first)
    with pytest.raises(ApiFailure) as refused:
        cluster.evict(second)
    assert refused.value.code == 429
    cluster.advance(5)
    cluster.evict(second)
    cluster.advance(5)
    assert cluster.status("apps/v1/deployments", "web")["availableReplicas"] == 2


def test_each_namespace_has_an_account_and_a_certificate() -> None:
    cluster = MovingCluster()
    for namespace in ("shop", "default", "kube-system"):
        assert names(cluster.all("v1/serviceaccounts", namespace)) == ["default"]
        (root,) = cluster.all("v1/configmaps", namespace)
        assert (root["metadata"]["name"], list(root["data"])) == ("kube-root-ca.crt", ["ca.crt"])
    cluster.delete("v1/serviceaccounts", "default")
    cluster.patch("v1/configmaps", "kube-root-ca.crt", {"data": {"ca.crt": "other"}})
    assert names(cluster.all("v1/serviceaccounts")) == ["default"]
    assert cluster.there("v1/configmaps", "kube-root-ca.crt")["data"] == {"ca.crt": ""}


def test_a_namespace_waits_for_its_pods() -> None:
    cluster = MovingCluster(PodRule(stops_after=10, ends_after=None))
    cluster.create("apps/v1/deployments", workload(replicas=2))
    cluster.create("batch/v1/jobs", job())
    cluster.advance(5)
    cluster.delete("v1/namespaces", "shop")
    cluster.advance(5)
    assert cluster.there("v1/namespaces", "shop")["status"]["phase"] == "Terminating"
    assert len(cluster.all(PODS)) == 3
    cluster.advance(10)
    assert cluster.get("v1/namespaces", "shop") is None
    assert cluster.all(PODS) == []
