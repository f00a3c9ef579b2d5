"""Objects as tables, as kubectl prints them.

https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kubex.testing.clock import Clock
from kubex.testing.columns import AGE, COLUMNS, NAME, Column
from kubex.testing.failures import bad_request
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["TableMaker", "human_duration"]

_INCLUDED = ("", "Metadata", "Object", "None")
_USUAL = (NAME, AGE)
_DESCRIPTIONS = {"Name": "Name must be unique within a namespace.", "Age": "How long ago the object was created."}


class TableMaker:
    """Makes tables.

    Args:
        clock: the cluster's time, for ages.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def table(
        self,
        resource: Resource,
        objects: Sequence[JsonObject],
        version: str,
        include: str,
        metadata: Mapping[str, Any],
        *,
        columns: bool = True,
    ) -> JsonObject:
        """Make a table.

        Args:
            resource: of the objects.
            objects: one for each row.
            version: of the Table: `v1`.
            include: what each row has of its object: `Metadata` (also `""`), `Object` or `None`.
            metadata: of the table.
            columns: whether to describe the columns.

        Raises:
            ApiFailure: `include` is something else (400).
        """
        if include not in _INCLUDED:
            why = f"includeObject: Invalid value: \"{include}\": must be 'Metadata', 'Object', 'None', or empty"
            raise bad_request(f"Unable to convert to Table as requested: {why}")
        columns_of = _columns(resource)
        rows = [self._row(columns_of, object_, version, include) for object_ in objects]
        head = {"kind": "Table", "apiVersion": f"meta.k8s.io/{version}", "metadata": dict(metadata)}
        return {**head, "columnDefinitions": [_described(each) for each in columns_of] if columns else [], "rows": rows}

    def _row(self, columns: Sequence[Column], object_: JsonObject, version: str, include: str) -> JsonObject:
        metadata = object_.get("metadata", {})
        if "name" not in metadata:  # a bookmark, which is nothing but a version
            cells = [None if each.cell is None else "" for each in columns]
        else:
            age = self._age(metadata.get("creationTimestamp"))
            cells = [age if each.cell is None else each.cell(object_) for each in columns]
        row: JsonObject = {"cells": cells}
        if include == "Object":
            row["object"] = object_
        elif include != "None":
            kind = {"kind": "PartialObjectMetadata", "apiVersion": f"meta.k8s.io/{version}"}
            row["object"] = {**kind, "metadata": metadata}
        return row

    def _age(self, created: str | None) -> str:
        return "<unknown>" if not created else human_duration(self._clock.now(), created)


def human_duration(now: datetime, since: str) -> str:
    """Word how long ago something was, as kubectl does: `73m`, `5d3h`."""
    seconds = int((now - datetime.fromisoformat(since)).total_seconds())
    if seconds < -1:
        return "<invalid>"
    seconds = max(0, seconds)
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < 120:
        return f"{seconds}s"
    if minutes < 10:
        return _two(minutes, "m", seconds % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    if hours < 8:
        return _two(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    if hours < 192:
        return _two(days, "d", hours % 24, "h")
    if days < 730:
        return f"{days}d"
    if days < 2920:
        return _two(days // 365, "y", days % 365, "d")
    return f"{days // 365}y"


def _two(larger: int, unit: str, smaller: int, smaller_unit: str) -> str:
    return f"{larger}{unit}{smaller}{smaller_unit}" if smaller else f"{larger}{unit}"


def _columns(resource: Resource) -> Sequence[Column]:
    group, plural, _ = resource.name
    return COLUMNS.get(f"{group}/{plural}" if group else plural, _USUAL)


def _described(column: Column) -> JsonObject:
    description = _DESCRIPTIONS.get(column.name, "")
    return {
        "name": column.name,
        "type": column.type,
        "format": column.format,
        "description": description,
        "priority": column.priority,
    }
