"""CustomResourceDefinitions from classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubex_core.models._lazy_exports import lazy_exports

if TYPE_CHECKING:
    from kubex.crd.definition import crd_for

__all__ = ["crd_for"]

if not TYPE_CHECKING:  # a module with `__getattr__` has every name there is, to a type checker
    __getattr__, __dir__ = lazy_exports(__name__, {"crd_for": ".definition"})
