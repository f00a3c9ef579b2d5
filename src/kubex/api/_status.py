"""`Api.status`: the status of objects, which their controllers write."""

from __future__ import annotations

from typing import TypeVar

from kubex.api._accessor import ObjectSubresource
from kubex_core.models.entity import Entity

__all__ = ["StatusAccessor"]

T = TypeVar("T", bound=Entity)


class StatusAccessor(ObjectSubresource[T]):
    """Reads and writes the status; the answer is the whole object.

    https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
    """

    subresource = "status"
