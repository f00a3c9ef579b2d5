"""Nodes: what they tell, and what becomes of their pods when they can't be reached."""

from __future__ import annotations

import pytest

from kubex.core.exceptions import InvalidArgument
from kubex.testing.workloads import SimulatedNode, Workloads
from tests.unit.testing.workloads.moving import MovingCluster, conditions, names, phases, template, workload

NODES = "v1/nodes"
PODS = "v1/pods"


def test_nodes_are_ready_from_the_start() -> None:
    cluster = MovingCluster(nodes=[SimulatedNode(name="big", cpu="64", resources={"example.com/gpu": "2"})])
    node = cluster.there(NODES, "big")
    assert conditions(node)["Ready"] == ("True", "KubeletReady")
    assert node["status"]["allocatable"] == {"cpu": "64", "memory": "64Gi", "pods": "250", "example.com/gpu": "2"}
    assert node["spec"].get("taints") is None
    assert [each["type"] for each in node["status"]["addresses"]] == ["InternalIP", "Hostname"]


def test_pods_of_a_node_that_is_lost_move_after_their_tolerations() -> None:
    cluster = MovingCluster()
    cluster.create("apps/v1/deployments", workload(replicas=3))
    cluster.advance(5)
    (lost,) = [name for name in names(cluster.all(PODS)) if cluster.there(PODS, name)["spec"]["nodeName"] == "node-2"]
    cluster.movement.set_reachable("node-2", reachable=False)
    node = cluster.there(NODES, "node-2")
    assert conditions(node)["Ready"] == ("Unknown", "NodeStatusUnknown")
    assert [(each["key"], each["effect"]) for each in node["spec"]["taints"]] == [
        ("node.kubernetes.io/unreachable", "NoSchedule"),
        ("node.kubernetes.io/unreachable", "NoExecute"),
    ]
    assert conditions(cluster.there(PODS, lost))["Ready"][0] == "False"
    assert cluster.status("apps/v1/deployments", "web")["readyReplicas"] == 2
    cluster.advance(299)
    assert "deletionTimestamp" not in cluster.there(PODS, lost)["metadata"]
    cluster.advance(10)
    # It is told to go, and nobody confirms its end; another one runs elsewhere.
    assert "deletionTimestamp" in cluster.there(PODS, lost)["metadata"]
    assert cluster.status("apps/v1/deployments", "web")["readyReplicas"] == 3
    cluster.movement.set_reachable("node-2", reachable=True)
    cluster.advance(5)
    assert cluster.get(PODS, lost) is None
    assert conditions(cluster.there(NODES, "node-2"))["Ready"] == ("True", "KubeletReady")
    assert not cluster.there(NODES, "node-2")["spec"].get("taints")
    assert [reason for reason, _ in cluster.events("node-2")] == ["NodeNotReady", "NodeReady"]


def test_a_pod_of_a_node_that_comes_back_in_time_stays() -> None:
    cluster = MovingCluster(nodes=1)
    cluster.create("apps/v1/deployments", workload(replicas=1))
    cluster.advance(5)
    before = names(cluster.all(PODS))
    cluster.movement.set_reachable("node-1", reachable=False)
    cluster.advance(100)
    cluster.movement.set_reachable("node-1", reachable=True)
    cluster.advance(1000)
    assert names(cluster.all(PODS)) == before
    assert cluster.status("apps/v1/deployments", "web")["readyReplicas"] == 1


def test_a_daemon_set_has_a_pod_on_each_node() -> None:
    taint = {"key": "gpu", "effect": "NoSchedule"}
    cluster = MovingCluster(nodes=[SimulatedNode(name="a"), SimulatedNode(name="b", taints=[taint])])
    cluster.create("apps/v1/daemonsets", workload("agent"))
    cluster.advance(5)
    assert [pod["spec"]["nodeName"] for pod in cluster.all(PODS)] == ["a"]
    status = cluster.status("apps/v1/daemonsets", "agent")
    assert (status["desiredNumberScheduled"], status["numberAvailable"]) == (1, 1)
    cluster.movement.add_node(SimulatedNode(name="c"))
    cluster.advance(5)
    assert sorted(pod["spec"]["nodeName"] for pod in cluster.all(PODS)) == ["a", "c"]
    cluster.patch(NODES, "a", {"metadata": {"labels": {"role": "none"}}})
    cluster.update("apps/v1/daemonsets", "agent", {"spec": {"template": template(nodeSelector={"role": "none"})}})
    cluster.advance(20)
    assert [pod["spec"]["nodeName"] for pod in cluster.all(PODS)] == ["a"]


def test_a_daemon_set_rolls_out_node_by_node() -> None:
    cluster = MovingCluster()
    cluster.create("apps/v1/daemonsets", workload("agent"))
    cluster.advance(5)
    least: list[int] = []

    def note(_: object) -> None:
        there = [pod for pod in cluster.all(PODS) if "deletionTimestamp" not in pod["metadata"]]
        least.append(sum(conditions(pod).get("Ready", ("", ""))[0] == "True" for pod in there))

    cluster.operations.cluster.storage.subscribe("pods", note)
    cluster.update("apps/v1/daemonsets", "agent", {"spec": {"template": template("example.com/web:2")}})
    cluster.advance(30)
    assert min(least) == 2
    status = cluster.status("apps/v1/daemonsets", "agent")
    assert (status["updatedNumberScheduled"], status["numberReady"], status["observedGeneration"]) == (3, 3, 2)
    assert phases(cluster.all(PODS)) == ["Running"] * 3
    assert len(cluster.all("apps/v1/controllerrevisions")) == 2


def test_a_failed_pod_of_a_daemon_set_is_replaced() -> None:
    cluster = MovingCluster(nodes=1)
    cluster.create("apps/v1/daemonsets", workload("agent"))
    cluster.advance(5)
    (pod,) = names(cluster.all(PODS))
    cluster.patch(PODS, pod, {"status": {"phase": "Failed"}}, subresource="status")
    cluster.advance(5)
    assert names(cluster.all(PODS)) != [pod]
    assert "FailedDaemonPod" in [reason for reason, _ in cluster.events("agent")]


def test_what_can_not_be_done_to_nodes() -> None:
    cluster = MovingCluster()
    with pytest.raises(InvalidArgument, match="no node lost: node-1, node-2, node-3"):
        cluster.movement.set_reachable("lost", reachable=False)
    with pytest.raises(InvalidArgument, match="node-1 already"):
        cluster.movement.add_node(SimulatedNode(name="node-1"))
    with pytest.raises(InvalidArgument, match="name of its own"):
        Workloads(nodes=[SimulatedNode(name="a"), SimulatedNode(name="a")])
    with pytest.raises(InvalidArgument, match="0 nodes or more"):
        Workloads(nodes=-1)
