"""The status of a pod, as a kubelet writes it.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodStatus
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from zlib import crc32

from kubex.testing.lifecycle.cluster import timestamp
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject
from kubex.testing.workloads.pod_runs import ContainerRun, PodRun, Termination

__all__ = ["condition_of", "counts_alike", "is_finished", "is_ready", "pod_status"]

_KINDS: Final = ("initContainers", "containers")
_COUNTED_BY: Final = ("labels", "ownerReferences", "finalizers", "deletionTimestamp")
_ORDER: Final = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


def condition_of(object_: JsonObject, type_: str) -> JsonObject | None:
    """Give a condition of an object's status; `None` if it has none of this type."""
    for condition in list_at(object_at(object_, "status"), "conditions"):
        if condition.get("type") == type_:
            found: JsonObject = condition
            return found
    return None


def is_ready(pod: JsonObject) -> bool:
    """Say whether a pod is ready."""
    condition = condition_of(pod, "Ready")
    return condition is not None and condition.get("status") == "True"


def is_finished(pod: JsonObject) -> bool:
    """Say whether a pod has succeeded or failed."""
    return object_at(pod, "status").get("phase") in ("Succeeded", "Failed")


def counts_alike(before: JsonObject, after: JsonObject) -> bool:
    """Say whether two versions of a pod that runs are the same to controllers that count pods, wherever it runs."""
    old, new = object_at(before, "status"), object_at(after, "status")
    if old.get("phase") != new.get("phase") or is_finished(after):
        return False
    before_metadata, after_metadata = before["metadata"], after["metadata"]
    return condition_of(before, "Ready") == condition_of(after, "Ready") and all(
        before_metadata.get(name) == after_metadata.get(name) for name in _COUNTED_BY
    )


def pod_status(pod: JsonObject, run: PodRun, node_address: str, now: datetime) -> JsonObject:
    """Give the status of a pod that runs.

    Args:
        pod: with the status that it has.
        run: what its containers do.
        node_address: of its node; empty where it has none.
        now: the time.
    """
    old = object_at(pod, "status")
    phase = _phase(run)
    status: JsonObject = {
        **{name: value for name, value in old.items() if name in ("qosClass", "nominatedNodeName", "resize")},
        "observedGeneration": pod["metadata"].get("generation", 1),
        "phase": phase,
        "conditions": _conditions(pod, run, phase, now),
        **({"hostIP": node_address, "hostIPs": [{"ip": node_address}]} if node_address else {}),
        "startTime": old.get("startTime") or timestamp(run.begun),
    }
    if run.failed is not None:
        status["reason"], status["message"] = run.failed
    address = node_address if pod["spec"].get("hostNetwork") else run.address
    if address and (any(each.runs or each.pulls for each in run.containers) or old.get("podIP")):
        status |= {"podIP": address, "podIPs": [{"ip": address}]}
    given = {each["name"]: each for kind in _KINDS for each in list_at(pod["spec"], kind)}
    if run.inits:
        status["initContainerStatuses"] = [_container(each, run, given[each.name]) for each in run.inits]
    status["containerStatuses"] = [_container(each, run, given[each.name]) for each in run.mains]
    return status


def _phase(run: PodRun) -> str:
    if run.failed is not None:
        return "Failed"
    if any(each.kind == "init" and each.is_done and _code(each) for each in run.inits) and not run.is_initialized:
        return "Failed"
    if not run.is_initialized:
        return "Pending" if not all(each.is_done for each in run.mains) or not run.stopping else "Failed"
    mains = run.mains
    if run.stopping is not None:
        if any(each.state == "running" for each in run.containers):
            return "Running"
        return "Failed" if any(_code(each) for each in mains) else "Succeeded"
    if any(each.state == "waiting" and not each.runs for each in mains):
        return "Pending"
    if any(each.state != "terminated" or not each.is_done for each in mains):
        return "Running"
    return "Failed" if any(_code(each) for each in mains) else "Succeeded"


def _code(container: ContainerRun) -> int:
    if container.ended is None:
        return 0 if container.state == "running" else _NEVER_RAN
    return container.ended.exit_code


_NEVER_RAN: Final = 137


def _conditions(pod: JsonObject, run: PodRun, phase: str, now: datetime) -> list[JsonObject]:
    old = {each["type"]: each for each in list_at(object_at(pod, "status"), "conditions")}
    ready, why = _readiness(pod, run, phase)
    containers_ready, containers_why = _containers_readiness(run, phase)
    given: dict[str, tuple[bool, tuple[str, str]]] = {
        "PodReadyToStartContainers": (
            phase in ("Pending", "Running") and any(each.runs or each.pulls for each in run.containers),
            ("", ""),
        ),
        "Initialized": _initialized(run, phase),
        "Ready": (ready, why),
        "ContainersReady": (containers_ready, containers_why),
    }
    for rule in {id(each.rule): each.rule for each in run.containers}.values():
        given |= {type_: (value, ("", "")) for type_, value in rule.conditions.items()}
    generation = pod["metadata"].get("generation", 1)
    new = {type_: _condition(type_, *value, old.get(type_), generation, now) for type_, value in given.items()}
    rest = {type_: each for type_, each in old.items() if type_ not in new}
    found = {**new, **rest}
    ordered = [type_ for type_ in found if type_ not in _ORDER] + [type_ for type_ in _ORDER if type_ in found]
    return [found[type_] for type_ in ordered]


def _condition(
    type_: str, value: bool, why: tuple[str, str], old: JsonObject | None, generation: int, now: datetime
) -> JsonObject:
    status = "True" if value else "False"
    new: JsonObject = {
        "type": type_,
        "observedGeneration": generation,
        "status": status,
        "lastProbeTime": None,
        "lastTransitionTime": old["lastTransitionTime"]
        if old is not None and old.get("status") == status
        else timestamp(now),
    }
    if why[0]:
        new["reason"] = why[0]
    if why[1]:
        new["message"] = why[1]
    return new


def _initialized(run: PodRun, phase: str) -> tuple[bool, tuple[str, str]]:
    if run.is_initialized:
        return True, ("PodCompleted" if phase == "Succeeded" else "", "")
    names = " ".join(each.name for each in run.inits if not (each.is_done and not _code(each)))
    return False, ("ContainersNotInitialized", f"containers with incomplete status: [{names}]")


def _containers_readiness(run: PodRun, phase: str) -> tuple[bool, tuple[str, str]]:
    if phase in ("Succeeded", "Failed"):
        return False, ("PodCompleted" if phase == "Succeeded" else "PodFailed", "")
    unready = [
        each.name for each in run.containers if not each.ready and (each.kind == "main" or each.kind == "sidecar")
    ]
    if unready:
        return False, ("ContainersNotReady", f"containers with unready status: [{' '.join(unready)}]")
    return True, ("", "")


def _readiness(pod: JsonObject, run: PodRun, phase: str) -> tuple[bool, tuple[str, str]]:
    value, why = _containers_readiness(run, phase)
    if not value:
        return value, why
    gates: Sequence[Any] = list_at(pod["spec"], "readinessGates")
    given = {name: each for each_run in run.containers for name, each in each_run.rule.conditions.items()}
    for gate in gates:
        type_ = gate["conditionType"]
        condition = condition_of(pod, type_)
        if type_ not in given and condition is None:
            return False, (
                "ReadinessGatesNotReady",
                f'corresponding condition of pod readiness gate "{type_}" does not exist.',
            )
        if not given.get(type_, condition is not None and condition.get("status") == "True"):
            return False, (
                "ReadinessGatesNotReady",
                f'the status of pod readiness gate "{type_}" is not "True", but False',
            )
    return True, ("", "")


def _container(container: ContainerRun, run: PodRun, given: JsonObject) -> JsonObject:
    state: JsonObject
    if container.state == "running" and container.started is not None:
        state = {"running": {"startedAt": timestamp(container.started)}}
    elif container.state == "terminated" and container.ended is not None:
        state = {"terminated": _terminated(container, container.ended, run)}
    else:
        reason = container.reason
        if reason == "ContainerCreating" and run.inits:
            reason = "PodInitializing"
        waiting = {"reason": reason, "message": container.message}
        state = {"waiting": {name: value for name, value in waiting.items() if value}}
    last: JsonObject = {}
    if container.ended is not None and container.state != "terminated":
        last = {"terminated": _terminated(container, container.ended, run)}
    started = container.state == "running"
    new: JsonObject = {
        "name": container.name,
        "state": state,
        "lastState": last,
        "ready": container.ready or (container.kind == "init" and container.is_done and not _code(container)),
        "restartCount": container.restarts,
        "image": container.image,
        "imageID": f"{container.image.partition(':')[0]}@sha256:{'0' * 64}" if container.runs else "",
        "started": started,
    }
    if container.runs:
        new["containerID"] = _identity(run, container)
        new["resources"] = object_at(given, "resources")
    mounts = [
        {
            "name": each["name"],
            "mountPath": each["mountPath"],
            **({"readOnly": True, "recursiveReadOnly": "Disabled"} if each.get("readOnly") else {}),
        }
        for each in list_at(given, "volumeMounts")
    ]
    if mounts:
        new["volumeMounts"] = mounts
    return new


def _terminated(container: ContainerRun, ended: Termination, run: PodRun) -> JsonObject:
    return {
        "exitCode": ended.exit_code,
        "reason": ended.reason,
        "message": ended.message,
        "startedAt": timestamp(ended.started),
        "finishedAt": timestamp(ended.finished),
        "containerID": _identity(run, container),
    }


def _identity(run: PodRun, container: ContainerRun) -> str:
    """Give the id of a container: the same for the same run of the same container."""
    return f"containerd://{run.uid.replace('-', '')}{crc32(container.name.encode()):08x}{container.runs:024x}"
