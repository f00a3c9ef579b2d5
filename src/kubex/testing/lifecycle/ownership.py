"""Who is noted as the manager of the fields that a change writes: at once, or when somebody reads the object.

Controllers write much, and hardly anybody reads who owned which field of each version. So what they write is stored
without `managedFields`, and with what it takes to work them out: `Entry.object` has them, whoever asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from kubex.testing.lifecycle.conversions import converted
from kubex.testing.lifecycle.requests import ChangeOptions
from kubex.testing.patching.field_filters import custom_resource_filter, field_filter
from kubex.testing.patching.field_managers import field_manager
from kubex.testing.patching.managed_fields import without_managed_fields
from kubex.testing.patching.object_type import ObjectType
from kubex.testing.patching.tracking import track_update
from kubex.testing.registry import Registry, Resource
from kubex.testing.storage import Entry, Finish, JsonObject

__all__ = ["carried_owners", "object_type", "owned", "owned_later"]

# Each unread version needs the one before it: of one that is written so often unread, that one is worked out at once.
_MOST_UNREAD: Final = 32

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


@lru_cache(maxsize=512)
def _object_type(resource: Resource, subresource: str, versions: tuple[Resource, ...]) -> ObjectType:
    others = {each.api_version: each.schema for each in versions if each is not resource}
    resources = {each.api_version: each for each in versions}

    def convert(object_: Mapping[str, Any], version: str) -> JsonObject:
        return converted(dict(object_), resources[version])

    has_status = "status" in resource.subresources
    if resource.custom is not None:
        tracked = custom_resource_filter(subresource, has_status=has_status)
    else:
        tracked = field_filter(resource.name.plural, subresource, has_status=has_status)
    return ObjectType(resource.api_version, resource.kind, resource.schema, subresource, tracked, others, convert)


def object_type(registry: Registry, resource: Resource, subresource: str = "") -> ObjectType:
    """Describe a resource for the tracking of its fields."""
    siblings = tuple(
        each
        for version in registry.versions(resource.name.group)
        if (each := registry.find(resource.name.group, version, resource.name.plural)) is not None
    )
    return _object_type(resource, subresource, siblings)


def owned(
    registry: Registry,
    resource: Resource,
    live: JsonObject | None,
    new: JsonObject,
    options: ChangeOptions,
    now: str,
    subresource: str = "",
) -> JsonObject:
    """Give an object with the `managedFields` that a change leaves."""
    type_ = object_type(registry, resource, subresource)
    return track_update(type_, live, new, manager=field_manager(options.field_manager, options.user_agent), now=now)


def owned_later(
    registry: Registry,
    resource: Resource,
    live: Entry | None,
    new: JsonObject,
    options: ChangeOptions,
    now: str,
    subresource: str = "",
) -> tuple[JsonObject, Finish]:
    """Give an object without `managedFields`, and what works out those that a change leaves.

    Args:
        registry: where the resource is served.
        resource: of the object, in the version in which it is stored.
        live: the object as it is; `None` for one that is created.
        new: as the request leaves it, with no `managedFields` or those of `live`.
        options: of the request.
        now: the time, as the API writes it.
        subresource: by which it is changed.
    """
    new = without_managed_fields(new)
    before = live.state if live is not None else {}
    # What is as before is shared. The rest is kept as bytes: what follows in the verb changes it in place.
    kept = tuple(name for name, value in new.items() if name in before and value is before[name])
    sent = _encode({name: value for name, value in new.items() if name not in kept})
    manager = field_manager(options.field_manager, options.user_agent)
    return new, _TrackedOwners(registry, resource, subresource, live, kept, sent, manager, now)


def carried_owners(entry: Entry) -> Finish | None:
    """Give what works out the `managedFields` of the next state of an object, which are to be those of this one.

    `None` if the state that is read from `entry` has them already.
    """
    return _CarriedOwners(entry) if entry.finish is not None else None


class _CarriedOwners:
    """The `managedFields` that an object has."""

    __slots__ = ("_entry", "unread")

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self.unread = _unread_with(entry)

    def __call__(self, state: JsonObject) -> JsonObject:
        return _with_entries(state, self._entry.object)


class _TrackedOwners:
    """The `managedFields` that a change leaves."""

    # Many wait at a time: no dict each.
    __slots__ = ("_kept", "_live", "_manager", "_now", "_registry", "_resource", "_sent", "_subresource", "unread")

    def __init__(
        self,
        registry: Registry,
        resource: Resource,
        subresource: str,
        live: Entry | None,
        kept: tuple[str, ...],
        sent: bytes,
        manager: str,
        now: str,
    ) -> None:
        self._registry = registry
        self._resource = resource
        self._subresource = subresource
        self._live = live
        self._kept = kept
        self._sent = sent
        self._manager = manager
        self._now = now
        self.unread = _unread_with(live) if live is not None else 1

    def __call__(self, state: JsonObject) -> JsonObject:
        type_ = object_type(self._registry, self._resource, self._subresource)
        live = self._live.object if self._live is not None else None
        sent: Any = _decode(self._sent)
        new: JsonObject = {**{name: live[name] for name in self._kept}, **sent} if live is not None else sent
        return _with_entries(state, track_update(type_, live, new, manager=self._manager, now=self._now))


def _unread_with(before: Entry) -> int:
    """Say how many versions of an object have to be worked out for one that follows; the one before is, if too many."""
    finish = before.finish
    unread = finish.unread if isinstance(finish, _CarriedOwners | _TrackedOwners) else 0
    if unread >= _MOST_UNREAD:
        _ = before.object
        return 1
    return unread + 1


def _with_entries(state: JsonObject, owned_object: JsonObject) -> JsonObject:
    """Give an object with the `managedFields` of another, or with none if that has none."""
    entries = owned_object["metadata"].get("managedFields")
    return state if entries is None else {**state, "metadata": {**state["metadata"], "managedFields": entries}}
