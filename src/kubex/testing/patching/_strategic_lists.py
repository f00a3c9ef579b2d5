"""Merges the lists of strategic merge patches, and puts their items in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from kubex.core._go_text import go_string, go_type, go_value
from kubex.core._json_value import is_array, is_object
from kubex.testing.patching._patch_metadata import PatchMetadata, go_kind
from kubex.testing.patching.rejection import Rejection, internal_error
from kubex.testing.schema.tree import Schema

__all__ = [
    "DIRECTIVE",
    "SET_ELEMENT_ORDER",
    "are_objects",
    "check_order",
    "identity",
    "merge_lists",
    "ordered",
    "without_directives",
    "wrong_type",
]

DIRECTIVE: Final = "$patch"
SET_ELEMENT_ORDER: Final = "$setElementOrder"

Identity: TypeAlias = tuple[type[Any], Any]
MergeObjects: TypeAlias = Callable[[dict[str, Any], dict[str, Any], Schema], dict[str, Any]]


def wrong_type(expected: Any, actual: Any) -> Rejection:
    """Make the rejection of a value of the wrong type."""
    got = "%!s(<nil>)" if actual is None else go_type(actual)
    return internal_error(f"expected a {go_type(expected)}, but received a {got}")


def identity(value: Any) -> Identity:
    """Give what two plain values are compared by: to the server 1, 1.0 and `true` all differ.

    Raises:
        Rejection: the value is no plain one.
    """
    if is_object(value) or is_array(value):
        raise _panic()
    plain: str | float | bool | None = value
    return type(plain), plain


def _panic() -> Rejection:
    """Make the rejection of what the real server falls over; it closes the connection then."""
    return internal_error("This request caused apiserver to panic. Look in the logs for details.")


def without_directives(value: Any) -> Any:
    """Give a value without the objects in it that are directives."""
    if is_object(value):
        return {name: without_directives(member) for name, member in value.items() if not _is_directive(member)}
    return [without_directives(item) for item in value if not _is_directive(item)] if is_array(value) else value


def _is_directive(value: Any) -> bool:
    return is_object(value) and DIRECTIVE in value


def merge_lists(
    original: list[Any], patch: list[Any], metadata: PatchMetadata, deletes: bool, merge_objects: MergeObjects
) -> list[Any]:
    """Merge a list of the patch into one of the object.

    Args:
        original: list of the object.
        patch: list of the patch.
        metadata: how the list is merged.
        deletes: whether the patch's list holds what is to go.
        merge_objects: merges items that are objects.
    """
    if not original and not patch:
        return original
    merge_key = metadata.merge_key
    if not are_objects(original, patch):
        if deletes:
            gone = set(map(identity, patch))
            return [item for item in original if identity(item) not in gone]
        unique = {identity(item): item for item in (*original, *patch)}
        return ordered(list(unique.values()), patch, original, merge_key)
    if not merge_key:
        raise internal_error(f"cannot merge lists without merge key for {go_kind(metadata.schema)}")
    kept, given = _without_special_items(original, patch, merge_key)
    merged, kept = _merge_items(kept, given, metadata, merge_objects)
    return ordered(merged, given, kept, merge_key)


def are_objects(*lists: list[Any]) -> bool:
    """Say whether the items of lists are objects.

    Raises:
        Rejection: they are not all of one type, or are lists.
    """
    items = [item for each in lists for item in each]
    if not items:
        raise internal_error("no elements in any of the given slices")
    if items[0] is None:
        raise _panic()
    if is_array(items[0]):
        raise Rejection(422, "Invalid", "the server rejected our request due to an error in our request")
    if any(type(item) is not type(items[0]) for item in items):
        raise internal_error(f"list element types are not identical: {go_value(list(lists))}")
    return is_object(items[0])


def _without_special_items(original: list[Any], patch: list[Any], merge_key: str) -> tuple[list[Any], list[Any]]:
    """Obey the items of a patch that say `$patch`, and give what is left of both lists."""
    given: list[Any] = []
    replaces = False
    for item in patch:
        if DIRECTIVE not in item:
            given.append(item)
            continue
        match item[DIRECTIVE]:
            case "delete":
                gone = identity(_key_of(item, merge_key))
                original = [each for each in original if merge_key not in each or identity(each[merge_key]) != gone]
            case "replace":
                replaces = True
            case "merge":
                raise internal_error("merging lists cannot yet be specified in the patch")
            case other:
                raise internal_error(f"unknown patch type: {go_string(other)} in map: {go_value(item)}")
    return (given, []) if replaces else (original, given)


def _merge_items(
    original: list[Any], patch: list[Any], metadata: PatchMetadata, merge_objects: MergeObjects
) -> tuple[list[Any], list[Any]]:
    """Merge items by their key: give all of them, and those that were in the object."""
    merged = list(original)
    for item in patch:
        key = identity(_key_of(item, metadata.merge_key))
        at = next((index for index, each in enumerate(merged) if _has_key(each, metadata.merge_key, key)), None)
        if at is None:
            merged.append(item)
        else:
            merged[at] = merge_objects(merged[at], item, metadata.schema)
    return merged, merged[: len(original)]


def _has_key(item: dict[str, Any], merge_key: str, key: Identity) -> bool:
    return merge_key in item and identity(item[merge_key]) == key


def _key_of(item: dict[str, Any], merge_key: str) -> Any:
    if merge_key not in item:
        raise internal_error(f"map: {go_value(item)} does not contain declared merge key: {merge_key}")
    return item[merge_key]


def check_order(patch: list[Any], order: list[Any], merge_key: str) -> None:
    """Check that the items of a patch are in `$setElementOrder`, and in its order.

    Raises:
        Rejection: they are not.
    """
    if not order or not patch:
        return
    waiting = [item for item in patch if not _is_deletion(item)] if merge_key else patch
    at = 0
    for each in order:
        while at < len(waiting) and _is_directive(waiting[at]):
            at += 1
        if at < len(waiting) and _have_one_key(waiting[at], each, merge_key):
            at += 1
    if at < len(waiting):
        lists = f"The order in patch list:\n{go_value(patch)}\n doesn't match {SET_ELEMENT_ORDER} list:\n"
        raise internal_error(f"{lists}{go_value(order)}\n")


def _have_one_key(left: Any, right: Any, merge_key: str) -> bool:
    if merge_key:
        for item in (left, right):  # both of them before either's key is looked at, as the server does
            if not is_object(item):
                raise wrong_type({}, item)
    return _item_key(left, merge_key) == _item_key(right, merge_key)


def _is_deletion(item: Any) -> bool:
    if not is_object(item):
        raise wrong_type({}, item)
    return item.get(DIRECTIVE) == "delete"


def _item_key(item: Any, merge_key: str) -> Identity:
    if not merge_key:
        return identity(item)
    if not is_object(item):
        raise wrong_type({}, item)
    return identity(_key_of(item, merge_key))


def ordered(merged: list[Any], order: list[Any], live: list[Any], merge_key: str) -> list[Any]:
    """Put merged items in order: those of the patch in the patch's, the others where they were before them.

    Args:
        merged: all items.
        order: items, or objects with their keys, in the order that is asked for.
        live: items of the object in its own order.
        merge_key: of the items; `""` if they are plain values.
    """
    asked: list[Any] = []
    others: list[Any] = []
    for item in merged:
        (asked if _is_among(item, order, merge_key) else others).append(item)
    places = _places(live, merge_key)
    asked = _sorted(asked, _places(order, merge_key), merge_key)
    return _interleaved(_sorted(others, places, merge_key), asked, places, merge_key)


def _is_among(item: Any, order: list[Any], merge_key: str) -> bool:
    key = _item_key(item, merge_key)
    if not merge_key:
        return key in map(identity, order)
    for index, each in enumerate(order):
        if not is_object(each):
            raise internal_error(f"value for key {index} is not a map")
        if _has_key(each, merge_key, key):
            return True
    return False


def _places(items: list[Any], merge_key: str) -> dict[Identity, int]:
    places: dict[Identity, int] = {}
    for index, item in enumerate(items):
        places.setdefault(_item_key(item, merge_key), index)
    return places


def _sorted(items: list[Any], places: dict[Identity, int], merge_key: str) -> list[Any]:
    """Sort items by their place; one without any goes ahead of all before it, as the server's sort has it."""
    result: list[Any] = []
    for item in items:
        place = places.get(_item_key(item, merge_key))
        at = len(result)
        while at > 0:
            ahead = places.get(_item_key(result[at - 1], merge_key))
            if place is not None and ahead is not None and place >= ahead:
                break
            at -= 1
        result.insert(at, item)
    return result


def _interleaved(others: list[Any], asked: list[Any], places: dict[Identity, int], merge_key: str) -> list[Any]:
    """Put each of the other items before the first one asked for that was behind it in the object."""
    result: list[Any] = []
    waiting = list(others)
    for item in asked:
        place = places.get(_item_key(item, merge_key))
        while waiting:
            other = places.get(_item_key(waiting[0], merge_key))
            if place is None or other is None or other >= place:
                break
            result.append(waiting.pop(0))
        result.append(item)
    return result + waiting
