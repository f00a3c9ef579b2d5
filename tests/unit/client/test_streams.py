"""Streams of lines: each as it arrives, whole however it was cut, and closed at once."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
from collections.abc import Callable

import anyio
import pytest
from aiohttp import web

from kubex.client._http import HttpClient
from kubex.core.exceptions import ConnectionFailed, Forbidden, InvalidResponse
from kubex.core.request import Request, RequestAction
from tests.unit.client.conftest import Connect
from tests.unit.client.servers import HttpServer, RawServer, json_answer, read_request, reset, wait_until_closed

pytestmark = pytest.mark.anyio

WATCH = Request("GET", "/api/v1/pods", {"watch": "true"}, action=RequestAction("watch", "pods"))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
CLOSING_HEAD = HEAD[:-2] + b"Connection: close\r\n\r\n"

Raw = Callable[..., RawServer]


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


END = b"0\r\n\r\n"


async def lines_of(client: HttpClient, request: Request = WATCH) -> list[bytes]:
    return [line async for line in client.stream_byte_lines(request)]


async def test_lines_cut_anywhere(raw: Raw, connect: Connect) -> None:
    text = 'é\n\n{"a":"\\n"}\r\n日本語\nlast'.encode()

    def script(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        read_request(connection)
        connection.sendall(CLOSING_HEAD)
        for index in range(len(text)):
            connection.sendall(chunk(text[index : index + 1]))
        connection.sendall(END)

    async with connect(raw(script)) as client:
        assert await lines_of(client) == text.split(b"\n")
        assert [line async for line in client.stream_lines(WATCH)] == text.decode().split("\n")


async def test_bytes_that_are_no_utf8(raw: Raw, connect: Connect) -> None:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(CLOSING_HEAD + chunk(b"a\xffb\n\xc3") + chunk(b"\xa9\n") + END)

    async with connect(raw(script)) as client:
        assert [line async for line in client.stream_lines(WATCH)] == ["a\ufffdb", "é"]
        assert await lines_of(client) == [b"a\xffb", b"\xc3\xa9"]


async def test_each_line_comes_as_it_is_sent(raw: Raw, connect: Connect) -> None:
    """The server sends the next line only when the last one was had."""
    had = threading.Semaphore(0)

    def script(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(HEAD)
        for number in range(5):
            connection.sendall(chunk(b"%d\nbegun" % number))
            assert had.acquire(timeout=10)
        connection.sendall(END)

    async with connect(raw(script)) as client:
        seen: list[str] = []
        async for line in client.stream_lines(WATCH):
            seen.append(line)
            had.release()
    assert seen == ["0", "begun1", "begun2", "begun3", "begun4", "begun"]


async def test_a_line_longer_than_any_buffer(server: HttpServer, connect: Connect) -> None:
    long = b"x" * (5 * 2**20)

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"a\n" + long + b"\nb\n")

    server.answer = answer
    async with connect(server) as client:
        assert await lines_of(client) == [b"a", long, b"b"]


async def test_gzip(server: HttpServer, connect: Connect) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(body=gzip.compress(b"a\nb\n" * 1000), headers={"Content-Encoding": "gzip"})

    server.answer = answer
    async with connect(server) as client:
        assert await lines_of(client) == [b"a", b"b"] * 1000


async def test_an_empty_stream(server: HttpServer, connect: Connect) -> None:
    server.answer = json_answer("")
    async with connect(server) as client:
        assert await lines_of(client) == []


async def test_a_finished_stream_gives_its_connection_back(server: HttpServer, connect: Connect) -> None:
    server.answer = json_answer("a\nb\n")
    async with connect(server) as client:
        for _ in range(3):
            assert await lines_of(client) == [b"a", b"b"]
    assert server.connections == 1


async def test_a_refused_stream(server: HttpServer, connect: Connect) -> None:
    server.answer = json_answer('{"kind":"Status","code":403,"reason":"Forbidden","message":"no"}', 403)
    async with connect(server) as client:
        for _ in range(2):
            with pytest.raises(Forbidden):
                await lines_of(client)
    assert server.connections == 1


async def test_a_redirected_stream(server: HttpServer, connect: Connect) -> None:
    server.answer = json_answer("", 307, {"Location": "https://elsewhere.example/"})
    async with connect(server) as client:
        with pytest.raises(InvalidResponse, match=r"redirects to elsewhere\.example:443"):
            await lines_of(client)


class Endless:
    """Sends a line, then waits until the client closes the connection."""

    def __init__(self) -> None:
        self.closed = threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(HEAD + chunk(b"1\n2\n3\n"))
        with contextlib.suppress(ConnectionResetError):
            wait_until_closed(connection)
        self.closed.set()

    async def wait_closed(self) -> None:
        assert await anyio.to_thread.run_sync(self.closed.wait, 10)


async def test_closing_the_generator_closes_the_connection(raw: Raw, connect: Connect) -> None:
    endless = Endless()
    async with connect(raw(endless)) as client:
        lines = client.stream_lines(WATCH)
        assert await anext(lines) == "1"
        await lines.aclose()
        await endless.wait_closed()


async def test_cancelling_the_reader_closes_the_connection(raw: Raw, connect: Connect) -> None:
    endless = Endless()
    async with connect(raw(endless)) as client:
        seen: list[bytes] = []
        with anyio.CancelScope() as scope:

            async def read() -> None:
                async for line in client.stream_byte_lines(WATCH):
                    seen.append(line)
                    if len(seen) == 3:
                        # The reader now waits for a fourth line, which never comes.
                        scope.deadline = anyio.current_time() + 0.05

            await read()
        assert scope.cancelled_caught
        assert seen == [b"1", b"2", b"3"]
        await endless.wait_closed()


async def test_cancelling_before_the_headers_closes_the_connection(raw: Raw, connect: Connect) -> None:
    closed = threading.Event()

    def silent(connection: socket.socket) -> None:
        read_request(connection)
        wait_until_closed(connection)
        closed.set()

    async with connect(raw(silent)) as client:
        with anyio.move_on_after(0.05) as scope:
            await lines_of(client)
        assert scope.cancelled_caught
        assert await anyio.to_thread.run_sync(closed.wait, 10)


async def test_a_failure_of_the_program_closes_the_connection(raw: Raw, connect: Connect) -> None:
    endless = Endless()
    async with connect(raw(endless)) as client:
        lines = client.stream_lines(WATCH)
        with pytest.raises(ZeroDivisionError):
            try:
                async for _ in lines:
                    raise ZeroDivisionError
            finally:
                await lines.aclose()
        await endless.wait_closed()


async def test_other_requests_go_on_beside_streams(raw: Raw, connect: Connect) -> None:
    def script(connection: socket.socket) -> None:
        if b"watch=true" in read_request(connection):
            connection.sendall(HEAD + chunk(b"1\n"))
            wait_until_closed(connection)
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    async with connect(raw(script)) as client:
        streams = [client.stream_lines(WATCH) for _ in range(10)]
        for stream in streams:
            assert await anext(stream) == "1"
        assert (await client.request(Request("GET", "/x"))).content == b"{}"
        for stream in reversed(streams):
            await stream.aclose()


class TestBrokenOff:
    async def test_the_end_is_missing(self, raw: Raw, connect: Connect) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(HEAD + chunk(b"1\n2"))

        async with connect(raw(script)) as client:
            lines = client.stream_byte_lines(WATCH)
            assert await anext(lines) == b"1"
            with pytest.raises(ConnectionFailed, match=r"^pods \(watch\): 127.0.0.1:\d+: .* closed the connection"):
                await anext(lines)

    async def test_in_the_middle_of_a_chunk(self, raw: Raw, connect: Connect) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(HEAD + b"ff\r\n1\n2")

        async with connect(raw(script)) as client:
            with pytest.raises(ConnectionFailed):
                await lines_of(client)

    async def test_by_a_reset(self, raw: Raw, connect: Connect) -> None:
        had = threading.Event()

        def script(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(HEAD + chunk(b"1\n"))
            assert had.wait(10)
            reset(connection)

        async with connect(raw(script)) as client:
            lines = client.stream_byte_lines(WATCH)
            assert await anext(lines) == b"1"
            had.set()
            with pytest.raises(ConnectionFailed):
                await anext(lines)

    async def test_by_garbage_where_a_chunk_should_begin(self, raw: Raw, connect: Connect) -> None:
        def script(connection: socket.socket) -> None:
            read_request(connection)
            connection.sendall(HEAD + chunk(b"1\n") + b"no chunk at all\r\n")
            wait_until_closed(connection)

        async with connect(raw(script)) as client:
            lines = client.stream_byte_lines(WATCH)
            with pytest.raises((ConnectionFailed, InvalidResponse)):
                while True:
                    await anext(lines)

    async def test_closing_the_client_ends_its_streams(self, raw: Raw, connect: Connect) -> None:
        endless = Endless()
        client = connect(raw(endless))
        lines = client.stream_byte_lines(WATCH)
        assert await anext(lines) == b"1"
        await client.close()
        with pytest.raises(ConnectionFailed):
            while True:
                await anext(lines)
        await endless.wait_closed()
