"""The columns that a CustomResourceDefinition asks for.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#additional-printer-columns
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from kubex.core._json_value import is_array, is_object
from kubex.testing.columns.column import Cell, Column, human_duration
from kubex.testing.storage import JsonObject

__all__ = ["custom_columns"]

_STEP: Final = re.compile(r"\.((?:[^.\[\\]|\\.)+)|\[(\d+)\]|\['((?:[^'\\]|\\.)+)'\]")
_TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "date": str,
}


def custom_columns(source: Mapping[str, Any]) -> Column:
    """Make a column of one of `additionalPrinterColumns`."""
    type_, steps = source.get("type", "string"), _steps(source.get("jsonPath", ""))

    def cell(object_: JsonObject) -> Any:
        return _shown(_value(object_, steps), type_)

    def age(object_: JsonObject, now: datetime) -> Any:
        value = _shown(_value(object_, steps), type_)
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


def _steps(path: str) -> list[str]:
    """Take a simple JSON path apart; of any other nothing is shown."""
    text = path.removeprefix("{").removesuffix("}").removeprefix("$")
    steps: list[str] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None:
            return []
        steps.append(next(each for each in found.groups() if each is not None).replace("\\", ""))
        at = found.end()
    return steps


def _value(object_: Any, steps: list[str]) -> Any:
    if not steps:
        return None
    for step in steps:
        if is_object(object_):
            object_ = object_.get(step)
        elif is_array(object_) and step.isdigit() and int(step) < len(object_):
            object_ = object_[int(step)]
        else:
            return None
    return object_


def _shown(value: Any, type_: str) -> Any:
    """Give a value as a cell of this type; `None` where it is of another."""
    if value is None:
        return None
    if type_ == "string":
        return value if isinstance(value, str) else msgspec.json.encode(value).decode()
    wanted = _TYPES.get(type_)
    if wanted is None or not isinstance(value, wanted) or (isinstance(value, bool) and type_ != "boolean"):
        return None
    return value
