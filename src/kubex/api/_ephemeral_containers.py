"""`Api.ephemeral_containers`: containers added to a running pod, to look into it."""

from __future__ import annotations

from typing import TypeVar

from kubex.api._accessor import ObjectSubresource
from kubex_core.models.entity import Entity

__all__ = ["EphemeralContainersAccessor"]

T = TypeVar("T", bound=Entity)


class EphemeralContainersAccessor(ObjectSubresource[T]):
    """Reads and writes the ephemeral containers; the answer is the whole pod.

    https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
    """

    subresource = "ephemeralcontainers"
