"""Whether applying changed an object, or others did between reading and applying it.

https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
"""

from __future__ import annotations

from typing import Any, Final

from kubex.api.discovery import DiscoveredResource
from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import InvalidArgument
from kubex.core.extract import extract
from kubex.core.field_sets import SELF, FieldSet, Tree
from kubex.core.path_elements import item_index
from kubex_core.models.dynamic_object import DynamicObject

__all__ = ["is_changed"]

# What every write or a deletion sets, and no apply: who owns what may be written anew though all is the same.
_OF_THE_SERVER: Final = (
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
)
_ABSENT: Final = object()


def is_changed(before: DynamicObject, after: DynamicObject, resource: DiscoveredResource, field_manager: str) -> bool:
    """Say whether applying changed an object; what others wrote between reading and applying does not count.

    What the manager owns can't tell that alone: the server makes other fields of some that are only ever written
    (`stringData` of a Secret), and webhooks write whatever they like.

    Args:
        before: as it was read, with its managed fields.
        after: what applying gave.
        resource: where it lives.
        field_manager: who applied.
    """
    old, new = _content(before, resource), _content(after, resource)
    if old == new:
        return False
    owned = _owned(before, field_manager)
    if owned is None or owned != _owned(after, field_manager):
        return True
    return not _is_of(_written_by_others(before, after, field_manager), old, new)


def _content(object_: DynamicObject, resource: DiscoveredResource) -> dict[str, Any]:
    """Give what an apply can change of an object."""
    content = object_.model_dump()
    for name in _OF_THE_SERVER:
        content["metadata"].pop(name, None)
    if resource.subresource("status") is not None:
        content.pop("status", None)
    return content


def _owned(object_: DynamicObject, field_manager: str) -> tuple[Any, dict[str, Any]] | None:
    """Give which fields a manager has applied, and their values; `None` where that can't be told."""
    for each in _entries(object_):
        if each.get("manager") == field_manager and each.get("operation") == "Apply" and not each.get("subresource"):
            try:
                return each.get("fieldsV1"), extract(object_, field_manager).content
            except InvalidArgument:  # applied in another version
                return None
    return None


def _written_by_others(before: DynamicObject, after: DynamicObject, field_manager: str) -> Tree:
    """Give the fields of all other managers whose entries are not the same any more: they have written meanwhile."""
    old, new = _entries(before), _entries(after)
    written = [each for each in old if each not in new] + [each for each in new if each not in old]
    fields = FieldSet()
    for each in written:
        # Of another version the fields may have other names.
        if each.get("manager") != field_manager and each.get("apiVersion") == after.content.get("apiVersion"):
            fields |= FieldSet.parse(each.get("fieldsV1"))
    return fields.tree


def _entries(object_: DynamicObject) -> list[dict[str, Any]]:
    managed: list[Any] = object_.content["metadata"].get("managedFields") or []
    return [each for each in managed if is_object(each)]


def _is_of(tree: Tree | None, before: Any, after: Any) -> bool:
    """Say whether all that differs between two values belongs to the fields of a tree."""
    if before == after:
        return True
    if not tree:
        return False
    is_whole = not tree.keys() - {SELF}
    if is_whole or (SELF in tree and (before is _ABSENT or after is _ABSENT)):
        return True
    old, new = _of_form(before, after), _of_form(after, before)
    if is_object(old) and is_object(new):
        names = old.keys() | new.keys()
        return all(_is_of(tree.get(f"f:{name}"), old.get(name, _ABSENT), new.get(name, _ABSENT)) for name in names)
    if is_array(old) and is_array(new):
        return _are_items_of(tree, old, new)
    return False


def _of_form(value: Any, other: Any) -> Any:
    """Give what is absent as an empty value of the other's form."""
    if value is not _ABSENT:
        return value
    return {} if is_object(other) else [] if is_array(other) else value


def _are_items_of(tree: Tree, before: list[Any], after: list[Any]) -> bool:
    """Say it of the items of a list; those that the tree does not mean must be the same, in the same order."""
    seen_before: set[int] = set()
    seen_after: set[int] = set()
    for element in tree.keys() - {SELF}:
        old, new = item_index(before, element), item_index(after, element)
        if old is not None:
            seen_before.add(old)
        if new is not None:
            seen_after.add(new)
        first = _ABSENT if old is None else before[old]
        if not _is_of(tree[element], first, _ABSENT if new is None else after[new]):
            return False
    rest = [item for number, item in enumerate(before) if number not in seen_before]
    return rest == [item for number, item in enumerate(after) if number not in seen_after]
