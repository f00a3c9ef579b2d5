"""The columns that a CustomResourceDefinition asks for.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#additional-printer-columns
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from kubex.core._go_text import go_json, go_value
from kubex.testing.columns.column import Cell, Column, human_duration
from kubex.testing.columns.json_paths import JsonPath, JsonPathError, json_path
from kubex.testing.storage import JsonObject

__all__ = ["custom_columns"]

_NOTHING: Final = object()
_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "date": str,
}


def custom_columns(source: Mapping[str, Any]) -> Column:
    """Make a column of one of `additionalPrinterColumns`."""
    type_ = source.get("type", "string")
    try:
        path = json_path(source.get("jsonPath", ""))
    except JsonPathError:
        path = None

    def cell(object_: JsonObject) -> Any:
        return _shown(_value(object_, path), type_)

    def age(object_: JsonObject, now: datetime) -> Any:
        value = _shown(_value(object_, path), type_)
        if value is None:
            return None
        try:
            return human_duration((now - datetime.fromisoformat(value)).total_seconds())
        except (TypeError, ValueError):  # no time, or one without a zone
            return "<invalid>"

    timed = type_ == "date"
    own: Cell | None = None if timed else cell
    priority = source.get("priority", 0)
    return Column(source["name"], own, type_, priority, source.get("format", ""), age if timed else None)


def _value(object_: JsonObject, path: JsonPath | None) -> Any:
    """Give the first of what a path leads to."""
    try:
        found = path.find(object_) if path is not None else []
    except JsonPathError:
        return _NOTHING
    return found[0] if found else _NOTHING


def _shown(value: Any, type_: str) -> Any:
    """Give a value as a cell of this type; `None` where it is of another."""
    if value is _NOTHING:
        return None
    if type_ == "string":
        is_plain = not isinstance(value, dict | list)
        return "<no value>" if value is None else go_value(value) if is_plain else go_json(value)
    if type_ == "integer" and isinstance(value, float):
        return int(value)
    wanted = _TYPES.get(type_)
    if wanted is None or not isinstance(value, wanted) or (isinstance(value, bool) and type_ != "boolean"):
        return None
    return value
