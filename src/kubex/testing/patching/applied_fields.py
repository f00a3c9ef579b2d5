"""Finds which fields an applied object gives: what its manager owns from then on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubex.core._json_value import is_object
from kubex.core.field_sets import LEAF, SELF, FieldSet, Tree
from kubex.core.path_elements import field
from kubex.testing.patching.list_items import items_by_element
from kubex.testing.schema.tree import ANY, AnySchema, Field, ListSchema, ObjectSchema, Schema

__all__ = ["applied_fields"]


def applied_fields(object_: Mapping[str, Any], schema: ObjectSchema) -> FieldSet:
    """Give the fields that an object mentions: its leaves, the items of its lists, and the members of its maps.

    Objects and lists on the way are not among them, but where they are empty or null.
    """
    return FieldSet(_members(object_, schema))


def _members(value: Mapping[str, Any], schema: ObjectSchema | AnySchema) -> Tree:
    tree: Tree = {}
    fields: Mapping[str, Field] = schema.fields if isinstance(schema, ObjectSchema) else {}
    others: Schema = schema.values or ANY if isinstance(schema, ObjectSchema) else schema
    for name, member in value.items():
        own = fields.get(name)
        below: Tree = _below(member, others if own is None else own.schema)
        if own is None or member is None or member == {}:
            below = {**LEAF, **below}
        if below:
            tree[field(name)] = below
    return tree


def _below(value: Any, schema: Schema) -> Tree:
    """Give what a value mentions; `LEAF` if it counts as one field."""
    if isinstance(schema, ListSchema):
        if schema.list_type == "atomic":
            return LEAF
        groups = items_by_element(value or [], schema)
        return {
            element: LEAF if len(items) > 1 else {SELF: {}, **_below(items[0], schema.items)}
            for element, items in groups.items()
        }
    if isinstance(schema, ObjectSchema | AnySchema) and not schema.atomic:
        if is_object(value):
            return _members(value, schema)
        return {} if value is None else LEAF
    return LEAF
