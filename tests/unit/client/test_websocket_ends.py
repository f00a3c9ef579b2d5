"""Every way in which a WebSocket ends, or is cut short."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable

import anyio
import pytest
from aiohttp import web

from kubex.client.options import ClientOptions
from kubex.client.websocket import WebSocketConnection
from kubex.core.exceptions import ConnectionFailed, KubexClientException
from kubex.core.request import Request, RequestAction
from tests.unit.client.conftest import Connect, Flavour
from tests.unit.client.servers import HttpServer, RawServer, reset
from tests.unit.client.websocket_servers import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    TEXT,
    after_handshake,
    echo,
    frame,
    shake_hands,
    websocket,
)

pytestmark = pytest.mark.anyio

EXEC = Request("GET", "/exec", action=RequestAction("create", "pods", "web-0", "shop", "exec"))
PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"]

Raw = Callable[..., RawServer]


class TestTheEnd:
    async def received(self, connect: Connect, server: RawServer | HttpServer) -> list[bytes]:
        async with connect(server, options=ClientOptions(ws_max_message_size=100)) as client:
            connection = await client.connect_websocket(EXEC, PROTOCOLS)
            try:
                return [message async for message in connection]
            finally:
                await connection.close()

    @pytest.mark.parametrize(
        "close", [frame(CLOSE), frame(CLOSE, struct.pack("!H", 1000) + b"bye"), frame(CLOSE, struct.pack("!H", 1001))]
    )
    async def test_an_ordinary_close(self, raw: Raw, connect: Connect, close: bytes) -> None:
        assert await self.received(connect, raw(after_handshake(frame(BINARY, b"a"), close))) == [b"a"]

    async def test_again_and_again(self, raw: Raw, connect: Connect) -> None:
        async with connect(raw(after_handshake(frame(CLOSE)))) as client:
            connection = await client.connect_websocket(EXEC, PROTOCOLS)
            for _ in range(3):
                with pytest.raises(StopAsyncIteration):
                    await connection.receive_bytes()
            with pytest.raises(KubexClientException):
                await connection.send_bytes(b"x")
            await connection.close()
            await connection.close()

    async def test_the_peer_goes_without_a_word(self, raw: Raw, connect: Connect) -> None:
        assert await self.received(connect, raw(after_handshake(frame(BINARY, b"a"), close=lambda _: None))) == [b"a"]

    async def test_a_peer_that_went_gives_its_connection_back(self, raw: Raw, connect: Connect) -> None:
        server = raw(after_handshake(frame(BINARY, b"a"), close=lambda _: None))
        async with connect(server, options=ClientOptions(pool_size=1, timeout=5)) as client:
            for _ in range(3):
                connection = await client.connect_websocket(EXEC, PROTOCOLS)
                assert [message async for message in connection] == [b"a"]
                await connection.close()

    async def test_a_reset(self, raw: Raw, connect: Connect) -> None:
        with pytest.raises(ConnectionFailed, match=r'^pods "web-0" in namespace "shop" \(create exec\): 127.0.0.1'):
            await self.received(connect, raw(after_handshake(close=reset)))

    async def test_a_close_with_an_error(self, raw: Raw, connect: Connect) -> None:
        close = frame(CLOSE, struct.pack("!H", 1011) + b"out of luck")
        with pytest.raises(ConnectionFailed, match=r"closed the WebSocket with code 1011: out of luck"):
            await self.received(connect, raw(after_handshake(frame(BINARY, b"a"), close)))

    async def test_a_text_message(self, raw: Raw, connect: Connect) -> None:
        async with connect(
            raw(after_handshake(frame(BINARY, b"a") + frame(TEXT, b"hello") + frame(BINARY, b"b")))
        ) as client:
            connection = await client.connect_websocket(EXEC, PROTOCOLS)
            assert await connection.receive_bytes() == b"a"
            with pytest.raises(KubexClientException, match="sent a text message"):
                await connection.receive_bytes()
            await connection.close()

    @pytest.mark.parametrize(
        "frames",
        [
            b"\x83\x00",  # an opcode that is none
            b"\xf2\x01a",  # reserved bits
            b"\x08\x00",  # a control frame in pieces
        ],
    )
    async def test_broken_frames(self, raw: Raw, connect: Connect, frames: bytes) -> None:
        with pytest.raises(KubexClientException, match="broke the WebSocket protocol"):
            await self.received(connect, raw(after_handshake(frames)))

    @pytest.mark.parametrize(
        "frames", [frame(BINARY, b"x" * 101), frame(0x02, b"x" * 60) + frame(CONTINUATION, b"x" * 60)]
    )
    async def test_a_message_above_the_cap(self, raw: Raw, connect: Connect, frames: bytes) -> None:
        with pytest.raises(KubexClientException, match=r"sent a message above the cap \(ws_max_message_size"):
            await self.received(connect, raw(after_handshake(frames)))

    async def test_a_message_at_the_cap_and_in_pieces(self, raw: Raw, connect: Connect) -> None:
        frames = frame(0x02, b"x" * 60) + frame(PING, b"p") + frame(CONTINUATION, b"y" * 40) + frame(BINARY, b"z" * 100)
        pieces = [frames[index : index + 1] for index in range(len(frames))] + [frame(CLOSE)]
        assert await self.received(connect, raw(after_handshake(*pieces))) == [b"x" * 60 + b"y" * 40, b"z" * 100]

    async def test_closing_while_another_task_receives(self, raw: Raw, connect: Connect) -> None:
        async with connect(raw(after_handshake())) as client:
            connection = await client.connect_websocket(EXEC, PROTOCOLS)
            ended = anyio.Event()

            async def receive() -> None:
                with pytest.raises(StopAsyncIteration):
                    await connection.receive_bytes()
                ended.set()

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(receive)
                await anyio.wait_all_tasks_blocked()
                with anyio.fail_after(5):
                    await connection.close()
                    await ended.wait()

    async def test_closing_a_server_that_never_stops(self, server: HttpServer, connect: Connect) -> None:
        async def flood(websocket: web.WebSocketResponse) -> None:
            with anyio.move_on_after(20):
                while True:
                    await websocket.send_bytes(b"y\n" * 1000)
                    await asyncio.sleep(0)

        server.answer = websocket(flood)
        async with connect(server) as client:
            connection = await client.connect_websocket(EXEC, PROTOCOLS)
            await connection.receive_bytes()
            with anyio.fail_after(5):
                await connection.close()

    async def test_cancelling_a_receiver_leaves_the_connection_usable(
        self, server: HttpServer, connect: Connect
    ) -> None:
        server.answer = websocket(echo)
        async with connect(server) as client:
            connection = await client.connect_websocket(EXEC, PROTOCOLS)
            with anyio.move_on_after(0.05) as scope:
                await connection.receive_bytes()
            assert scope.cancelled_caught
            await connection.send_bytes(b"still here")
            assert await connection.receive_bytes() == b"still here"
            await connection.close()

    async def test_a_sender_that_was_cut_short_is_not_followed(
        self, raw: Raw, connect: Connect, flavour: Flavour
    ) -> None:
        """The rest of a frame would be read as part of the next."""

        def stuck(connection: socket.socket) -> None:
            shake_hands(connection)
            wait.wait(10)

        wait = threading.Event()
        async with connect(raw(stuck)) as client:
            connection = await client.connect_websocket(EXEC, PROTOCOLS)
            with anyio.move_on_after(0.2) as scope:
                while True:
                    await connection.send_bytes(b"x" * 2**22)
            assert scope.cancelled_caught
            if not flavour.is_aiohttp:  # aiohttp buffers whole frames
                with pytest.raises(KubexClientException, match="closed"):
                    await connection.send_bytes(b"more")
            with anyio.fail_after(5):
                await connection.close()
            wait.set()

    async def test_cancelling_a_closer(self, raw: Raw, connect: Connect) -> None:
        async with connect(raw(after_handshake())) as client:
            connection = await client.connect_websocket(EXEC, PROTOCOLS)
            with anyio.CancelScope() as scope:
                scope.cancel()
                await connection.close()
            await connection.close()

    async def test_many_at_once_closed_in_any_order(self, server: HttpServer, connect: Connect) -> None:
        server.answer = websocket(echo)
        async with connect(server) as client:
            connections: list[WebSocketConnection] = [await client.connect_websocket(EXEC, PROTOCOLS) for _ in range(8)]
            for number, connection in enumerate(connections):
                await connection.send_bytes(b"%d" % number)
            for index in (3, 0, 7, 1):
                await connections[index].close()
            for index in (2, 4, 5, 6):
                assert await connections[index].receive_bytes() == b"%d" % index
                await connections[index].close()
