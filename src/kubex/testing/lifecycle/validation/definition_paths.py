"""What the server refuses in the paths of a CustomResourceDefinition: of scales, columns and selectable fields."""

from __future__ import annotations

from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.core._json_value import is_object
from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.json_members import object_at

__all__ = ["selectable_causes", "simple_path_causes"]

_MOST_SELECTABLE: Final = 8
_SELECTABLE_TYPES: Final = ("string", "boolean", "integer")


def simple_path_causes(field: str, path: str) -> list[Cause]:
    """A path that is there begins with a dot."""
    return [] if path.startswith(".") else [field_invalid(field, path, "must be a simple json path starting with .")]


def selectable_causes(fields: list[dict[str, Any]], schema: dict[str, Any], where: str) -> list[Cause]:
    """Selectable fields are plain values that the schema knows, each named once."""
    causes: list[Cause] = []
    seen: set[str] = set()
    for index, each in enumerate(fields):
        path, field = each.get("jsonPath", ""), f"{where}[{index}].jsonPath"
        if not path:
            causes.append(field_required(field))
            continue
        problem, found = _followed(path, schema)
        if problem:
            causes.append(field_invalid(field, path, f"is an invalid path: {problem}"))
            continue
        if path.startswith(".metadata"):
            causes.append(field_invalid(field, path, "must not point to fields in metadata"))
        if found.get("type") not in _SELECTABLE_TYPES:
            why = (
                "must point to a field of type string, boolean or integer. Enum string fields and strings with formats "
                "are allowed."
            )
            causes.append(field_invalid(field, path, why))
        if path in seen:
            causes.append(Cause("FieldValueDuplicate", f"Duplicate value: {go_json(path)}", field))
        seen.add(path)
    if len(seen) > _MOST_SELECTABLE:
        text = f"Too many: {len(seen)}: must have at most {_MOST_SELECTABLE} items"
        causes.append(Cause("FieldValueTooMany", text, where))
    return causes


def _followed(path: str, schema: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Follow a path through a schema: why it can't be followed, or the schema where it leads."""
    if not path.startswith("."):
        begin = path.partition(".")[0].partition("[")[0]
        return ("array notation is not allowed" if path.startswith("[") else f"expected [ or . but got: {begin}"), {}
    for name in path[1:].split("."):
        if "[" in name:
            return "array notation is not allowed", {}
        if not name:
            return "unexpected end of JSON path", {}
        properties = object_at(schema, "properties")
        found: Any = properties.get(name)
        if not properties:
            found = schema.get("additionalProperties")
        if not is_object(found):
            return "does not refer to a valid field", {}
        schema = found
    return "", schema
