"""The scheduler: puts pods on nodes that have room for them, and says why where none has.

https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.conditions import with_status_condition
from kubex.testing.workloads.controller import Change, Writes
from kubex.testing.workloads.node_fitness import Demands, requested, unfitness
from kubex.testing.workloads.nodes import NODES
from kubex.testing.workloads.pod_status import condition_of, is_finished
from kubex.testing.workloads.state import PODS, State, controller_of
from kubex.testing.workloads.writes import Bind, Event, Update, Write

__all__ = ["Scheduler"]

_NAME: Final = "default-scheduler"
_CLAIMS: Final = "persistentvolumeclaims"


class Scheduler:
    """Binds pods that ask for no other scheduler.

    A pod goes where the fewest pods of its owner are, then where the fewest are at all.
    """

    component = _NAME
    manager = "kube-scheduler"
    places: tuple[str, ...] = (PODS, NODES, _CLAIMS)

    def __init__(self) -> None:
        self._taken: dict[str, Counter[str]] = defaultdict(Counter)
        self._of_owner: dict[str, Counter[str]] = defaultdict(Counter)
        self._waiting: dict[Key, None] = {}

    def concerned(self, state: State, change: Change) -> Iterator[Key]:
        """Give the pods that a change makes it look at."""
        if change.place != PODS:
            yield from list(self._waiting)
            return
        freed = self._count(change)
        if change.after is not None and _is_to_be_bound(change.after):
            if change.before is None or change.before["spec"] != change.after["spec"]:
                yield change.key
        else:
            self._waiting.pop(change.key, None)
        if freed:
            yield from list(self._waiting)

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a pod."""
        pod = state.get(PODS, key)
        if pod is None or not _is_to_be_bound(pod):
            self._waiting.pop(key, None)
            return
        why = _unbound_claim(state, pod)
        if not why:
            best, why = self._best(state, pod)
            if best:
                self._waiting.pop(key, None)
                yield Bind(pod, best)
                where = f"{key.namespace}/{key.name} to {best}"
                yield Event(pod, "Scheduled", f"Successfully assigned {where}", action="Binding")
                return
        self._waiting[key] = None
        yield from _unschedulable(state, pod, why)

    def _best(self, state: State, pod: JsonObject) -> tuple[str, str]:
        """Give the node for a pod, or why there is none."""
        nodes, demands = list(state.every(NODES)), Demands(pod)
        if not nodes:
            return "", "no nodes available to schedule pods"
        owner = _owner(pod)
        together: Mapping[str, int] = self._of_owner.get(owner, {}) if owner else {}

        def rank(node: JsonObject) -> tuple[int, int, str]:
            name: str = node["metadata"]["name"]
            return together.get(name, 0), self._taken[name]["pods"], name

        # The first one that fits is the best: the others need not be looked at.
        problems = Counter[str]()
        for node in sorted(nodes, key=rank):
            name = node["metadata"]["name"]
            problem = unfitness(state, demands, node, self._taken[name])
            if not problem:
                return name, ""
            problems[problem] += 1
        total = len(nodes)
        reasons = ", ".join(f"{number} {problem}" for problem, number in sorted(problems.items()))
        room = sum(number for problem, number in problems.items() if problem.startswith(("Insufficient", "Too many")))
        helpless = [
            f"{number} {text}"
            for number, text in (
                (room, "No preemption victims found for incoming pod"),
                (total - room, "Preemption is not helpful for scheduling"),
            )
            if number
        ]
        preemption = f"preemption: 0/{total} nodes are available: {', '.join(helpless)}."
        return "", f"0/{total} nodes are available: {reasons}. no new claims to deallocate, {preemption}"

    def _count(self, change: Change) -> bool:
        """Note what pods take of nodes; say whether something has become free."""
        before = _place(change.before)
        after = _place(change.after)
        if before == after:
            return False
        for node, pod, sign in ((before, change.before, -1), (after, change.after, 1)):
            if node and pod is not None:
                taken = self._taken[node]
                for name, amount in requested(pod).items():
                    taken[name] += sign * amount
                if owner := _owner(pod):
                    self._of_owner[owner][node] += sign
                    if not +self._of_owner[owner]:
                        del self._of_owner[owner]
        return bool(before)


def _place(pod: JsonObject | None) -> str:
    """Give the node on which a pod takes room."""
    if pod is None or is_finished(pod):
        return ""
    name: str = pod["spec"].get("nodeName", "")
    return name


def _owner(pod: JsonObject) -> str:
    owner = controller_of(pod)
    return str(owner["uid"]) if owner is not None else ""


def _is_to_be_bound(pod: JsonObject) -> bool:
    spec = pod["spec"]
    return (
        not spec.get("nodeName")
        and spec.get("schedulerName", _NAME) == _NAME
        and not spec.get("schedulingGates")
        and "deletionTimestamp" not in pod["metadata"]
        and not is_finished(pod)
    )


def _unbound_claim(state: State, pod: JsonObject) -> str:
    """Say what is wrong with the claims of a pod; `""` if nothing is."""
    for volume in list_at(pod["spec"], "volumes"):
        name = object_at(volume, "persistentVolumeClaim").get("claimName")
        if not name:
            continue
        claim = state.get(_CLAIMS, Key(pod["metadata"]["namespace"], name))
        if claim is not None and object_at(claim, "status").get("phase") == "Bound":
            continue
        total = sum(1 for _ in state.every(NODES))
        if claim is None:
            return f'0/{total} nodes are available: persistentvolumeclaim "{name}" not found.'
        return f"0/{total} nodes are available: pod has unbound immediate PersistentVolumeClaims."
    return ""


def _unschedulable(state: State, pod: JsonObject, why: str) -> Iterator[Write]:
    old = condition_of(pod, "PodScheduled")
    if old is not None and old.get("message") == why:
        return
    yield Event(pod, "FailedScheduling", why, "Warning", action="Scheduling")
    condition = {
        "type": "PodScheduled",
        "observedGeneration": pod["metadata"].get("generation", 1),
        "status": "False",
        "lastProbeTime": None,
        "lastTransitionTime": state.timestamp,
        "reason": "Unschedulable",
        "message": why,
    }
    status = object_at(pod, "status")
    conditions = with_status_condition(list_at(status, "conditions"), condition)
    yield Update(PODS, {**pod, "status": {**status, "conditions": conditions}}, "status")
