"""`Api.approval`: the approval of certificate signing requests."""

from __future__ import annotations

from typing import TypeVar

from kubex.api._accessor import ObjectSubresource
from kubex_core.models.entity import Entity

__all__ = ["ApprovalAccessor"]

T = TypeVar("T", bound=Entity)


class ApprovalAccessor(ObjectSubresource[T]):
    """Reads and writes the approval; the answer is the whole object.

    https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/
    """

    subresource = "approval"
