"""Servers that fail in every way: a typed error that says what was done, where, and why; never a library's own."""

from __future__ import annotations

import errno
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from kubex.core.exceptions import (
    ConnectionFailed,
    InvalidResponse,
    KubexClientException,
    KubexException,
)
from kubex.core.request import Request, RequestAction
from tests.unit.client.conftest import Authority, Connect
from tests.unit.client.servers import (
    HttpServer,
    RawServer,
    answering,
    json_answer,
    read_request,
    reset,
    wait_until_closed,
)

pytestmark = pytest.mark.anyio

GET = Request("GET", "/x", action=RequestAction("get", "pods", "web-0", "shop"))
TOKEN = "very-secret-token"

Raw = Callable[..., RawServer]


def silent(connection: socket.socket) -> None:
    wait_until_closed(connection)


def rude(connection: socket.socket) -> None:
    """Hangs up after the first byte."""
    connection.recv(1)


def wordless(connection: socket.socket) -> None:
    """Hangs up after the request."""
    read_request(connection)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def check_hides_everything(error: BaseException) -> None:
    """Nothing of the error, nor of what it came from, is a library's or holds a credential."""
    seen: list[BaseException] = []
    link: BaseException | None = error
    while link is not None:
        seen.append(link)
        link = link.__cause__ or link.__context__
    for link in seen:
        assert isinstance(link, KubexException) or type(link).__module__ in ("builtins", "socket", "ssl"), seen
        assert TOKEN not in repr(link) + str(link)


async def failure_of(connect: Connect, server: RawServer | HttpServer | str, **config: Any) -> KubexClientException:
    async with connect(server, token=TOKEN, **config) as client:
        with pytest.raises(KubexClientException) as caught:
            await client.request(GET)
    check_hides_everything(caught.value)
    assert str(caught.value).startswith('pods "web-0" in namespace "shop" (get): ')
    return caught.value


class TestNoConnection:
    async def test_refused(self, connect: Connect) -> None:
        port = free_port()
        error = await failure_of(connect, f"http://127.0.0.1:{port}")
        assert isinstance(error, ConnectionFailed)
        assert f"cannot connect to 127.0.0.1:{port}: connection refused (does the API server run there?)" in str(error)
        assert isinstance(error.__cause__, OSError)
        assert error.__cause__.errno == errno.ECONNREFUSED

    async def test_a_name_that_does_not_resolve(self, connect: Connect) -> None:
        error = await failure_of(connect, "https://no-such-host.invalid")
        assert isinstance(error, ConnectionFailed)
        assert "cannot connect to no-such-host.invalid:443: its name can't be resolved" in str(error)
        assert isinstance(error.__cause__, socket.gaierror)

    async def test_it_speaks_no_tls(self, server: HttpServer, connect: Connect) -> None:
        error = await failure_of(connect, server.url.replace("http:", "https:"))
        assert isinstance(error, ConnectionFailed)
        assert "it does not speak TLS (does its address begin with http://" in str(error)
        assert isinstance(error.__cause__, ssl.SSLError)

    async def test_it_hangs_up_in_the_tls_handshake(self, raw: Raw, connect: Connect) -> None:
        server = raw(rude)
        error = await failure_of(connect, server.url.replace("http:", "https:"))
        assert isinstance(error, ConnectionFailed)

    async def test_it_speaks_tls_only(self, raw: Raw, connect: Connect, authority: Authority) -> None:
        server = raw(silent, authority.server_context("127.0.0.1"))
        error = await failure_of(connect, server.url.replace("https:", "http:"))
        assert isinstance(error, ConnectionFailed | InvalidResponse)


class TestNoAnswer:
    async def test_it_hangs_up_at_once(self, raw: Raw, connect: Connect) -> None:
        error = await failure_of(connect, raw(wordless))
        assert isinstance(error, ConnectionFailed)
        assert "closed the connection before its answer was whole" in str(error)

    async def test_it_resets(self, raw: Raw, connect: Connect) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            reset(connection)

        error = await failure_of(connect, raw(script))
        assert isinstance(error, ConnectionFailed)

    @pytest.mark.parametrize(
        "answer",
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Le",
        ],
    )
    async def test_it_stops_halfway(self, raw: Raw, connect: Connect, answer: bytes) -> None:
        error = await failure_of(connect, raw(answering(answer)))
        assert isinstance(error, ConnectionFailed)
        assert "before its answer was whole" in str(error)

    async def test_it_resets_halfway(self, raw: Raw, connect: Connect) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            reset(connection)

        assert isinstance(await failure_of(connect, raw(script)), ConnectionFailed)

    @pytest.mark.parametrize(
        "answer",
        [b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"\x00\x01\x02\x03" * 10, b"HTTP/9.9 999999 what\r\n\r\n"],
    )
    async def test_it_answers_something_else(self, raw: Raw, connect: Connect, answer: bytes) -> None:
        error = await failure_of(connect, raw(answering(answer)))
        assert isinstance(error, InvalidResponse)
        assert "is not HTTP (does an API server listen there?)" in str(error)

    async def test_headers_without_end(self, raw: Raw, connect: Connect) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2**20)
            wait_until_closed(connection)

        assert isinstance(await failure_of(connect, raw(script)), InvalidResponse)

    async def test_a_kept_connection_that_the_server_closed_is_not_used(self, raw: Raw, connect: Connect) -> None:
        closed = threading.Semaphore(0)

        def script(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            connection.close()
            closed.release()

        server = raw(script)
        async with connect(server) as client:
            for _ in range(3):
                await client.request(GET)
                assert await anyio.to_thread.run_sync(closed.acquire, True, 10)
                await anyio.sleep(0.02)  # for the FIN to be read
        assert server.connections == 3

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
    @pytest.mark.parametrize("kept", [True, False])
    async def test_a_write_is_sent_once(self, raw: Raw, connect: Connect, method: str, kept: bool) -> None:
        """It may have taken effect before the connection broke; to send it again is not for a library to decide."""
        writes: list[bytes] = []

        def script(connection: socket.socket) -> None:
            while (head := read_request(connection)).startswith(b"GET"):
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            writes.append(head)

        async with connect(raw(script)) as client:
            if kept:
                await client.request(GET)
            with pytest.raises(ConnectionFailed, match="before its answer was whole"):
                await client.request(Request(method, "/x"))
        assert len(writes) == 1

    async def test_a_token_with_a_line_end(self, server: HttpServer, connect: Connect) -> None:
        async def token() -> str:
            return f"{TOKEN}\nX-Injected: 1"

        async with connect(server, refreshable_token=token) as client:
            with pytest.raises(KubexException) as caught:
                await client.request(GET)
        check_hides_everything(caught.value)
        assert server.seen == []

    async def test_a_header_with_a_line_end(self, server: HttpServer, connect: Connect) -> None:
        async with connect(server) as client:
            with pytest.raises(KubexClientException, match="malformed") as caught:
                await client.request(Request("GET", "/x", headers={"X": f"{TOKEN}\r\nY: 1"}))
        check_hides_everything(caught.value)
        assert server.seen == []


async def test_an_error_of_the_server_is_no_fault(server: HttpServer, connect: Connect) -> None:
    server.answer = json_answer("<html>", 502)
    error = await failure_of(connect, server)
    assert "<html>" in str(error)
