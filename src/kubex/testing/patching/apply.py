"""Server-side apply.

https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from kubex.core._json_value import is_object
from kubex.core.exceptions import InvalidArgument
from kubex.core.field_sets import FieldSet
from kubex.testing.patching.applied_checks import applied_faults
from kubex.testing.patching.applied_fields import applied_fields
from kubex.testing.patching.applied_merge import merge_applied
from kubex.testing.patching.comparison import same_value
from kubex.testing.patching.conflicts import ApplyConflict
from kubex.testing.patching.last_applied import allowed_by_last_applied, with_last_applied
from kubex.testing.patching.managed_fields import (
    ManagedFields,
    Manager,
    Ownership,
    with_managed_fields,
    without_managed_fields,
)
from kubex.testing.patching.object_type import JsonObject, ObjectType
from kubex.testing.patching.pruning import prune_applied
from kubex.testing.patching.rejection import bad_request, internal_error
from kubex.testing.patching.removal import fitted
from kubex.testing.patching.tracking import NEVER_OWNED, current_owners, differences, note_update
from kubex.testing.schema.zero_values import zero_object

__all__ = ["apply", "check_applied", "check_applied_kind"]

_BEFORE_APPLY: Final = "before-first-apply"
_KUBECTL: Final = "kubectl"


def apply(
    type_: ObjectType,
    live: Mapping[str, Any] | None,
    applied: Mapping[str, Any],
    *,
    manager: str,
    force: bool = False,
    now: str,
) -> JsonObject:
    """Give an object as applying another one leaves it, with its `managedFields`.

    Neither defaults are filled in nor is the result in the shape in which the server writes objects: what was
    removed may stand as null (`kubex.testing.schema.zero_values.decoded` puts that right).

    Args:
        type_: what the request is about.
        live: object as it is stored; `None` if there is none yet.
        applied: object of the request.
        manager: name of the field manager.
        force: takes fields from their other owners, where there would be a conflict.
        now: the time, as the API writes it.

    Raises:
        ApplyConflict: others own fields that would change.
        Rejection: the applied object is not one of this type; the text is the server's.
    """
    check_applied(type_, applied)
    request = _Apply(type_, live, applied, manager or "unknown", now)
    try:
        managed = request.owners_before()
        try:
            new, managed = request.run(managed, force)
        except ApplyConflict as conflict:
            if manager != _KUBECTL:
                raise
            rest = conflict.without(allowed_by_last_applied(type_, request.before))
            if rest.conflicts:
                raise rest from None
            new, managed = request.run(managed, True)
    except InvalidArgument as error:
        raise internal_error(str(error)) from None
    if manager == _KUBECTL:
        new = with_last_applied(new, applied)
    return with_managed_fields(new, managed)


def check_applied_kind(type_: ObjectType, applied: Mapping[str, Any]) -> None:
    """Check that an object that is applied says that it is one of a type.

    Raises:
        Rejection: it does not; the text is the server's.
    """
    version, kind = (value if isinstance(value := applied.get(name), str) else "" for name in ("apiVersion", "kind"))
    asked = replace(type_, api_version=version.removeprefix("/"), kind=kind)
    if version.count("/") > 1:  # which Go reads as none, and no kind then
        asked = replace(asked, api_version="", kind="")
    if (asked.api_version, asked.kind) != (type_.api_version, type_.kind):
        raise bad_request(f"invalid object type: {asked.group_version_kind}")


def check_applied(type_: ObjectType, applied: Mapping[str, Any]) -> None:
    """Check that an object that is applied is one of a type.

    Raises:
        Rejection: it is not; the text is the server's.
    """
    check_applied_kind(type_, applied)
    metadata = applied.get("metadata")
    named: JsonObject = metadata if is_object(metadata) else {}
    if named.get("managedFields") is not None:
        raise bad_request("metadata.managedFields must be nil")
    faults = applied_faults(applied, type_.schema)
    if faults:
        place = f"{named.get('namespace') or ''}/{named.get('name') or ''}; {type_.group_version_kind}"
        raise internal_error(f"failed to create typed patch object ({place}): {faults}")


@dataclass(frozen=True)
class _Apply:
    """One request."""

    type: ObjectType
    live: Mapping[str, Any] | None
    applied: Mapping[str, Any]
    manager: str
    now: str

    @property
    def before(self) -> Mapping[str, Any]:
        """The object before the request, without its `managedFields`."""
        return zero_object(self.type.schema) if self.live is None else without_managed_fields(self.live)

    def owners_before(self) -> ManagedFields:
        """Give the owners so far: what nobody owns yet of an object that is there was so before the first apply."""
        try:
            managed = current_owners(self.live)
        except InvalidArgument as error:
            raise InvalidArgument(f"failed to decode managed fields: {error}") from None
        if managed or self.live is None:
            return managed
        empty = zero_object(self.type.schema)
        return note_update(self.type, empty, self.before, {}, manager=_BEFORE_APPLY, now=self.now)

    def run(self, managed: ManagedFields, force: bool) -> tuple[JsonObject, ManagedFields]:
        """Give the object and its owners afterwards."""
        type_, before = self.type, self.before
        managed = self._fitted(managed)
        self_ = Manager(self.manager, "Apply", subresource=type_.subresource)
        last = managed.get(self_)
        last_time = last.time if last else None
        merged = merge_applied(before, self.applied, type_.schema)
        fields = type_.tracked.keep(applied_fields(self.applied, type_.schema))
        managed[self_] = Ownership(fields, type_.api_version, last_time)
        new = prune_applied(type_, merged, managed, last, fields)
        managed = self._taken(managed, self_, before, new, force)
        owned = managed.pop(self_, None)
        kept = owned.fields - NEVER_OWNED if owned else FieldSet()
        # Who applies what is there already owns it, but the server notes no time.
        unchanged = self.live is not None and same_value(before, new)
        if kept:
            managed[self_] = Ownership(kept, type_.api_version, last_time if unchanged else self.now)
        return dict(before if unchanged else new), managed

    def _fitted(self, managed: ManagedFields) -> ManagedFields:
        result: ManagedFields = {}
        for manager, owned in managed.items():
            schema = self.type.schema_of(owned.api_version)
            if schema is not None:
                fields = fitted(owned.fields, schema)
                result[manager] = owned if fields is owned.fields else replace(owned, fields=fields)
        return result

    def _taken(
        self, managed: ManagedFields, self_: Manager, before: Mapping[str, Any], new: Mapping[str, Any], force: bool
    ) -> ManagedFields:
        """Take from the others what changed; without force, complain of it."""
        versions = {owned.api_version for owned in managed.values()}
        found = differences(self.type, before, new, versions)
        others = {manager: owned for manager, owned in managed.items() if manager != self_}
        conflicts = {
            manager: conflict
            for manager, owned in others.items()
            if (conflict := owned.fields & found[owned.api_version].written)
        }
        if conflicts and not force:
            raise ApplyConflict(conflicts)
        rest = {self_: managed[self_]} if managed[self_].fields else {}
        for manager, owned in others.items():
            change = found[owned.api_version]
            left = owned.fields - change.written - change.removed
            if left:
                rest[manager] = replace(owned, fields=left)
        return rest
