"""Manifests: Kubernetes objects in YAML or JSON files, read, written and applied.

https://kubernetes.io/docs/concepts/overview/working-with-objects/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kubex_core.models._lazy_exports import lazy_exports

if TYPE_CHECKING:
    from kubex.manifests.applying import AppliedManifest, AppliedManifests, Outcome, apply_manifests
    from kubex.manifests.documents import Manifest, in_dependency_order, read_manifests
    from kubex.manifests.errors import ManifestError
    from kubex.manifests.objects import dump_manifests, load_manifests, parse_manifests

_HOMES = {
    "AppliedManifest": ".applying",
    "AppliedManifests": ".applying",
    "Manifest": ".documents",
    "ManifestError": ".errors",
    "Outcome": ".applying",
    "apply_manifests": ".applying",
    "dump_manifests": ".objects",
    "in_dependency_order": ".documents",
    "load_manifests": ".objects",
    "parse_manifests": ".objects",
    "read_manifests": ".documents",
}

__all__ = [
    "AppliedManifest",
    "AppliedManifests",
    "Manifest",
    "ManifestError",
    "Outcome",
    "apply_manifests",
    "dump_manifests",
    "in_dependency_order",
    "load_manifests",
    "parse_manifests",
    "read_manifests",
]

if not TYPE_CHECKING:  # a module with `__getattr__` has every name there is, to a type checker
    __getattr__, __dir__ = lazy_exports(__name__, _HOMES)
