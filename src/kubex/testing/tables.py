"""Objects as tables, as kubectl prints them.

https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kubex.core.watch_event import INITIAL_EVENTS_END
from kubex.testing.clock import Clock
from kubex.testing.columns import AGE, COLUMNS, NAME, Column
from kubex.testing.columns.custom import custom_columns
from kubex.testing.failures import bad_request
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["TableMaker", "check_included"]

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
        check_included(include)
        columns_of = _columns(resource)
        rows = [self._row(columns_of, object_, version, include) for object_ in objects]
        head = {"kind": "Table", "apiVersion": f"meta.k8s.io/{version}", "metadata": dict(metadata)}
        return {**head, "columnDefinitions": _described(resource, columns_of) if columns else None, "rows": rows}

    def _row(self, columns: Sequence[Column], object_: JsonObject, version: str, include: str) -> JsonObject:
        metadata = object_.get("metadata", {})
        row: JsonObject = {"cells": [self._cell(each, object_) for each in columns], "object": None}
        if include == "Object":
            row["object"] = object_
        # Who asks for no objects is told all the same where those of the beginning end.
        elif include != "None" or INITIAL_EVENTS_END in object_at(metadata, "annotations"):
            kind = {"kind": "PartialObjectMetadata", "apiVersion": f"meta.k8s.io/{version}"}
            row["object"] = {**kind, "metadata": metadata}
        return row

    def _cell(self, column: Column, object_: JsonObject) -> Any:
        if column.timed is not None:
            return column.timed(object_, self._clock.now())
        return column.cell(object_) if column.cell is not None else None


def check_included(include: str) -> None:
    """Check what each row of a table is to have of its object.

    Raises:
        ApiFailure: it is nothing that it can have (400).
    """
    if include not in _INCLUDED:
        why = f"includeObject: Invalid value: \"{include}\": must be 'Metadata', 'Object', 'None', or empty"
        raise bad_request(f"Unable to convert to Table as requested: {why}")


def _columns(resource: Resource) -> Sequence[Column]:
    if resource.custom is not None and resource.custom.columns:
        return (NAME, *map(custom_columns, resource.custom.columns))
    group, plural, _ = resource.name
    found: Sequence[Column] = COLUMNS.get(f"{group}/{plural}" if group else plural, _USUAL)
    return found


def _described(resource: Resource, columns: Sequence[Column]) -> list[JsonObject]:
    own = resource.custom.columns if resource.custom is not None else ()
    path = "Custom resource definition column (in JSONPath format): "
    texts = _DESCRIPTIONS | {
        each["name"]: each.get("description") or f"{path}{each.get('jsonPath', '')}" for each in own
    }
    return [
        {
            "name": column.name,
            "type": column.type,
            "format": column.format,
            "description": texts.get(column.name, ""),
            "priority": column.priority,
        }
        for column in columns
    ]
