"""`extract`: what one field manager has applied of an object."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import msgspec
from pydantic import BaseModel

from kubex.core._json_value import is_array, is_object
from kubex.core.codec import encode
from kubex.core.exceptions import InvalidArgument
from kubex.core.field_sets import SELF, FieldSet, Tree
from kubex.core.path_elements import item_index, path_text
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.entity import Entity

__all__ = ["extract"]


def extract(obj: Entity | Mapping[str, Any], field_manager: str, *, subresource: str | None = None) -> DynamicObject:
    """Give the fields of an object that a manager has applied, as it can apply them again.

    To change some and keep the others: extract, change, apply. What is left out of an apply that had been in the one
    before is given up, and goes if nobody else owns it.

    Args:
        obj: the object as the server gave it, with its managed fields.
        field_manager: name of the manager.
        subresource: `status`, …: what it applied there.

    Returns:
        The object's kind, name and namespace with those fields; nothing but these where the manager applied nothing.
        A value that is owned as a whole comes whole, an object of which only its being there is owned comes empty.

    Raises:
        InvalidArgument: the class of `obj` has no field for what the manager owns, which the next apply would give up;
            or the manager applied another version of the kind.

    Example:
        ```python
        web = extract(await deployments.get("web"), "shop-bot")
        web["spec"]["replicas"] = 3
        await deployments.apply(web, field_manager="shop-bot")
        ```

    https://kubernetes.io/docs/reference/using-api/server-side-apply/#using-server-side-apply-in-a-controller
    """
    whole: dict[str, Any] = msgspec.json.decode(encode(obj))
    metadata: dict[str, Any] = whole.get("metadata") or {}
    extracted: dict[str, Any] = {"apiVersion": whole.get("apiVersion"), "kind": whole.get("kind")}
    extracted["metadata"] = {name: metadata[name] for name in ("name", "namespace") if metadata.get(name)}
    managed: list[Any] = metadata.get("managedFields") or []
    entries = [entry for entry in managed if is_object(entry)]
    entry = next((each for each in entries if _is_applied(each, field_manager, subresource or "")), None)
    if entry is None:
        return DynamicObject(extracted)
    if entry.get("apiVersion") != whole.get("apiVersion"):
        raise InvalidArgument(
            f'extract of what "{field_manager}" applied: it did so in version {entry.get("apiVersion")}, '
            f"and this object is in {whole.get('apiVersion')}: read it in the other"
        )
    others: Tree = {}
    for each in entries:
        if each is not entry:
            others = (FieldSet(others) | FieldSet.parse(each.get("fieldsV1"))).tree

    def absent(path: tuple[str, ...]) -> None:
        # The server owns up to empty values that it does not write. A field that the class does not have is another
        # matter: there is a value, and the next apply would give it up.
        if _lacks(obj, path):
            raise InvalidArgument(
                f'extract of what "{field_manager}" applied: {type(obj).__name__} has no field for {path_text(path)}: '
                "read the object by dynamic_api"
            )

    fields = _members(whole, FieldSet.parse(entry.get("fieldsV1")).tree, others, (), absent)
    own_metadata = cast("dict[str, Any]", fields.pop("metadata", {}))
    extracted["metadata"] |= own_metadata
    return DynamicObject(extracted | fields)


def _is_applied(entry: dict[str, Any], manager: str, subresource: str) -> bool:
    return (
        entry.get("manager") == manager
        and entry.get("operation") == "Apply"
        and (entry.get("subresource") or "") == subresource
    )


def _members(
    value: dict[str, Any], tree: Tree, others: Tree, path: tuple[str, ...], absent: Callable[[tuple[str, ...]], None]
) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for element, below in tree.items():
        if element == SELF:
            continue
        name, here = element[2:], (*path, element)
        if element[0] != "f" or name not in value:
            absent(here)
            continue
        members[name] = _part(value[name], below, others.get(element, {}), here, absent)
    return members


def _part(
    value: Any, tree: Tree, others: Tree, path: tuple[str, ...], absent: Callable[[tuple[str, ...]], None]
) -> Any:
    """Give what a tree has of a value."""
    if tree.keys() - {SELF}:
        if is_object(value):
            return _members(value, tree, others, path, absent)
        if is_array(value):
            return _items(value, tree, others, path, absent)
        return value
    # Owned, and nothing below: all of it, or only that it is there. Of what is one, nobody owns a part.
    if others.keys() - {SELF}:
        return {} if is_object(value) else [] if is_array(value) else value
    return value


def _items(
    items: list[Any], tree: Tree, others: Tree, path: tuple[str, ...], absent: Callable[[tuple[str, ...]], None]
) -> list[Any]:
    """Give what a tree has of a list, in the list's order."""
    found: dict[int, Any] = {}
    for element, below in tree.items():
        if element == SELF:
            continue
        here = (*path, element)
        number = item_index(items, element)
        if number is None:
            absent(here)
        elif element[0] == "k":
            # What tells the item from the others goes with it, whoever owns that.
            own = _members(items[number], below, others.get(element, {}), here, absent)
            found[number] = json.loads(element[2:]) | own
        else:
            found[number] = _part(items[number], below, others.get(element, {}), here, absent)
    return [found[number] for number in sorted(found)]


def _lacks(value: Any, path: tuple[str, ...]) -> bool:
    """Say whether a path leads to a field that a class on the way does not have."""
    for element in path:
        if isinstance(value, msgspec.Struct):
            names = dict(zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True))
        elif isinstance(value, BaseModel):
            fields = type(value).model_fields.items()
            names = {field.serialization_alias or field.alias or name: name for name, field in fields}
            names |= {name: name for name in value.model_extra or ()}
        elif is_array(value):
            number = item_index(msgspec.json.decode(encode(value)), element)
            if number is None:
                return False
            value = value[number]
            continue
        else:
            return False
        if element[2:] not in names:
            return True
        value = getattr(value, names[element[2:]])
    return False
