"""`DeleteOptions`: the body of a delete request."""

from __future__ import annotations

from msgspec import field

from kubex_core.models.base_struct import BaseStruct, always_written

__all__ = ["DeleteOptions", "Preconditions"]


class Preconditions(BaseStruct, kw_only=True):
    """What must hold for the request to be carried out."""

    resource_version: str | None = None
    uid: str | None = None


class DeleteOptions(BaseStruct, kw_only=True):
    """How to delete an object.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/delete-options/
    """

    api_version: str = field(default_factory=always_written("v1"))
    kind: str = field(default_factory=always_written("DeleteOptions"))
    dry_run: list[str] | None = None
    grace_period_seconds: int | None = None
    ignore_store_read_error_with_cluster_breaking_potential: bool | None = None
    orphan_dependents: bool | None = None
    preconditions: Preconditions | None = None
    propagation_policy: str | None = None
