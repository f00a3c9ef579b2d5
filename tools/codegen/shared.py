"""Definitions for which kubex_core.models has one hand-written class, for every Kubernetes version."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SHARED", "SharedClass"]


@dataclass(frozen=True)
class SharedClass:
    """Where a hand-written class is imported from."""

    module: str
    name: str


_META = "io.k8s.apimachinery.pkg.apis.meta.v1"
_AUTOSCALING = "io.k8s.api.autoscaling.v1"

SHARED = {
    f"{_AUTOSCALING}.Scale": SharedClass("kubex_core.models.scale", "Scale"),
    f"{_AUTOSCALING}.ScaleSpec": SharedClass("kubex_core.models.scale", "ScaleSpec"),
    f"{_AUTOSCALING}.ScaleStatus": SharedClass("kubex_core.models.scale", "ScaleStatus"),
    "io.k8s.api.policy.v1.Eviction": SharedClass("kubex_core.models.eviction", "Eviction"),
    f"{_META}.DeleteOptions": SharedClass("kubex_core.models.delete_options", "DeleteOptions"),
    f"{_META}.ListMeta": SharedClass("kubex_core.models.metadata", "ListMetadata"),
    f"{_META}.ManagedFieldsEntry": SharedClass("kubex_core.models.metadata", "ManagedFieldsEntry"),
    f"{_META}.ObjectMeta": SharedClass("kubex_core.models.metadata", "ObjectMetadata"),
    f"{_META}.OwnerReference": SharedClass("kubex_core.models.metadata", "OwnerReference"),
    f"{_META}.Preconditions": SharedClass("kubex_core.models.delete_options", "Preconditions"),
    f"{_META}.ShardInfo": SharedClass("kubex_core.models.metadata", "ShardInfo"),
    f"{_META}.Status": SharedClass("kubex_core.models.status", "Status"),
    f"{_META}.StatusCause": SharedClass("kubex_core.models.status", "StatusCause"),
    f"{_META}.StatusDetails": SharedClass("kubex_core.models.status", "StatusDetails"),
}
"""By the name in the document. A test compares their fields with the document's, so that a new version can't drift."""
