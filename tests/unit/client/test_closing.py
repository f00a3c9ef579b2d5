"""Closing a client ends at once all that is under way, whatever it waits for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Awaitable, Callable

import anyio
import pytest
from aiohttp import web

from kubex.client._http import HttpClient
from kubex.client.options import ClientOptions
from kubex.client.retries import RetryPolicy
from kubex.core.exceptions import ClientClosed, ConnectionFailed
from kubex.core.params import Timeout
from kubex.core.request import Request, RequestAction
from tests.unit.client.conftest import Authority, Connect
from tests.unit.client.servers import HttpServer, RawServer, read_request, wait_until_closed
from tests.unit.client.websocket_servers import after_handshake

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

Raw = Callable[..., RawServer]

GET = Request("GET", "/api/v1/namespaces/shop/pods/web", action=RequestAction("get", "pods", "web", "shop"))
UNBOUNDED = ClientOptions(timeout=None)


async def closing(client: HttpClient, work: Callable[[], Awaitable[object]], begun: threading.Event) -> ClientClosed:
    """Close a client when something has begun, and give the error that this ends with, at once."""
    errors: list[ClientClosed] = []
    began = 0.0

    async def do() -> None:
        with pytest.raises(ClientClosed) as caught:
            await work()
        errors.append(caught.value)

    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(do)
            while not begun.is_set():  # noqa: ASYNC110 - another thread's
                await anyio.sleep(0.005)
            await anyio.sleep(0.05)
            began = anyio.current_time()
            await client.close()
        assert anyio.current_time() - began < 1
    (error,) = errors
    assert "was closed" in str(error)
    assert isinstance(error, ConnectionFailed)
    assert error.is_final
    assert error.is_lasting
    return error


def saying(begun: threading.Event, *parts: bytes) -> Callable[[socket.socket], None]:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        for part in parts:
            connection.sendall(part)
        begun.set()
        wait_until_closed(connection)

    return script


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("parts", [(), (HEAD,), (HEAD, b'5\r\n{"a":\r\n')], ids=["silent", "head", "half a body"])
@pytest.mark.parametrize(
    "options",
    [None, UNBOUNDED, ClientOptions(timeout=Timeout(total=60)), ClientOptions(retry=RetryPolicy())],
    ids=["default", "unbounded", "bounded", "retried"],
)
async def test_a_request_that_waits_for_its_answer(
    raw: Raw, connect: Connect, parts: tuple[bytes, ...], options: ClientOptions | None
) -> None:
    begun = threading.Event()
    client = connect(raw(saying(begun, *parts)), options=options)
    error = await closing(client, lambda: client.request(GET), begun)
    assert error.was_sent


@pytest.mark.parametrize("parts", [(), (HEAD,), (HEAD, b"5\r\nline\n\r\n")], ids=["silent", "head", "a line"])
@pytest.mark.parametrize("bounds", [..., None, Timeout(read=60)], ids=["default", "unbounded", "bounded"])
async def test_a_stream(raw: Raw, connect: Connect, parts: tuple[bytes, ...], bounds: Timeout | None) -> None:
    begun = threading.Event()
    client = connect(raw(saying(begun, *parts)))
    request = Request("GET", "/api/v1/pods", action=RequestAction("watch", "pods"), timeout=bounds)
    lines: list[str] = []

    async def follow() -> None:
        async for line in client.stream_lines(request):
            lines.append(line)

    await closing(client, follow, begun)
    assert lines == (["line"] if len(parts) > 1 else [])


async def test_streams_over_tls(tls_server: HttpServer, authority: Authority, connect: Connect) -> None:
    begun = threading.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"line\n")
        begun.set()
        await anyio.sleep(20)
        return response

    tls_server.answer = answer
    client = connect(tls_server, server_ca_file=authority.file)

    async def follow() -> None:
        async for _ in client.stream_lines(GET):
            pass

    await closing(client, follow, begun)


async def test_a_handshake_of_tls(raw: Raw, connect: Connect) -> None:
    begun = threading.Event()

    def script(connection: socket.socket) -> None:
        begun.set()
        wait_until_closed(connection)

    server = raw(script)
    client = connect(server.url.replace("http:", "https:"), options=UNBOUNDED, insecure_skip_tls_verify=True)
    await closing(client, lambda: client.request(GET), begun)


async def test_a_request_that_waits_for_a_connection(raw: Raw, connect: Connect) -> None:
    begun = threading.Event()
    client = connect(raw(saying(begun, HEAD)), options=ClientOptions(timeout=None, pool_size=1))

    async def follow() -> None:
        with pytest.raises(ClientClosed):
            await anext(client.stream_lines(GET))

    async def both() -> None:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(follow)
            while not begun.is_set():  # noqa: ASYNC110 - another thread's
                await anyio.sleep(0.005)
            waiting.set()
            try:
                await client.request(GET)
            except ClientClosed as error:
                errors.append(error)
        raise errors[0]

    errors: list[ClientClosed] = []

    waiting = threading.Event()
    await closing(client, both, waiting)


async def test_a_request_that_waits_to_be_sent_again(server: HttpServer, connect: Connect) -> None:
    begun = threading.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        begun.set()
        return web.Response(status=429, headers={"Retry-After": "20"})

    server.answer = answer
    client = connect(server, options=ClientOptions(retry=RetryPolicy(max_delay=30)))
    with anyio.fail_after(10):
        async with anyio.create_task_group() as tasks:

            async def work() -> None:
                with pytest.raises(ClientClosed, match="the client is closed"):
                    await client.request(GET)

            tasks.start_soon(work)
            while not begun.is_set():  # noqa: ASYNC110 - another thread's
                await anyio.sleep(0.005)
            await anyio.sleep(0.05)
            await client.close()
    assert len(server.seen) == 1


async def test_a_websocket_that_is_read(raw: Raw, connect: Connect) -> None:
    begun = threading.Event()

    def script(connection: socket.socket) -> None:
        begun.set()
        after_handshake()(connection)

    client = connect(raw(script))

    async def talk() -> None:
        connection = await client.connect_websocket(GET, [])
        try:
            await connection.receive_bytes()
        finally:
            with pytest.raises(ConnectionFailed):
                await connection.send_bytes(b"x")
            await connection.close()

    await closing(client, talk, begun)


async def test_a_websocket_that_is_written_to(raw: Raw, connect: Connect) -> None:
    begun, done = threading.Event(), threading.Event()

    def script(connection: socket.socket) -> None:
        after_handshake(close=wait)(connection)

    def wait(_: socket.socket) -> None:
        done.wait(20)

    client = connect(raw(script))

    async def talk() -> None:
        connection = await client.connect_websocket(GET, [])
        begun.set()
        try:
            while True:
                await connection.send_bytes(bytes(2**20))
        finally:
            await connection.close()

    try:
        await closing(client, talk, begun)
    finally:
        done.set()


async def test_a_handshake_of_a_websocket(raw: Raw, connect: Connect) -> None:
    begun = threading.Event()
    client = connect(raw(saying(begun)), options=UNBOUNDED)
    await closing(client, lambda: client.connect_websocket(GET, []), begun)


async def test_what_has_ended_before_is_left_alone(server: HttpServer, connect: Connect) -> None:
    client = connect(server)
    await client.request(GET)
    lines = [line async for line in client.stream_lines(GET)]
    assert lines
    stream = client.stream_lines(GET)
    await anext(stream)
    await stream.aclose()
    await client.close()
