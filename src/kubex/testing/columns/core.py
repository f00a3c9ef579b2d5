"""Columns of the core group's kinds, of events and of leases; pods are in `pods.py`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from kubex.testing.columns.column import AGE, CREATED_AT, NAME, Cell, Column, ago, at, containers, labels, size, value
from kubex.testing.columns.pods import POD
from kubex.testing.storage import JsonObject

__all__ = ["CORE"]


def _node_status(node: JsonObject) -> str:
    ready = [each.get("status") for each in at(node, "status.conditions", ()) if each.get("type") == "Ready"]
    status = "Unknown" if not ready else "Ready" if ready[0] == "True" else "NotReady"
    return f"{status},SchedulingDisabled" if at(node, "spec.unschedulable") else status


def _node_roles(node: JsonObject) -> str:
    prefix = "node-role.kubernetes.io/"
    found = at(node, "metadata.labels", {})
    roles = [key.removeprefix(prefix) for key in found if key.startswith(prefix) and key != prefix]
    older = found.get("kubernetes.io/role")
    return ",".join(sorted({*roles, *([older] if older else [])})) or "<none>"


def _node_address(type_: str) -> Cell:
    def cell(node: JsonObject) -> str:
        found = [each.get("address") for each in at(node, "status.addresses", ()) if each.get("type") == type_]
        return str(found[0]) if found else "<none>"

    return cell


def _quota(*, limits: bool) -> Cell:
    def cell(quota: JsonObject) -> str:
        hard, used = at(quota, "status.hard", {}), at(quota, "status.used", {})
        chosen = sorted(name for name in hard if name.startswith("limits") is limits)
        return ", ".join(f"{name}: {used.get(name, '0')}/{hard[name]}" for name in chosen)

    return cell


def _healthy(member: str) -> Cell:
    def cell(status: JsonObject) -> str:
        for each in status.get("conditions", ()):
            if each.get("type") == "Healthy":
                return str(each.get(member, ""))
        return ""

    return cell


def _health(status: JsonObject) -> str:
    return {"True": "Healthy", "False": "Unhealthy"}.get(_healthy("status")(status), "Unknown")


def _known(path: str) -> Cell:
    def cell(node: JsonObject) -> str:
        return str(at(node, path) or "<unknown>")

    return cell


# An event has its fields under other names in its own group.


def _event_object(event: JsonObject) -> Any:
    return event.get("involvedObject") or event.get("regarding") or {}


def _event_target(event: JsonObject) -> str:
    target = _event_object(event)
    kind, name = str(target.get("kind", "")).lower(), target.get("name")
    return f"{kind}/{name}" if name else kind


def _event_subobject(event: JsonObject) -> str:
    return str(_event_object(event).get("fieldPath", ""))


def _event_message(event: JsonObject) -> str:
    return str(event.get("message") or event.get("note") or "").strip()


def _event_source(event: JsonObject) -> str:
    source: Any = event.get("source") or event.get("deprecatedSource") or {}
    component = source.get("component") or event.get("reportingComponent") or event.get("reportingController", "")
    instance = source.get("host") or event.get("reportingInstance", "")
    return f"{component}, {instance}" if instance else str(component)


def _event_count(event: JsonObject) -> int:
    if event.get("series"):
        return int(at(event, "series.count", 0))
    return int(event.get("count") or event.get("deprecatedCount") or 1)


def _first_seen(event: JsonObject, now: datetime) -> str:
    first = event.get("firstTimestamp") or event.get("deprecatedFirstTimestamp")
    return ago(now, first or event.get("eventTime"))


def _last_seen(event: JsonObject, now: datetime) -> str:
    if event.get("series"):
        return ago(now, at(event, "series.lastObservedTime"))
    last = event.get("lastTimestamp") or event.get("deprecatedLastTimestamp")
    return ago(now, last) if last else _first_seen(event, now)


_EVENT: Final = (
    Column("Last Seen", None, timed=_last_seen),
    Column("Type", value("type")),
    Column("Reason", value("reason")),
    Column("Object", _event_target),
    Column("Subobject", _event_subobject, priority=1),
    Column("Source", _event_source, priority=1),
    Column("Message", _event_message),
    Column("First Seen", None, priority=1, timed=_first_seen),
    Column("Count", _event_count, priority=1),
    NAME._replace(priority=1),
)

CORE: Final[Mapping[str, tuple[Column, ...]]] = {
    "componentstatuses": (
        NAME,
        Column("Status", _health),
        Column("Message", _healthy("message")),
        Column("Error", _healthy("error")),
    ),
    "configmaps": (NAME, Column("Data", size("data", "binaryData")), AGE),
    "coordination.k8s.io/leases": (NAME, Column("Holder", value("spec.holderIdentity")), AGE),
    "events": _EVENT,
    "events.k8s.io/events": _EVENT,
    "limitranges": CREATED_AT,
    "namespaces": (NAME, Column("Status", value("status.phase")), AGE),
    "nodes": (
        NAME,
        Column("Status", _node_status),
        Column("Roles", _node_roles),
        AGE,
        Column("Version", value("status.nodeInfo.kubeletVersion")),
        Column("Internal-IP", _node_address("InternalIP"), priority=1),
        Column("External-IP", _node_address("ExternalIP"), priority=1),
        Column("OS-Image", _known("status.nodeInfo.osImage"), priority=1),
        Column("Kernel-Version", _known("status.nodeInfo.kernelVersion"), priority=1),
        Column(
            "Container-Runtime",
            _known("status.nodeInfo.containerRuntimeVersion"),
            priority=1,
        ),
    ),
    "pods": POD,
    "podtemplates": (
        NAME,
        Column("Containers", containers("template.spec", "name")),
        Column("Images", containers("template.spec", "image")),
        Column("Pod Labels", labels("template.metadata.labels")),
    ),
    "resourcequotas": (
        NAME,
        Column("Request", _quota(limits=False)),
        Column("Limit", _quota(limits=True)),
        AGE,
    ),
    "secrets": (NAME, Column("Type", value("type")), Column("Data", size("data")), AGE),
}
