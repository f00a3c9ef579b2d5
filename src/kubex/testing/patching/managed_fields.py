"""Reads and writes `metadata.managedFields`: who owns which fields of an object.

https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

from kubex.core._go_text import go_json, go_quoted
from kubex.core._json_value import is_object
from kubex.core.exceptions import InvalidArgument
from kubex.core.field_sets import FieldSet

__all__ = [
    "ManagedFields",
    "Manager",
    "Operation",
    "Ownership",
    "parse_managed_fields",
    "with_managed_fields",
    "without_managed_fields",
    "write_managed_fields",
]

Operation: TypeAlias = Literal["Apply", "Update"]

_UTC_SECONDS: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True)
class Manager:
    """Who owns fields: one entry of `managedFields` for each."""

    name: str
    operation: Operation
    api_version: str = ""
    """Of the requests; `""` for what is applied, as the same manager may apply in another version later."""
    subresource: str = ""

    @cached_property
    def identifier(self) -> str:
        """The text by which the server orders managers."""
        members = {
            "manager": self.name,
            "operation": self.operation,
            "apiVersion": self.api_version,
            "subresource": self.subresource,
        }
        return f"{{{','.join(f'{go_json(name)}:{go_json(value)}' for name, value in members.items() if value)}}}"

    def __str__(self) -> str:
        """Name it as conflicts do: `"one" with subresource "status" using apps/v1`."""
        text = go_quoted(self.name)
        if self.subresource:
            text += f" with subresource {go_quoted(self.subresource)}"
        return f"{text} using {self.api_version}" if self.operation == "Update" else text


@dataclass(frozen=True)
class Ownership:
    """What a manager owns."""

    fields: FieldSet
    api_version: str
    """That the fields are named in."""
    time: str | None = None
    """When it changed last, as the API writes times; nothing where the server never noted one."""


ManagedFields: TypeAlias = dict[Manager, Ownership]


def parse_managed_fields(entries: Iterable[Any], *, own: bool = False) -> ManagedFields:
    """Read the entries of `managedFields`.

    Args:
        entries: as the object has them.
        own: whether they are the very ones that `write_managed_fields` gave.

    Raises:
        InvalidArgument: an entry is not as it should be; the text is the server's.
    """
    managed: ManagedFields = {}
    for index, entry in enumerate(entries):
        if not is_object(entry):
            raise InvalidArgument(f"managed fields entry {index} is no object")
        operation = entry.get("operation")
        if operation not in ("Apply", "Update"):
            raise InvalidArgument("operation must be `Apply` or `Update`")
        api_version = entry.get("apiVersion") or ""
        if not api_version:
            raise InvalidArgument("apiVersion must not be empty")
        fields_type = entry.get("fieldsType") or ""
        if not fields_type:
            raise InvalidArgument(f"missing fieldsType in managed fields entry {index}")
        if fields_type != "FieldsV1":
            raise InvalidArgument(f"invalid fieldsType {go_quoted(fields_type)} in managed fields entry {index}")
        manager = Manager(
            entry.get("manager") or "",
            operation,
            "" if operation == "Apply" else api_version,
            entry.get("subresource") or "",
        )
        fields = FieldSet.parse(entry.get("fieldsV1") or {}, own=own)
        managed[manager] = Ownership(fields, api_version, _time(entry.get("time")))
    return managed


def write_managed_fields(managed: Iterable[tuple[Manager, Ownership]]) -> list[dict[str, Any]]:
    """Give the entries of `managedFields`, in the server's order.

    Args:
        managed: `ManagedFields.items()`.
    """
    return [_entry(manager, owned) for manager, owned in sorted(managed, key=_order)]


def without_managed_fields(object_: Mapping[str, Any]) -> dict[str, Any]:
    """Give an object without its `managedFields`."""
    metadata = object_.get("metadata")
    if not is_object(metadata) or "managedFields" not in metadata:
        return dict(object_)
    return {**object_, "metadata": {name: value for name, value in metadata.items() if name != "managedFields"}}


def with_managed_fields(object_: Mapping[str, Any], managed: Mapping[Manager, Ownership]) -> dict[str, Any]:
    """Give an object with these `managedFields` and no others."""
    if not managed:
        return without_managed_fields(object_)
    metadata: dict[str, Any] = object_.get("metadata") or {}
    return {**object_, "metadata": {**metadata, "managedFields": write_managed_fields(managed.items())}}


def _entry(manager: Manager, owned: Ownership) -> dict[str, Any]:
    entry: dict[str, Any] = {"manager": manager.name} if manager.name else {}
    entry["operation"] = manager.operation
    entry["apiVersion"] = owned.api_version
    if owned.time is not None:
        entry["time"] = owned.time
    entry["fieldsType"] = "FieldsV1"
    entry["fieldsV1"] = owned.fields.to_fields_v1()
    if manager.subresource:
        entry["subresource"] = manager.subresource
    return entry


def _order(item: tuple[Manager, Ownership]) -> tuple[str, ...]:
    manager, owned = item
    return manager.operation, owned.time or "", manager.name, owned.api_version, manager.subresource


def _time(value: Any) -> str | None:
    """Give a time as the server writes it: in UTC and in whole seconds."""
    if not value or _UTC_SECONDS.fullmatch(value):
        return value or None
    try:
        time = datetime.fromisoformat(value)
    except ValueError as error:
        raise InvalidArgument(f"time {value!r}: {error}") from None
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
