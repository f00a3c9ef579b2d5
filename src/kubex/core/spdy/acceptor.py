"""The side of a SPDY/3.1 connection that accepts the streams: a server's."""

from __future__ import annotations

from collections.abc import Mapping

from kubex.core.exceptions import InvalidArgument
from kubex.core.spdy.events import (
    GoneAway,
    SendBytes,
    SpdyEvent,
    StreamEnded,
    StreamOpened,
    StreamReset,
    StreamState,
)
from kubex.core.spdy.frames import GoAway, RstStream, StreamStatus, SynReply, SynStream
from kubex.core.spdy.side import SpdySide

__all__ = ["SpdyAcceptor"]


class SpdyAcceptor(SpdySide):
    """The accepting side of a connection.

    Methods that send give the bytes to send, which must go out in the order of the calls. `receive` takes the peer's.

    Example:
        ```python
        spdy = SpdyAcceptor()
        for event in spdy.receive(await receive()):
            if isinstance(event, StreamOpened):
                await send(spdy.accept(event.stream_id))
        ```
    """

    def __init__(self) -> None:
        super().__init__(parity=0)

    def accept(self, stream_id: int, headers: Mapping[str, str] | None = None) -> bytes:
        """Give the bytes that accept a stream; `reset` refuses it.

        Raises:
            InvalidArgument: nothing more can be sent on it.
        """
        if self.state(stream_id) not in (StreamState.OPEN, StreamState.HALF_CLOSED_REMOTE):
            raise InvalidArgument(f"SPDY: nothing more can be sent on stream {stream_id}")
        return self._encoder.encode(SynReply(stream_id, dict(headers or {})))

    def _receive_opening(self, frame: SynStream, events: list[SpdyEvent]) -> None:
        stream_id = frame.stream_id
        if stream_id % 2 == 0 or stream_id <= self._last_stream_id:
            # Not one of the client's, or one that it has opened before; the others go on, as elsewhere.
            self._streams.pop(stream_id, None)
            refusal = RstStream(stream_id, StreamStatus.PROTOCOL_ERROR)
            events += [SendBytes(self._encoder.encode(refusal)), StreamReset(stream_id, StreamStatus.PROTOCOL_ERROR)]
            return
        self._last_stream_id = stream_id
        self._streams[stream_id] = StreamState.OPEN
        events.append(StreamOpened(stream_id, frame.headers))
        if frame.fin:
            self._streams[stream_id] = StreamState.HALF_CLOSED_REMOTE
            events.append(StreamEnded(stream_id))

    def _receive_go_away(self, frame: GoAway, events: list[SpdyEvent]) -> None:
        # It is about streams that this side would open.
        events.append(GoneAway(frame.status))

    def _check_known(self, stream_id: int) -> None:
        """Pass over frames on streams that were never opened, as elsewhere."""
