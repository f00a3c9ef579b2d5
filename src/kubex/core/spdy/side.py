"""What both sides of a SPDY/3.1 connection have in common: the states of streams, and which frames may come.

Flow control is left out on purpose. The library on the other side of Kubernetes' tunnels (moby/spdystream) has none: it
sends without a window, sends no WINDOW_UPDATE and passes over those it gets. What holds a sender back is the
connection as a whole.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final

from kubex.core.exceptions import InvalidArgument, InvalidResponse
from kubex.core.spdy.events import (
    DataReceived,
    GoneAway,
    PongReceived,
    SendBytes,
    SpdyEvent,
    StreamEnded,
    StreamReplied,
    StreamReset,
    StreamState,
)
from kubex.core.spdy.frames import (
    Data,
    Frame,
    FrameDecoder,
    FrameEncoder,
    GoAway,
    Headers,
    Ping,
    RstStream,
    StreamStatus,
    SynReply,
    SynStream,
    data_frame,
)

__all__ = ["SpdySide"]

_CLOSED_BY_SENDING: Final = {
    StreamState.OPEN: StreamState.HALF_CLOSED_LOCAL,
    StreamState.HALF_CLOSED_REMOTE: StreamState.CLOSED,
}
_CLOSED_BY_RECEIVING: Final = {
    StreamState.OPEN: StreamState.HALF_CLOSED_REMOTE,
    StreamState.HALF_CLOSED_LOCAL: StreamState.CLOSED,
}


class SpdySide(ABC):
    """One side of a connection.

    Methods that send give the bytes to send, which must go out in the order of the calls. `receive` takes the peer's.

    Args:
        parity: of the numbers of this side's own pings: 1 of the side that opens streams, 0 of the other.
    """

    def __init__(self, parity: int) -> None:
        self._encoder = FrameEncoder()
        self._decoder = FrameDecoder()
        self._streams: dict[int, StreamState] = {}
        self._last_stream_id: int = -1
        self._last_ping_id: int = parity - 2
        self._parity = parity
        self._is_gone_away = False

    def state(self, stream_id: int) -> StreamState:
        """Tell which directions of a stream are open."""
        return self._streams.get(stream_id, StreamState.CLOSED)

    def send_data(self, stream_id: int, data: bytes | memoryview, *, fin: bool = False) -> bytes:
        """Give the bytes that send data on a stream, at most `LARGEST_DATA` of it; with `fin` they are the last.

        Raises:
            InvalidArgument: the stream takes no more.
        """
        state = self._streams.get(stream_id)
        if state not in _CLOSED_BY_SENDING:
            raise InvalidArgument(f"SPDY: nothing more can be sent on stream {stream_id}")
        if fin:
            self._enter(stream_id, _CLOSED_BY_SENDING[state])
        return data_frame(stream_id, data, fin=fin)

    def reset(self, stream_id: int, status: StreamStatus = StreamStatus.CANCEL) -> bytes:
        """Give the bytes that end a stream at once; none where it is over already."""
        if self._streams.pop(stream_id, None) is None:
            return b""
        return self._encoder.encode(RstStream(stream_id, status))

    def ping(self) -> tuple[int, bytes]:
        """Give a ping's number, and the bytes to send."""
        self._last_ping_id = (self._last_ping_id + 2) % 2**32
        return self._last_ping_id, self._encoder.encode(Ping(self._last_ping_id))

    def go_away(self) -> bytes:
        """Give the bytes that say that no further stream will be taken."""
        return self._encoder.encode(GoAway(0, 0))

    def receive(self, chunk: bytes) -> list[SpdyEvent]:
        """Take bytes of the peer, and say what they mean.

        Raises:
            InvalidResponse: they break the protocol; the connection is of no further use.
        """
        events: list[SpdyEvent] = []
        for frame in self._decoder.feed(chunk):
            # First what nearly all frames are.
            if isinstance(frame, Data):
                self._receive_data(frame, events)
            else:
                self._receive_control(frame, events)
        return events

    def _receive_data(self, frame: Data, events: list[SpdyEvent]) -> None:
        stream_id = frame.stream_id
        state = self._streams.get(stream_id)
        if state not in _CLOSED_BY_RECEIVING:
            self._receive_late(stream_id, events)
            return
        if frame.data:
            events.append(DataReceived(stream_id, frame.data))
        if frame.fin:
            self._receive_end(stream_id, events)

    def _receive_late(self, stream_id: int, events: list[SpdyEvent]) -> None:
        """Take what came on a stream that the peer can't send on (any more)."""
        self._check_known(stream_id)
        # What was on its way when this side reset the stream is passed over; what comes after an end is not.
        if stream_id in self._streams:
            events.append(SendBytes(self.reset(stream_id, StreamStatus.STREAM_ALREADY_CLOSED)))
            events.append(StreamReset(stream_id, StreamStatus.STREAM_ALREADY_CLOSED))

    def _receive_control(self, frame: Frame, events: list[SpdyEvent]) -> None:
        match frame:
            case SynReply() | Headers():
                self._check_known(frame.stream_id)
                if self._streams.get(frame.stream_id) not in _CLOSED_BY_RECEIVING:
                    self._receive_late(frame.stream_id, events)
                    return
                if isinstance(frame, SynReply):
                    events.append(StreamReplied(frame.stream_id, frame.headers))
                if frame.fin:
                    self._receive_end(frame.stream_id, events)
            case RstStream():
                self._check_known(frame.stream_id)
                if self._streams.pop(frame.stream_id, None) is not None:
                    events.append(StreamReset(frame.stream_id, frame.status))
            case Ping():
                if frame.ping_id % 2 != self._parity:
                    events.append(SendBytes(self._encoder.encode(frame)))
                else:
                    events.append(PongReceived(frame.ping_id))
            case GoAway():
                self._receive_go_away(frame, events)
            case SynStream():
                self._receive_opening(frame, events)
            case _:
                pass  # SETTINGS and WINDOW_UPDATE are for flow control

    def _receive_end(self, stream_id: int, events: list[SpdyEvent]) -> None:
        self._enter(stream_id, _CLOSED_BY_RECEIVING[self._streams[stream_id]])
        events.append(StreamEnded(stream_id))

    def _receive_go_away(self, frame: GoAway, events: list[SpdyEvent]) -> None:
        self._is_gone_away = True
        for stream_id in [stream_id for stream_id in self._streams if stream_id > frame.last_stream_id]:
            del self._streams[stream_id]
            events.append(StreamReset(stream_id, StreamStatus.REFUSED_STREAM))
        events.append(GoneAway(frame.status))

    def _enter(self, stream_id: int, state: StreamState) -> None:
        if state is StreamState.CLOSED:
            del self._streams[stream_id]
        else:
            self._streams[stream_id] = state

    @abstractmethod
    def _receive_opening(self, frame: SynStream, events: list[SpdyEvent]) -> None:
        """Take it that the peer opens a stream."""

    def _check_known(self, stream_id: int) -> None:
        """Refuse a frame on a stream that was never opened.

        Frames on a stream of the server's, refused when it was opened, may have been on their way.
        """
        if stream_id % 2 and stream_id > self._last_stream_id:
            raise InvalidResponse(f"SPDY: a frame on stream {stream_id}, which was never opened")
