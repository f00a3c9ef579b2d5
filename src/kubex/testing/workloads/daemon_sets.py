"""DaemonSets: a pod on each node that takes it.

https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kubex.core.int_or_string import scaled
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.adoption import claim
from kubex.testing.workloads.controller import Change, Writes
from kubex.testing.workloads.controller_revisions import HASH, REVISIONS, forgotten, revisions_of
from kubex.testing.workloads.node_fitness import matches_node
from kubex.testing.workloads.nodes import NODES
from kubex.testing.workloads.pod_status import is_finished, is_ready
from kubex.testing.workloads.pod_templates import pod_from_template
from kubex.testing.workloads.replica_sets import available_at, owner_keys
from kubex.testing.workloads.state import PODS, State
from kubex.testing.workloads.taints import untolerated
from kubex.testing.workloads.writes import Create, Delete, Event, Later, Update

__all__ = ["DAEMON_SETS", "DaemonSetController"]

DAEMON_SETS: Final = "apps/daemonsets"
_GENERATION: Final = "pod-template-generation"
_TEMPLATE_GENERATION: Final = "deprecated.daemonset.template.generation"
# What pods of every DaemonSet stand.
_TOLERATED: Final = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)


@dataclass
class _Node:
    """A node as a DaemonSet sees it."""

    name: str
    is_wanted: bool
    stays: bool
    """Whether a pod that is there already may stay."""
    pods: list[JsonObject]


class DaemonSetController:
    """Makes, updates and deletes the pods of DaemonSets."""

    component = "daemonset-controller"
    manager = "kube-controller-manager"
    places: tuple[str, ...] = (DAEMON_SETS, PODS, NODES)

    def concerned(self, state: State, change: Change) -> Iterator[Key]:
        """Give the DaemonSets that a change makes it look at."""
        if change.place == DAEMON_SETS:
            if change.after is not None:
                yield change.key
        elif change.place == NODES:
            if change.before is None or change.after is None or _place(change.before) != _place(change.after):
                yield from (
                    Key(each["metadata"]["namespace"], each["metadata"]["name"]) for each in state.every(DAEMON_SETS)
                )
        else:
            yield from owner_keys(state, change, "DaemonSet", DAEMON_SETS)

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a DaemonSet."""
        set_ = state.get(DAEMON_SETS, key)
        if set_ is None or "deletionTimestamp" in set_["metadata"]:
            return
        claimed = claim(state, set_, PODS)
        yield from claimed.writes
        revisions = revisions_of(state, set_, prefixed=False)
        yield from revisions.writes
        nodes = _nodes(state, set_, claimed.mine)
        yield from self._manage(set_, nodes, revisions.hash)
        yield from self._roll(state, set_, nodes, revisions.hash)
        yield from self._tell(state, key, revisions.hash)
        latest = state.get(DAEMON_SETS, key)
        if latest is not None:
            hashes = {object_at(pod["metadata"], "labels").get(HASH, "") for pod in claim(state, latest, PODS).mine}
            name = latest["metadata"]["name"]
            used = {f"{name}-{each}" for each in hashes} | {revisions.current}
            yield from forgotten(latest, state.controlled(REVISIONS, latest), used)

    def _manage(self, set_: JsonObject, nodes: list[_Node], hash_: str) -> Writes:
        """Have a pod on each node that is to have one, and none on the others."""
        for node in nodes:
            failed = [pod for pod in node.pods if object_at(pod, "status").get("phase") == "Failed"]
            for pod in failed:
                if "deletionTimestamp" not in pod["metadata"]:
                    text = f"Found failed daemon pod {_where(pod)} on node {node.name}, will try to kill it"
                    yield Event(set_, "FailedDaemonPod", text, "Warning")
                    yield _deletion(set_, pod)
            there = [pod for pod in node.pods if pod not in failed]
            if node.is_wanted and not node.pods:
                yield _creation(set_, node.name, hash_)
            if not node.stays:
                for pod in there:
                    if "deletionTimestamp" not in pod["metadata"]:
                        yield _deletion(set_, pod)

    def _roll(self, state: State, set_: JsonObject, nodes: list[_Node], hash_: str) -> Writes:
        """Replace pods of old templates, a few at a time."""
        strategy = object_at(set_["spec"], "updateStrategy")
        if strategy.get("type", "RollingUpdate") != "RollingUpdate":
            return
        rolling = object_at(strategy, "rollingUpdate")
        wanted = [node for node in nodes if node.is_wanted]
        surge = scaled(rolling.get("maxSurge", 0), len(wanted), round_up=True)
        most = scaled(rolling.get("maxUnavailable", 1), len(wanted), round_up=True)
        if not surge and not most:
            most = 1
        unavailable, candidates, surging = 0, list[JsonObject](), 0
        for node in wanted:
            there = [pod for pod in node.pods if "deletionTimestamp" not in pod["metadata"]]
            new = [pod for pod in there if _hash(pod) == hash_]
            old = [pod for pod in there if _hash(pod) != hash_]
            if not any(_is_available(state, set_, pod) for pod in there):
                unavailable += 1
                for pod in old:  # what does not work is replaced without asking
                    yield _deletion(set_, pod)
                continue
            surging += bool(old and new)
            if old and new and any(_is_available(state, set_, pod) for pod in new):
                for pod in old:
                    yield _deletion(set_, pod)
            elif old and not new:
                candidates += old
        if surge:
            for pod in candidates[: max(0, surge - surging)]:
                yield _creation(set_, pod["spec"]["nodeName"], hash_)
        else:
            for pod in candidates[: max(0, most - unavailable)]:
                yield _deletion(set_, pod)

    def _tell(self, state: State, key: Key, hash_: str) -> Writes:
        set_ = state.get(DAEMON_SETS, key)
        if set_ is None:
            return
        nodes = _nodes(state, set_, claim(state, set_, PODS).mine)
        wanted = [node for node in nodes if node.is_wanted]
        scheduled = [pods for node in wanted if (pods := _running(node))]
        oldest = [pods[0] for pods in scheduled]
        available = sum(any(_is_available(state, set_, pod) for pod in pods) for pods in scheduled)
        numbers = {
            "currentNumberScheduled": len(scheduled),
            "numberMisscheduled": sum(1 for node in nodes if not node.is_wanted and _running(node)),
            "desiredNumberScheduled": len(wanted),
            "numberReady": sum(map(is_ready, oldest)),
            "observedGeneration": set_["metadata"].get("generation", 0),
            "updatedNumberScheduled": sum(any(_hash(pod) == hash_ for pod in pods) for pods in scheduled),
            "numberAvailable": available,
            "numberUnavailable": len(wanted) - available,
        }
        written = ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady")
        status = {name: value for name, value in numbers.items() if value or name in written}
        if status != object_at(set_, "status"):
            yield Update(DAEMON_SETS, {**set_, "status": status}, "status")
        minimum = set_["spec"].get("minReadySeconds", 0)
        for pods in scheduled if minimum else ():
            for pod in pods:
                at = available_at(pod, minimum)
                if at is not None and at > state.now:
                    yield Later((at - state.now).total_seconds())


def _running(node: _Node) -> list[JsonObject]:
    return [pod for pod in node.pods if "deletionTimestamp" not in pod["metadata"] and not is_finished(pod)]


def _place(node: JsonObject) -> tuple[object, object]:
    spec = object_at(node, "spec")
    return object_at(node["metadata"], "labels"), (spec.get("taints"), spec.get("unschedulable"))


def _nodes(state: State, set_: JsonObject, pods: list[JsonObject]) -> list[_Node]:
    by_node: dict[str, list[JsonObject]] = {}
    for pod in pods:
        by_node.setdefault(pod["spec"].get("nodeName") or _target(pod), []).append(pod)
    found: list[_Node] = []
    sample = {"spec": _with_tolerations(set_["spec"]["template"]["spec"])}
    for node in state.every(NODES):
        name = node["metadata"]["name"]
        taints = list_at(object_at(node, "spec"), "taints")
        fits = matches_node(sample, node)
        wanted = fits and untolerated(sample, taints, ("NoSchedule", "NoExecute")) is None
        stays = fits and untolerated(sample, taints, ("NoExecute",)) is None
        found.append(_Node(name, wanted, stays, by_node.get(name, [])))
    return found


def _target(pod: JsonObject) -> str:
    """Give the node that a pod of a DaemonSet is for."""
    affinity = object_at(object_at(object_at(pod["spec"], "affinity"), "nodeAffinity"), _REQUIRED)
    for term in list_at(affinity, "nodeSelectorTerms"):
        for field in list_at(term, "matchFields"):
            return str(field["values"][0])
    return ""


_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"


def _with_tolerations(spec: JsonObject) -> JsonObject:
    given = list_at(spec, "tolerations")
    added = [{"key": key, "operator": "Exists", "effect": effect} for key, effect in _TOLERATED]
    if spec.get("hostNetwork"):
        added.append({"key": "node.kubernetes.io/network-unavailable", "operator": "Exists", "effect": "NoSchedule"})
    return {**spec, "tolerations": [*given, *(each for each in added if each not in given)]}


def _creation(set_: JsonObject, node: str, hash_: str) -> Create:
    metadata, template = set_["metadata"], set_["spec"]["template"]
    pod = pod_from_template(template, set_, {"generateName": f"{metadata['name']}-"})
    generation = object_at(metadata, "annotations").get(_TEMPLATE_GENERATION, "1")
    labels = object_at(pod["metadata"], "labels")
    pod["metadata"]["labels"] = {**labels, HASH: hash_, _GENERATION: generation}
    spec = _with_tolerations(pod["spec"])
    affinity = object_at(spec, "affinity")
    field = {"key": "metadata.name", "operator": "In", "values": [node]}
    given = list_at(object_at(object_at(affinity, "nodeAffinity"), _REQUIRED), "nodeSelectorTerms")
    terms = [{**term, "matchFields": [field]} for term in given] or [{"matchFields": [field]}]
    node_affinity = {**object_at(affinity, "nodeAffinity"), _REQUIRED: {"nodeSelectorTerms": terms}}
    spec["affinity"] = {**affinity, "nodeAffinity": node_affinity}
    made = Event(set_, "SuccessfulCreate", "Created pod: {name}")
    refused = Event(set_, "FailedCreate", "Error creating: {why}", "Warning")
    return Create(PODS, metadata["namespace"], {**pod, "spec": spec}, made, refused)


def _deletion(set_: JsonObject, pod: JsonObject) -> Delete:
    return Delete(PODS, pod, done=Event(set_, "SuccessfulDelete", "Deleted pod: {name}"))


def _where(pod: JsonObject) -> str:
    return f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"


def _hash(pod: JsonObject) -> str:
    text: str = object_at(pod["metadata"], "labels").get(HASH, "")
    return text


def _is_available(state: State, set_: JsonObject, pod: JsonObject) -> bool:
    if "deletionTimestamp" in pod["metadata"]:
        return False
    at = available_at(pod, set_["spec"].get("minReadySeconds", 0))
    return at is not None and at <= state.now
