"""What the server fills in where an object says nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kubex.testing.registry import Resource

__all__ = ["apply_defaults"]

DEFAULTS: Final[Mapping[tuple[str, str], Callable[[dict[str, Any]], None]]] = {}


def apply_defaults(resource: Resource, object_: dict[str, Any]) -> None:
    """Fill in the defaults of a built-in kind, in place."""
    fill = DEFAULTS.get((resource.name.group, resource.kind))
    if fill is not None:
        fill(object_)
