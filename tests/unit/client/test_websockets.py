"""WebSockets: the handshake, and binary messages both ways; test_websocket_ends has the rest."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Mapping

import anyio
import pytest
from aiohttp import web

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
    HttpServer,
    RawServer,
    json_answer,
    read_request,
    serve_http,
    wait_until_closed,
)
from tests.unit.client.websocket_servers import echo, websocket

pytestmark = pytest.mark.anyio

EXEC = Request(
    "GET",
    "/api/v1/namespaces/shop/pods/web-0/exec",
    query_param_pairs=[("command", "ls"), ("command", "-l")],
    action=RequestAction("create", "pods", "web-0", "shop", "exec"),
)
PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io"]

Raw = Callable[..., RawServer]


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

    @pytest.mark.parametrize("bound", [0.5, Timeout(read=0.25, connect=0.25)])
    async def test_by_silence(self, raw: Raw, connect: Connect, bound: Timeout | float) -> None:
        request = Request("GET", "/x", timeout=bound)
        async with connect(raw(wait_until_closed)) as client:
            with pytest.raises(RequestTimeout, match=r"0\.5 s"):
                await client.connect_websocket(request, PROTOCOLS)


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
