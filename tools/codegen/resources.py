"""Reads from a document's paths which resources it serves: scope, plural, subresources and list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tools.codegen.document import Document
from tools.codegen.intermediate import GroupVersionKind, Resource

__all__ = ["ServedResources", "group_version_kinds", "served_resources"]

_METHODS = ("get", "put", "post", "patch", "delete", "head", "options")
_DEFINITIONS = "#/definitions/"


@dataclass(frozen=True)
class ServedResources:
    """What a document's paths serve."""

    by_definition: dict[str, Resource]
    """Resources by the name of their definition."""
    subresource_bodies: frozenset[str]
    """Names of definitions that subresources take or answer."""


@dataclass
class _Found:
    """What the paths of one plural say, gathered path by path."""

    kinds: list[GroupVersionKind] = field(default_factory=list[GroupVersionKind])
    namespaced: bool = False
    subresources: set[str] = field(default_factory=set[str])
    listed: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class _Address:
    """A path taken apart; the paths of one resource have the same `collection`."""

    collection: tuple[str, str, str]
    namespaced: bool
    subresource: tuple[str, ...]
    is_collection: bool


def served_resources(document: Document) -> ServedResources:
    """Find the resources of a document: what has a collection or an object path with a kind of its own."""
    found: defaultdict[tuple[str, str, str], _Found] = defaultdict(_Found)
    bodies: set[str] = set()
    for path, item in sorted(document["paths"].items()):
        address = _parse(path)
        kinds = list(_kinds(item))
        if address is None or not kinds:
            continue
        entry = found[address.collection]
        entry.namespaced |= address.namespaced
        if address.subresource:
            entry.subresources.add(address.subresource[0])
            bodies.update(_schemas(item))
            continue
        entry.kinds += kinds
        if address.is_collection:
            entry.listed += _answers(item.get("get", {}))
    definitions = _definitions_by_kind(document)
    by_definition: dict[str, Resource] = {}
    for (_, _, plural), entry in found.items():
        definition = definitions.get(entry.kinds[0]) if entry.kinds else None
        # A second plural of the same kind is an alias of the first.
        if definition is None or definition in by_definition:
            continue
        by_definition[definition] = Resource(
            entry.kinds[0],
            plural,
            entry.namespaced,
            tuple(sorted(entry.subresources)),
            entry.listed[0] if entry.listed else None,
        )
    return ServedResources(by_definition, frozenset(bodies & document["definitions"].keys()))


def _parse(path: str) -> _Address | None:
    """Take a path apart: `/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale`."""
    match path.strip("/").split("/"):
        case ["api", version, *rest]:
            group = ""
        case ["apis", group, version, *rest]:
            pass
        case _:
            return None
    if not rest or rest[0] == "watch":
        return None
    namespaced = rest[:2] == ["namespaces", "{namespace}"] and len(rest) > 2
    plural, *tail = rest[2:] if namespaced else rest
    return _Address((group, version, plural), namespaced, tuple(tail[1:]), not tail)


def _operations(item: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for method in _METHODS:
        if method in item:
            yield item[method]


def _kinds(item: dict[str, Any]) -> Iterator[GroupVersionKind]:
    for operation in _operations(item):
        kind = operation.get("x-kubernetes-group-version-kind")
        if kind:
            yield _kind(kind)


def _schemas(item: dict[str, Any]) -> Iterator[str]:
    """Give the definitions that a path's operations take and answer."""
    for operation in _operations(item):
        for parameter in (*operation.get("parameters", ()), *item.get("parameters", ())):
            yield from _reference(parameter)
        yield from _answers(operation)


def _answers(operation: dict[str, Any]) -> Iterator[str]:
    for status, response in sorted(operation.get("responses", {}).items()):
        if status.startswith("2"):
            yield from _reference(response)


def _reference(holder: dict[str, Any]) -> Iterator[str]:
    reference = holder.get("schema", {}).get("$ref", "")
    if reference.startswith(_DEFINITIONS):
        yield reference.removeprefix(_DEFINITIONS)


def _definitions_by_kind(document: Document) -> dict[GroupVersionKind, str]:
    """Map kinds to definitions; DeleteOptions and WatchEvent, which every group shares, map to theirs as well."""
    return {
        kind: name for name, schema in sorted(document["definitions"].items()) for kind in group_version_kinds(schema)
    }


def group_version_kinds(schema: dict[str, Any]) -> list[GroupVersionKind]:
    """Give the kinds that a definition says it is of."""
    return [_kind(each) for each in schema.get("x-kubernetes-group-version-kind", ())]


def _kind(extension: dict[str, str]) -> GroupVersionKind:
    return GroupVersionKind(extension["group"], extension["version"], extension["kind"])
