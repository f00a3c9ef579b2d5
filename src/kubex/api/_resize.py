"""`Api.resize`: a running pod's CPU and memory."""

from __future__ import annotations

from typing import TypeVar

from kubex.api._accessor import ObjectSubresource
from kubex_core.models.entity import Entity

__all__ = ["ResizeAccessor"]

T = TypeVar("T", bound=Entity)


class ResizeAccessor(ObjectSubresource[T]):
    """Reads and writes the containers' resources; the answer is the whole pod.

    https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/
    """

    subresource = "resize"
