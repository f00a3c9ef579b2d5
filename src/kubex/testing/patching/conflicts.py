"""The conflicts of an applied object with the other owners of its fields, in the server's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kubex.core.field_sets import FieldSet, Path
from kubex.core.path_elements import path_text
from kubex.testing.patching.managed_fields import Manager
from kubex.testing.patching.rejection import Cause, Rejection

__all__ = ["ApplyConflict", "Conflict"]


class Conflict(NamedTuple):
    """A field that another manager owns and the applied object would change."""

    manager: Manager
    path: Path


class ApplyConflict(Rejection):
    """An object can't be applied, because others own fields with other values.

    Args:
        fields: by the manager that owns them.
    """

    def __init__(self, fields: Mapping[Manager, FieldSet]) -> None:
        # By managers as in the message; the server's causes come in no order.
        managers = sorted(fields, key=lambda manager: manager.identifier)
        self.conflicts: list[Conflict] = [Conflict(manager, path) for manager in managers for path in fields[manager]]
        causes = [
            Cause("FieldManagerConflict", f"conflict with {each.manager}", path_text(each.path))
            for each in self.conflicts
        ]
        super().__init__(409, "Conflict", _message(self.conflicts), causes)

    @property
    def fields(self) -> FieldSet:
        """All fields in conflict."""
        return FieldSet.of(*(each.path for each in self.conflicts))

    def without(self, allowed: FieldSet) -> ApplyConflict:
        """Give the conflict about the other fields alone."""
        rest: dict[Manager, FieldSet] = {}
        for manager, path in self.conflicts:
            if path not in allowed:
                rest[manager] = rest.get(manager, FieldSet()) | FieldSet.of(path)
        return ApplyConflict(rest)


def _message(conflicts: list[Conflict]) -> str:
    if len(conflicts) == 1:
        manager, path = conflicts[0]
        return f"Apply failed with 1 conflict: conflict with {manager}: {path_text(path)}"
    lines = [f"Apply failed with {len(conflicts)} conflicts: "]
    last: Manager | None = None
    for manager, path in conflicts:
        if manager != last:
            lines.append(f"conflicts with {manager}:")
            last = manager
        lines.append(f"- {path_text(path)}")
    return lines[0] + "\n".join(lines[1:])
