"""How long a request may take, as its `timeout` says: in Go's way to write durations."""

from __future__ import annotations

import asyncio
from typing import Final

from kubex.testing.durations import duration_problem, duration_seconds
from kubex.testing.failures import bad_request
from kubex.testing.http.parameters import Query
from kubex.testing.http.paths import Address

__all__ = ["has_timeout", "limit_request"]

_LONG_RUNNING: Final = frozenset({"attach", "exec", "log", "portforward", "proxy"})
_LONGEST_SECONDS: Final = 60.0
"""For which the API server works on any request."""


def has_timeout(target: str) -> bool:
    """Whether a request may have a `timeout`, by its path and query."""
    return "timeout=" in target


def limit_request(limit: asyncio.Timeout | None, query: Query, address: Address | None, verb: str) -> None:
    """Have a request end at its `timeout`, if it does not run for long.

    Args:
        limit: ends the request; `None` if it has no `timeout`.
        query: of the request.
        address: what its path names; `None` if that is no resource.
        verb: of the request.

    Raises:
        ApiFailure: it is no duration (400).
    """
    text = query.get("timeout")
    if not text or verb == "watch" or (address is not None and address.subresource in _LONG_RUNNING):
        return
    problem = duration_problem(text)
    if problem:
        raise bad_request(f"invalid timeout specified in the request URL - {problem}")
    seconds = duration_seconds(text)
    if limit is not None and 0 < seconds < _LONGEST_SECONDS:
        limit.reschedule(asyncio.get_running_loop().time() + seconds)
