"""After all that a client does, well or badly, no descriptor and no task is left."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

import anyio
import pytest
import trio

from kubex.client._http import HttpClient
from kubex.client.options import ClientOptions
from kubex.client.retries import RetryPolicy
from kubex.core.exceptions import KubexClientException, RequestTimeout
from kubex.core.params import Timeout
from kubex.core.request import Request
from tests.leaks import open_connections
from tests.unit.client.conftest import Authority, Connect
from tests.unit.client.servers import RawServer, read_request, wait_until_closed
from tests.unit.client.websocket_servers import after_handshake, frame, shake_hands

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(sys.platform != "linux", reason="descriptors are counted in /proc"),
]


def tasks() -> int:
    try:
        return trio.lowlevel.current_statistics().tasks_living
    except RuntimeError:
        return len(asyncio.all_tasks())


def script(connection: socket.socket) -> None:
    """A server of everything: the path says what it does."""
    while True:
        head = read_request(connection)
        path = head.split(b" ")[1]
        if path == b"/ok":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        elif path == b"/no":
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")
        elif path == b"/half":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}")
            return
        elif path == b"/lines":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n1\n2\n")
            wait_until_closed(connection)
            return
        else:
            wait_until_closed(connection)
            return


async def everything(client: HttpClient) -> None:
    for path in ("/ok", "/no", "/half", "/ok"):
        with contextlib.suppress(KubexClientException):
            await client.request(Request("GET", path))
    with pytest.raises(KubexClientException):
        await client.request(Request("GET", "/silence", timeout=0.02))
    with pytest.raises(KubexClientException):
        await client.request(Request("GET", "/silence", timeout=Timeout(read=0.02)))
    lines = client.stream_lines(Request("GET", "/lines"))
    assert await anext(lines) == "1"
    await lines.aclose()
    with anyio.move_on_after(0.02):
        async for _ in client.stream_lines(Request("GET", "/lines")):
            pass
    with anyio.move_on_after(0.02):
        await client.request(Request("GET", "/silence"))
    for timeout in (0.02, Timeout(read=0.01, connect=0.01)):
        with pytest.raises(KubexClientException):
            await client.connect_websocket(Request("GET", "/silence", timeout=timeout), ["a"])
    with pytest.raises(KubexClientException):
        await client.connect_websocket(Request("GET", "/no"), ["a"])


async def settle(done: Callable[[], bool]) -> None:
    """Wait for the event loop to run what closing has put off."""
    for _ in range(500):
        if done():
            return
        await anyio.sleep(0.01)
    raise AssertionError("something is left")


@pytest.mark.parametrize("tls", [False, True])
async def test_requests_and_streams(
    raw: Callable[..., RawServer], connect: Connect, authority: Authority, tls: bool
) -> None:
    server = raw(script, authority.server_context("127.0.0.1") if tls else None)
    config: dict[str, Any] = {"server_ca_data": authority.pem} if tls else {}
    before = tasks()
    options = ClientOptions(retry=RetryPolicy(initial_delay=0.001))
    async with connect(server, options=options, **config) as client:
        for _ in range(3):
            await everything(client)
        # Only what may be used again is open: one connection, of the requests that went well.
        await settle(lambda: len(open_connections(server.port)) <= 1)
    await settle(lambda: not open_connections(server.port) and tasks() <= before)


@pytest.mark.parametrize("tls", [False, True])
async def test_a_program_may_end_with_its_client(
    raw: Callable[..., RawServer], connect: Connect, authority: Authority, tls: bool
) -> None:
    server = raw(script, authority.server_context("127.0.0.1") if tls else None)
    config: dict[str, Any] = {"server_ca_data": authority.pem} if tls else {}
    async with connect(server, **config) as client:
        lines = client.stream_lines(Request("GET", "/lines"))
        assert await anext(lines) == "1"
        await lines.aclose()
        with anyio.move_on_after(0.1):
            await client.request(Request("GET", "/silence"))
    assert not open_connections(server.port)  # at once: there may be no further step of the event loop


@pytest.mark.parametrize("proxied", [False, True])
async def test_a_tls_handshake_that_is_cancelled(
    raw: Callable[..., RawServer], connect: Connect, proxied: bool
) -> None:
    def silent(connection: socket.socket) -> None:
        if proxied:
            read_request(connection)
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        wait_until_closed(connection)

    server = raw(silent)
    options = ClientOptions(proxy=server.url) if proxied else None
    async with connect(server.url.replace("http:", "https:"), options=options) as client:
        with anyio.move_on_after(0.1) as scope:
            await client.request(Request("GET", "/x"))
        assert scope.cancelled_caught
        with pytest.raises(RequestTimeout):
            await client.request(Request("GET", "/x", timeout=0.1))
        with pytest.raises(RequestTimeout):
            await client.request(Request("GET", "/x", timeout=Timeout(connect=0.1)))
        gc.disable()  # which would close what is left
        try:
            await settle(lambda: not open_connections(server.port))
        finally:
            gc.enable()


async def test_websockets(raw: Callable[..., RawServer], connect: Connect) -> None:
    server = raw(after_handshake(frame(0x82, b"a")))
    before = tasks()
    async with connect(server) as client:
        for _ in range(5):
            connection = await client.connect_websocket(Request("GET", "/x"), [])
            assert await connection.receive_bytes() == b"a"
            with anyio.move_on_after(0.02):
                await connection.receive_bytes()
            await connection.close()
        await settle(lambda: not open_connections(server.port))
    await settle(lambda: tasks() <= before)


async def test_a_websocket_to_a_server_that_takes_nothing(raw: Callable[..., RawServer], connect: Connect) -> None:
    done = threading.Event()

    def stuck(connection: socket.socket) -> None:
        shake_hands(connection)
        done.wait(10)

    server = raw(stuck)
    async with connect(server) as client:
        connection = await client.connect_websocket(Request("GET", "/x"), [])
        with anyio.move_on_after(0.2):
            while True:
                await connection.send_bytes(b"x" * 2**20)
        await connection.close()
        await settle(lambda: not open_connections(server.port))
        done.set()


async def test_websockets_that_the_client_closes_with_itself(raw: Callable[..., RawServer], connect: Connect) -> None:
    server = raw(after_handshake())
    client = connect(server)
    connections = [await client.connect_websocket(Request("GET", "/x"), []) for _ in range(3)]
    await client.close()
    await settle(lambda: not open_connections(server.port))
    for connection in connections:
        await connection.close()
