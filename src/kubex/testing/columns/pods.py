"""Columns of pods, whose states are the richest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from kubex.testing.columns.column import AGE, NAME, Column, ago, at, value
from kubex.testing.storage import JsonObject

__all__ = ["POD"]


def _restartable(pod: JsonObject) -> set[str]:
    """Name the init containers that go on beside the others: sidecars."""
    return {each["name"] for each in at(pod, "spec.initContainers", ()) if each.get("restartPolicy") == "Always"}


def _ready(pod: JsonObject) -> str:
    sidecars = _restartable(pod)
    ready = [each for each in at(pod, "status.containerStatuses", ()) if _runs(each)] if _initialized(pod) else []
    started = [each for each in _init_statuses(pod) if each.get("name") in sidecars and each.get("started")]
    total = len(at(pod, "spec.containers", ())) + len(sidecars)
    return f"{len(ready) + sum(bool(each.get('ready')) for each in started)}/{total}"


def _runs(status: Any) -> bool:
    state = at(status, "state", {})
    ended = at(state, "waiting.reason") or "terminated" in state
    return bool(status.get("ready")) and "running" in state and not ended


def _status(pod: JsonObject) -> str:
    reason = at(pod, "status.reason")
    if at(pod, "metadata.deletionTimestamp"):
        if reason == "NodeLost":
            return "Unknown"
        if at(pod, "status.phase") not in ("Failed", "Succeeded"):
            return "Terminating"
    shown = str(reason or at(pod, "status.phase", ""))
    if any(each.get("reason") == "SchedulingGated" for each in _conditions(pod, "PodScheduled")):
        shown = "SchedulingGated"
    initializing = _initializing(pod)
    if initializing and not _has(pod, "Initialized"):
        return initializing
    return _of_containers(pod, initializing or shown)


def _of_containers(pod: JsonObject, shown: str) -> str:
    statuses = at(pod, "status.containerStatuses", ())
    for each in reversed(statuses):
        state = at(each, "state", {})
        if reason := at(state, "waiting.reason"):
            shown = reason
        elif "terminated" in state:
            shown = _ended(state["terminated"])
    if shown == "Completed" and any(map(_runs, statuses)):
        return "Running" if _has(pod, "Ready") else "NotReady"
    return shown


def _ended(terminated: Any) -> str:
    if reason := terminated.get("reason"):
        return str(reason)
    signal = terminated.get("signal")
    return f"Signal:{signal}" if signal else f"ExitCode:{terminated.get('exitCode', 0)}"


def _initializing(pod: JsonObject) -> str:
    """Say which init container holds the others up; nothing if none does."""
    sidecars = _restartable(pod)
    for index, each in enumerate(_init_statuses(pod)):
        state = at(each, "state", {})
        if "terminated" in state and not state["terminated"].get("exitCode"):
            continue
        if each.get("name") in sidecars and each.get("started"):
            continue
        if "terminated" in state:
            return f"Init:{_ended(state['terminated'])}"
        waiting = at(state, "waiting.reason")
        if waiting and waiting != "PodInitializing":
            return f"Init:{waiting}"
        return f"Init:{index}/{len(at(pod, 'spec.initContainers', ()))}"
    return ""


def _initialized(pod: JsonObject) -> bool:
    return not _initializing(pod) or _has(pod, "Initialized")


def _restarts(pod: JsonObject, now: datetime) -> str:
    counted = list(_counted(pod))
    restarts = sum(each.get("restartCount", 0) for each in counted)
    ended = [at(each, "lastState.terminated.finishedAt") for each in counted]
    last = max((each for each in ended if each), default=None)
    return f"{restarts} ({ago(now, last)} ago)" if restarts and last else str(restarts)


def _counted(pod: JsonObject) -> Iterator[Any]:
    """Give the containers whose restarts count: init containers as long as they run, sidecars always."""
    sidecars, done = _restartable(pod), _initialized(pod)
    for each in _init_statuses(pod):
        if not done or each.get("name") in sidecars:
            yield each
    if done:
        yield from at(pod, "status.containerStatuses", ())


def _gates(pod: JsonObject) -> str:
    gates = at(pod, "spec.readinessGates", ())
    if not gates:
        return "<none>"
    met = {each.get("type") for each in at(pod, "status.conditions", ()) if each.get("status") == "True"}
    return f"{sum(gate.get('conditionType') in met for gate in gates)}/{len(gates)}"


def _ip(pod: JsonObject) -> str:
    addresses = at(pod, "status.podIPs", ())
    return str(addresses[0].get("ip")) if addresses else "<none>"


def _init_statuses(pod: JsonObject) -> Any:
    return at(pod, "status.initContainerStatuses", ())


def _conditions(pod: JsonObject, type_: str) -> list[Any]:
    return [each for each in at(pod, "status.conditions", ()) if each.get("type") == type_]


def _has(pod: JsonObject, type_: str) -> bool:
    return any(each.get("status") == "True" for each in _conditions(pod, type_))


POD: Final = (
    NAME,
    Column("Ready", _ready),
    Column("Status", _status),
    Column("Restarts", None, timed=_restarts),
    AGE,
    Column("IP", _ip, priority=1),
    Column("Node", value("spec.nodeName", "<none>"), priority=1),
    Column("Nominated Node", value("status.nominatedNodeName", "<none>"), priority=1),
    Column("Readiness Gates", _gates, priority=1),
)
