"""Applies strategic merge patches: merge patches that know how lists are merged.

https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from kubex.core._go_text import go_string, go_value
from kubex.core._json_value import is_array, is_object
from kubex.testing.patching._patch_metadata import PatchMetadata, list_metadata, object_metadata
from kubex.testing.patching._strategic_lists import (
    DIRECTIVE,
    SET_ELEMENT_ORDER,
    are_objects,
    check_order,
    identity,
    merge_lists,
    ordered,
    without_directives,
    wrong_type,
)
from kubex.testing.patching.rejection import bad_request, internal_error
from kubex.testing.schema.tree import ObjectSchema, Schema

__all__ = ["apply_strategic_merge", "without_unmatched_nulls"]

_RETAIN_KEYS: Final = "$retainKeys"
_DELETE_FROM_PRIMITIVE_LIST: Final = "$deleteFromPrimitiveList"
_BAD_FORMATS: Final = {
    _RETAIN_KEYS: "invalid patch format of retainKeys",
    _DELETE_FROM_PRIMITIVE_LIST: "invalid patch format of primitive list",
    SET_ELEMENT_ORDER: "invalid patch format of setElementOrder list",
}


def apply_strategic_merge(
    original: Mapping[str, Any], patch: Mapping[str, Any], schema: ObjectSchema
) -> dict[str, Any]:
    """Give an object as a strategic merge patch leaves it.

    Neither is changed, and what is the same in the result is shared with them. What does not belong in the object may
    be in the result: the server drops it when it reads that.

    Args:
        original: object as it is stored.
        patch: the patch, decoded. Whole numbers are `int` and others `float`, as the server tells them apart.
        schema: of the object; a custom resource has none that would do.

    Raises:
        Rejection: the patch does not suit the object or is none; the text is the server's, and so is the code.
    """
    return _merge_objects(dict(original), dict(patch), schema)


def without_unmatched_nulls(patch: Mapping[str, Any], original: Mapping[str, Any]) -> dict[str, Any]:
    """Give a patch as the server has it afterwards, and shows it: without the nulls in what the object did not have.

    Args:
        patch: the patch.
        original: the object before.
    """
    shown: dict[str, Any] = {}
    for name, value in patch.items():
        present = original.get(name)
        if is_object(value) and is_object(present):
            shown[name] = without_unmatched_nulls(value, present)
        else:
            shown[name] = value if name in original else _without_nulls(value)
    return shown


def _merge_objects(original: dict[str, Any], patch: dict[str, Any], schema: Schema) -> dict[str, Any]:
    if DIRECTIVE in patch:
        return _replaced(patch)
    result, rest = _retained(original, patch)
    result, rest = _with_ordered_lists(result, rest, schema)
    for name, value in rest.items():
        deletes = name.startswith(_DELETE_FROM_PRIMITIVE_LIST)
        key = _listed(name, _DELETE_FROM_PRIMITIVE_LIST) if deletes else name
        if value is None:
            result.pop(key, None)
        elif key in result and type(result[key]) is type(value):
            result[key] = _merge_member(result[key], value, key, schema, deletes)
        elif not deletes:
            # A directive has nothing to be about here.
            result.pop(key, None)
            if not _is_directive(value):
                result[key] = without_directives(_without_nulls(value))
    return result


def _replaced(patch: dict[str, Any]) -> dict[str, Any]:
    directive = patch[DIRECTIVE]
    if directive == "replace":
        return {name: value for name, value in patch.items() if name != DIRECTIVE}
    if directive == "delete":
        return {}
    raise internal_error(f"unknown patch type: {go_string(directive)} in map: {go_value(patch)}")


def _merge_member(original: Any, value: Any, name: str, schema: Schema, deletes: bool) -> Any:
    """Merge a member of the patch into one of the same type."""
    if is_object(value):
        metadata = object_metadata(schema, name)
        if metadata.strategy == "replace":
            return value
        return _merge_objects(cast("dict[str, Any]", original), value, metadata.schema)
    if is_array(value):
        metadata = list_metadata(schema, name)
        return _merge_list(cast("list[Any]", original), value, metadata, deletes)
    return value


def _merge_list(original: list[Any], patch: list[Any], metadata: PatchMetadata, deletes: bool = False) -> list[Any]:
    if metadata.strategy != "merge" and not deletes:
        return patch
    return merge_lists(original, patch, metadata, deletes, _merge_objects)


def _is_directive(value: Any) -> bool:
    return is_object(value) and DIRECTIVE in value


def _without_nulls(value: Any) -> Any:
    """Give a value without the null members of its objects; items of lists stay."""
    if is_object(value):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    return [_without_nulls(item) for item in value] if is_array(value) else value


def _listed(name: str, directive: str) -> str:
    """Give the name of the list that a directive is about: `$setElementOrder/containers`."""
    prefix, slash, listed = name.partition("/")
    if prefix != directive or not slash:
        raise bad_request(_BAD_FORMATS[directive])
    return listed


def _retained(original: dict[str, Any], patch: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Clear what `$retainKeys` does not list, and give what is left of object and patch."""
    if _RETAIN_KEYS not in patch:
        return dict(original), patch
    keys = patch[_RETAIN_KEYS]
    rest = {name: value for name, value in patch.items() if name != _RETAIN_KEYS}
    if not is_array(keys):
        raise bad_request(_BAD_FORMATS[_RETAIN_KEYS])
    retained = {identity(key) for key in keys}
    for name, value in rest.items():
        is_about_lists = name.startswith((_DELETE_FROM_PRIMITIVE_LIST, SET_ELEMENT_ORDER))
        if value is not None and not is_about_lists and identity(name) not in retained:
            raise bad_request(_BAD_FORMATS[_RETAIN_KEYS])
    return {name: value for name, value in original.items() if identity(name) in retained}, rest


def _with_ordered_lists(
    original: dict[str, Any], patch: dict[str, Any], schema: Schema
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Merge the lists that `$setElementOrder` gives an order, and give what is left of the patch."""
    orders = {name: order for name, order in patch.items() if name.startswith(SET_ELEMENT_ORDER)}
    rest = {name: value for name, value in patch.items() if name not in orders}
    for directive, order in orders.items():
        if not is_array(order):
            raise wrong_type([], order)
        name = _listed(directive, SET_ELEMENT_ORDER)
        live, given = original.get(name), rest.get(name)
        for value, is_there in ((live, name in original), (given, name in rest)):
            if is_there and not is_array(value):
                raise wrong_type([], value)
        metadata = list_metadata(schema, name)
        check_order(given or [], order, metadata.merge_key)
        if name in original or name in rest:
            original[name] = _ordered_list(live, given, order, metadata)
            rest.pop(name, None)
    return original, rest


def _ordered_list(
    live: list[Any] | None, given: list[Any] | None, order: list[Any], metadata: PatchMetadata
) -> list[Any]:
    if live is None:
        merged = cast("list[Any]", without_directives(given))
    elif given is None:
        merged = live
    else:
        merged = _merge_list(live, given, metadata)
    result = ordered(merged, order, live or [], metadata.merge_key)
    are_objects(live or [], given or [])
    return result
