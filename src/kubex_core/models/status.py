"""`Status`: the API server's answer to what went wrong, and to some deletes."""

from __future__ import annotations

from msgspec import field

from kubex_core.models.base_struct import BaseStruct, always_written
from kubex_core.models.metadata import ListMetadata

__all__ = ["Status", "StatusCause", "StatusDetails"]


class StatusCause(BaseStruct, kw_only=True):
    """One reason of a failure, with the field it concerns."""

    field: str | None = None
    message: str | None = None
    reason: str | None = None


class StatusDetails(BaseStruct, kw_only=True):
    """What a status is about, and why."""

    causes: list[StatusCause] | None = None
    group: str | None = None
    kind: str | None = None
    name: str | None = None
    retry_after_seconds: int | None = None
    uid: str | None = None


class Status(BaseStruct, kw_only=True):
    """Result of a call that answers no object.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
    """

    api_version: str = field(default_factory=always_written("v1"))
    kind: str = field(default_factory=always_written("Status"))
    metadata: ListMetadata = field(default_factory=ListMetadata)
    code: int | None = None
    details: StatusDetails | None = None
    message: str | None = None
    reason: str | None = None
    status: str | None = None
