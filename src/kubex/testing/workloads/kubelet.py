"""The kubelets of all nodes: they run pods by rules, and tell how it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address
from random import Random
from typing import Final

from kubex.testing.lifecycle.ip_texts import read_address
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.controller import Change, Writes
from kubex.testing.workloads.nodes import NODES, Unreachable
from kubex.testing.workloads.pod_restoring import restore
from kubex.testing.workloads.pod_runs import ContainerRun, Happening, PodRun, end_run, next_moment, step, stop
from kubex.testing.workloads.pod_status import is_finished, pod_status
from kubex.testing.workloads.rules import PodRule
from kubex.testing.workloads.state import PODS, State
from kubex.testing.workloads.writes import Delete, Event, Later, Update

__all__ = ["Kubelet"]

_FIRST_ADDRESS: Final = IPv4Address("10.244.0.0")
_USUAL: Final = PodRule()
_OVERDUE: Final = "Pod was active on the node longer than the specified deadline"


class Kubelet:
    """Runs the pods that are bound to nodes.

    Args:
        rules: gives the rules that hold now, the first ones first.
        unreachable: the nodes whose kubelet does nothing.
        random: draws what rules leave open.
    """

    component = "kubelet"
    manager = "kubelet"
    places: tuple[str, ...] = (PODS,)

    def __init__(self, rules: Callable[[], Sequence[PodRule]], unreachable: Unreachable, random: Random) -> None:
        self._rules = rules
        self._unreachable = unreachable
        self._random = random
        self._runs: dict[str, PodRun] = {}
        self._written: dict[str, JsonObject] = {}
        self._addresses = 0

    def concerned(self, state: State, change: Change) -> Iterator[Key]:
        """Give the pods that a change makes it look at."""
        if change.after is None:
            if change.before is not None:
                self._forget(change.before["metadata"]["uid"])
        elif change.after["spec"].get("nodeName"):
            yield change.key

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a pod."""
        pod = state.get(PODS, key)
        if pod is None or not (node_name := pod["spec"].get("nodeName")) or node_name in self._unreachable:
            return
        metadata = pod["metadata"]
        is_deleted = "deletionTimestamp" in metadata
        node = state.get(NODES, Key("", node_name))
        if node is None or is_finished(pod):
            self._forget(metadata["uid"])
            if is_deleted and metadata.get("deletionGracePeriodSeconds") != 0:
                yield Delete(PODS, pod, grace_period_seconds=0)
            return
        run = self._run_of(pod, state.now)
        self._apply_rules(pod, run)
        told = step(run, state.now)
        deadline = self._deadline(pod, run)
        if deadline is not None and deadline <= state.now and run.stopping is None:
            run.failed = ("DeadlineExceeded", _OVERDUE)
            told += stop(run, state.now, float(pod["spec"].get("terminationGracePeriodSeconds", 30)))
        elif is_deleted:
            told += stop(run, state.now, float(metadata.get("deletionGracePeriodSeconds") or 0))
        told += step(run, state.now)
        for each in told:
            yield _event(pod, each, node_name)
        status = pod_status(pod, run, _address(node), state.now)
        if self._written.get(run.uid) != status:
            told_pod = {**pod, "status": status}
            yield Update(PODS, told_pod, "status", is_last=not is_finished(told_pod))
            if run.uid in self._runs:  # webhooks may take a while, in which the pod may go
                self._written[run.uid] = status
        if is_deleted and not any(each.state == "running" for each in run.containers):
            yield Delete(PODS, pod, grace_period_seconds=0)
            return
        moments = [next_moment(run), deadline if run.stopping is None else None]
        due = min((each for each in moments if each is not None), default=None)
        if due is not None:
            yield Later((due - state.now).total_seconds())

    def end(self, pod: JsonObject, container: str, exit_code: int, now: datetime) -> None:
        """End the run of a container now; whoever calls it has the pod looked at.

        Raises:
            LookupError: no container of this name runs.
        """
        run = self._runs.get(pod["metadata"]["uid"])
        for each in run.containers if run is not None else ():
            if run is not None and each.state == "running" and each.name == container:
                end_run(run, each, now, exit_code)
                return
        raise LookupError(container)

    def _forget(self, uid: str) -> None:
        self._runs.pop(uid, None)
        self._written.pop(uid, None)

    def _run_of(self, pod: JsonObject, now: datetime) -> PodRun:
        metadata, spec = pod["metadata"], pod["spec"]
        run = self._runs.get(metadata["uid"])
        if run is None:
            known = object_at(pod, "status").get("podIP")
            run = self._runs[metadata["uid"]] = PodRun(
                metadata["name"],
                metadata["namespace"],
                metadata["uid"],
                spec.get("restartPolicy", "Always"),
                [self._container(pod, each, kind) for kind, each in _containers(spec)],
                now,
                known or self._new_address(),
                random=self._random,
            )
            restore(run, object_at(pod, "status"))
        return run

    def _container(self, pod: JsonObject, container: JsonObject, kind: str) -> ContainerRun:
        run = ContainerRun(container["name"], container.get("image", ""), self._rule(pod, container))
        run.restart_policy = container.get("restartPolicy") or ""
        if kind == "init":
            run.kind = "sidecar" if container.get("restartPolicy") == "Always" else "init"
        run.pull_policy = container.get("imagePullPolicy", "IfNotPresent")
        return run

    def _rule(self, pod: JsonObject, container: JsonObject) -> PodRule:
        for each in self._rules():
            if each.fits(pod, container):
                return each
        return _USUAL

    def _apply_rules(self, pod: JsonObject, run: PodRun) -> None:
        """Let containers that are to start do so by the rules, and in the images, of now."""
        if run.stopping is not None or all(each.state == "running" for each in run.containers):
            return
        given = {each["name"]: each for _, each in _containers(pod["spec"])}
        for each in run.containers:
            if each.state != "running" and each.name in given:
                each.image = given[each.name].get("image", "")
                each.rule = self._rule(pod, given[each.name])

    def _new_address(self) -> str:
        self._addresses += 1
        return str(_FIRST_ADDRESS + self._addresses)

    @staticmethod
    def _deadline(pod: JsonObject, run: PodRun) -> datetime | None:
        seconds = pod["spec"].get("activeDeadlineSeconds")
        return None if seconds is None else run.begun + timedelta(seconds=seconds)


def _containers(spec: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for each in list_at(spec, "initContainers"):
        yield "init", each
    for each in list_at(spec, "containers"):
        yield "main", each


def _address(node: JsonObject) -> str:
    for each in list_at(object_at(node, "status"), "addresses"):
        # Nobody checks what stands there, and a pod with an address that is none would be refused.
        if each.get("type") == "InternalIP" and read_address(address := str(each.get("address", ""))) is not None:
            return address
    return ""


def _event(pod: JsonObject, happening: Happening, node: str) -> Event:
    where = "spec.containers" if happening.container.kind == "main" else "spec.initContainers"
    return Event(
        pod,
        happening.reason,
        happening.message,
        "Warning" if happening.is_warning else "Normal",
        host=node,
        field_path=f"{where}{{{happening.container.name}}}",
    )
