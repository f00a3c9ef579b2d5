"""The other side of a port-forward tunnel: a small SPDY peer behind a WebSocket, with the ways of the real one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import anyio

from kubex.client.websocket import WebSocketConnection
from kubex.core.exceptions import ConnectionFailed
from kubex.core.spdy.frames import (
    Data,
    Frame,
    FrameDecoder,
    FrameEncoder,
    GoAway,
    Ping,
    RstStream,
    SynReply,
    SynStream,
)

TUNNEL = "SPDY/3.1+portforward.k8s.io"
PATIENCE = 5


class PeerConnection:
    """A pair of streams, as the peer sees it."""

    def __init__(self, peer: SpdyPeer, port: int) -> None:
        self.port = port
        self.data_id = self.error_id = 0
        self.received = bytearray()
        self.is_ended = False
        self.is_reset = False
        self._peer = peer

    def send(self, data: bytes) -> None:
        self._peer.feed(Data(self.data_id, data))

    def end(self, explanation: str = "") -> None:
        """Be done with it, as a kubelet is."""
        self._peer.feed(Data(self.data_id, b"", fin=True))
        if explanation:
            self._peer.feed(Data(self.error_id, explanation.encode()))
        self._peer.feed(Data(self.error_id, b"", fin=True))

    def reset(self) -> None:
        self._peer.feed(RstStream(self.data_id, 5), RstStream(self.error_id, 5))


class SpdyPeer(WebSocketConnection):
    """Accepts streams, refuses the ports it is told to, and does with the others what a test says.

    Args:
        refused: ports that nobody listens on.
        echoing: ports that send back what they get, and end when the client does.
    """

    def __init__(self, *, refused: tuple[int, ...] = (), echoing: tuple[int, ...] = ()) -> None:
        self.connections: list[PeerConnection] = []
        self.pings = 0
        self.lost_workers: set[int] = set()
        self.answers = True
        self.closed = 0
        self.takes_data = anyio.Event()
        self.takes_data.set()
        self.news = anyio.Event()
        self._refused = refused
        self._echoing = echoing
        self._encoder, self._decoder = FrameEncoder(), FrameDecoder()
        self._to_client: deque[bytes | Exception] = deque()
        self._fed = anyio.Event()
        self._unanswered: list[Ping] = []
        self._by_request: dict[str, PeerConnection] = {}
        self._by_stream: dict[int, PeerConnection] = {}

    @property
    def subprotocol(self) -> str | None:
        return TUNNEL

    async def send_bytes(self, data: bytes) -> None:
        await self.takes_data.wait()
        if self.closed:
            raise ConnectionFailed("closed")
        for frame in self._decoder.feed(data):
            self._take(frame)
        self.news.set()
        self.news = anyio.Event()

    async def receive_bytes(self) -> bytes:
        while not self._to_client:
            if self.closed:
                raise StopAsyncIteration
            self._fed = anyio.Event()
            await self._fed.wait()
        message = self._to_client.popleft()
        if isinstance(message, Exception):
            raise message
        return message

    async def close(self) -> None:
        self.closed += 1
        self._fed.set()

    def feed(self, *frames: Frame | Exception | bytes) -> None:
        """Have the client receive something."""
        for frame in frames:
            if isinstance(frame, Exception | bytes):
                self._to_client.append(frame)
            else:
                self._to_client.append(self._encoder.encode(frame))
        self._fed.set()

    def go_away(self) -> None:
        last = max((connection.data_id for connection in self.connections), default=0)
        self.feed(GoAway(last, 0))

    def answer_late(self) -> None:
        """Answer the pings that were not, and those that come."""
        self.answers = True
        self.feed(*self._unanswered)
        self._unanswered.clear()

    async def opened(self, count: int = 1) -> PeerConnection:
        """Wait for so many connections in all, and give the last."""
        await self.until(lambda: len(self.connections) >= count)
        return self.connections[count - 1]

    async def until(self, fulfilled: Callable[[], bool]) -> None:
        """Wait until something that was sent has made it so."""
        with anyio.fail_after(PATIENCE):
            while not fulfilled():
                await self.news.wait()

    def _take(self, frame: Frame) -> None:
        match frame:
            case SynStream():
                self._open(frame)
            case Ping():
                worker = self.pings % 5
                self.pings += 1
                if self.answers and worker not in self.lost_workers:
                    self.feed(frame)
                else:
                    self._unanswered.append(frame)
            case Data() | RstStream():
                connection = self._by_stream[frame.stream_id]
                assert frame.stream_id != connection.error_id or not isinstance(frame, Data)
                if isinstance(frame, RstStream):
                    connection.is_reset = True
                    return
                connection.received += frame.data
                connection.is_ended |= frame.fin
                if connection.port in self._echoing:
                    if frame.data:
                        connection.send(frame.data)
                    if frame.fin:
                        connection.end()
            case _:
                raise AssertionError(f"a port-forward client does not send {frame}")

    def _open(self, frame: SynStream) -> None:
        request = frame.headers["requestid"]
        connection = self._by_request.setdefault(request, PeerConnection(self, int(frame.headers["port"])))
        self._by_stream[frame.stream_id] = connection
        if frame.headers["streamtype"] == "error":
            assert frame.fin, "nothing is sent on an error stream"
            connection.error_id = frame.stream_id
        else:
            assert frame.headers["streamtype"] == "data"
            connection.data_id = frame.stream_id
        if self.answers:
            self.feed(SynReply(frame.stream_id, {}))
        if connection.data_id and connection.error_id:
            self.connections.append(connection)
            if connection.port in self._refused:
                connection.end(f"error forwarding port {connection.port}: connection refused")
