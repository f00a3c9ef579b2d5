"""What a SPDY connection tells of the peer's frames, and which directions of a stream are open."""

from __future__ import annotations

from enum import Enum

import msgspec

__all__ = [
    "DataReceived",
    "GoneAway",
    "PongReceived",
    "SendBytes",
    "SpdyEvent",
    "StreamEnded",
    "StreamOpened",
    "StreamReplied",
    "StreamReset",
    "StreamState",
]


class StreamState(Enum):
    """Which directions of a stream are open; a stream with none is forgotten."""

    OPEN = "open"
    HALF_CLOSED_LOCAL = "half-closed (local)"
    """Nothing more is sent; the peer may still send."""
    HALF_CLOSED_REMOTE = "half-closed (remote)"
    """The peer sends nothing more."""
    CLOSED = "closed"


class StreamOpened(msgspec.Struct, frozen=True, gc=False):
    """The peer has opened a stream, and waits for it to be accepted."""

    stream_id: int
    headers: dict[str, str]


class StreamReplied(msgspec.Struct, frozen=True, gc=False):
    """The peer has accepted a stream."""

    stream_id: int
    headers: dict[str, str]


class DataReceived(msgspec.Struct, frozen=True, gc=False):
    """The peer has sent bytes on a stream."""

    stream_id: int
    data: bytes


class StreamEnded(msgspec.Struct, frozen=True, gc=False):
    """The peer sends nothing more on a stream."""

    stream_id: int


class StreamReset(msgspec.Struct, frozen=True, gc=False):
    """A stream is over in both directions, before its end."""

    stream_id: int
    status: int


class GoneAway(msgspec.Struct, frozen=True, gc=False):
    """The peer takes no further stream on this connection."""

    status: int


class PongReceived(msgspec.Struct, frozen=True, gc=False):
    """The peer has answered a ping."""

    ping_id: int


class SendBytes(msgspec.Struct, frozen=True, gc=False):
    """The peer is owed an answer: send these bytes."""

    data: bytes


SpdyEvent = (
    StreamOpened | StreamReplied | DataReceived | StreamEnded | StreamReset | GoneAway | PongReceived | SendBytes
)
"""What a connection tells of what came, and what it wants sent."""
