"""Which of a custom resource's values may break rules: those that have not changed since the rules were others.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-ratcheting
"""

from __future__ import annotations

from typing import Any, Final

from jsonschema.exceptions import ValidationError

from kubex.core._json_value import is_array, is_object

__all__ = ["is_kept"]

_JUNCTORS: Final = frozenset({"allOf", "anyOf", "oneOf", "not"})
_STEPS: Final = frozenset({"properties", "items", "additionalProperties"})
_NONE: Final = object()


def is_kept(error: ValidationError, schema: Any, old: Any, new: Any) -> bool:
    """Say whether what an error is about is what it was.

    Args:
        error: found in the new object.
        schema: of the objects.
        old: the object as it was.
        new: the object.
    """
    for step in list(error.absolute_path)[: _depth(error)]:
        if is_object(old) and is_object(new) and isinstance(step, str):
            properties: Any = schema.get("properties") or {} if is_object(schema) else {}
            schema = properties.get(step, schema.get("additionalProperties") if is_object(schema) else None)
            old, new = old.get(step, _NONE), new.get(step, _NONE)
        elif is_array(old) and is_array(new) and isinstance(step, int):
            old, new = _correlated(old, new[step], schema), new[step]
            schema = schema.get("items") if is_object(schema) else None
        else:
            return False
        if old is _NONE or new is _NONE or not is_object(schema):
            return False
    return bool(old == new)


def _depth(error: ValidationError) -> int:
    """Give how many steps into an object lead to a rule, or to the junctor that it is under."""
    steps = 0
    path = iter(error.absolute_schema_path)
    for name in path:
        if name in _JUNCTORS:
            break
        if name in _STEPS and steps < len(error.absolute_path):
            steps += 1
            if name == "properties":
                next(path, None)
    return steps


def _correlated(old: list[Any], item: Any, schema: Any) -> Any:
    """Find what an item was: that can be told where items have keys."""
    keys: list[str] = schema.get("x-kubernetes-list-map-keys") or [] if is_object(schema) else []
    if not keys or schema.get("x-kubernetes-list-type") != "map" or not is_object(item):
        return _NONE
    return next(
        (each for each in old if is_object(each) and all(each.get(key) == item.get(key) for key in keys)), _NONE
    )
