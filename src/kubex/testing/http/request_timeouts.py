"""How long a request may take, as its `timeout` says: in Go's way to write durations.

Nothing here takes long enough to end at one; what can't be read is refused.
"""

from __future__ import annotations

from typing import Final

from kubex.testing.durations import duration_problem
from kubex.testing.failures import bad_request
from kubex.testing.http.parameters import Query
from kubex.testing.http.paths import Address

__all__ = ["check_request_timeout"]

_LONG_RUNNING: Final = frozenset({"attach", "exec", "log", "portforward", "proxy"})


def check_request_timeout(query: Query, address: Address | None, verb: str) -> None:
    """Check the `timeout` of a request that does not run for long.

    Args:
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
