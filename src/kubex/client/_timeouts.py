"""The three states of a time-out, settled: what bounds a request, and what bounds a stream."""

from __future__ import annotations

from types import EllipsisType
from typing import NamedTuple

from kubex.core.params import Timeout
from kubex.core.request import Request

__all__ = ["StreamBounds", "handshake_bounds", "stream_bounds"]


# Seconds that a server has to end a stream at the time it was asked to.
_END_GRACE = 5.0


class StreamBounds(NamedTuple):
    """Bounds of a stream: a time-out, and beside it the seconds until the headers are there.

    `silence` is the time-out's bound of reading where that comes of the time the server was asked to end the stream at.
    """

    opening: float | None
    timeout: Timeout | None
    silence: float | None = None


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
    silence = _silence(request)
    connecting = Timeout(connect=library.connect, read=silence, write=library.write, pool=library.pool)
    opening = None if request.waits_for_content else _until_headers(library)
    return StreamBounds(opening, connecting, silence)


def handshake_bounds(timeout: Timeout | EllipsisType | None, library: Timeout) -> StreamBounds:
    """Give the bounds of a WebSocket's handshake; nothing bounds what comes after it."""
    settled = library if timeout is ... else timeout
    if settled is None:
        return StreamBounds(None, None)
    connecting = Timeout(connect=settled.connect, write=settled.write, pool=settled.pool)
    return StreamBounds(_until_headers(settled), connecting)


def _silence(request: Request) -> float | None:
    """Give the bound of a stream that the server was asked to end: it is dead when nothing has come by then."""
    seconds = (request.query_params or {}).get("timeoutSeconds", "")
    return float(seconds) + _END_GRACE if seconds.isdecimal() and seconds != "0" else None


def _until_headers(timeout: Timeout) -> float | None:
    if timeout.total is not None:
        return timeout.total
    if timeout.read is None:
        return None
    return timeout.read + (timeout.connect or 0)
