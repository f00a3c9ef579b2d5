"""What the server refuses in events: little of those of the core group, more of those of `events.k8s.io`.

https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/
"""

from __future__ import annotations

from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.conversions import event_in_core
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.validation.values import qualified_causes

__all__ = ["event_causes"]

_OTHER_NAMESPACE: Final = "does not match event.namespace"
_LONGEST: Final = {"reportingInstance": 128, "action": 128, "reason": 128, "message": 1024}
_LEAST_IN_SERIES: Final = 2
_KEPT: Final = (
    "involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count", "type", "eventTime",
    "action", "related", "reportingComponent", "reportingInstance",
)  # fmt: skip
# Internal types, which have no counterpart in JSON: their fields in order.
_REFERENCE: Final = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
_IN_GO: Final = {"uid": "UID", "apiVersion": "APIVersion"}


def event_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with an Event of either group; whatever the group, the server speaks of the core's fields."""
    strict = new["apiVersion"] != "v1"
    event = event_in_core(new)
    causes = _namespace_causes(event)
    if event.get("eventTime"):
        causes += _reporter_causes(event, "reportingController" if strict else "reportingComponent")
    if not strict:
        return causes
    if old is None:
        return causes + _new_causes(event)
    return causes + _change_causes(event, event_in_core(old))


def _namespace_causes(event: dict[str, Any]) -> list[Cause]:
    """Say whether an event stands beside its object: in `default` where that is in no namespace."""
    namespace, own = object_at(event, "involvedObject").get("namespace", ""), event["metadata"].get("namespace", "")
    if event.get("eventTime"):
        fits = bool(namespace) or own in ("default", "kube-system")
    else:
        fits = own == (namespace or "default")
    return [] if fits else [field_invalid("involvedObject.namespace", namespace, _OTHER_NAMESPACE)]


def _reporter_causes(event: dict[str, Any], reporter_field: str) -> list[Cause]:
    """Say what is wrong with an event that has an `eventTime`: such ones tell who reports what."""
    reporter: str = event.get("reportingComponent") or ""
    causes = [] if reporter else [field_required(reporter_field)]
    causes += qualified_causes(reporter_field, reporter)
    for name, longest in _LONGEST.items():
        text: str = event.get(name) or ""
        if not text and name != "message":
            causes.append(field_required(name))
        if len(text.encode()) > longest:
            causes.append(field_invalid(name, "", f"can have at most {longest} characters"))
    return causes


def _new_causes(event: dict[str, Any]) -> list[Cause]:
    causes = _series_causes(event)
    if not event.get("eventTime"):
        causes.append(field_required("eventTime"))
    kind: str = event.get("type") or ""
    if kind not in ("Normal", "Warning"):
        causes.append(field_invalid("type", "", f"has invalid value: {kind}"))
    given = [each for each in ("firstTimestamp", "lastTimestamp", "count") if event.get(each)]
    given += ["source"] if any(object_at(event, "source").values()) else []
    return causes + [field_invalid(each, "", "needs to be unset") for each in given]


def _series_causes(event: dict[str, Any]) -> list[Cause]:
    series = event.get("series")
    if series is None:
        return []
    causes: list[Cause] = []
    if (series.get("count") or 0) < _LEAST_IN_SERIES:
        causes.append(field_invalid("series.count", "", f"should be at least {_LEAST_IN_SERIES}"))
    if not series.get("lastObservedTime"):
        causes.append(field_required("series.lastObservedTime"))
    return causes


def _change_causes(event: dict[str, Any], before: dict[str, Any]) -> list[Cause]:
    causes = _series_causes(event) if event.get("series") != before.get("series") else []
    for name in _KEPT:
        value = event.get(name)
        if value == before.get(name):
            continue
        field = "reportingController" if name == "reportingComponent" else name
        text = f"Invalid value: {_shown(name, value)}: field is immutable"
        # The server looks at the reason twice.
        causes += [Cause("FieldValueInvalid", text, field)] * (2 if name == "reason" else 1)
    return causes


def _shown(name: str, value: Any) -> str:
    """Write a value as the server's internal type of it is shown."""
    if name in ("involvedObject", "related"):
        if value is None and name == "related":
            return "null"
        members = (f'"{_IN_GO.get(each, each[0].upper() + each[1:])}"' for each in _REFERENCE)
        values = (go_json(object_at({"of": value}, "of").get(each, "")) for each in _REFERENCE)
        return "{" + ",".join(f"{member}:{each}" for member, each in zip(members, values, strict=True)) + "}"
    if name == "source":
        source = object_at({"of": value}, "of")
        return f'{{"Component":{go_json(source.get("component", ""))},"Host":{go_json(source.get("host", ""))}}}'
    zeros = {"count": 0, "firstTimestamp": None, "lastTimestamp": None, "eventTime": None}
    return go_json(zeros.get(name, "") if value is None else value)
