"""Servers that fail in every way: a typed error that says what was done, where, and why; never a library's own."""

# Long because every way in which a server fails has its case here, under one table of what is expected.

from __future__ import annotations

import errno
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from kubex.client.options import ClientOptions
from kubex.core.exceptions import (
    ConnectionFailed,
    InvalidResponse,
    KubexClientException,
    KubexException,
    RequestTimeout,
)
from kubex.core.params import Timeout
from kubex.core.request import Request, RequestAction
from tests.unit.client.conftest import Authority, Connect, Flavour
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


class TestTimeouts:
    @pytest.mark.parametrize("where", ["client", "request"])
    async def test_a_total(self, raw: Raw, connect: Connect, where: str) -> None:
        server = raw(silent)
        options = ClientOptions(timeout=0.1 if where == "client" else None)
        timeout = ... if where == "client" else 0.1
        async with connect(server, options=options) as client:
            began = time.monotonic()
            with pytest.raises(RequestTimeout) as caught:
                await client.request(Request("GET", "/x", timeout=timeout))
        assert 0.1 <= time.monotonic() - began < 2
        assert str(caught.value) == (
            f"GET /x: no whole answer from 127.0.0.1:{server.port} within 0.1 s"
            " (the total time-out; request_timeout= or ClientOptions(timeout=) set it)"
        )
        check_hides_everything(caught.value)

    async def test_a_total_bounds_an_answer_that_drips(self, raw: Raw, connect: Connect) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while True:
                connection.sendall(b"x")
                time.sleep(0.02)

        async with connect(raw(script)) as client:
            with pytest.raises(RequestTimeout, match=r"within 0\.2 s"):
                await client.request(Request("GET", "/x", timeout=0.2))

    async def test_a_total_of_nothing(self, server: HttpServer, connect: Connect) -> None:
        async with connect(server) as client:
            with pytest.raises(RequestTimeout, match="within 0 s"):
                await client.request(Request("GET", "/x", timeout=0))

    async def test_reading(self, raw: Raw, connect: Connect) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nx")
            wait_until_closed(connection)

        async with connect(raw(script)) as client:
            with pytest.raises(RequestTimeout, match=r"sent nothing for 0\.1 s \(the read time-out"):
                await client.request(Request("GET", "/x", timeout=Timeout(read=0.1)))

    async def test_connecting(self, raw: Raw, connect: Connect, authority: Authority) -> None:
        # The TLS handshake is a part of it: the server accepts, and says no more.
        server = raw(silent)
        async with connect(server.url.replace("http:", "https:")) as client:
            with pytest.raises(RequestTimeout, match=r"cannot connect to .* within 0\.1 s \(the connect time-out"):
                await client.request(Request("GET", "/x", timeout=Timeout(connect=0.1)))

    async def test_waiting_for_the_pool(self, raw: Raw, connect: Connect, flavour: Flavour) -> None:
        if flavour.is_aiohttp:
            return  # the pool is httpx's alone
        async with (
            connect(raw(silent), options=ClientOptions(pool_size=1)) as client,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(client.request, Request("GET", "/x", timeout=None))
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(RequestTimeout, match=r"no connection .* was free within 0\.1 s"):
                await client.request(Request("GET", "/x", timeout=Timeout(pool=0.1)))
            tasks.cancel_scope.cancel()

    async def test_writing(self, raw: Raw, connect: Connect, flavour: Flavour) -> None:
        if flavour.is_aiohttp:
            return  # so is writing

        def script(connection: socket.socket) -> None:
            read_request(connection)
            time.sleep(0.4)

        async with connect(raw(script)) as client:
            with pytest.raises(RequestTimeout, match=r"took no data for 0\.1 s"):
                await client.request(Request("PUT", "/x", body=b"x" * 2**25, timeout=Timeout(write=0.1)))

    async def test_none_lifts_the_clients(self, raw: Raw, connect: Connect) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            time.sleep(0.3)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        async with connect(raw(script), options=ClientOptions(timeout=0.1)) as client:
            assert (await client.request(Request("GET", "/x", timeout=None))).content == b"{}"

    async def test_the_librarys_own(self, raw: Raw, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
        """`...` everywhere: the bound is the library's, and the error says how long it was."""
        from kubex.client import aiohttp, httpx

        monkeypatch.setattr(httpx, "_PHASE_TIMEOUT", 0.1)
        monkeypatch.setattr(aiohttp, "_TOTAL", 0.1)
        monkeypatch.setattr(httpx.HttpxClient, "library_timeout", Timeout(connect=0.1, read=0.1))
        monkeypatch.setattr(aiohttp.AioHttpClient, "library_timeout", Timeout(total=0.1))
        async with connect(raw(silent)) as client:
            with pytest.raises(RequestTimeout, match=r"0\.1 s"):
                await client.request(GET)

    async def test_cancelling_is_not_a_timeout(self, raw: Raw, connect: Connect) -> None:
        async with connect(raw(silent)) as client:
            with anyio.move_on_after(0.05) as scope:
                await client.request(GET)
            assert scope.cancelled_caught

    async def test_a_connection_is_not_used_again_after_a_timeout(self, raw: Raw, connect: Connect) -> None:
        def script(connection: socket.socket) -> None:
            if b"slow" in read_request(connection):
                wait_until_closed(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

        server = raw(script)
        async with connect(server) as client:
            with pytest.raises(RequestTimeout):
                await client.request(Request("GET", "/slow", timeout=0.05))
            assert (await client.request(Request("GET", "/x"))).content == b"{}"
        assert server.connections == 2


class TestStreamTimeouts:
    @staticmethod
    def quiet(connection: socket.socket) -> None:
        """A line, half a second of nothing, another."""
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n1\n")
        time.sleep(0.4)
        connection.sendall(b"2\n")

    @pytest.fixture(autouse=True)
    def short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The libraries' own bounds, as short as a test needs them."""
        from kubex.client import aiohttp, httpx

        monkeypatch.setattr(httpx.HttpxClient, "library_timeout", Timeout(connect=0.1, read=0.1))
        monkeypatch.setattr(aiohttp.AioHttpClient, "library_timeout", Timeout(connect=0.1, total=0.2))

    async def test_a_quiet_stream_goes_on(self, raw: Raw, connect: Connect) -> None:
        async with connect(raw(self.quiet)) as client:
            assert [line async for line in client.stream_lines(GET)] == ["1", "2"]

    async def test_but_its_opening_is_bounded(self, raw: Raw, connect: Connect) -> None:
        async with connect(raw(silent)) as client:
            with pytest.raises(RequestTimeout, match=r"no answer from .* within 0\.2 s \(the opening time-out"):
                await anext(client.stream_lines(GET))

    async def test_but_for_a_followed_log(self, raw: Raw, connect: Connect) -> None:
        """The kubelet sends its headers with the first line."""

        def script(connection: socket.socket) -> None:
            read_request(connection)
            time.sleep(0.4)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1\n")

        async with connect(raw(script)) as client:
            lines = client.stream_lines(
                Request("GET", "/api/v1/namespaces/a/pods/b/log", {"follow": "true"}, waits_for_content=True)
            )
            assert [line async for line in lines] == ["1"]

    @pytest.mark.parametrize("where", ["client", "request"])
    async def test_a_total_is_obeyed(self, raw: Raw, connect: Connect, where: str) -> None:
        def dripping(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n")
            while True:
                connection.sendall(b"1\n")
                time.sleep(0.02)

        async with connect(raw(dripping), options=ClientOptions(timeout=0.2 if where == "client" else ...)) as client:
            seen: list[str] = []
            with pytest.raises(RequestTimeout, match=r"within 0\.2 s \(the total time-out"):
                async for line in client.stream_lines(Request("GET", "/x", timeout=... if where == "client" else 0.2)):
                    seen.append(line)
            assert seen

    async def test_a_total_bounds_the_opening_too(self, raw: Raw, connect: Connect) -> None:
        async with connect(raw(silent)) as client:
            with pytest.raises(RequestTimeout, match=r"within 0\.1 s \(the total time-out"):
                await anext(client.stream_lines(Request("GET", "/x", timeout=0.1)))

    async def test_silence_is_bounded_where_asked_for(self, raw: Raw, connect: Connect) -> None:
        async with connect(raw(self.quiet)) as client:
            lines = client.stream_lines(Request("GET", "/x", timeout=Timeout(read=0.2)))
            assert await anext(lines) == "1"
            with pytest.raises(RequestTimeout, match=r"sent nothing for 0\.2 s"):
                await anext(lines)

    async def test_none_is_no_bound_at_all(self, raw: Raw, connect: Connect) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            time.sleep(0.3)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1\n")

        async with connect(raw(script), options=ClientOptions(timeout=0.1)) as client:
            assert [line async for line in client.stream_lines(Request("GET", "/x", timeout=None))] == ["1"]


async def test_an_error_of_the_server_is_no_fault(server: HttpServer, connect: Connect) -> None:
    server.answer = json_answer("<html>", 502)
    error = await failure_of(connect, server)
    assert "<html>" in str(error)
