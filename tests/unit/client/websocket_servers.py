"""Servers of WebSockets: aiohttp's, and one that sends any bytes."""

from __future__ import annotations

import base64
import hashlib
import socket
from collections.abc import Callable

from aiohttp import WSMsgType, web

from tests.unit.client.servers import Handler, read_request, wait_until_closed


def websocket(
    talk: Callable[[web.WebSocketResponse], object] | None = None, protocols: tuple[str, ...] = (), **kwargs: bool
) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        websocket = web.WebSocketResponse(protocols=protocols, max_msg_size=2**26, **kwargs)
        await websocket.prepare(request)
        if talk is not None:
            await talk(websocket)  # type: ignore[misc]
        return websocket

    return handle


async def echo(websocket: web.WebSocketResponse) -> None:
    async for message in websocket:
        if message.type is WSMsgType.BINARY:
            await websocket.send_bytes(message.data)


def shake_hands(connection: socket.socket) -> None:
    answer_handshake(connection, read_request(connection))


def answer_handshake(connection: socket.socket, head: bytes) -> None:
    (key,) = (line.split(b": ")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key:"))
    accept = base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
    connection.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


def after_handshake(
    *frames: bytes, close: Callable[[socket.socket], None] | None = None
) -> Callable[[socket.socket], None]:
    """Give a script that shakes hands, sends these, and then closes as told; else when the client does."""

    def script(connection: socket.socket) -> None:
        shake_hands(connection)
        for frame in frames:
            connection.sendall(frame)
        (close or wait_until_closed)(connection)

    return script


BINARY, TEXT, CLOSE, PING, CONTINUATION = 0x82, 0x81, 0x88, 0x89, 0x80


def frame(opcode: int, payload: bytes = b"") -> bytes:
    assert len(payload) < 126
    return bytes([opcode, len(payload)]) + payload
