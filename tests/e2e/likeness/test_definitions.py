"""CustomResourceDefinitions taken and refused alike: by the server in memory and by a real one."""

# Long because of the table of what a definition may be.

from __future__ import annotations

import copy
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from kubex.configuration import ClientConfiguration
from kubex.testing import ApiServer
from tests.e2e.likeness.differences import without_shown
from tests.e2e.likeness.peers import Peer
from tests.e2e.likeness.test_fields import MISSING, Change, Pair, compared

PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
SCHEMA = "spec.versions.0.schema.openAPIV3Schema"
FIELD = f"{SCHEMA}.properties.spec.properties.f"
TEXT = {"type": "string"}
OTHER_SCHEMA = {"openAPIV3Schema": {"type": "object", "properties": {"other": TEXT}}}
SCALE = {"specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n"}
COLUMN = {"name": "N", "type": "string", "jsonPath": ".spec.n"}


def version(name: str = "v1", **more: Any) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "spec": {"type": "object", "properties": {"n": {"type": "integer"}, "text": TEXT}},
        "status": {"type": "object", "properties": {"n": {"type": "integer"}}},
    }
    schema = {"openAPIV3Schema": {"type": "object", "properties": properties}}
    return {"name": name, "served": True, "storage": name == "v1", "schema": schema, **more}


def definition(namespace: str) -> dict[str, Any]:
    group = f"{namespace}.example.com"
    names = {"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"}
    spec = {"group": group, "scope": "Namespaced", "names": names, "versions": [version()]}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"things.{group}"},
        "spec": spec,
    }


CHANGES: dict[str, list[Any]] = {
    "metadata.name": ["things", "", "Bad_Name", "other.example.com"],
    "metadata.generateName": ["made-"],
    "metadata.finalizers": [["bad"], ["a.b/c"]],
    "metadata.annotations": [{"bad key": "x"}],
    "spec.group": ["", "nodots", "Bad_.example.com", MISSING],
    "spec.scope": ["", "X", "Cluster", MISSING],
    "spec.preserveUnknownFields": [True, False],
    "spec.names": [{}, {"plural": "things"}, {"plural": "things", "kind": "Thing", "listKind": "Thing"}],
    "spec.names.plural": ["", "Bad_", "1things", MISSING],
    "spec.names.singular": ["Bad_", "", MISSING],
    "spec.names.kind": ["Bad_", "lower", "1Kind", "", MISSING],
    "spec.names.listKind": ["Thing", "Bad_", ""],
    "spec.names.shortNames": [["t"], ["Bad_", "ok", "1a"], [""]],
    "spec.names.categories": [["all"], ["Bad_"]],
    "spec.versions": [
        [],
        [version(storage=False)],
        [version(served=False)],
        [version(), version()],
        [version(), version("v2", storage=True)],
        [version(), version("v2", storage=True, schema=OTHER_SCHEMA)],
        [version(), version("v1", schema=OTHER_SCHEMA)],
        [version(), version("v2")],
        [version(), version("v2", schema=OTHER_SCHEMA)],
        [version("v2", storage=True)],
        [version("v2"), version("V_1", storage=True)],
        [version("Bad_", storage=True)],
        [version(""), version()],
        [version(), {"name": "v2", "served": True, "storage": False}],
        [version(schema={})],
        [version(), version("v2", subresources={"status": {}, "scale": {}})],
        [version(), version("v2", storage=True, additionalPrinterColumns=[COLUMN], subresources={"scale": SCALE})],
        [version(), version("v2", additionalPrinterColumns=[{}])],
        [version(), version("v1", additionalPrinterColumns=[{**COLUMN, "priority": 1, "description": "d"}])],
        MISSING,
    ],
    "spec.versions.0.deprecated": [True],
    "spec.versions.0.deprecationWarning": ["x"],
    "spec.versions.0": [
        version(deprecated=True, deprecationWarning=text) for text in ("", "x" * 257, "line\nline", "fine", "ü\u200b")
    ],
    "spec.versions.0.additionalPrinterColumns": [
        [COLUMN],
        [{}],
        [{**COLUMN, "type": "X", "format": "X", "jsonPath": "spec.n"}],
        [{**COLUMN, "name": "", "type": "", "jsonPath": ""}],
        [{**COLUMN, "format": "int32"}, {**COLUMN, "jsonPath": "."}],
        [{**COLUMN, "jsonPath": ".spec[0"}],
    ],
    "spec.versions.0.subresources": [
        {},
        {"status": {}},
        {"scale": SCALE},
        {"scale": {}},
        {"scale": {**SCALE, "specReplicasPath": "spec.n", "statusReplicasPath": ".spec.n"}},
        {"scale": {**SCALE, "specReplicasPath": ".status.n", "labelSelectorPath": "x"}},
        {"scale": {**SCALE, "labelSelectorPath": ".metadata.x"}},
        {"scale": {**SCALE, "labelSelectorPath": ".status.x"}},
        {"scale": {**SCALE, "specReplicasPath": ".spec."}},
    ],
    "spec.versions.0.selectableFields": [
        [{"jsonPath": ".spec.text"}],
        [{"jsonPath": ".spec.text"}, {"jsonPath": ".spec.text"}],
        [{"jsonPath": ""}],
        [{"jsonPath": "spec.text"}],
        [{"jsonPath": ".spec.missing"}],
        [{"jsonPath": ".spec"}],
        [{"jsonPath": ".metadata.name"}],
        [{"jsonPath": ".spec.text[0]"}],
        [{"jsonPath": "."}],
    ],
    "spec.conversion": [
        {"strategy": "None"},
        {"strategy": "X"},
        {},
        {"strategy": "Webhook"},
        {"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v1"]}},
        {"strategy": "Webhook", "webhook": {"clientConfig": {}, "conversionReviewVersions": []}},
        {"strategy": "Webhook", "webhook": {"clientConfig": {"url": "https://a"}, "conversionReviewVersions": ["x"]}},
        {
            "strategy": "Webhook",
            "webhook": {"clientConfig": {"url": "https://a"}, "conversionReviewVersions": ["v1", "v1", "Bad_"]},
        },
        {"strategy": "None", "webhook": {"clientConfig": {"url": "https://a"}, "conversionReviewVersions": ["v1"]}},
    ],
    f"{SCHEMA}.type": ["array", "", "X", MISSING],
    f"{SCHEMA}.nullable": [True],
    f"{SCHEMA}.additionalProperties": [TEXT, True, False],
    f"{SCHEMA}.x-kubernetes-preserve-unknown-fields": [True, False],
    f"{SCHEMA}.properties.metadata": [
        {"type": "object"},
        {"type": "string"},
        {},
        {"type": "object", "properties": {"name": TEXT}},
        {"type": "object", "properties": {"labels": {"type": "object"}}},
        {"type": "object", "properties": {"name": {**TEXT, "default": "x"}}},
        {"type": "object", "description": "d"},
    ],
    f"{SCHEMA}.properties.kind": [TEXT, {"type": "integer"}],
    f"{SCHEMA}.properties.apiVersion": [TEXT, {}],
    f"{SCHEMA}.required": [["spec"], ["missing"]],
    f"{SCHEMA}.allOf": [[{"required": ["spec"]}], [{"properties": {"x": {}}}]],
    FIELD: [
        TEXT,
        {},
        {"type": "X"},
        {"type": "null"},
        {"type": "string", "nullable": True, "default": "x"},
        {"type": "string", "default": 5},
        {"type": "object", "properties": {"a": TEXT}, "default": {"b": "x"}},
        {"type": "object", "properties": {"a": TEXT}, "default": {"a": 1}},
        {"type": "integer", "minimum": 3, "default": 2},
        {"type": "string", "enum": ["a", "b"], "default": "c"},
        {"type": "array"},
        {"type": "array", "items": {}},
        {"type": "array", "items": [TEXT]},
        {"type": "array", "items": TEXT, "uniqueItems": True},
        {"type": "array", "items": TEXT, "x-kubernetes-list-type": "X"},
        {"type": "array", "items": TEXT, "x-kubernetes-list-type": "set"},
        {"type": "array", "items": {**TEXT, "nullable": True}, "x-kubernetes-list-type": "set"},
        {"type": "array", "items": {"type": "object"}, "x-kubernetes-list-type": "set"},
        {"type": "array", "items": {"type": "array", "items": TEXT}, "x-kubernetes-list-type": "set"},
        {"type": "array", "items": TEXT, "x-kubernetes-list-type": "map"},
        {"type": "array", "items": TEXT, "x-kubernetes-list-map-keys": ["a"]},
        {"type": "array", "items": {"type": "object"}, "x-kubernetes-list-type": "map"},
        {
            "type": "array",
            "items": {"type": "object", "properties": {"a": TEXT}},
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["a", "a", "b"],
        },
        {
            "type": "array",
            "items": {"type": "object", "properties": {"a": {"type": "array", "items": TEXT}}, "required": ["a"]},
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["a"],
        },
        {
            "type": "array",
            "items": {"type": "object", "properties": {"a": {**TEXT, "nullable": True, "default": "x"}}},
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["a"],
        },
        {"type": "string", "x-kubernetes-list-type": "set"},
        {"type": "string", "x-kubernetes-map-type": "atomic"},
        {"x-kubernetes-map-type": "X", "x-kubernetes-preserve-unknown-fields": True},
        {"type": "object", "x-kubernetes-map-type": "X"},
        {"type": "object", "properties": {"a": TEXT}, "additionalProperties": TEXT},
        {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False},
        {"type": "object", "additionalProperties": {}},
        {"type": "object", "x-kubernetes-preserve-unknown-fields": False},
        {"type": "object", "x-kubernetes-embedded-resource": True},
        {"type": "string", "x-kubernetes-embedded-resource": True},
        {"x-kubernetes-embedded-resource": True, "x-kubernetes-preserve-unknown-fields": True},
        {
            "type": "object",
            "x-kubernetes-embedded-resource": True,
            "x-kubernetes-preserve-unknown-fields": True,
            "properties": {"metadata": {"type": "string"}, "kind": {"type": "integer"}},
        },
        {"x-kubernetes-int-or-string": True},
        {"x-kubernetes-int-or-string": True, "type": "string"},
        {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
        {"x-kubernetes-int-or-string": True, "x-kubernetes-preserve-unknown-fields": True},
        {"x-kubernetes-int-or-string": True, "allOf": [{"anyOf": [{"type": "integer"}, {"type": "string"}]}]},
        {"type": "string", "pattern": "["},
        {"type": "string", "pattern": "a+"},
        {"type": "string", "format": "isbn"},
        {"type": "string", "format": "odd-one"},
        {"type": "integer", "format": "odd-one"},
        {"type": "string", "anyOf": [{"type": "string"}]},
        {"type": "string", "anyOf": [{"pattern": "a"}, {"maxLength": 3}]},
        {"type": "string", "not": {"default": "x"}},
        {"type": "object", "allOf": [{"properties": {"a": {"maxLength": 3}}}]},
        {"type": "object", "oneOf": [{"required": ["a"]}, {"required": ["b"]}], "properties": {"a": TEXT, "b": TEXT}},
        {
            "type": "object",
            "properties": {"a": TEXT},
            "anyOf": [{"properties": {"a": {"type": "string", "title": "t"}}}],
        },
        {"type": "object", "anyOf": [{"additionalProperties": TEXT}]},
        {"type": "array", "items": TEXT, "anyOf": [{"items": {"maxLength": 3}}]},
        {"type": "string", "anyOf": [{"items": {"maxLength": 3}}]},
        {"type": "object", "anyOf": [{"properties": {"metadata": {}}}]},
        {"type": "object", "allOf": [{"nullable": True, "x-kubernetes-preserve-unknown-fields": True}]},
        {"type": "string", "$ref": "#/definitions/x"},
        {"type": "string", "definitions": {"x": TEXT}},
        {"type": "object", "patternProperties": {"x": TEXT}},
        {"type": "string", "id": "x"},
        {"type": "object", "dependencies": {"a": ["b"]}},
        {"type": "array", "items": TEXT, "additionalItems": TEXT},
        {"type": "string", "unknown": 1},
        {"type": "string", "maxLength": "x"},
    ],
}
STATUS_ROOT: list[Change] = [
    Change(f"{SCHEMA}.type", "string"),
    Change(f"{SCHEMA}.enum", [{}]),
    Change(f"{SCHEMA}.maxProperties", 5),
    Change(f"{SCHEMA}.description", "d"),
    Change(f"{SCHEMA}.allOf", [{"required": ["spec"]}]),
]


@pytest.fixture(autouse=True)
def leave_nothing_open() -> None:
    """These tests share their connections: what one of them leaves open is the next one's."""


@pytest.fixture(scope="module")
def servers(bare_server: ClientConfiguration) -> Iterator[Pair]:
    with ApiServer() as server, Peer.connected(bare_server) as real, Peer.connected(server.configuration) as mine:
        namespace = f"kubex-{uuid.uuid4().hex[:12]}"
        for peer in (real, mine):
            peer.namespace = namespace
        yield Pair(real, mine)


def changes() -> list[Change]:
    return [Change(path, value) for path, values in CHANGES.items() for value in values]


def unlike(servers: Pair, method: str, path: str, bases: tuple[Any, Any], tried: list[Change]) -> list[str]:
    found: list[str] = []
    for change in tried:
        real, mine = compared(servers, method, path, (change.made(bases[0]), change.made(bases[1])))
        if change.value is MISSING:
            kind = "CustomResourceDefinition"
            real, mine = (without_shown(each, kind, "create", change.path) for each in (real, mine))
        if real != mine:
            found.append(f"{change.path} = {change.value!r}\n  real {real}\n  mine {mine}")
    return found


def test_definitions_are_created_alike(servers: Pair) -> None:
    base = definition(servers.mine.namespace)
    assert not (found := unlike(servers, "POST", PATH, (base, base), changes())), "\n".join(found)


def test_definitions_with_a_status_are_created_alike(servers: Pair) -> None:
    base = definition(servers.mine.namespace)
    base["spec"]["versions"][0]["subresources"] = {"status": {}}
    assert not (found := unlike(servers, "POST", PATH, (base, base), STATUS_ROOT)), "\n".join(found)


def test_definitions_are_replaced_alike(servers: Pair) -> None:
    base = definition(servers.mine.namespace)
    path = f"{PATH}/{base['metadata']['name']}"
    live: list[dict[str, Any]] = []
    try:
        for peer in servers:
            assert peer.request("POST", PATH, base).succeeded
            live.append(established(peer, path))
        tried = [each for each in changes() if each.path != "metadata.name"]
        found = unlike(servers, "PUT", path, (live[0], live[1]), tried)
    finally:
        for peer in servers:
            peer.request("DELETE", path)
    assert not found, "\n".join(found)


def established(peer: Peer, path: str) -> dict[str, Any]:
    """Wait until a definition is as the controllers leave it."""
    for _ in range(2000):
        content: dict[str, Any] = copy.deepcopy(peer.request("GET", path).content)
        conditions: list[dict[str, str]] = content.get("status", {}).get("conditions") or []
        if any(each["type"] == "Established" and each["status"] == "True" for each in conditions):
            return content
    raise AssertionError(f"{path} is not established")


def test_names_that_others_have_are_noted_alike(servers: Pair) -> None:
    """A definition whose names are taken is kept, and tells which."""
    first, second = (definition(f"names-{servers.mine.namespace}") for _ in range(2))
    second["metadata"]["name"] = second["metadata"]["name"].replace("things", "others")
    second["spec"]["names"] = {"plural": "others", "singular": "thing", "kind": "Thing", "shortNames": ["things"]}
    told: list[Any] = []
    for peer in servers:
        peer.seen.clear()
        try:
            assert peer.request("POST", PATH, first).succeeded
            established(peer, f"{PATH}/{first['metadata']['name']}")
            assert peer.request("POST", PATH, second).succeeded
            told.append(refused_names(peer, f"{PATH}/{second['metadata']['name']}"))
        finally:
            for each in (first, second):
                peer.request("DELETE", f"{PATH}/{each['metadata']['name']}")
    assert told[0] == told[1]


def refused_names(peer: Peer, path: str) -> Any:
    """Wait until a definition is told that its names are taken; gives what it is told."""
    for _ in range(2000):
        status: dict[str, Any] = peer.request("GET", path).content.get("status", {})
        conditions: list[dict[str, str]] = status.get("conditions") or []
        if len(conditions) > 1:
            told = [(each["type"], each["status"], each["reason"], each["message"]) for each in conditions]
            return sorted(told), status["acceptedNames"], status["storedVersions"]
    raise AssertionError(f"{path} is not told that its names are taken")
