"""Typed classes from CustomResourceDefinitions: a module out of files, a cluster or an OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubex_core.models._lazy_exports import lazy_exports

if TYPE_CHECKING:
    from kubex.generate.cluster import generate_from_cluster
    from kubex.generate.errors import DefinitionError
    from kubex.generate.generator import generate
    from kubex.generate.module_writer import Form
    from kubex.generate.sources import Source

_HOMES = {
    "DefinitionError": ".errors",
    "Form": ".module_writer",
    "Source": ".sources",
    "generate": ".generator",
    "generate_from_cluster": ".cluster",
}

__all__ = ["DefinitionError", "Form", "Source", "generate", "generate_from_cluster"]

if not TYPE_CHECKING:  # a module with `__getattr__` has every name there is, to a type checker
    __getattr__, __dir__ = lazy_exports(__name__, _HOMES)
