"""Predicates: which changes of an object are worth a look of its controller."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from kubex.runtime.store_changes import StoreChange, Updated

__all__ = [
    "Predicate",
    "annotations_changed",
    "any_change_of",
    "generation_changed",
    "labels_changed",
    "status_changed",
]

Predicate: TypeAlias = Callable[[StoreChange[Any]], bool]
"""Says whether a change counts; new and removed objects are for most predicates a change of everything."""


def generation_changed(change: StoreChange[Any]) -> bool:
    """Whether the spec changed, or the object is being deleted: what controllers write in the status is none of it."""
    return _differs(change, lambda obj: (obj.metadata.generation, obj.metadata.deletion_timestamp))


def labels_changed(change: StoreChange[Any]) -> bool:
    """Whether the labels changed."""
    return _differs(change, lambda obj: obj.metadata.labels)


def annotations_changed(change: StoreChange[Any]) -> bool:
    """Whether the annotations changed."""
    return _differs(change, lambda obj: obj.metadata.annotations)


def status_changed(change: StoreChange[Any]) -> bool:
    """Whether the status changed."""
    return _differs(change, lambda obj: getattr(obj, "status", None) or (obj.get("status") if _is_dict(obj) else None))


def any_change_of(*predicates: Predicate) -> Predicate:
    """Give the predicate that one of these holds."""
    return lambda change: any(predicate(change) for predicate in predicates)


def _is_dict(obj: Any) -> bool:
    return hasattr(obj, "get")


def _differs(change: StoreChange[Any], part: Callable[[Any], object]) -> bool:
    return not isinstance(change, Updated) or part(change.before) != part(change.object)
