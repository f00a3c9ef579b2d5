"""Says what an object lacks to be ready, for errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kubex.core._json_value import is_array, is_object
from kubex.runtime._readiness import is_ready

__all__ = ["missing"]

_LONGEST: Final = 300  # characters of what a controller says
_GOOD_WHEN_FALSE: Final = frozenset({"ReplicaFailure", "Failed", "FailureTarget", "Suspended"})
# What a kind's status counts, and what that is called.
_COUNTED: Final = {
    "Deployment": ("updatedReplicas", "availableReplicas"),
    "StatefulSet": ("updatedReplicas", "readyReplicas"),
    "DaemonSet": ("updatedNumberScheduled", "numberAvailable"),
}
_SAID: Final = {
    "updatedReplicas": "updated",
    "updatedNumberScheduled": "updated",
    "availableReplicas": "available",
    "numberAvailable": "available",
    "readyReplicas": "ready",
}


def missing(content: Mapping[str, Any]) -> str:
    """Say why an object is not ready, as far as it tells: counts, phase, conditions, containers that wait.

    Args:
        content: the object as JSON has it.

    Returns:
        Short texts, with "; " between them; an empty one where it is ready or nothing is known.
    """
    if is_ready(content):
        return ""
    status = _object(content, "status")
    if not status:
        return "it has no status yet"
    return "; ".join(dict.fromkeys([*_counts(content, status), *_phase(status), *_conditions(status), *_waits(status)]))


def _counts(content: Mapping[str, Any], status: Mapping[str, Any]) -> Iterator[str]:
    kind = str(content.get("kind"))
    if kind not in _COUNTED:
        return
    if status.get("observedGeneration", 0) < _object(content, "metadata").get("generation", 0):
        yield "its controller has not seen the last change yet"
        return
    spec = _object(content, "spec")
    wanted = status.get("desiredNumberScheduled", 0) if kind == "DaemonSet" else spec.get("replicas", 1)
    for name in _COUNTED[kind]:
        if status.get(name, 0) < wanted:
            yield f"{status.get(name, 0)} of {wanted} {_SAID[name]}"
    if kind == "Deployment" and status.get("replicas", 0) > wanted:
        yield f"{status['replicas'] - wanted} of before are still there"


def _phase(status: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(phase := status.get("phase"), str):
        yield f"phase {phase}"


def _conditions(status: Mapping[str, Any]) -> Iterator[str]:
    conditions = status.get("conditions")
    for each in conditions if is_array(conditions) else ():
        if not is_object(each) or not (each.get("reason") or each.get("message")):
            continue
        wanted = "False" if each.get("type") in _GOOD_WHEN_FALSE else "True"
        if each.get("status") != wanted:
            yield f"{each.get('type')}={each.get('status')}: {_said(each)}"


def _waits(status: Mapping[str, Any]) -> Iterator[str]:
    for name in ("initContainerStatuses", "containerStatuses"):
        statuses = status.get(name)
        for each in statuses if is_array(statuses) else ():
            if not is_object(each):
                continue
            state = _object(each, "state")
            for form, does in (("waiting", "waits"), ("terminated", "has ended")):
                found = _object(state, form)
                if found.get("reason") and found["reason"] != "Completed":
                    yield f"container {each.get('name')} {does}: {_said(found)}"


def _said(found: Mapping[str, Any]) -> str:
    text = ", ".join(str(found[name]) for name in ("reason", "message") if found.get(name))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _object(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if is_object(found) else {}
