"""Carries the owners of a resource's replicas over to its Scale, and back.

A request to the subresource `scale` is one to a Scale, whose only field is `spec.replicas`: its owners are those of the
resource's own field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from kubex.core.field_sets import FieldSet, Path
from kubex.testing.patching.managed_fields import ManagedFields, Manager, Ownership, write_managed_fields

__all__ = ["SCALE_VERSION", "entries_after_scale", "scale_owners"]

SCALE_VERSION: Final = "autoscaling/v1"

_REPLICAS: Final[Path] = ("f:spec", "f:replicas")


def scale_owners(owners: ManagedFields, replicas: Mapping[str, Path]) -> ManagedFields:
    """Give the owners of a Scale: those who own the replicas of its resource.

    Args:
        owners: of the resource.
        replicas: where the replicas are in each version of the resource, by `apiVersion`.
    """
    return {
        _in_version(manager, SCALE_VERSION): Ownership(FieldSet.of(_REPLICAS), SCALE_VERSION, owned.time)
        for manager, owned in owners.items()
        if replicas.get(owned.api_version, ()) in owned.fields
    }


def entries_after_scale(
    owners: ManagedFields, scale: ManagedFields, api_version: str, replicas: Mapping[str, Path]
) -> list[dict[str, Any]]:
    """Give the `managedFields` of a resource after a request to its Scale.

    As on the server, an updater of the resource who still owns the replicas gets a second entry for them alone, and
    entries for replicas have no time.

    Args:
        owners: of the resource before the request.
        scale: of the Scale after it.
        api_version: of the resource.
        replicas: where the replicas are in each version of the resource, by `apiVersion`; those in other versions lose
            their entries.
    """
    entries: list[tuple[Manager, Ownership]] = []
    kept: set[Manager] = set()
    for manager, owned in owners.items():
        if owned.api_version not in replicas:
            continue
        path = replicas[owned.api_version]
        if path not in owned.fields:
            entries.append((manager, owned))
        elif manager in scale:  # appliers: an updater's version tells it from itself in the other resource
            kept.add(manager)
            entries.append((manager, owned))
        elif rest := owned.fields - FieldSet.of(path):
            entries.append((manager, replace(owned, fields=rest)))
    for manager, owned in scale.items():
        if manager not in kept and _REPLICAS in owned.fields:
            time = owners[manager].time if manager in owners else None
            own = Ownership(FieldSet.of(replicas[api_version]), api_version, time)
            entries.append((_in_version(manager, api_version), own))
    return write_managed_fields(entries)


def _in_version(manager: Manager, api_version: str) -> Manager:
    return replace(manager, api_version=api_version) if manager.operation == "Update" else manager
