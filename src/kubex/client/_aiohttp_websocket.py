"""`AioHttpWebSocketConnection`: a WebSocket over aiohttp, and the handshake that opens it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Awaitable

import aiohttp
import anyio

from kubex.client import _errors
from kubex.client.websocket import ORDINARY_CLOSE_CODES, PING_INTERVAL, SILENCE_BOUND, WebSocketConnection
from kubex.core.exceptions import KubexClientException
from kubex.core.request import Request
from kubex.core.response import Response

__all__ = ["WS_TIMEOUT", "AioHttpWebSocketConnection", "Handshake", "RefusedError"]

# Seconds that a server has to answer a close frame before the connection is dropped.
_CLOSE_GRACE = 1.0
_ANSWER_GRACE = 0.05
WS_TIMEOUT = aiohttp.ClientWSTimeout(ws_close=_CLOSE_GRACE)  # pyright: ignore[reportCallIssue]  # attrs

# Bytes that are sent before others get their turn.
_TURN = 2**20

# The first byte of a ping, and that of a length of 0 with a mask.
_PING = b"\x89\x80"


class RefusedError(Exception):
    """The server refused a handshake."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class Handshake:
    """Looks at the answer to a handshake."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.lost: asyncio.Future[None] | None = None

    async def check(self, response: aiohttp.ClientResponse) -> None:
        """Keep a refusal; else, how one will know that the connection broke."""
        if response.status != 101:
            raise RefusedError(Response(await response.read(), response.headers, response.status))
        if response.connection is not None:
            self.transport = response.connection.transport
            self.lost = getattr(response.connection.protocol, "closed", None)

    def redirects(self) -> aiohttp.TraceConfig:
        """Give what has redirects refused; ws_connect would follow them, credentials included."""

        async def refuse(session: object, context: object, redirect: aiohttp.TraceRequestRedirectParams) -> None:
            await self.check(redirect.response)

        trace = aiohttp.TraceConfig()
        trace.on_request_redirect.append(refuse)
        return trace


class AioHttpWebSocketConnection(WebSocketConnection):
    """A WebSocket over aiohttp.

    Args:
        websocket: aiohttp's own.
        request: request that opened it, for the text of errors.
        server: host and port, for the same.
        transport: what it runs over.
        lost: done when the connection is lost, with an exception where it broke.
    """

    def __init__(
        self,
        websocket: aiohttp.ClientWebSocketResponse,
        request: Request,
        server: str,
        transport: asyncio.Transport | None = None,
        lost: asyncio.Future[None] | None = None,
    ) -> None:
        self._websocket = websocket
        self._request = request
        self._server = server
        self._is_closed = False
        self._has_ended = False
        self._broken: BaseException | None = None
        self._transport = transport
        self._sent = 0
        self._is_receiving = False
        self._is_heard = True
        self._silence = 0.0
        self._is_dead = False
        self._is_abandoned = False
        self._timer: asyncio.TimerHandle | None = None
        if lost is not None:
            lost.add_done_callback(self._note_loss)
        if transport is not None:
            self._start_timer()

    @property
    def subprotocol(self) -> str | None:
        """Subprotocol that the server chose."""
        return self._websocket.protocol

    async def send_bytes(self, data: bytes) -> None:
        """Send one binary message."""
        if self._is_abandoned:
            raise _errors.client_was_closed(self._request)
        if self._has_ended:
            raise _errors.broke_off(self._request, self._server, None)
        await self._send(self._websocket.send_bytes(data))
        self._sent += len(data)
        if self._sent >= _TURN:
            # A fast peer never makes a sender wait, and of one that is gone the loop has to get to hear.
            self._sent = 0
            await asyncio.sleep(0)

    async def _send(self, sending: Awaitable[None]) -> None:
        failure: KubexClientException
        try:
            await sending
            return
        except (aiohttp.ClientError, OSError) as error:
            if self._is_abandoned:
                failure = _errors.client_was_closed(self._request)
            elif self._is_dead:
                failure = _errors.silent(self._request, self._server, SILENCE_BOUND)
            else:
                failure = _errors.broke_off(self._request, self._server, error)
        raise failure

    async def receive_bytes(self) -> bytes:
        """Wait for the next binary message."""
        while not self._has_ended:
            self._is_receiving = True
            try:
                message = await self._websocket.receive()
            finally:
                self._is_receiving = False
            self._is_heard = True
            if message.type is aiohttp.WSMsgType.BINARY:
                data: bytes = message.data
                return data
            if message.type is aiohttp.WSMsgType.PING:
                await self._send(self._websocket.pong(message.data))
            elif message.type is not aiohttp.WSMsgType.PONG:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    self._has_ended = True
                    self._stop_senders()
                raise self._end(message)
        raise StopAsyncIteration

    def _stop_senders(self) -> None:
        """Have those fail who wait until a peer takes what it does not want any more."""
        if self._transport is not None and self._transport.get_write_buffer_size():
            self._transport.abort()

    def _start_timer(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(PING_INTERVAL, self._check_liveness)

    def _check_liveness(self) -> None:
        """Send a ping to a silent peer, and give it up when it has been silent for too long."""
        transport = self._transport
        if transport is None or transport.is_closing() or self._has_ended:
            return
        if self._is_heard or not self._is_receiving:  # what nobody receives isn't heard
            self._is_heard = False
            self._silence = 0.0
        else:
            self._silence += PING_INTERVAL
        if self._silence >= SILENCE_BOUND:
            self._is_dead = True
            transport.abort()
            return
        if not transport.get_write_buffer_size():
            # aiohttp's own is a coroutine, for which this would need a task. An empty ping: its mask masks nothing.
            transport.write(_PING + os.urandom(4))
        self._start_timer()

    def _end(self, message: aiohttp.WSMessage) -> Exception:
        """Give what a message that carries no data means: the end, or an error."""
        request, server = self._request, self._server
        if self._is_abandoned:
            return _errors.client_was_closed(request)
        if self._is_dead:
            return _errors.silent(request, server, SILENCE_BOUND)
        if message.type is aiohttp.WSMsgType.TEXT:
            return _errors.text_message(request, server)
        if message.type is aiohttp.WSMsgType.ERROR:
            if self._websocket.close_code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG:
                return _errors.message_above_cap(request, server)
            return _errors.no_websocket(request, server)
        if message.type is aiohttp.WSMsgType.CLOSE:
            if message.data and message.data not in ORDINARY_CLOSE_CODES:
                return _errors.closed_with_code(request, server, message.data, message.extra)
        elif self._broken is not None and not self._is_closed:
            broken, self._broken = self._broken, None
            return _errors.broke_off(request, server, broken)
        return StopAsyncIteration()

    def _note_loss(self, lost: asyncio.Future[None]) -> None:
        if not lost.cancelled():
            self._broken = lost.exception()

    def end(self) -> None:
        """Break the connection off, as its client is closed: whoever uses it fails."""
        if self._is_closed:
            return
        self._is_abandoned = True
        if self._transport is not None:
            self._transport.abort()

    async def close(self) -> None:
        """Close the connection, with a second for the server to agree."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        try:
            # A server that has much to send would be listened to until it is done; one that has closed already is only
            # answered.
            grace = _ANSWER_GRACE if self._has_ended else _CLOSE_GRACE
            with anyio.move_on_after(grace), contextlib.suppress(aiohttp.ClientError, OSError):
                await self._websocket.close()
        finally:
            if self._transport is not None:
                self._transport.abort()  # what a server has not taken by now would keep it open
