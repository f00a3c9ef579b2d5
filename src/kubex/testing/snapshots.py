"""Snapshots: everything that a cluster in memory holds, in a file that another one can go on with.

A file is JSON:

```json
{
  "format": "kubex.testing/snapshot",
  "formatVersion": 1,
  "kubernetesVersion": "1.35",
  "resourceVersion": "57",
  "objects": {"configmaps": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}], "apps/deployments": []}
}
```

`objects` has the objects by resource, all of them as they are stored; `resourceVersion` is the version that the next
change follows. History is not kept: a watch from an older version hears 410.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

import msgspec

from kubex.core.exceptions import KubexException
from kubex.testing.files import replace_file
from kubex.testing.lifecycle.conversions import converted
from kubex.testing.lifecycle.decoding import WrongType, decode
from kubex.testing.lifecycle.validation.definitions import definition_causes
from kubex.testing.registry import Registry
from kubex.testing.schema.tree import ObjectSchema
from kubex.testing.storage import Entry, JsonObject, Key, Storage

__all__ = ["Snapshot", "SnapshotError", "entries_of", "read_snapshot", "snapshot_of", "write_snapshot"]

_FORMAT: Final = "kubex.testing/snapshot"
_DEFINITIONS: Final = "apiextensions.k8s.io/customresourcedefinitions"

_Version = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,17}$")]


class SnapshotError(KubexException, ValueError):
    """A snapshot can't be read, written or served; what `ApiServer` raises names the file."""


class Snapshot(msgspec.Struct, kw_only=True, rename="camel"):
    """What a snapshot file holds."""

    format: Literal["kubex.testing/snapshot"] = "kubex.testing/snapshot"
    format_version: Literal[1] = 1
    kubernetes_version: str
    resource_version: _Version
    objects: dict[str, list[JsonObject]]


class _Metadata(msgspec.Struct, kw_only=True, rename="camel"):
    name: Annotated[str, msgspec.Meta(min_length=1)]
    namespace: str = ""
    uid: str
    resource_version: _Version


class _Identity(msgspec.Struct, kw_only=True, rename="camel"):
    """What every stored object has."""

    api_version: str
    kind: str
    metadata: _Metadata


def snapshot_of(storage: Storage, kubernetes_version: str) -> Snapshot:
    """Take a snapshot of what is stored.

    Args:
        storage: the objects of a cluster.
        kubernetes_version: the cluster's.
    """
    objects = {place: [entry.object for _, entry in storage.scan(place)] for place in sorted(storage.resources())}
    return Snapshot(kubernetes_version=kubernetes_version, resource_version=str(storage.revision), objects=objects)


def write_snapshot(snapshot: Snapshot, path: str | os.PathLike[str]) -> None:
    """Write a snapshot into a file, at once and for its owner's eyes alone: it may hold Secrets.

    Raises:
        SnapshotError: the file can't be written.
    """
    # The format comes first, and is always there.
    document = {"format": snapshot.format, "formatVersion": snapshot.format_version, **msgspec.to_builtins(snapshot)}
    content = msgspec.json.format(msgspec.json.encode(document), indent=2)
    try:
        replace_file(path, content + b"\n")
    except OSError as error:
        raise SnapshotError(f"{os.fspath(path)}: can't be written: {error.strerror or error}") from None


def read_snapshot(path: str | os.PathLike[str]) -> Snapshot:
    """Read a snapshot file.

    Raises:
        SnapshotError: the file is missing or unreadable, or not a snapshot of a format that is known.
    """
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        raise SnapshotError(f"can't be read: {error.strerror or error}") from None
    try:
        head = msgspec.json.decode(content, type=dict[str, Any])
        if head.get("format") != _FORMAT:
            raise SnapshotError(f"not a snapshot of a server in memory: it has no format {_FORMAT!r}")
        if head.get("formatVersion") != 1:
            version = head.get("formatVersion")
            raise SnapshotError(f"the snapshot's formatVersion is {version!r}, and this kubex reads 1")
        return msgspec.convert(head, Snapshot)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SnapshotError(f"not a snapshot of a server in memory: {error}") from None


def entries_of(snapshot: Snapshot, registry: Registry) -> Iterator[tuple[str, Key, Entry]]:
    """Give the objects of a snapshot with their places, each of them checked.

    Args:
        snapshot: of any Kubernetes version.
        registry: what is served without custom resources.

    Raises:
        SnapshotError: an object is malformed, or of a kind that is not served.
    """
    latest = int(snapshot.resource_version)
    meta = registry.storage_version("namespaces").schema.fields["metadata"].schema
    if not isinstance(meta, ObjectSchema):  # what no document of Kubernetes has
        raise TypeError("metadata is no object")
    served = {resource.storage for resource in registry.every()}
    defined: dict[str, bool] = {}
    # Definitions first: they say what else may be there.
    for place in sorted(snapshot.objects, key=lambda each: each != _DEFINITIONS):
        keys: set[Key] = set()
        for index, object_ in enumerate(snapshot.objects[place]):
            where = f"{place}[{index}]"
            identity = _identity(object_, where)
            metadata = identity.metadata
            if int(metadata.resource_version) > latest:
                raise SnapshotError(f"{where} has resourceVersion {metadata.resource_version}, the snapshot {latest}")
            key = Key(metadata.namespace, metadata.name)
            if key in keys:
                raise SnapshotError(f"{where} has the name of another: {metadata.name}")
            keys.add(key)
            if place in served:
                object_, namespaced = _built_in(object_, identity, place, registry, where)
            elif place in defined:
                _decoded(object_["metadata"], meta, f"{where}.metadata")
                namespaced = defined[place]
            else:
                raise SnapshotError(f'{where}: this server has no resource "{place}"')
            if namespaced != bool(key.namespace):
                raise SnapshotError(f"{where} {'needs a' if namespaced else 'can have no'} namespace")
            if place == _DEFINITIONS:
                defined.update(_definition(object_, where))
            yield place, key, Entry(object_, int(metadata.resource_version))


def _identity(object_: JsonObject, where: str) -> _Identity:
    try:
        return msgspec.convert(object_, _Identity)
    except msgspec.ValidationError as error:
        raise SnapshotError(f"{where} is not an object that a server stores: {error}") from None


def _decoded(object_: JsonObject, schema: ObjectSchema, where: str) -> JsonObject:
    try:
        return decode(object_, schema).object
    except WrongType as error:
        raise SnapshotError(f"{where}: {error}") from None


def _built_in(
    object_: JsonObject, identity: _Identity, place: str, registry: Registry, where: str
) -> tuple[JsonObject, bool]:
    """Give an object in the form in which this server stores it, and whether it has a namespace."""
    group, _, version = identity.api_version.rpartition("/")
    resource = registry.by_kind(group, version, identity.kind)
    if resource is None or resource.storage != place:
        raise SnapshotError(f"{where}: this server has no {identity.kind} of {identity.api_version} among {place}")
    stored = converted(_decoded(object_, resource.schema, where), registry.storage_version(place))
    return stored, resource.namespaced


def _definition(definition: JsonObject, where: str) -> dict[str, bool]:
    """Give the place of what a definition defines, and whether it is in namespaces."""
    causes = definition_causes(definition, None)
    if causes:
        raise SnapshotError(f"{where}: {causes[0].field}: {causes[0].message}")
    spec = definition["spec"]
    return {f"{spec['group']}/{spec['names']['plural']}": spec["scope"] == "Namespaced"}
