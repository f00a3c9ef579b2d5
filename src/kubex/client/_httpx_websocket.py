"""`HttpxWebSocketConnection`: a WebSocket over httpx, by httpx-ws.

httpx-ws' session reads in tasks of its own, whose task group would have to be left in the order and by the task it was
entered in. A connection here is handed around and closed by whoever is done with it, so that the session is used
without its tasks: each `receive_bytes` reads for itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import anyio
import httpcore
import httpx
import httpx_ws
from wsproto.connection import ConnectionState
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import ProtocolError, generate_accept_token, generate_nonce

from kubex.client import _errors
from kubex.client.websocket import ORDINARY_CLOSE_CODES, PING_INTERVAL, SILENCE_BOUND, WebSocketConnection
from kubex.core.exceptions import KubexClientException
from kubex.core.request import Request

__all__ = ["Handshake", "HttpxWebSocketConnection"]

_READ_SIZE = 2**16

# Seconds that the close frame has to get out before the connection is dropped.
_CLOSE_GRACE = 1.0

_NETWORK_ERRORS = (
    httpx_ws.HTTPXWSException,
    httpcore.NetworkError,
    httpcore.TimeoutException,
    ProtocolError,
    OSError,
    anyio.BrokenResourceError,
    anyio.ClosedResourceError,
    anyio.EndOfStream,
)


class Handshake:
    """The headers that ask for a WebSocket, and whether an answer fits them."""

    def __init__(self, subprotocols: Sequence[str]) -> None:
        self._nonce = generate_nonce()
        self._subprotocols = subprotocols
        self.headers = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Key": self._nonce.decode(),
            "Sec-WebSocket-Version": "13",
        }
        if subprotocols:
            self.headers["Sec-WebSocket-Protocol"] = ", ".join(subprotocols)

    def is_accepted_by(self, response: httpx.Response) -> bool:
        """Whether the answer is that of a WebSocket server to this handshake."""
        accept: str = response.headers.get("Sec-WebSocket-Accept", "")
        upgrade: str = response.headers.get("Upgrade", "")
        return upgrade.lower() == "websocket" and accept == generate_accept_token(self._nonce).decode()

    def subprotocol_of(self, response: httpx.Response) -> str | None:
        """Give the subprotocol that the server chose of those offered."""
        chosen: str | None = response.headers.get("Sec-WebSocket-Protocol")
        return chosen if chosen in self._subprotocols else None


class HttpxWebSocketConnection(WebSocketConnection):
    """A WebSocket over httpx.

    Args:
        response: answer to the handshake.
        subprotocol: subprotocol that the server chose.
        request: request that opened it, for the text of errors.
        server: host and port, for the same.
        max_message_size: bytes of the largest message that is taken; 0 is no cap.
    """

    def __init__(
        self, response: httpx.Response, subprotocol: str | None, request: Request, server: str, max_message_size: int
    ) -> None:
        self._response = response
        self._subprotocol = subprotocol
        self._request = request
        self._server = server
        self._max_message_size = max_message_size
        self._session: Any = httpx_ws.AsyncWebSocketSession(
            response.extensions["network_stream"], keepalive_ping_interval_seconds=None, response=response
        )
        self._begun: list[bytes] = []
        self._begun_size = 0
        self._is_closed = False
        self._is_half_sent = False
        self._is_abandoned = False

    @property
    def subprotocol(self) -> str | None:
        return self._subprotocol

    async def send_bytes(self, data: bytes) -> None:
        await self._send(BytesMessage(data=data))

    async def receive_bytes(self) -> bytes:
        while not self._is_closed:
            for event in self._session.connection.events():  # goes on where it was left
                if isinstance(event, BytesMessage):
                    message = await self._add(event)
                    if message is not None:
                        return message
                elif isinstance(event, Ping):
                    await self._send(event.response())
                elif isinstance(event, TextMessage):
                    raise _errors.text_message(self._request, self._server)
                elif isinstance(event, CloseConnection):
                    raise await self._end(event)
            data = await self._wait_for_data()
            if not data:  # gone without a word, as pods do that are deleted
                await self._drop()
                break
            self._session.connection.receive_data(data)
        raise StopAsyncIteration

    async def _add(self, event: BytesMessage) -> bytes | None:
        """Put a message together of its pieces; `None` while there are more to come."""
        data = bytes(event.data)
        size = self._begun_size + len(data)
        if self._max_message_size and size > self._max_message_size:
            await self._hang_up(CloseReason.MESSAGE_TOO_BIG)
            raise _errors.message_above_cap(self._request, self._server)
        if not event.message_finished:
            self._begun.append(data)
            self._begun_size = size
            return None
        if self._begun:
            data = b"".join([*self._begun, data])
            self._begun.clear()
            self._begun_size = 0
        return data

    async def _end(self, event: CloseConnection) -> Exception:
        """Give what a close means: the end, or an error."""
        is_of_peer = self._session.connection.state is not ConnectionState.OPEN
        if not is_of_peer:  # wsproto's way to say that it can't go on
            await self._hang_up(event.code)
            return _errors.no_websocket(self._request, self._server)
        await self._hang_up(CloseReason.NORMAL_CLOSURE)
        if event.code in ORDINARY_CLOSE_CODES:
            return StopAsyncIteration()
        return _errors.closed_with_code(self._request, self._server, int(event.code), event.reason)

    async def _wait_for_data(self) -> bytes:
        """Read, and send a ping to a silent peer; give it up when it has been silent for too long."""
        deadline = anyio.current_time() + SILENCE_BOUND
        while anyio.current_time() < deadline:
            data = await self._read()
            if data is not None:
                return data
            if not self._is_half_sent and not self._session._write_lock.locked():  # else it takes no ping either
                with anyio.move_on_after(deadline - anyio.current_time()):
                    await self._send(Ping())
        await self._drop()
        raise _errors.silent(self._request, self._server, SILENCE_BOUND)

    async def _read(self) -> bytes | None:
        """Read what comes; `None` where nothing does for a while."""
        failure: KubexClientException
        try:
            data: bytes = await self._session.stream.read(_READ_SIZE, timeout=PING_INTERVAL)
        except httpcore.ReadTimeout:
            return b"" if self._is_closed else None
        except _NETWORK_ERRORS as error:
            if self._is_closed:
                return b""
            failure = self._broken_off(error)
        else:
            return data
        raise failure

    async def _send(self, event: Event) -> None:
        failure: KubexClientException
        if self._is_closed or self._is_half_sent:
            raise _errors.failed(self._request, self._server, "the WebSocket is closed")
        try:
            await self._session.send(event)
            return
        except _NETWORK_ERRORS as error:
            failure = self._broken_off(error)
        except BaseException:
            self._is_half_sent = True  # cancelled within a frame, perhaps: nothing can follow it
            raise
        raise failure

    def _broken_off(self, error: Exception) -> KubexClientException:
        if self._is_abandoned:
            return _errors.client_was_closed(self._request)
        return _errors.broke_off(self._request, self._server, error)

    def end(self) -> None:
        """Note that the client is closed, and this connection with it: whoever uses it fails."""
        self._is_abandoned = True

    async def close(self) -> None:
        await self._hang_up(CloseReason.NORMAL_CLOSURE)

    async def _hang_up(self, code: int) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        try:
            # In the middle of another frame there is no room for this one, and who sends that waits for a peer that may
            # have closed already.
            if not self._is_half_sent and not self._session._write_lock.locked():
                with anyio.move_on_after(_CLOSE_GRACE), contextlib.suppress(*_NETWORK_ERRORS):
                    await self._session.close(code)
        finally:
            await self._drop()

    async def _drop(self) -> None:
        """Let go of the connection, which else keeps its place in the pool."""
        self._is_closed = True
        with anyio.CancelScope(shield=True), contextlib.suppress(*_NETWORK_ERRORS):
            await self._response.aclose()
