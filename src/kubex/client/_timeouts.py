"""The three states of a time-out, settled: what bounds a request, and what bounds a stream."""

from __future__ import annotations

from types import EllipsisType
from typing import NamedTuple

from kubex.core.params import Timeout
from kubex.core.request import Request

__all__ = ["StreamBounds", "handshake_bounds", "stream_bounds"]


class StreamBounds(NamedTuple):
    """Bounds of a stream: a time-out, and beside it the seconds until the headers are there."""

    opening: float | None
    timeout: Timeout | None


def stream_bounds(request: Request, timeout: Timeout | EllipsisType | None, library: Timeout) -> StreamBounds:
    """Give the bounds of a stream of lines.

    A time-out that somebody gave is obeyed as written. Where nobody did, the library's own would cut every quiet
    stream: they bound its opening alone.

    Args:
        request: request that opens the stream.
        timeout: time-out of the request, or of the client where the request has none; `...` where neither has.
        library: time-outs that the library has by itself.
    """
    if timeout is not ...:
        return StreamBounds(None, timeout)
    connecting = Timeout(connect=library.connect, write=library.write, pool=library.pool)
    opening = None if request.waits_for_content else _until_headers(library)
    return StreamBounds(opening, connecting)


def handshake_bounds(timeout: Timeout | EllipsisType | None, library: Timeout) -> StreamBounds:
    """Give the bounds of a WebSocket's handshake; nothing bounds what comes after it."""
    settled = library if timeout is ... else timeout
    if settled is None:
        return StreamBounds(None, None)
    connecting = Timeout(connect=settled.connect, write=settled.write, pool=settled.pool)
    return StreamBounds(_until_headers(settled), connecting)


def _until_headers(timeout: Timeout) -> float | None:
    if timeout.total is not None:
        return timeout.total
    if timeout.read is None:
        return None
    return timeout.read + (timeout.connect or 0)
