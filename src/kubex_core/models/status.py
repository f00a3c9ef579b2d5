"""`Status`: the API server's answer to what went wrong, and to some deletes."""

from __future__ import annotations

from msgspec import field

from kubex_core.models.base_struct import BaseStruct, always_written
from kubex_core.models.metadata import ListMetadata

__all__ = ["Status", "StatusCause", "StatusDetails"]


class StatusCause(BaseStruct, kw_only=True):
    """One reason of a failure, with the field it concerns."""

    reason: str | None = None
    message: str | None = None
    field: str | None = None


class StatusDetails(BaseStruct, kw_only=True):
    """What a status is about, and why."""

    name: str | None = None
    group: str | None = None
    kind: str | None = None
    uid: str | None = None
    causes: list[StatusCause] | None = None
    retry_after_seconds: int | None = None


class Status(BaseStruct, kw_only=True):
    """Result of a call that answers no object.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
    """

    api_version: str = field(default_factory=always_written("v1"))
    kind: str = field(default_factory=always_written("Status"))
    metadata: ListMetadata = field(default_factory=ListMetadata)
    status: str | None = None
    message: str | None = None
    reason: str | None = None
    details: StatusDetails | None = None
    code: int | None = None
