"""Which nodes a pod can run on, and why not on the others.

https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from kubex.core.quantity import Quantity
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject
from kubex.testing.workloads.pod_status import is_finished
from kubex.testing.workloads.state import PODS, State, selected
from kubex.testing.workloads.taints import untolerated

__all__ = ["Demands", "matches_node", "requested", "unfitness"]

_COUNTED: Final = "pods"


def requested(pod: JsonObject) -> Counter[str]:
    """Give what a pod takes of a node, in thousandths of the units of quantities; one of `pods` among it."""
    spec = pod["spec"]
    total = Counter[str]()
    for container in list_at(spec, "containers"):
        total.update(_amounts(container))
    for container in list_at(spec, "initContainers"):
        amounts = _amounts(container)
        if container.get("restartPolicy") == "Always":
            total.update(amounts)
        else:
            total |= amounts
    total[_COUNTED] = 1000
    return total


def _amounts(container: JsonObject) -> Counter[str]:
    asked = object_at(object_at(container, "resources"), "requests")
    return Counter({name: _thousandths(str(value)) for name, value in asked.items()})


@lru_cache(maxsize=1024)
def _thousandths(text: str) -> int:
    return Quantity(text).milli_value()


class Demands:
    """What a pod asks of nodes, read once for all of them.

    Args:
        pod: it.
    """

    __slots__ = ("amounts", "pod", "ports", "repels", "selects")

    def __init__(self, pod: JsonObject) -> None:
        spec = pod["spec"]
        affinity = object_at(spec, "affinity")
        self.pod = pod
        self.amounts: Mapping[str, int] = requested(pod)
        self.ports: set[tuple[str, int]] = _ports(pod)
        self.selects: bool = bool(spec.get("nodeSelector") or affinity.get("nodeAffinity"))
        """Whether it asks for certain nodes."""
        self.repels: bool = bool(affinity.get("podAntiAffinity"))
        """Whether it keeps away from other pods."""


def unfitness(state: State, demands: Demands, node: JsonObject, taken: Mapping[str, int]) -> str:
    """Say why a pod can't run on a node, as the scheduler counts it; `""` if it can.

    Args:
        state: of the cluster.
        demands: of the pod.
        node: it.
        taken: of what it has, in thousandths.
    """
    pod, spec = demands.pod, object_at(node, "spec")
    if spec.get("unschedulable") and not _tolerates_unschedulable(pod):
        return "node(s) were unschedulable"
    taints = list_at(spec, "taints")
    if taints and untolerated(pod, taints, ("NoSchedule", "NoExecute")) is not None:
        return "node(s) had untolerated taint(s)"
    if demands.selects and not matches_node(pod, node):
        return "node(s) didn't match Pod's node affinity/selector"
    if demands.ports and not _ports_free(state, demands.ports, node):
        return "node(s) didn't have free ports for the requested pod ports"
    if demands.repels and _repelled(state, pod, node):
        return "node(s) didn't match pod anti-affinity rules"
    allocatable = object_at(object_at(node, "status"), "allocatable")
    for name, amount in demands.amounts.items():
        if amount > _thousandths(str(allocatable.get(name, "0"))) - taken.get(name, 0):
            return "Too many pods" if name == _COUNTED else f"Insufficient {name}"
    return ""


def _tolerates_unschedulable(pod: JsonObject) -> bool:
    taint = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    return untolerated(pod, [taint], ("NoSchedule",)) is None


def matches_node(pod: JsonObject, node: JsonObject) -> bool:
    """Say whether a node is one that a pod asks for by its selector and its required affinity."""
    labels = object_at(node["metadata"], "labels")
    wanted = object_at(pod["spec"], "nodeSelector")
    if any(labels.get(name) != value for name, value in wanted.items()):
        return False
    affinity = object_at(object_at(pod["spec"], "affinity"), "nodeAffinity")
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if not required:
        return True
    return any(_term(each, labels, node["metadata"]["name"]) for each in list_at(required, "nodeSelectorTerms"))


def _term(term: JsonObject, labels: Mapping[str, str], name: str) -> bool:
    expressions, fields = list_at(term, "matchExpressions"), list_at(term, "matchFields")
    if not expressions and not fields:
        return False
    return all(_holds(each, labels) for each in expressions) and all(
        _holds(each, {"metadata.name": name}) for each in fields
    )


def _holds(expression: JsonObject, labels: Mapping[str, str]) -> bool:
    value = labels.get(expression["key"])
    operator: str = expression["operator"]
    values: list[str] = list_at(expression, "values")
    if operator in ("Exists", "DoesNotExist"):
        return (value is not None) == (operator == "Exists")
    if operator == "In":
        return value in values
    if operator == "NotIn":
        return value not in values
    if value is None or not value.lstrip("-").isdecimal() or not values:
        return False
    return bool(int(value) > int(values[0])) if operator == "Gt" else int(value) < int(values[0])


def _ports(pod: JsonObject) -> set[tuple[str, int]]:
    return {
        (port.get("protocol", "TCP"), port["hostPort"])
        for container in list_at(pod["spec"], "containers")
        for port in list_at(container, "ports")
        if port.get("hostPort")
    }


def _ports_free(state: State, wanted: set[tuple[str, int]], node: JsonObject) -> bool:
    others = state.pods_on(node["metadata"]["name"])
    return not any(wanted & _ports(each) for each in others if not is_finished(each))


def _repelled(state: State, pod: JsonObject, node: JsonObject) -> bool:
    anti = object_at(object_at(pod["spec"], "affinity"), "podAntiAffinity")
    terms: list[JsonObject] = list_at(anti, "requiredDuringSchedulingIgnoredDuringExecution")
    return any(_is_near(state, pod, term, node) for term in terms)


def _is_near(state: State, pod: JsonObject, term: JsonObject, node: JsonObject) -> bool:
    """Say whether a pod that a term means is in the same domain as a node."""
    topology = term["topologyKey"]
    domain = object_at(node["metadata"], "labels").get(topology)
    if domain is None:
        return False
    selector = term.get("labelSelector")
    if selector is None:
        return False
    namespaces = list_at(term, "namespaces") or [pod["metadata"]["namespace"]]
    near: Iterable[JsonObject] = (
        each
        for namespace in namespaces
        for each in state.every(PODS, namespace)
        if each["spec"].get("nodeName") and not is_finished(each) and selected(selector, each)
    )
    return any(_domain(state, each, topology) == domain for each in near)


def _domain(state: State, pod: JsonObject, topology: str) -> str | None:
    node = state.node(pod["spec"]["nodeName"])
    return object_at(node["metadata"], "labels").get(topology) if node is not None else None
