"""What happened to the workloads of a namespace, in a form that two servers can be compared in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

from kubex.core._json_value import is_array, is_object
from kubex.testing.lifecycle.json_members import list_at, object_at
from tests.e2e.raw_server import RawServer

__all__ = ["History", "history"]

Object: TypeAlias = dict[str, Any]
History: TypeAlias = dict[str, Any]
"""By what it is about: sequences, each told once however many objects had it."""

_PLACES = {
    "pods": "/api/v1/namespaces/{}/pods",
    "deployments": "/apis/apps/v1/namespaces/{}/deployments",
    "replicasets": "/apis/apps/v1/namespaces/{}/replicasets",
    "replicationcontrollers": "/api/v1/namespaces/{}/replicationcontrollers",
    "statefulsets": "/apis/apps/v1/namespaces/{}/statefulsets",
    "daemonsets": "/apis/apps/v1/namespaces/{}/daemonsets",
    "jobs": "/apis/batch/v1/namespaces/{}/jobs",
    "cronjobs": "/apis/batch/v1/namespaces/{}/cronjobs",
    "poddisruptionbudgets": "/apis/policy/v1/namespaces/{}/poddisruptionbudgets",
}
_EVENTS = "/api/v1/namespaces/{}/events"
_HASHED = re.compile(r"\b(web|db|agent)-[bcdfghjklmnpqrstvwxz2456789]{7,10}\b")
_GENERATED = re.compile(r"(?<=[a-zH0-9])-[bcdfghjklmnpqrstvwxz2456789]{5}\b")
_SCHEDULED = re.compile(r"-\d{8}\b")
_UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def history(server: RawServer, namespace: str, since: str) -> History:
    """Tell what happened in a namespace.

    Args:
        server: where.
        namespace: it.
        since: version from before anything was in it.
    """
    found: History = {}
    places = {resource: path.format(namespace) for resource, path in _PLACES.items()}
    paths = [*places.values(), _EVENTS.format(namespace)]

    def watched(path: str) -> list[tuple[str, Object]]:
        return _watched(server, path, since)

    with ThreadPoolExecutor() as threads:  # each of the watches takes a second
        *changes, events = threads.map(watched, paths)
    for resource, changed in zip(places, changes, strict=True):
        states: dict[str, list[Object]] = {}
        for _, object_ in changed:
            states.setdefault(object_["metadata"]["uid"], []).append(object_)
        for objects in states.values():
            name = f"{resource}/{_plain(objects[0]['metadata']['name'], namespace)}"
            for what, told in _told(objects, namespace):
                sequences: list[Any] = found.setdefault(f"{name} {what}", [])
                if told not in sequences:
                    sequences.append(told)
    for name, by_uid in _events(events, namespace).items():
        found[f"{name} events"] = [list(each) for each in {tuple(each) for each in by_uid.values()}]
    for sequences in found.values():
        sequences.sort(key=str)
    return found


def _watched(server: RawServer, path: str, since: str) -> list[tuple[str, Object]]:
    answer = server.ask("GET", f"{path}?watch=true&resourceVersion={since}&timeoutSeconds=1")
    assert answer.code == 200, answer.content
    events = [json.loads(line) for line in answer.content.splitlines()]
    assert all(event["type"] != "ERROR" for event in events), events[-1]
    return [(event["type"], event["object"]) for event in events]


def _told(objects: Sequence[Object], namespace: str) -> Iterator[tuple[str, list[Any]]]:
    """Give the sequences of one object: of each condition, of each container, of its phase; and how it ended up."""
    sequences: dict[str, list[Any]] = {}

    def note(what: str, value: Any) -> None:
        sequence = sequences.setdefault(what, [])
        if not sequence or sequence[-1] != value:
            sequence.append(value)

    for object_ in objects:
        status: Object = object_.get("status") or {}
        if "phase" in status:
            note("phase", status["phase"])
        for condition in list_at(status, "conditions"):
            message = _plain(condition.get("message", ""), namespace)
            note(f"condition {condition['type']}", [condition["status"], condition.get("reason", ""), message])
        for kind in ("initContainerStatuses", "containerStatuses"):
            for container in list_at(status, kind):
                note(f"container {container['name']}", _container(container, namespace))
    last = objects[-1]
    if "deletionTimestamp" not in last["metadata"]:
        note("last status", _shape(last.get("status") or {}))
    note("last labels", sorted(last["metadata"].get("labels") or {}))
    note("last annotations", sorted(last["metadata"].get("annotations") or {}))
    note(
        "owners of fields",
        sorted({(each["manager"], each.get("subresource", "")) for each in last["metadata"]["managedFields"]}),
    )
    yield from sequences.items()


def _container(container: Object, namespace: str) -> list[Any]:
    ((name, state),) = container["state"].items()
    told = [name, state.get("reason", ""), state.get("exitCode", "")]
    if name == "waiting":
        told.append(_plain(state.get("message", ""), namespace))
    return told


def _shape(value: Any) -> Any:
    """Give the fields of a status, with those values that are numbers of something."""
    if is_object(value):
        return {name: _shape(each) for name, each in value.items() if name not in ("conditions", "addresses")}
    if is_array(value):
        return [_shape(each) for each in value[:1]]
    return value if isinstance(value, int) else type(value).__name__


def _events(events: Sequence[tuple[str, Object]], namespace: str) -> dict[str, dict[str, list[Any]]]:
    found: dict[str, dict[str, list[Any]]] = {}
    for type_, event in events:
        about = event["involvedObject"]
        if type_ != "ADDED" or about["kind"] in ("Node", "Namespace"):
            continue
        source: str = object_at(event, "source").get("component") or event.get("reportingComponent", "")
        told: tuple[str, ...] = (
            event["type"],
            event["reason"],
            _plain(event["message"], namespace),
            source,
            about.get("fieldPath", ""),
        )
        name = f"{about['kind']}/{_plain(about['name'], namespace)}"
        found.setdefault(name, {}).setdefault(about["uid"], []).append(told)
    return found


def _plain(text: str, namespace: str) -> str:
    """Give a text without what differs from run to run."""
    text = _UID.sub("UID", text.replace(namespace, "NAMESPACE"))
    text = _HASHED.sub(r"\1-H", text)
    text = _SCHEDULED.sub("-MINUTES", text)
    text = _GENERATED.sub("-XXXXX", text)
    return re.sub(r"(?<= to )[a-z0-9.-]+$", "NODE", text)
