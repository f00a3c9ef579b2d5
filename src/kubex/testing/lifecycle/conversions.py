"""Objects of built-in kinds that look different in their versions: events and autoscalers.

https://kubernetes.io/docs/reference/using-api/#api-versioning
"""

from __future__ import annotations

from typing import Final

from kubex.testing.lifecycle.autoscaler_versions import first_autoscaler, second_autoscaler
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
        result = first_autoscaler(result) if resource.version == "v1" else second_autoscaler(result)
    else:
        return result
    read: JsonObject = decoded(result, resource.schema)
    return read


def event_in_core(event: JsonObject) -> JsonObject:
    """Give an Event of either group with the names that its fields have in the core group; it is not changed."""
    if event["apiVersion"] == "v1":
        return event
    return {_CORE_EVENT.get(name, name): value for name, value in event.items()}
