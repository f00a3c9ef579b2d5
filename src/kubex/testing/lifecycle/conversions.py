"""Objects of built-in kinds that look different in their versions: events and autoscalers.

https://kubernetes.io/docs/reference/using-api/#api-versioning
"""

from __future__ import annotations

from typing import Any, Final

from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.registry import Resource
from kubex.testing.schema.zero_values import decoded
from kubex.testing.storage import JsonObject

__all__ = ["converted", "event_in_core"]

# Names in events.k8s.io by those in the core group.
_EVENT: Final = {
    "involvedObject": "regarding",
    "message": "note",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
    "reportingComponent": "reportingController",
}
_CORE_EVENT: Final = {new: old for old, new in _EVENT.items()}
_PERCENTAGE: Final = "targetCPUUtilizationPercentage"
_CURRENT: Final = "currentCPUUtilizationPercentage"


def converted(object_: JsonObject, resource: Resource) -> JsonObject:
    """Give an object in the version of a resource; it is not changed."""
    if object_.get("apiVersion") == resource.api_version:
        return object_
    result = {**object_, "apiVersion": resource.api_version}
    if resource.custom is not None:
        return result
    if resource.kind == "Event":
        names = _EVENT if resource.name.group else _CORE_EVENT
        result = {names.get(name, name): value for name, value in result.items()}
    elif resource.kind == "HorizontalPodAutoscaler":
        result = _first_autoscaler(result) if resource.version == "v1" else _second_autoscaler(result)
    else:
        return result
    read: JsonObject = decoded(result, resource.schema)
    return read


def event_in_core(event: JsonObject) -> JsonObject:
    """Give an Event of either group with the names that its fields have in the core group; it is not changed."""
    if event["apiVersion"] == "v1":
        return event
    return {_CORE_EVENT.get(name, name): value for name, value in event.items()}


def _cpu(metric: JsonObject, place: str) -> Any:
    resource = object_at(metric, "resource")
    return object_at(resource, place).get("averageUtilization") if resource.get("name") == "cpu" else None


def _first_autoscaler(object_: JsonObject) -> JsonObject:
    spec, status = dict(object_at(object_, "spec")), dict(object_at(object_, "status"))
    for metric in list_at({"metrics": spec.pop("metrics", None)}, "metrics"):
        if _cpu(metric, "target") is not None:
            spec[_PERCENTAGE] = _cpu(metric, "target")
    for metric in list_at({"metrics": status.pop("currentMetrics", None)}, "metrics"):
        if _cpu(metric, "current") is not None:
            status[_CURRENT] = _cpu(metric, "current")
    return {**object_, "spec": spec, "status": status}


def _second_autoscaler(object_: JsonObject) -> JsonObject:
    spec, status = dict(object_at(object_, "spec")), dict(object_at(object_, "status"))
    percentage, current = spec.pop(_PERCENTAGE, None), status.pop(_CURRENT, None)
    if percentage is not None:
        target = {"type": "Utilization", "averageUtilization": percentage}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    if current is not None:
        usage = {"name": "cpu", "current": {"averageUtilization": current}}
        status["currentMetrics"] = [{"type": "Resource", "resource": usage}]
    return {**object_, "spec": spec, "status": status}
