"""WebSockets: binary messages both ways, and every way they end."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import socket
import struct
import sys
import threading
from collections.abc import Callable, Mapping

import anyio
import pytest
from aiohttp import WSMsgType, web

from kubex.client.options import ClientOptions
from kubex.client.websocket import WebSocketConnection
from kubex.configuration.auth.source import CredentialSource
from kubex.core.exceptions import (
    ConnectionFailed,
    Forbidden,
    InvalidResponse,
    KubexClientException,
    NotFound,
    RequestTimeout,
)
from kubex.core.params import Timeout
from kubex.core.request import Request, RequestAction
from kubex_core.models.status import Status
from tests.unit.client.conftest import Authority, Connect, Flavour
from tests.unit.client.servers import (
    Handler,
    HttpServer,
    RawServer,
    json_answer,
    read_request,
    reset,
    serve_http,
    wait_until_closed,
)

pytestmark = pytest.mark.anyio

EXEC = Request(
    "GET",
    "/api/v1/namespaces/shop/pods/web-0/exec",
    query_param_pairs=[("command", "ls"), ("command", "-l")],
    action=RequestAction("create", "pods", "web-0", "shop", "exec"),
)
PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"]

Raw = Callable[..., RawServer]


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


async def test_the_handshake(server: HttpServer, connect: Connect) -> None:
    server.answer = websocket(echo, ("v4.channel.k8s.io",))
    async with connect(server, token="abc") as client:
        connection = await client.connect_websocket(EXEC, PROTOCOLS)
        assert connection.subprotocol == "v4.channel.k8s.io"
        await connection.close()
    seen = server.only
    assert seen.path_qs == "/api/v1/namespaces/shop/pods/web-0/exec?command=ls&command=-l"
    assert seen.headers["Authorization"] == "Bearer abc"
    assert seen.headers["User-Agent"].startswith("kubex/")
    assert seen.headers["Sec-WebSocket-Protocol"].replace(" ", "") == ",".join(PROTOCOLS)


async def test_no_subprotocol(server: HttpServer, connect: Connect) -> None:
    server.answer = websocket(echo)
    async with connect(server) as client:
        connection = await client.connect_websocket(EXEC, [])
        assert connection.subprotocol is None
        await connection.close()
    assert "Sec-WebSocket-Protocol" not in server.only.headers


async def test_messages_of_all_sizes(server: HttpServer, connect: Connect) -> None:
    server.answer = websocket(echo)
    async with connect(server) as client:
        connection = await client.connect_websocket(EXEC, PROTOCOLS)
        for size in (0, 1, 125, 126, 65535, 65536, 2**20, 2**21 - 1):
            message = os.urandom(size)
            await connection.send_bytes(message)
            received = await connection.receive_bytes()
            assert received == message
            assert type(received) is bytes
        await connection.close()


async def test_it_is_iterable(server: HttpServer, connect: Connect) -> None:
    async def count(websocket: web.WebSocketResponse) -> None:
        for number in range(1000):
            await websocket.send_bytes(b"%d" % number)
        await websocket.close()

    server.answer = websocket(count)
    async with connect(server) as client:
        connection = await client.connect_websocket(EXEC, PROTOCOLS)
        assert [message async for message in connection] == [b"%d" % number for number in range(1000)]
        await connection.close()


async def test_sending_while_receiving(server: HttpServer, connect: Connect) -> None:
    server.answer = websocket(echo)
    messages = [os.urandom(1000) for _ in range(200)]
    received: list[bytes] = []
    async with connect(server) as client:
        connection = await client.connect_websocket(EXEC, PROTOCOLS)

        async def receive() -> None:
            async for message in connection:
                received.append(message)
                if len(received) == len(messages):
                    return

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(receive)
            for message in messages:
                await connection.send_bytes(message)
        await connection.close()
    assert received == messages


async def test_two_senders(server: HttpServer, connect: Connect) -> None:
    server.answer = websocket(echo)
    received: list[bytes] = []
    async with connect(server) as client:
        connection = await client.connect_websocket(EXEC, PROTOCOLS)

        async def send(message: bytes) -> None:
            for _ in range(50):
                await connection.send_bytes(message * 5000)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(send, b"a")
            tasks.start_soon(send, b"b")
            for _ in range(100):
                received.append(await connection.receive_bytes())
        assert sorted(received) == [b"a" * 5000] * 50 + [b"b" * 5000] * 50
        await connection.close()


async def test_pings_are_answered(server: HttpServer, connect: Connect) -> None:
    async def ping(websocket: web.WebSocketResponse) -> None:
        await websocket.ping(b"are you there?")
        message = await websocket.receive()
        await websocket.send_bytes(b"%s %s" % (str(message.type.name).encode(), message.data))
        await websocket.close()

    server.answer = websocket(ping, autoping=False)
    async with connect(server) as client:
        connection = await client.connect_websocket(EXEC, PROTOCOLS)
        assert await connection.receive_bytes() == b"PONG are you there?"
        await connection.close()


async def test_over_tls(authority: Authority, connect: Connect) -> None:
    with serve_http(tls=authority.server_context("127.0.0.1")) as server:
        server.answer = websocket(echo, ("v5.channel.k8s.io",))
        async with connect(server, server_ca_data=authority.pem) as client:
            connection = await client.connect_websocket(EXEC, PROTOCOLS)
            await connection.send_bytes(b"x" * 2**20)
            assert await connection.receive_bytes() == b"x" * 2**20
            await connection.close()


class TestRefused:
    async def test_with_a_status(self, server: HttpServer, connect: Connect) -> None:
        server.answer = json_answer(
            '{"kind":"Status","code":404,"reason":"NotFound","message":"pods \\"web-0\\" not found",'
            '"details":{"name":"web-0","kind":"pods"}}',
            404,
        )
        async with connect(server) as client:
            with pytest.raises(NotFound) as caught:
                await client.connect_websocket(EXEC, PROTOCOLS)
            assert isinstance(caught.value.content, Status)
            assert caught.value.action == EXEC.action
            assert caught.value.code == 404
            server.answer = None
            assert (await client.request(Request("GET", "/x"))).status_code == 200

    async def test_with_a_text(self, server: HttpServer, connect: Connect) -> None:
        server.answer = json_answer("no", 403)
        async with connect(server) as client:
            with pytest.raises(Forbidden, match="no"):
                await client.connect_websocket(EXEC, PROTOCOLS)

    async def test_with_an_ordinary_answer(self, server: HttpServer, connect: Connect) -> None:
        server.answer = json_answer("{}")
        async with connect(server) as client:
            with pytest.raises(InvalidResponse, match="status 200"):
                await client.connect_websocket(EXEC, PROTOCOLS)

    async def test_by_a_redirect(self, server: HttpServer, connect: Connect) -> None:
        server.answer = json_answer("", 302, {"Location": "http://evil.example/x"})
        async with connect(server) as client:
            with pytest.raises(InvalidResponse, match=r"redirects to evil\.example:80"):
                await client.connect_websocket(EXEC, PROTOCOLS)
        assert len(server.seen) == 1

    async def test_with_a_401_it_is_tried_again(self, server: HttpServer, connect: Connect) -> None:
        class Rotating(CredentialSource):
            token = 1

            async def headers(self) -> Mapping[str, str]:
                return {"Authorization": f"Bearer {self.token}"}

            async def refresh(self, rejected: Mapping[str, str] | None = None) -> bool:
                self.token += 1
                return True

        async def answer(request: web.Request) -> web.StreamResponse:
            if request.headers["Authorization"] == "Bearer 1":
                return web.Response(status=401)
            return await websocket(echo)(request)

        server.answer = answer
        async with connect(server, refreshable_token=Rotating()) as client:
            connection = await client.connect_websocket(EXEC, PROTOCOLS)
            await connection.send_bytes(b"hi")
            assert await connection.receive_bytes() == b"hi"
            await connection.close()

    @pytest.mark.parametrize("accept", [b"Sec-WebSocket-Accept: wrong\r\n", b""])
    async def test_with_a_handshake_that_is_none(self, raw: Raw, connect: Connect, accept: bytes) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + accept + b"\r\n"
            )
            wait_until_closed(connection)

        async with connect(raw(script)) as client:
            with pytest.raises(InvalidResponse, match="agrees to a WebSocket in a way that is none"):
                await client.connect_websocket(EXEC, PROTOCOLS)

    async def test_by_nobody(self, connect: Connect) -> None:
        async with connect("http://127.0.0.1:1") as client:
            with pytest.raises(ConnectionFailed, match="connection refused"):
                await client.connect_websocket(EXEC, PROTOCOLS)

    @pytest.mark.parametrize("bound", [0.1, Timeout(read=0.05, connect=0.05)])
    async def test_by_silence(self, raw: Raw, connect: Connect, bound: Timeout | float) -> None:
        request = Request("GET", "/x", timeout=bound)
        async with connect(raw(wait_until_closed)) as client:
            with pytest.raises(RequestTimeout, match=r"0\.1 s"):
                await client.connect_websocket(request, PROTOCOLS)


def shake_hands(connection: socket.socket) -> None:
    head = read_request(connection)
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


async def test_a_websocket_without_its_extra(
    connect: Connect, flavour: Flavour, monkeypatch: pytest.MonkeyPatch
) -> None:
    if flavour.is_aiohttp:
        return

    monkeypatch.delitem(sys.modules, "kubex.client._httpx_websocket", raising=False)
    monkeypatch.delattr("kubex.client._httpx_websocket", raising=False)
    monkeypatch.setitem(sys.modules, "httpx_ws", None)
    async with connect("http://127.0.0.1:1") as client:
        with pytest.raises(KubexClientException, match=r"kubex\[httpx-ws\]") as caught:
            await client.connect_websocket(EXEC, PROTOCOLS)
        assert isinstance(caught.value, ImportError)
