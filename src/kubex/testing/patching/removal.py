"""Removes from an object the fields of a set, and fits sets to their schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kubex.core._json_value import is_array, is_object
from kubex.core.field_sets import LEAF, SELF, FieldSet, Tree
from kubex.core.path_elements import field
from kubex.testing.patching.list_items import item_element
from kubex.testing.schema.tree import ANY, AnySchema, ListSchema, ObjectSchema, ScalarSchema, Schema

__all__ = ["fitted", "remove_fields", "with_objects_on_the_way"]


def remove_fields(object_: Mapping[str, Any], fields: FieldSet, schema: ObjectSchema) -> dict[str, Any]:
    """Give an object without the fields of a set.

    What loses its last member or item is null afterwards, not empty: the server's types read both alike.

    Args:
        object_: it is not changed, and what is the same in the result is shared with it.
        fields: what goes; an object, a map's member or a list's item with all that is in it.
        schema: of the object.
    """
    return _without(object_, fields.tree, schema) or {}


def _without(value: Any, tree: Tree, schema: Schema) -> Any:
    if isinstance(schema, ScalarSchema):
        return value
    if isinstance(schema, ListSchema):
        if schema.list_type == "atomic" or not is_array(value):
            return None
        return _items_without(value, tree, schema) or None
    if isinstance(schema, AnySchema) and not (is_object(value) or is_array(value)):
        return value
    if schema.atomic or not isinstance(value, Mapping):
        return None
    return _members_without(value, tree, schema) or None  # pyright: ignore[reportUnknownArgumentType]


def _members_without(value: Mapping[str, Any], tree: Tree, schema: ObjectSchema | AnySchema) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, member in value.items():
        below = tree.get(field(name))
        if below is None:
            kept[name] = member
        elif SELF not in below:
            own: Schema = schema if isinstance(schema, AnySchema) else schema.member(name) or ANY
            kept[name] = _without(member, below, own)
    return kept


def _items_without(items: list[Any], tree: Tree, schema: ListSchema) -> list[Any]:
    kept: list[Any] = []
    for item in items:
        below = tree.get(item_element(item, schema))
        if below is None:
            kept.append(item)
        elif SELF not in below:
            kept.append(_without(item, below, schema.items))
    return kept


def with_objects_on_the_way(fields: FieldSet, schema: ObjectSchema) -> FieldSet:
    """Give a set with the named fields above its fields, so that they go when all below them goes; not with maps."""
    return FieldSet(_with_objects(fields.tree, schema))


def _with_objects(tree: Tree, schema: Schema | None) -> Tree:
    result: Tree = {}
    for element, below in tree.items():
        if below is LEAF or element == SELF:
            result[element] = below
            continue
        inner: Schema | None = None
        named = False
        if isinstance(schema, ObjectSchema) and element[0] == "f":
            inner = schema.member(element[2:])
            named = element[2:] in schema.fields and below.keys() != {SELF}
        elif isinstance(schema, ListSchema) and element[0] == "k":
            inner = schema.items
        all_below = _with_objects(below, inner)
        result[element] = {SELF: {}, **all_below} if named else all_below
    return result


def fitted(fields: FieldSet, schema: ObjectSchema) -> FieldSet:
    """Give a set as it is under a schema that may have become another since: what is now atomic is owned as one."""
    tree = _fitted_members(fields.tree, schema)
    return fields if tree is fields.tree else FieldSet(tree)


def _fitted_members(tree: Tree, schema: ObjectSchema | ListSchema) -> Tree:
    """Give the same tree if all of it fits, which is nearly always."""
    changed: Tree = {}
    for element, below in tree.items():
        if below is LEAF or not below or (len(below) == 1 and SELF in below):
            continue
        inner = schema.items if isinstance(schema, ListSchema) else _member(schema, element)
        if isinstance(inner, ObjectSchema | ListSchema):
            is_atomic = inner.atomic if isinstance(inner, ObjectSchema) else inner.list_type == "atomic"
            fitting = LEAF if is_atomic else _fitted_members(below, inner)
            if fitting is not below:
                changed[element] = fitting
    return {**tree, **changed} if changed else tree


def _member(schema: ObjectSchema, element: str) -> Schema | None:
    return schema.member(element[2:]) if element[0] == "f" else None
