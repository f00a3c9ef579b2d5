"""The side of a SPDY/3.1 connection that opens the streams: a client's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kubex.core.exceptions import InvalidResponse, KubexClientException
from kubex.core.spdy.events import SendBytes, SpdyEvent, StreamState
from kubex.core.spdy.frames import RstStream, StreamStatus, SynStream
from kubex.core.spdy.side import SpdySide

__all__ = ["SpdyConnection"]

_LAST_ID: Final = 2**31 - 1


class SpdyConnection(SpdySide):
    """The opening side of a connection.

    Methods that send give the bytes to send, which must go out in the order of the calls. `receive` takes the peer's.

    Example:
        ```python
        spdy = SpdyConnection()
        stream_id, opening = spdy.open_stream({"streamtype": "data"})
        await send(opening + spdy.send_data(stream_id, b"ping"))
        for event in spdy.receive(await receive()):
            ...
        ```
    """

    def __init__(self) -> None:
        super().__init__(parity=1)

    @property
    def can_open(self) -> bool:
        """Whether the peer takes further streams."""
        return not self._is_gone_away and self._last_stream_id < _LAST_ID

    def open_stream(self, headers: Mapping[str, str], *, fin: bool = False) -> tuple[int, bytes]:
        """Open a stream, and give its number and the bytes to send; with `fin` nothing will be sent on it.

        Raises:
            KubexClientException: the peer takes no further streams.
        """
        if not self.can_open:
            raise KubexClientException("SPDY: the server takes no further streams on this connection")
        self._last_stream_id += 2
        stream_id = self._last_stream_id
        self._streams[stream_id] = StreamState.HALF_CLOSED_LOCAL if fin else StreamState.OPEN
        return stream_id, self._encoder.encode(SynStream(stream_id, dict(headers), fin=fin))

    def _receive_opening(self, frame: SynStream, events: list[SpdyEvent]) -> None:
        if frame.stream_id % 2 or not frame.stream_id:
            raise InvalidResponse(f"SPDY: the server opened stream {frame.stream_id}, which is not one of its")
        # Nothing in Kubernetes has the server open streams.
        refusal = RstStream(frame.stream_id, StreamStatus.REFUSED_STREAM)
        events.append(SendBytes(self._encoder.encode(refusal)))
