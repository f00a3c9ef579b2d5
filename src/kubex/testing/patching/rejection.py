"""Why the server refuses a patch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kubex.core.exceptions import KubexException

__all__ = ["Cause", "Rejection", "bad_request", "internal_error"]


@dataclass(frozen=True)
class Cause:
    """One cause among the details of a Status."""

    reason: str
    message: str
    field: str


class Rejection(KubexException):
    """A patch is refused; what the client is told.

    Args:
        code: HTTP status.
        reason: of the Status; `""`, as the server has none for what it did not foresee.
        message: of the Status.
        causes: of its details.
    """

    def __init__(self, code: int, reason: str, message: str, causes: Sequence[Cause] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.causes: tuple[Cause, ...] = tuple(causes)


def bad_request(message: str) -> Rejection:
    """Make the rejection of a request that makes no sense: 400."""
    return Rejection(400, "BadRequest", message)


def internal_error(message: str) -> Rejection:
    """Make the rejection that the server answers with 500 and no reason, though the request is to blame."""
    return Rejection(500, "", message)
