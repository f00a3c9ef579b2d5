"""Each value that a field may be given, taken or refused alike: by the server in memory and by a real one.

The real one runs alone: no controller changes what is compared.
"""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from kubex.configuration import ClientConfiguration
from kubex.core._json_value import is_array, is_object
from kubex.testing import ApiServer
from tests.e2e.likeness.differences import DIFFERENCES, SHOWN_DIFFERENTLY, differs, without_shown
from tests.e2e.likeness.kinds import KINDS, Kind
from tests.e2e.likeness.peers import Peer

MISSING = object()
DRY_RUN = {"dryRun": "All"}
OWNER = {"apiVersion": "v1", "kind": "ConfigMap", "name": "o", "uid": "u"}
METADATA: dict[str, list[Any]] = {
    "metadata.labels": [
        {"a": "b"},
        {"bad key": "x"},
        {"a": "Bad!"},
        {"a/b/c": "x"},
        {"/a": "x"},
        {"a": "x" * 64},
        None,
    ],
    "metadata.annotations": [{"a": "b"}, {"bad key": "x"}, {"A.B/c": "x"}],
    "metadata.name": ["Bad_Name", "", "a.b", "1a", "a/b", "..", "x" * 254],
    "metadata.generateName": ["made-", "Bad_"],
    "metadata.finalizers": [["bad"], ["a.b/c"], ["orphan", "foregroundDeletion"]],
    "metadata.ownerReferences": [[OWNER], [{**OWNER, "uid": ""}], [OWNER, OWNER], [{**OWNER, "apiVersion": "a/b/c"}]],
    "metadata.namespace": ["other"],
    "metadata.uid": ["u"],
    "metadata.generation": [7],
    "metadata.creationTimestamp": ["2020-01-01T00:00:00Z"],
    "metadata.unknown": ["x"],
    "unknown": [1],
    "apiVersion": ["v9"],
    "kind": ["Other"],
}


COUNTED = frozenset({"ResourceQuota"})
"""Kinds whose status a controller keeps: when it comes, and whether it has come, is not compared here."""


class Change(NamedTuple):
    """Another value for a field."""

    path: str
    value: Any

    def made(self, content: dict[str, Any]) -> dict[str, Any]:
        """Give an object with this value."""
        changed: dict[str, Any] = copy.deepcopy(content)
        place: Any = changed
        *before, last = self.path.split(".")
        for name in before:
            place = place[int(name)] if is_array(place) else place.setdefault(name, {})
        if is_array(place):
            place[int(last)] = self.value
        elif self.value is MISSING:
            place.pop(last, None)
        else:
            place[last] = self.value
        return changed


class Pair(NamedTuple):
    """The two servers."""

    real: Peer
    mine: Peer


@pytest.fixture(autouse=True)
def leave_nothing_open() -> None:
    """These tests share their connections: what one of them leaves open is the next one's."""


@pytest.fixture(scope="module")
def servers(bare_server: ClientConfiguration) -> Iterator[Pair]:
    with ApiServer() as server, Peer.connected(bare_server) as real, Peer.connected(server.configuration) as mine:
        namespace = f"kubex-{uuid.uuid4().hex[:12]}"
        for peer in (real, mine):
            peer.namespace = namespace
            peer.request("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
            accounts = f"/api/v1/namespaces/{namespace}/serviceaccounts"
            peer.request("POST", accounts, {"metadata": {"name": "default"}})
        yield Pair(real, mine)


def changes(kind: Kind) -> list[Change]:
    """Give the values that fields of a kind are given."""
    fields = {**kind.fields, **METADATA}
    found = [Change(path, value) for path, values in fields.items() for value in values]
    return found + [Change(path, MISSING) for path in kind.fields]


def compared(servers: Pair, method: str, path: str, objects: tuple[dict[str, Any], dict[str, Any]]) -> tuple[Any, Any]:
    """Ask both, and give what can be compared of the answers."""
    answers: list[Any] = []
    for peer, object_ in zip(servers, objects, strict=True):
        peer.seen.clear()
        answer = peer.comparable(peer.request(method, path, object_, query=DRY_RUN))
        answers.append(distinct(without_counts(answer)))
    return answers[0], answers[1]


def without_counts(answer: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a controller has written of an object, and that it has."""
    content = answer["content"]
    if not is_object(content) or content.get("kind") not in COUNTED:
        return answer
    metadata = dict(content["metadata"])
    entries = [each for each in metadata.pop("managedFields", []) if each.get("subresource") != "status"]
    if entries:
        metadata["managedFields"] = entries
    content = {name: value for name, value in content.items() if name != "status"}
    return {**answer, "content": {**content, "metadata": metadata}}


def distinct(answer: dict[str, Any]) -> dict[str, Any]:
    """Leave each cause in an answer once."""
    content = answer["content"]
    details = content.get("details") if is_object(content) else None
    if not is_object(details) or "causes" not in details:
        return answer
    causes = [cause for index, cause in enumerate(details["causes"]) if cause not in details["causes"][:index]]
    return {**answer, "content": {**content, "details": {**details, "causes": causes}}}


def read_again(peer: Peer, path: str) -> dict[str, Any]:
    """Read an object as it is by now: controllers may have written its status."""
    content: dict[str, Any] = peer.request("GET", path).content
    return content


def content_of(kind: Kind, namespace: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(kind.content).replace("NAMESPACE", namespace))
    return content


@pytest.mark.parametrize("name", KINDS)
def test_objects_are_created_alike(name: str, servers: Pair) -> None:
    kind, namespace = KINDS[name], servers.mine.namespace
    base = {"metadata": {"name": "x"}, **content_of(kind, namespace)}
    unlike: list[str] = []
    for change in changes(kind):
        if differs(name, "create", change.path):
            continue
        object_ = change.made(base)
        answers = compared(servers, "POST", kind.collection(namespace), (object_, object_))
        real, mine = (without_shown(each, name, "create", change.path) for each in answers)
        if real != mine:
            unlike.append(f"{change.path} = {change.value!r}\n  real {real}\n  mine {mine}")
    assert not unlike, "\n".join(unlike)


@pytest.mark.parametrize("name", KINDS)
def test_objects_are_replaced_alike(name: str, servers: Pair) -> None:
    kind, namespace = KINDS[name], servers.mine.namespace
    path = f"{kind.collection(namespace)}/{namespace}-base"
    base = {"metadata": {"name": f"{namespace}-base"}, **content_of(kind, namespace)}
    live: list[dict[str, Any]] = []
    for peer in servers:
        made = peer.request("POST", kind.collection(namespace), base)
        assert made.succeeded, made.content
        live.append(made.content)
    unlike: list[str] = []
    for change in changes(kind):
        if change.path == "metadata.name" or differs(name, "replace", change.path):
            continue
        if name in COUNTED:
            live = [read_again(peer, path) for peer in servers]
        answers = compared(servers, "PUT", path, (change.made(live[0]), change.made(live[1])))
        real, mine = (without_shown(each, name, "replace", change.path) for each in answers)
        if real != mine:
            unlike.append(f"{change.path} = {change.value!r}\n  real {real}\n  mine {mine}")
    for peer in servers:
        peer.request("DELETE", path)
    assert not unlike, "\n".join(unlike)


def test_differences_are_of_kinds_and_fields_that_are_compared() -> None:
    for difference in (*DIFFERENCES, *SHOWN_DIFFERENTLY):
        assert all(kind in {*KINDS, "CustomResourceDefinition"} for kind in difference.kinds), difference
