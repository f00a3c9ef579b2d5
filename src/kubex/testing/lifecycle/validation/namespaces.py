"""What the server refuses in namespaces: finalizers of a content that no one would take away, and wrong phases."""

from __future__ import annotations

from typing import Any

from kubex.testing.failures import Cause, field_invalid
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import finalizer_causes
from kubex.testing.lifecycle.validation.values import qualified_causes

__all__ = ["finalize_causes", "namespace_causes", "namespace_status_causes"]


def namespace_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a new Namespace; its finalizers change by a subresource alone."""
    if old is not None:
        return []
    # As the server has it: without the place in the list.
    return [cause for each in _finalizers(new) for cause in _finalizer_causes("spec.finalizers", each)]


def finalize_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next finalizers of the content of a Namespace."""
    found = enumerate(_finalizers(new))
    return [cause for index, each in found for cause in _finalizer_causes(f"spec.finalizers[{index}]", each)]


def namespace_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of a Namespace."""
    phase, is_over = object_at(new, "status").get("phase") or "Active", bool(new["metadata"].get("deletionTimestamp"))
    expected, state = ("Terminating", "not empty") if is_over else ("Active", "empty")
    if phase == expected:
        return []
    # As the server has it: with a capital.
    return [field_invalid("status.Phase", phase, f"may only be '{expected}' if `deletionTimestamp` is {state}")]


def _finalizers(namespace: dict[str, Any]) -> list[str]:
    return list_at(object_at(namespace, "spec"), "finalizers")


def _finalizer_causes(field: str, name: str) -> list[Cause]:
    return [*qualified_causes(field, name), *finalizer_causes(field, name)]
