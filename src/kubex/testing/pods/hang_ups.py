"""Tells failures of handlers from clients that have hung up."""

from __future__ import annotations

import anyio

__all__ = ["is_hang_up"]

_HANG_UPS = (anyio.BrokenResourceError, anyio.ClosedResourceError, ConnectionAbortedError)


def is_hang_up(error: BaseException) -> bool:
    """Whether an error, alone or in a group, says only that the other side takes or sends nothing more."""
    errors: tuple[BaseException, ...] = getattr(error, "exceptions", ())  # those of a group
    return isinstance(error, _HANG_UPS) or (bool(errors) and all(map(is_hang_up, errors)))
