"""Finds what is twice in the lists of a custom resource that are sets, or maps by keys.

https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from kubex.core._go_text import go_json
from kubex.core._json_value import is_array, is_object
from kubex.testing.failures import Cause

__all__ = ["duplicate_causes"]


def duplicate_causes(value: Any, schema: Any, path: str = "") -> list[Cause]:
    """Say which items are twice, each once.

    Args:
        value: an object of the resource, or a part of it.
        schema: of it: an `openAPIV3Schema`.
        path: where it is; `""` is the object.
    """
    found: list[Cause] = []
    if not is_object(schema):
        return found
    if is_object(value):
        properties: Any = schema.get("properties") or {}
        for name, member in value.items():
            if name in properties:
                found += duplicate_causes(member, properties[name], f"{path}.{name}" if path else name)
            else:
                found += duplicate_causes(member, schema.get("additionalProperties"), f"{path}[{name}]")
    elif is_array(value):
        type_ = schema.get("x-kubernetes-list-type")
        if type_ in ("set", "map"):
            found += _twice([_key(item, schema) for item in value] if type_ == "map" else value, path)
        for index, item in enumerate(value):
            found += duplicate_causes(item, schema.get("items"), f"{path}[{index}]")
    return found


def _key(item: Any, schema: Any) -> Any:
    keys: list[str] = schema.get("x-kubernetes-list-map-keys") or []
    return {each: item[each] for each in keys if each in item} if is_object(item) else {}


def _twice(items: list[Any], path: str) -> list[Cause]:
    found: list[Cause] = []
    seen: Counter[bytes] = Counter()
    for index, item in enumerate(items):
        written = msgspec.json.encode(item, order="sorted")  # which tells `true` from 1
        seen[written] += 1
        if seen[written] == 2:
            place = f"{path}[{index}]"
            found.append(Cause("FieldValueDuplicate", f"Duplicate value: {go_json(item)}", place))
    return found
