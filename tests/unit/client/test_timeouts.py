"""Time-outs in their three states, for requests and for streams; WebSockets have their own in test_websockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import anyio
import pytest

from kubex.client import aiohttp, httpx
from kubex.client.base import BaseClient
from kubex.client.options import ClientOptions
from kubex.core.exceptions import RequestTimeout
from kubex.core.params import Timeout
from kubex.core.request import Request, RequestAction
from tests.unit.client.conftest import Connect, Flavour
from tests.unit.client.servers import HttpServer, RawServer, read_request, wait_until_closed
from tests.unit.client.websocket_servers import BINARY, answer_handshake, frame

pytestmark = pytest.mark.anyio

GET = Request("GET", "/x", action=RequestAction("get", "pods", "web-0", "shop"))

Raw = Callable[..., RawServer]


def silent(connection: socket.socket) -> None:
    wait_until_closed(connection)


async def ask_after(seconds: float, client: BaseClient, request: Request) -> None:
    await anyio.sleep(seconds)
    await client.request(request)


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

    async def test_connecting(self, raw: Raw, connect: Connect) -> None:
        # The TLS handshake is a part of it: the server accepts, and says no more.
        server = raw(silent)
        async with connect(server.url.replace("http:", "https:")) as client:
            with pytest.raises(RequestTimeout, match=r"cannot connect to .* within 0\.1 s \(the connect time-out"):
                await client.request(Request("GET", "/x", timeout=Timeout(connect=0.1)))

    @pytest.mark.parametrize("bound", ["total", "phase", "stream"])
    async def test_waiting_for_the_pool(self, raw: Raw, connect: Connect, flavour: Flavour, bound: str) -> None:
        phase = "connect" if flavour.is_aiohttp else "pool"  # to aiohttp the wait is a part of connecting
        timeout = Timeout(total=0.1) if bound == "total" else Timeout(**{phase: 0.1})
        async with (
            connect(raw(silent), options=ClientOptions(pool_size=2)) as client,
            anyio.create_task_group() as tasks,
        ):
            for _ in range(2):
                tasks.start_soon(client.request, Request("GET", "/x", timeout=None))
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(RequestTimeout) as caught:
                if bound == "stream":
                    await anext(client.stream_lines(Request("GET", "/x", timeout=timeout)))
                else:
                    await client.request(Request("PUT", "/x", body=b"{}", timeout=timeout))
            assert not caught.value.was_sent
            which = "total" if bound == "total" else phase
            assert "was free within 0.1 s, and nothing was sent: all 2 of the pool are in use" in str(caught.value)
            assert f"ClientOptions(pool_size=) makes it larger (the {which} time-out" in str(caught.value)
            tasks.cancel_scope.cancel()

    async def test_who_waits_for_the_pool_by_default(
        self, raw: Raw, connect: Connect, flavour: Flavour, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        short = Timeout(total=0.1, pool=0.1)
        monkeypatch.setattr(aiohttp, "_TOTAL", 0.1)  # by default aiohttp bounds nothing but this of it
        monkeypatch.setattr(httpx, "_PHASE_TIMEOUT", 0.1)
        async with (
            connect(raw(silent), options=ClientOptions(pool_size=1)) as client,
            anyio.create_task_group() as tasks,
        ):
            monkeypatch.setattr(type(client), "library_timeout", short)
            tasks.start_soon(client.request, Request("GET", "/x", timeout=None))
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(RequestTimeout, match=r"was free within 0\.1 s, .* all 1 of the pool are in use"):
                await client.request(Request("GET", "/x"))
            tasks.cancel_scope.cancel()

    async def test_what_was_sent_did_not_wait_for_the_pool(self, raw: Raw, connect: Connect) -> None:
        async with (
            connect(raw(silent), options=ClientOptions(pool_size=1)) as client,
            anyio.create_task_group() as tasks,
        ):
            with pytest.raises(RequestTimeout, match=r"no whole answer .* within 0\.2 s") as caught:
                with anyio.fail_after(9):
                    tasks.start_soon(ask_after, 0.1, client, Request("GET", "/next", timeout=None))
                    await client.request(Request("PUT", "/x", body=b"{}", timeout=0.2))
            assert caught.value.was_sent
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

    async def test_it_bounds_its_own_request_alone(self, raw: Raw, connect: Connect) -> None:
        is_over = threading.Event()

        def script(connection: socket.socket) -> None:
            head = read_request(connection)
            path = head.split(b" ")[1]
            if path == b"/late":
                is_over.wait(20)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            elif path == b"/lines":
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n1\n")
                is_over.wait(20)
                connection.sendall(b"2\n")
            elif path == b"/websocket":
                answer_handshake(connection, head)
                is_over.wait(20)
                connection.sendall(frame(BINARY, b"hi"))
            wait_until_closed(connection)

        async def late() -> None:
            assert (await client.request(Request("GET", "/late", timeout=30))).status_code == 200

        async with connect(raw(script)) as client, anyio.create_task_group() as tasks:
            lines = client.stream_lines(Request("GET", "/lines"))
            assert await anext(lines) == "1"
            websocket = await client.connect_websocket(Request("GET", "/websocket"), [])
            tasks.start_soon(late)
            with pytest.raises(RequestTimeout):
                await client.request(Request("GET", "/silence", timeout=0.1))
            is_over.set()
            assert [line async for line in lines] == ["2"]
            assert await websocket.receive_bytes() == b"hi"
            await websocket.close()

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
        monkeypatch.setattr(httpx.HttpxClient, "library_timeout", Timeout(connect=0.1, read=0.1))
        monkeypatch.setattr(aiohttp.AioHttpClient, "library_timeout", Timeout(connect=0.1, total=0.2))

    async def test_a_quiet_stream_goes_on(self, raw: Raw, connect: Connect) -> None:
        async with connect(raw(self.quiet)) as client:
            assert [line async for line in client.stream_lines(GET)] == ["1", "2"]

    async def test_but_its_opening_is_bounded(self, raw: Raw, connect: Connect) -> None:
        async with connect(raw(silent)) as client:
            with pytest.raises(RequestTimeout, match=r"no answer from .* within 0\.2 s \(the opening time-out"):
                await anext(client.stream_lines(GET))

    async def test_but_for_a_followed_log(self, raw: Raw, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
        """The kubelet sends its headers with the first line."""
        # The connection is bounded still, and a busy machine may take more than the others' 0.1 s for it.
        monkeypatch.setattr(httpx.HttpxClient, "library_timeout", Timeout(connect=0.5, read=0.1))
        monkeypatch.setattr(aiohttp.AioHttpClient, "library_timeout", Timeout(connect=0.5, total=0.6))

        def script(connection: socket.socket) -> None:
            read_request(connection)
            time.sleep(0.9)  # longer than both bounds together
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
