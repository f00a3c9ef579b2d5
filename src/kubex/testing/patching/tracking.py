"""Notes who changed which fields of an object when it is created, replaced or patched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import InvalidArgument
from kubex.core.field_sets import FieldSet
from kubex.testing.patching.comparison import Comparison, compare, same_value
from kubex.testing.patching.managed_fields import (
    ManagedFields,
    Manager,
    Ownership,
    parse_managed_fields,
    with_managed_fields,
    without_managed_fields,
)
from kubex.testing.patching.object_type import JsonObject, ObjectType
from kubex.testing.patching.removal import fitted
from kubex.testing.schema.zero_values import zero_object

__all__ = ["NEVER_OWNED", "current_owners", "differences", "note_update", "times_kept", "track_update"]

NEVER_OWNED: Final = FieldSet.of(
    ("f:apiVersion",),
    ("f:kind",),
    ("f:metadata",),
    *(
        ("f:metadata", f"f:{name}")
        for name in (
            "name",
            "namespace",
            "creationTimestamp",
            "selfLink",
            "uid",
            "clusterName",
            "generation",
            "managedFields",
            "resourceVersion",
        )
    ),
)
"""Fields that are in no one's entry."""

_MOST_UPDATERS: Final = 10
_OLD_UPDATES: Final = "ancient-changes"


def track_update(
    type_: ObjectType,
    live: Mapping[str, Any] | None,
    new: Mapping[str, Any],
    *,
    manager: str,
    now: str,
) -> JsonObject:
    """Give the new state of an object with the `managedFields` that a create, replace or patch leaves.

    What changed becomes the manager's, and nobody else's. Where the fields can't be told apart, the object is given
    without `managedFields`, as the server does.

    Args:
        type_: what the request is about.
        live: object as it is stored; `None` if the request creates it. It has the shape in which the server writes
            objects (`kubex.testing.schema.zero_values.decoded`), as has `new`.
        new: object as the request leaves it, defaults filled in; `managedFields` in it are the client's.
        manager: name of the field manager.
        now: the time, as the API writes it.
    """
    stripped = without_managed_fields(new)
    try:
        managed = _starting_point(type_, live, new)
        if managed or live is None:
            before = zero_object(type_.schema) if live is None else without_managed_fields(live)
            managed = note_update(type_, before, stripped, managed, manager=manager, now=now)
    except InvalidArgument:
        return stripped
    return with_managed_fields(stripped, managed)


def current_owners(object_: Mapping[str, Any] | None) -> ManagedFields:
    """Read the `managedFields` of an object as it is stored.

    Raises:
        InvalidArgument: they can't be read.
    """
    return parse_managed_fields(_entries(object_) or (), own=True)


def times_kept(live: Mapping[str, Any], new: Mapping[str, Any]) -> JsonObject:
    """Give the new state of an object with the times of the old one, if nothing but times would change.

    A request that changes nothing then leaves the object at its version.

    Args:
        live: object as it is stored.
        new: object as it is to be stored, in the same shape.
    """
    before, after = _entries(live) or [], _entries(new) or []
    if before != after and len(before) == len(after) and list(map(_timeless, before)) == list(map(_timeless, after)):
        old, changed = without_managed_fields(live), without_managed_fields(new)
        if same_value(old, changed):
            return {**changed, "metadata": {**changed["metadata"], "managedFields": before}}
    return dict(new)


def _timeless(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "time"}


def _entries(object_: Mapping[str, Any] | None) -> list[Any] | None:
    metadata = (object_ or {}).get("metadata")
    entries = metadata.get("managedFields") if is_object(metadata) else None
    return entries if is_array(entries) else None


def _starting_point(type_: ObjectType, live: Mapping[str, Any] | None, new: Mapping[str, Any]) -> ManagedFields:
    """Give the entries that a request starts from: the client's own, where it has sent ones that can be read."""
    sent = _entries(new)
    if not type_.subresource and sent is not None and sent != _entries(live):
        if sent in ([], [{}]):  # the way to be rid of them
            return {}
        try:
            given = parse_managed_fields(sent)
        except InvalidArgument:
            given = {}
        if given:
            return given
    try:
        return current_owners(live)
    except InvalidArgument:
        return {}


def note_update(
    type_: ObjectType,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    managed: ManagedFields,
    *,
    manager: str,
    now: str,
) -> ManagedFields:
    """Give the owners after a manager's change.

    Raises:
        InvalidArgument: an item of a list can't be told from the others.
    """
    found = differences(type_, before, after, _versions(managed) | {type_.api_version})
    rest: ManagedFields = {}
    for each, owned in managed.items():
        schema = type_.schema_of(owned.api_version)
        if schema is not None:
            change = found[owned.api_version]
            left = fitted(owned.fields, schema) - change.written - change.removed
            if left:
                rest[each] = owned if left == owned.fields else replace(owned, fields=left)
    written = type_.tracked.keep(found[type_.api_version].written) - NEVER_OWNED
    if written:
        self = Manager(manager or "unknown", "Update", type_.api_version, type_.subresource)
        own = rest[self].fields if self in rest else FieldSet()
        rest[self] = Ownership(written | own, type_.api_version, now)
    return _capped(rest)


def _versions(managed: ManagedFields) -> set[str]:
    return {owned.api_version for owned in managed.values()}


def differences(
    type_: ObjectType, before: Mapping[str, Any], after: Mapping[str, Any], versions: set[str]
) -> dict[str, Comparison]:
    """Compare two states in each version of the kind, leaving out what the request can't set.

    Raises:
        InvalidArgument: an item of a list can't be told from the others.
    """
    found: dict[str, Comparison] = {}
    for version in versions:
        schema = type_.schema_of(version)
        if schema is not None:
            change = compare(type_.converted(before, version), type_.converted(after, version), schema)
            keep = type_.tracked.keep
            found[version] = Comparison(keep(change.added), keep(change.modified), keep(change.removed))
    return found


def _capped(managed: ManagedFields) -> ManagedFields:
    """Put the oldest updates of a version into one entry once there are too many."""
    updaters = [manager for manager in managed if manager.operation == "Update"]
    if len(updaters) <= _MOST_UPDATERS:
        return managed
    updaters.sort(key=lambda manager: (managed[manager].time or "", manager.identifier))
    managed = dict(managed)
    first_of_version: dict[str, Manager] = {}
    surplus = len(updaters) - _MOST_UPDATERS
    for manager in updaters:
        version = managed[manager].api_version
        first = first_of_version.setdefault(version, manager)
        if first is manager or surplus == 0:
            continue
        bucket = Manager(_OLD_UPDATES, "Update", version)
        if bucket not in managed:
            managed[bucket] = managed.pop(first)
        owned = managed.pop(manager)
        if manager != bucket:  # a bucket that is not the oldest is lost, on the server as well
            managed[bucket] = replace(owned, fields=owned.fields | managed[bucket].fields)
        surplus -= 1
    return managed
