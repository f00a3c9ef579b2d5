"""SPDY/3.1 without I/O, as far as Kubernetes speaks it: many two-way streams over one connection.

https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/
"""

from __future__ import annotations

from kubex.core.spdy.connection import (
    DataReceived,
    GoneAway,
    PongReceived,
    SendBytes,
    SpdyConnection,
    SpdyEvent,
    StreamEnded,
    StreamReplied,
    StreamReset,
)
from kubex.core.spdy.frames import StreamStatus

__all__ = [
    "DataReceived",
    "GoneAway",
    "PongReceived",
    "SendBytes",
    "SpdyConnection",
    "SpdyEvent",
    "StreamEnded",
    "StreamReplied",
    "StreamReset",
    "StreamStatus",
]
