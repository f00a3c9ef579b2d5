"""How long a request may take, as its `timeout` says: in Go's way to write durations.

Nothing here takes long enough to end at one; what can't be read is refused.
"""

from __future__ import annotations

import re
from typing import Final

from kubex.core._go_text import go_quoted
from kubex.testing.failures import bad_request
from kubex.testing.http.parameters import Query
from kubex.testing.http.paths import Address

__all__ = ["check_request_timeout"]

_LONG_RUNNING: Final = frozenset({"attach", "exec", "log", "portforward", "proxy"})
_NANOSECONDS: Final = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,  # with the sign for micro
    "μs": 10**3,  # and with the letter
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PART: Final = re.compile(r"([0-9]*)(?:\.([0-9]*))?([^.0-9]*)", re.ASCII)
_MOST: Final = 2**63


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
    problem = _problem(text)
    if problem:
        raise bad_request(f"invalid timeout specified in the request URL - time: {problem} {go_quoted(text)}")


def _problem(text: str) -> str | None:
    """Say what keeps a text from being a duration: `1h30m`, `1.5s`, `0`."""
    rest = text[1:] if text[0] in "+-" else text
    if rest == "0":
        return None
    total = 0.0
    while True:
        found = _PART.match(rest)
        if found is None or not (found[1] or found[2]):
            return "invalid duration"
        unit = _NANOSECONDS.get(found[3])
        if not found[3]:
            return "missing unit in duration"
        if unit is None:
            return f"unknown unit {go_quoted(found[3])} in duration"
        # Python refuses to read numbers of thousands of digits.
        total += int(found[1][:20] or 0) * unit + float(f"0.{found[2] or 0}") * unit
        if len(found[1].lstrip("0")) > 19 or total > _MOST or (total == _MOST and text[0] != "-"):
            return "invalid duration"
        rest = rest[found.end() :]
        if not rest:
            return None
