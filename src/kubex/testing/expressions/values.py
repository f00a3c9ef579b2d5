"""JSON as expressions see it: typed by its schema, with fields under the names that CEL can say.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from kubex.core._json_value import is_array, is_object
from kubex.core.duration import Duration
from kubex.core.exceptions import InvalidArgument
from kubex.testing.expressions.escaping import RESERVED_WORDS, escaped
from kubex.testing.expressions.library import as_bound
from kubex.testing.lifecycle.json_members import object_at

__all__ = ["bound_value"]


def bound_value(value: Any, schema: Mapping[str, Any], *, whole: bool = False) -> Any:
    """Give a value as it is bound to a variable.

    Args:
        value: JSON.
        schema: of the value.
        whole: whether it is an object with `metadata`, of which rules see the names alone.
    """
    if is_object(value):
        return _bound_object(value, schema, whole=whole or bool(schema.get("x-kubernetes-embedded-resource")))
    if is_array(value):
        items = object_at(schema, "items")
        return [bound_value(each, items) for each in value]
    kind = schema.get("type")
    if kind == "number" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind == "string" and isinstance(value, str):
        return _bound_text(value, schema.get("format") or "")
    return value


def _bound_object(value: dict[str, Any], schema: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    fields, values = object_at(schema, "properties"), schema.get("additionalProperties")
    inner = values if is_object(values) else {}
    bound: dict[str, Any] = {}
    for name, each in value.items():
        if whole and name == "metadata" and is_object(each):
            bound[name] = {part: each[part] for part in ("name", "generateName") if part in each}
        elif name in fields:
            if each is not None:  # a field without a value is none
                bound[escaped(name) or name] = bound_value(each, fields[name])
            if each is not None and name in RESERVED_WORDS:
                bound[name] = bound[escaped(name) or name]
        else:
            bound[name] = bound_value(each, inner)
    return bound


def _bound_text(text: str, form: str) -> Any:
    """Give what a text of some format stands for; the text itself where it is none."""
    try:
        if form == "byte":
            return base64.b64decode(text, validate=True)
        if form in ("date", "date-time"):
            moment = datetime.fromisoformat(text)
            return as_bound(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC))
        if form == "duration":
            return as_bound(Duration.parse(text).to_timedelta())
    except (ValueError, OverflowError, InvalidArgument):
        pass
    return text
