"""Who is noted as the manager of the fields that a change writes."""

from __future__ import annotations

from functools import lru_cache

from kubex.testing.lifecycle.requests import ChangeOptions
from kubex.testing.patching.field_filters import custom_resource_filter, field_filter
from kubex.testing.patching.field_managers import field_manager
from kubex.testing.patching.object_type import ObjectType
from kubex.testing.patching.tracking import track_update
from kubex.testing.registry import Registry, Resource
from kubex.testing.storage import JsonObject

__all__ = ["object_type", "owned"]


@lru_cache(maxsize=512)
def _object_type(resource: Resource, subresource: str, versions: tuple[Resource, ...]) -> ObjectType:
    others = {each.api_version: each.schema for each in versions if each is not resource}
    has_status = "status" in resource.subresources
    if resource.custom is not None:
        tracked = custom_resource_filter(subresource, has_status=has_status)
    else:
        tracked = field_filter(resource.name.plural, subresource, has_status=has_status)
    return ObjectType(resource.api_version, resource.kind, resource.schema, subresource, tracked, others)


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
