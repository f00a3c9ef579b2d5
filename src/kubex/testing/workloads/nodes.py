"""Make-believe nodes: what they have, and what becomes of them and their pods when one can't be reached any more.

https://kubernetes.io/docs/concepts/architecture/nodes/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from typing import Any, Final

from kubex.testing.lifecycle.cluster import timestamp
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.conditions import with_status_condition
from kubex.testing.workloads.controller import Change, Writes
from kubex.testing.workloads.pod_status import condition_of, is_finished
from kubex.testing.workloads.state import PODS, State
from kubex.testing.workloads.taints import tolerated_seconds
from kubex.testing.workloads.writes import Delete, Event, Later, Update, Write

__all__ = ["NODES", "NodeLifecycle", "SimulatedNode", "Unreachable", "node_address", "node_object"]

NODES: Final = "nodes"
_UNREACHABLE: Final = "node.kubernetes.io/unreachable"
_FIRST_ADDRESS: Final = IPv4Address("172.18.0.2")
_FIRST_RANGE: Final = IPv4Address("10.244.0.0")
_HEALTHY: Final = (
    ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
)


@dataclass(frozen=True, kw_only=True)
class SimulatedNode:
    """A node that runs pods in name only.

    Args:
        name: of the node.
        cpu: its processors, as a quantity.
        memory: its memory, as a quantity.
        pods: how many pods it takes.
        labels: beside those that every node has.
        taints: as in the spec of a Node: `{"key": "gpu", "value": "yes", "effect": "NoSchedule"}`.
        resources: what else it has, such as `{"example.com/gpu": "2"}`.
    """

    name: str
    cpu: str = "16"
    memory: str = "64Gi"
    pods: int = 250
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    taints: Sequence[Mapping[str, str]] = ()
    resources: Mapping[str, str] = field(default_factory=dict[str, str])


def node_address(number: int) -> str:
    """Give the address of the n-th node, from 0 on."""
    return str(_FIRST_ADDRESS + number)


def node_object(node: SimulatedNode, number: int, release: str, now: datetime) -> JsonObject:
    """Give the Node that stands for a make-believe node.

    Args:
        node: it.
        number: 0 for the first one.
        release: of Kubernetes: `1.35.4`.
        now: the time.
    """
    amounts: dict[str, str] = {"cpu": node.cpu, "memory": node.memory, "pods": str(node.pods), **node.resources}
    addresses = [{"type": "InternalIP", "address": node_address(number)}, {"type": "Hostname", "address": node.name}]
    labels = {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": node.name,
        "kubernetes.io/os": "linux",
        **node.labels,
    }
    cidr = f"{_FIRST_RANGE + 256 * number}/24"
    system = {
        "machineID": f"{number:032x}",
        "systemUUID": f"{number:032x}",
        "bootID": f"{number:032x}",
        "kernelVersion": "6.0.0",
        "osImage": "none",
        "containerRuntimeVersion": "kubex://1.0.0",
        "kubeletVersion": f"v{release}",
        "kubeProxyVersion": "",
        "operatingSystem": "linux",
        "architecture": "amd64",
    }
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": node.name, "labels": labels},
        "spec": {"podCIDR": cidr, "podCIDRs": [cidr], **({"taints": list(node.taints)} if node.taints else {})},
        "status": {
            "addresses": addresses,
            "capacity": amounts,
            "allocatable": dict(amounts),
            "conditions": _conditions(_HEALTHY, now),
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": system,
        },
    }


def _conditions(given: Iterable[tuple[str, str, str, str]], now: datetime) -> list[JsonObject]:
    moment = timestamp(now)
    return [
        {
            "type": type_,
            "status": status,
            "lastHeartbeatTime": moment,
            "lastTransitionTime": moment,
            "reason": reason,
            "message": message,
        }
        for type_, status, reason, message in given
    ]


@dataclass
class Unreachable:
    """The nodes whose kubelets are silent, and since when."""

    since: dict[str, datetime] = field(default_factory=dict[str, datetime])

    def __contains__(self, node: object) -> bool:
        return node in self.since


class NodeLifecycle:
    """Tells which nodes can be reached, and evicts the pods of those that can't.

    Args:
        unreachable: the nodes that can't.
    """

    component = "node-controller"
    manager = "kube-controller-manager"
    places: tuple[str, ...] = (NODES, PODS)

    def __init__(self, unreachable: Unreachable) -> None:
        self._unreachable = unreachable

    def concerned(self, state: State, change: Change) -> Iterator[Key]:
        """Give the nodes that a change makes it look at."""
        if change.place == NODES:
            yield change.key
        elif change.after is not None and change.after["spec"].get("nodeName") in self._unreachable:
            yield Key("", change.after["spec"]["nodeName"])

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a node."""
        node = state.get(NODES, key)
        if node is None:
            return
        is_down = key.name in self._unreachable
        yield from self._tell(state, node, is_down)
        if (tainted := state.get(NODES, key)) is not None:
            taints: list[JsonObject] = list_at(object_at(tainted, "spec"), "taints")
            wanted = self._taints(taints, key.name, is_down)
            if taints != wanted:
                yield Update(NODES, {**tainted, "spec": {**object_at(tainted, "spec"), "taints": wanted}})
        for pod in state.pods_on(key.name):
            yield from self._evict(state, pod, wanted=self._taints([], key.name, is_down))

    def _tell(self, state: State, node: JsonObject, is_down: bool) -> Iterator[Write]:
        ready = condition_of(node, "Ready") or {}
        if (ready.get("status") == "Unknown") == is_down:
            return
        unknown = ("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
        given = [(type_, *unknown) for type_, *_ in _HEALTHY] if is_down else _HEALTHY
        status = object_at(node, "status")
        conditions = list_at(status, "conditions")
        for each in _conditions(given, state.now):
            conditions = with_status_condition(conditions, each)
        yield Update(NODES, {**node, "status": {**status, "conditions": conditions}}, "status")
        name, reason = node["metadata"]["name"], "NodeNotReady" if is_down else "NodeReady"
        yield Event(node, reason, f"Node {name} status is now: {reason}")
        if is_down:
            for pod in state.pods_on(name):
                yield from _not_ready(state, pod)

    def _taints(self, given: Sequence[JsonObject], name: str, is_down: bool) -> list[JsonObject]:
        rest = [each for each in given if each.get("key") not in (_UNREACHABLE, "node.kubernetes.io/not-ready")]
        if not is_down:
            return rest
        added = timestamp(self._unreachable.since[name])
        return [
            *rest,
            {"key": _UNREACHABLE, "effect": "NoSchedule", "timeAdded": added},
            {"key": _UNREACHABLE, "effect": "NoExecute", "timeAdded": added},
        ]

    def _evict(self, state: State, pod: JsonObject, wanted: list[JsonObject]) -> Iterator[Write]:
        if "deletionTimestamp" in pod["metadata"] or not wanted:
            return
        seconds = tolerated_seconds(pod, wanted)
        if seconds is None:
            return
        due = self._unreachable.since[pod["spec"]["nodeName"]] + timedelta(seconds=seconds)
        left = (due - state.now).total_seconds()
        if left > 0:
            yield Later(left)
            return
        where = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
        yield Event(
            pod, "TaintManagerEviction", f"Marking for deletion Pod {where}", component="taint-eviction-controller"
        )
        yield Delete(PODS, pod)


def _not_ready(state: State, pod: JsonObject) -> Iterator[Write]:
    """A pod of a node that can't be reached is taken for one that is not ready."""
    status: dict[str, Any] = object_at(pod, "status")
    conditions: list[JsonObject] = list_at(status, "conditions")
    if is_finished(pod) or not any(each["type"] == "Ready" and each["status"] == "True" for each in conditions):
        return
    new = [
        {**each, "status": "False", "lastTransitionTime": state.timestamp} if each["type"] == "Ready" else each
        for each in conditions
    ]
    yield Update(PODS, {**pod, "status": {**status, "conditions": new}}, "status")
    yield Event(pod, "NodeNotReady", "Node is not ready", "Warning")
