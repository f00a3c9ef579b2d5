"""Reads from a document's paths which resources it serves, where and how."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import msgspec

from kubex.testing.schema.openapi_document import OpenApiDocument

__all__ = ["ServedKind", "ServedResource", "ServedSubresource", "served_resources"]

_DEFINITIONS: Final = "#/definitions/"
_COLLECTION_VERBS: Final = {"get": "list", "post": "create", "delete": "deletecollection"}
_OBJECT_VERBS: Final = {"get": "get", "put": "update", "post": "create", "patch": "patch", "delete": "delete"}


class ServedKind(msgspec.Struct, frozen=True, order=True):
    """A kind, as the operations and definitions of a document name it."""

    group: str
    version: str
    kind: str


@dataclass(frozen=True)
class ServedSubresource:
    """A subresource of a resource, such as `scale`."""

    name: str
    kind: ServedKind | None
    """What it takes and answers: a Scale is of the group `autoscaling` wherever it is served."""
    verbs: tuple[str, ...]
    """In the order of the alphabet, as discovery has them."""
    definitions: tuple[str, ...]
    """Names of the definitions that it takes or answers."""


@dataclass(frozen=True)
class ServedResource:
    """A resource: what stands in one version of one group under one plural."""

    group: str
    version: str
    plural: str
    kind: ServedKind
    """Of its objects; the group may be another one's: `bindings` of a pod are not."""
    namespaced: bool
    verbs: tuple[str, ...]
    """In the order of the alphabet, as discovery has them."""
    subresources: tuple[ServedSubresource, ...]
    """In the order of their names."""
    definition: str | None
    """Name of the definition of its objects."""
    list_definition: str | None
    """Name of the definition of its lists; `None` for what can't be listed."""

    @property
    def list_kind(self) -> str | None:
        """Kind of its lists: `PodList`."""
        return self.list_definition and self.list_definition.rpartition(".")[2]


class _Reference(msgspec.Struct):
    ref: str = msgspec.field(name="$ref", default="")


class _Holder(msgspec.Struct):
    schema: _Reference | None = None


class _Operation(msgspec.Struct):
    kind: ServedKind | None = msgspec.field(name="x-kubernetes-group-version-kind", default=None)
    parameters: list[_Holder] = []
    responses: dict[str, _Holder] = {}

    def taken(self) -> Iterator[str]:
        """Give the definitions of its parameters."""
        return _definitions(self.parameters)

    def answered(self) -> Iterator[str]:
        """Give the definitions of its answers where all goes well."""
        return _definitions([each for status, each in sorted(self.responses.items()) if status.startswith("2")])


class _Path(msgspec.Struct):
    get: _Operation | None = None
    put: _Operation | None = None
    post: _Operation | None = None
    patch: _Operation | None = None
    delete: _Operation | None = None
    parameters: list[_Holder] = []

    def operations(self) -> list[tuple[str, _Operation]]:
        """Give its operations by their methods."""
        every = (
            ("get", self.get),
            ("put", self.put),
            ("post", self.post),
            ("patch", self.patch),
            ("delete", self.delete),
        )
        return [(method, operation) for method, operation in every if operation is not None]


_paths_decoder = msgspec.json.Decoder(dict[str, _Path])


@dataclass
class _Found:
    """What the paths of a resource or subresource say, gathered path by path."""

    kinds: list[ServedKind] = field(default_factory=list[ServedKind])
    verbs: set[str] = field(default_factory=set[str])
    definitions: list[str] = field(default_factory=list[str])
    lists: list[str] = field(default_factory=list[str])
    namespaced: bool = False
    subresources: defaultdict[str, _Found] = field(default_factory=lambda: defaultdict(_Found))


@dataclass(frozen=True)
class _Address:
    """A path taken apart."""

    group: str
    version: str
    plural: str
    namespaced: bool
    watched: bool
    rest: tuple[str, ...]
    """After the plural: nothing, `{name}`, or `{name}` and the subresource."""


def served_resources(document: OpenApiDocument) -> list[ServedResource]:
    """Find the resources of a document: what has a collection or an object path with a kind of its own.

    Returns:
        The resources in the order of group, version and plural.
    """
    found: defaultdict[tuple[str, str, str], _Found] = defaultdict(_Found)
    for path, item in sorted(_paths_decoder.decode(document.paths).items()):
        address = _parsed(path)
        if address is not None:
            _gather(found[address.group, address.version, address.plural], address, item)
    return [
        _resource(group, version, plural, entry)
        for (group, version, plural), entry in sorted(found.items())
        if entry.kinds
    ]


def _gather(entry: _Found, address: _Address, item: _Path) -> None:
    if address.watched:
        entry.verbs.add("watch")
        return
    if len(address.rest) > 2:  # the path that a proxy passes on
        return
    operations = item.operations()
    if any(operation.kind for _, operation in operations):
        entry.namespaced |= address.namespaced
    if len(address.rest) == 2:
        entry = entry.subresources[address.rest[1]]
    entry.definitions += _definitions(item.parameters)
    verbs = _OBJECT_VERBS if address.rest else _COLLECTION_VERBS
    for method, operation in operations:
        if operation.kind is not None:
            entry.kinds.append(operation.kind)
        if method in verbs:
            entry.verbs.add(verbs[method])
        if method == "get" and not address.rest:
            entry.lists += operation.answered()
        elif method != "delete":
            entry.definitions += operation.answered()
            entry.definitions += operation.taken()


def _resource(group: str, version: str, plural: str, entry: _Found) -> ServedResource:
    kind = entry.kinds[0]
    return ServedResource(
        group,
        version,
        plural,
        kind,
        entry.namespaced,
        tuple(sorted(entry.verbs)),
        tuple(
            ServedSubresource(
                name,
                each.kinds[0] if each.kinds else None,
                tuple(sorted(each.verbs)),
                tuple(dict.fromkeys(each.definitions)),
            )
            for name, each in sorted(entry.subresources.items())
        ),
        next((name for name in entry.definitions if name.endswith(f".{kind.kind}")), None),
        entry.lists[0] if entry.lists else None,
    )


def _parsed(path: str) -> _Address | None:
    """Take a path apart: `/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale`."""
    match path.strip("/").split("/"):
        case ["api", version, *rest]:
            group = ""
        case ["apis", group, version, *rest]:
            pass
        case _:
            return None
    watched = rest[:1] == ["watch"]
    rest = rest[watched:]
    namespaced = rest[:2] == ["namespaces", "{namespace}"] and len(rest) > 2
    if namespaced:
        rest = rest[2:]
    return _Address(group, version, rest[0], namespaced, watched, tuple(rest[1:])) if rest else None


def _definitions(holders: list[_Holder]) -> Iterator[str]:
    for holder in holders:
        if holder.schema is not None and holder.schema.ref.startswith(_DEFINITIONS):
            yield holder.schema.ref.removeprefix(_DEFINITIONS)
