"""Takes out of a merged object what its manager applied before and now no longer does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from kubex.core.field_sets import FieldSet
from kubex.testing.patching.applied_fields import applied_fields
from kubex.testing.patching.managed_fields import ManagedFields, Ownership
from kubex.testing.patching.object_type import JsonObject, ObjectType
from kubex.testing.patching.removal import remove_fields, with_objects_on_the_way
from kubex.testing.schema.tree import ObjectSchema

__all__ = ["prune_applied"]


def prune_applied(
    type_: ObjectType, merged: Mapping[str, Any], managed: ManagedFields, last: Ownership | None, applied: FieldSet
) -> Mapping[str, Any]:
    """Give the object without the fields that its manager applied last time, not now, and nobody else owns.

    Args:
        type_: what the request is about.
        merged: live object with the applied one in it.
        managed: all owners, the manager's new fields among them.
        last: what the manager applied before.
        applied: fields it applies now.

    Raises:
        InvalidArgument: an item of a list can't be told from the others.
    """
    schema = None if last is None else type_.schema_of(last.api_version)
    if last is None or schema is None or not last.fields:
        return merged
    if last.api_version == type_.api_version and not last.fields - applied:
        return merged
    whole = type_.converted(merged, last.api_version)
    pruned = remove_fields(whole, with_objects_on_the_way(last.fields, schema), schema)
    pruned = _with_owned(type_, whole, pruned, last.api_version, managed)
    gone = _missing(whole, pruned, schema) & with_objects_on_the_way(last.fields, schema)
    return dict(type_.converted(remove_fields(whole, gone, schema), type_.api_version))


def _with_owned(
    type_: ObjectType, whole: Mapping[str, Any], pruned: JsonObject, version: str, managed: ManagedFields
) -> JsonObject:
    """Put back what others own, or the manager itself by what it applies now: version by version, `version` first."""
    owned_at: defaultdict[str, FieldSet] = defaultdict(FieldSet)
    for owned in managed.values():
        owned_at[owned.api_version] |= owned.fields
    for each in sorted(owned_at, key=lambda api_version: (api_version != version, api_version)):
        schema = type_.schema_of(each)
        if schema is not None:
            there = type_.converted(whole, each)
            missing = _missing(there, type_.converted(pruned, each), schema)
            pruned = remove_fields(there, missing - with_objects_on_the_way(owned_at[each], schema), schema)
    return dict(type_.converted(pruned, version))


def _missing(whole: Mapping[str, Any], pruned: Mapping[str, Any], schema: ObjectSchema) -> FieldSet:
    """Give the fields that an object has lost."""
    return with_objects_on_the_way(applied_fields(whole, schema), schema) - with_objects_on_the_way(
        applied_fields(pruned, schema), schema
    )
