"""Finds which fields differ between two states of an object, as server-side apply sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from kubex.core._json_value import is_array, is_object
from kubex.core.field_sets import LEAF, SELF, FieldSet, Tree
from kubex.core.path_elements import field
from kubex.testing.patching.list_items import items_by_element
from kubex.testing.schema.tree import ANY, AnySchema, Fields, ListSchema, ObjectSchema, ScalarSchema, Schema

__all__ = ["Comparison", "compare", "same_value"]

_MISSING: Final = object()
_ONE: Final = 1
_MANY: Final = 2

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class Comparison:
    """The fields that differ; none is in more than one of the sets but for what changes from an object to a scalar."""

    added: FieldSet
    modified: FieldSet
    removed: FieldSet

    @property
    def written(self) -> FieldSet:
        """The fields that are new or have a new value."""
        return self.added | self.modified


def compare(old: Mapping[str, Any], new: Mapping[str, Any], schema: ObjectSchema) -> Comparison:
    """Compare two states of an object.

    Args:
        old: the object before.
        new: the object after.
        schema: of both.

    Raises:
        InvalidArgument: an item of a list can't be told from the others; the text is the server's.
    """
    found = _Differences()
    _compare_members(old, new, schema, found)
    return Comparison(FieldSet(found.added), FieldSet(found.modified), FieldSet(found.removed))


def same_value(left: Any, right: Any) -> bool:
    """Say whether two JSON values are equal: numbers by value, and `true` is not 1."""
    if left is right:
        return True
    if left != right:
        return False
    if is_object(left):
        return all(same_value(value, right[name]) for name, value in left.items())
    if is_array(left):
        return all(map(same_value, left, right))
    return isinstance(left, bool) == isinstance(right, bool)


def _alike(left: Any, right: Any) -> bool:
    """Say whether two values are equal for sure, faster than by walking them; their bytes tell `true` from 1."""
    return left == right and _encode(left) == _encode(right)


class _Differences:
    """What was found below one node."""

    __slots__ = ("added", "modified", "removed")

    def __init__(self) -> None:
        self.added: Tree = {}
        self.modified: Tree = {}
        self.removed: Tree = {}

    def take(self, element: str, below: _Differences) -> None:
        """Put what was found below an element into what is found here."""
        if below.added:
            self.added[element] = below.added
        if below.modified:
            self.modified[element] = below.modified
        if below.removed:
            self.removed[element] = below.removed


def _compare_members(
    old: Mapping[str, Any], new: Mapping[str, Any], schema: ObjectSchema | AnySchema, found: _Differences
) -> None:
    for name, value in old.items():
        other = new.get(name, _MISSING)
        if value is not other:
            _compare_value(value, other, _member(schema, name), field(name), found)
    for name, value in new.items():
        if name not in old:
            found.added[field(name)] = _everything(value, _member(schema, name))


def _member(schema: ObjectSchema | AnySchema, name: str) -> Schema:
    # A stored object has no member without a schema; whatever were there would be taken as it is.
    return schema if isinstance(schema, AnySchema) else schema.member(name) or ANY


def _compare_value(old: Any, new: Any, schema: Schema, element: str, found: _Differences) -> None:
    """Compare an old value with a new one or with nothing, and put what differs under its element."""
    if new is _MISSING:
        found.removed[element] = _everything(old, schema)
    elif isinstance(schema, ScalarSchema):
        if not same_value(old, new):
            found.modified[element] = LEAF
    elif isinstance(schema, ObjectSchema):
        _compare_objects(old, new, schema, element, found)
    elif isinstance(schema, ListSchema):
        _compare_lists(old, new, schema, element, found)
    else:
        _compare_any(old, new, schema, element, found)


def _compare_objects(old: Any, new: Any, schema: ObjectSchema, element: str, found: _Differences) -> None:
    if schema.atomic or not (old or new):
        if not same_value(old, new):
            found.modified[element] = LEAF
    elif not _alike(old, new):
        below = _Differences()
        _compare_members(old or {}, new or {}, schema, below)
        found.take(element, below)


def _compare_lists(old: Any, new: Any, schema: ListSchema, element: str, found: _Differences) -> None:
    if schema.list_type == "atomic" or not (old or new):
        if not same_value(old, new):
            found.modified[element] = LEAF
    elif not _alike(old, new):
        below = _Differences()
        _compare_items(items_by_element(old or [], schema), items_by_element(new or [], schema), schema.items, below)
        found.take(element, below)


def _compare_items(old: dict[str, list[Any]], new: dict[str, list[Any]], schema: Schema, found: _Differences) -> None:
    """Compare the items of lists. Items that share an element are owned as one, without what is in them."""
    for element in old | new:
        before, after = old.get(element, []), new.get(element, [])
        if len(before) < _MANY and len(after) < _MANY:
            if not before:
                found.added[element] = _everything(after[0], schema)
            else:
                _compare_value(before[0], after[0] if after else _MISSING, schema, element, found)
            continue
        if len(before) >= _MANY and len(after) >= _MANY:
            if not same_value(before, after):
                found.modified[element] = LEAF
            continue
        if len(before) == _ONE:
            found.removed[element] = _everything(before[0], schema)
        elif before:
            found.removed[element] = LEAF
        if len(after) == _ONE:
            found.added[element] = _everything(after[0], schema)
        elif after:
            found.added[element] = LEAF


def _compare_any(old: Any, new: Any, schema: AnySchema, element: str, found: _Differences) -> None:
    """Compare values without a type of their own: objects member by member, all else as a whole."""
    old_members = old if is_object(old) and not schema.atomic else {}
    new_members = new if is_object(new) and not schema.atomic else {}
    if not (old_members or new_members):
        if not same_value(old, new):
            found.modified[element] = LEAF
        return
    below = _Differences()
    _compare_members(old_members, new_members, schema, below)
    if not (_is_like_object(old) and _is_like_object(new)):
        below.modified[SELF] = {}
    found.take(element, below)


def _is_like_object(value: Any) -> bool:
    return value is None or is_object(value)


def _everything(value: Any, schema: Schema) -> Tree:
    """Give a value that was not there, or no longer is, with all its fields.

    Of each new object this is all of it: classes are compared as they are, and nothing is called for a scalar.
    """
    if not value or type(schema) is ScalarSchema:
        return LEAF
    tree: Tree = {SELF: {}}
    if isinstance(schema, ListSchema):
        if schema.list_type == "atomic":
            return LEAF
        for element, items in items_by_element(value, schema).items():
            tree[element] = LEAF if len(items) >= _MANY else _everything(items[0], schema.items)
        return tree
    if isinstance(schema, ScalarSchema) or schema.atomic or not is_object(value):
        return LEAF
    fields: Fields = schema.fields if isinstance(schema, ObjectSchema) else {}
    for name, member in value.items():
        known = fields.get(name)
        own = known.schema if known is not None else _member(schema, name)
        tree["f:" + name] = LEAF if not member or type(own) is ScalarSchema else _everything(member, own)
    return tree
