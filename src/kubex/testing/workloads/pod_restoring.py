"""Reads from a pod's status how far it has come: of one that ran before this server did, out of a snapshot."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject
from kubex.testing.workloads.pod_runs import ContainerRun, PodRun, Termination

__all__ = ["restore"]


def restore(run: PodRun, status: JsonObject) -> None:
    """Bring a pod to where its status says that it is, in place."""
    if status.get("startTime"):
        run.begun = datetime.fromisoformat(status["startTime"])
    told: dict[str, JsonObject] = {
        each["name"]: each for kind in ("initContainerStatuses", "containerStatuses") for each in list_at(status, kind)
    }
    for container in run.containers:
        if container.name in told:
            _restore(run, container, told[container.name])


def _restore(run: PodRun, container: ContainerRun, status: JsonObject) -> None:
    state = object_at(status, "state")
    ended: Any = state.get("terminated") or object_at(status, "lastState").get("terminated")
    if ended:
        container.ended = Termination(
            ended.get("exitCode", 0),
            ended.get("reason", ""),
            ended.get("message", ""),
            _moment(ended.get("startedAt"), run.begun),
            _moment(ended.get("finishedAt"), run.begun),
        )
        container.crashes = status.get("restartCount", 0) + 1
    container.runs = status.get("restartCount", 0) + (1 if "running" in state or ended else 0)
    if "running" in state:
        container.state = "running"
        container.started = _moment(object_at(state, "running").get("startedAt"), run.begun)
        container.ready = bool(status.get("ready"))
        length = container.rule.length(run.restart_policy, container.runs - 1)
        if length is not None:
            seconds = length[1] if isinstance(length, tuple) else length
            container.ends_at = container.due = container.started + timedelta(seconds=seconds)
        if not container.ready and container.rule.ready_after is not None:
            container.ready_at = container.due = container.started
    elif "terminated" in state:
        container.state = "terminated"
    elif container.runs:
        container.state, container.reason, container.due = "waiting", "CrashLoopBackOff", run.begun


def _moment(text: str | None, otherwise: datetime) -> datetime:
    return datetime.fromisoformat(text) if text else otherwise
