"""SPDY/3.1 without I/O, as far as Kubernetes speaks it: many two-way streams over one connection.

https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/
"""

from __future__ import annotations

from kubex.core.spdy.acceptor import SpdyAcceptor
from kubex.core.spdy.connection import SpdyConnection
from kubex.core.spdy.events import (
    DataReceived,
    GoneAway,
    PongReceived,
    SendBytes,
    SpdyEvent,
    StreamEnded,
    StreamOpened,
    StreamReplied,
    StreamReset,
)
from kubex.core.spdy.frames import StreamStatus

__all__ = [
    "DataReceived",
    "GoneAway",
    "PongReceived",
    "SendBytes",
    "SpdyAcceptor",
    "SpdyConnection",
    "SpdyEvent",
    "StreamEnded",
    "StreamOpened",
    "StreamReplied",
    "StreamReset",
    "StreamStatus",
]
