"""Peers that are gone without a word: options of sockets, and bounds of streams that the server was asked to end."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from kubex.client import _timeouts
from kubex.client._http import HttpClient
from kubex.client._timeouts import stream_bounds
from kubex.client.options import ClientOptions
from kubex.core.exceptions import ConnectionFailed, RequestTimeout
from kubex.core.params import Timeout
from kubex.core.request import Request, RequestAction
from tests.unit.client.conftest import Connect, Flavour
from tests.unit.client.servers import HttpServer, RawServer, read_request, reset, wait_until_closed

pytestmark = pytest.mark.anyio

GET = Request("GET", "/x", action=RequestAction("list", "pods"))
WATCH = Request("GET", "/x", {"watch": "true", "timeoutSeconds": "1"}, action=RequestAction("watch", "pods"))


def idle_socket(client: HttpClient, flavour: Flavour) -> socket.socket:
    """Give the socket of the one idle connection."""
    inner: Any = client._inner_client
    if flavour.is_aiohttp:
        ((protocol, _),) = next(iter(inner.connector._conns.values()))
        found = protocol.transport.get_extra_info("socket")
    else:
        (connection,) = inner._transport._pool.connections
        found = connection._connection._network_stream.get_extra_info("socket")
    assert hasattr(found, "getsockopt")
    return found  # type: ignore[no-any-return]


async def test_the_system_probes_a_silent_peer(server: HttpServer, connect: Connect, flavour: Flavour) -> None:
    async with connect(server) as client:
        await client.request(GET)
        connection = idle_socket(client, flavour)
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        if sys.platform == "linux":
            found = [
                connection.getsockopt(socket.IPPROTO_TCP, option)
                for option in (
                    socket.TCP_KEEPIDLE,
                    socket.TCP_KEEPINTVL,
                    socket.TCP_KEEPCNT,
                    socket.TCP_USER_TIMEOUT,
                )
            ]
            assert found == [30, 10, 3, 60_000]


async def test_a_watch_that_outlives_its_end(
    raw: Callable[..., RawServer], connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_timeouts, "_END_GRACE", 0.5)

    def script(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n1\r\n\n\r\n")
        wait_until_closed(connection)

    server = raw(script)
    begun = time.monotonic()
    async with connect(server) as client:
        lines = client.stream_lines(WATCH)
        assert await anext(lines) == "{}"
        with pytest.raises(RequestTimeout, match=r"sent nothing for 1\.5 s, and was to end"):
            await anext(lines)
    assert 1 < time.monotonic() - begun < 10


@pytest.mark.parametrize("how", ["reset", "silence"])
async def test_a_dead_connection_takes_the_idle_ones_along(
    raw: Callable[..., RawServer], connect: Connect, how: str
) -> None:
    both = threading.Barrier(2, timeout=20)

    def script(connection: socket.socket) -> None:
        while request := read_request(connection):
            if b"/both" in request:
                both.wait()
            elif b"/dead" in request:
                (reset if how == "reset" else wait_until_closed)(connection)
                return
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    server = raw(script)
    async with connect(server, options=ClientOptions(retry=None)) as client:
        async with anyio.create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(client.request, Request("GET", "/both"))
        with pytest.raises(ConnectionFailed if how == "reset" else RequestTimeout):
            await client.request(Request("GET", "/dead", timeout=20 if how == "reset" else 0.2))
        assert server.connections == 2
        await client.request(GET)
    assert server.connections == 3


LIBRARY = Timeout(connect=1, read=2, write=3, pool=4)


@pytest.mark.parametrize(
    ("query", "read"),
    [(None, None), ({}, None), ({"timeoutSeconds": "60"}, 65.0), ({"timeoutSeconds": "0"}, None)],
)
def test_the_bound_of_silence(query: dict[str, str] | None, read: float | None) -> None:
    bounds = stream_bounds(Request("GET", "/x", query), ..., LIBRARY)
    assert bounds.timeout is not None
    assert bounds.timeout.read == read
    assert stream_bounds(Request("GET", "/x", query), None, LIBRARY).timeout is None, "what somebody gives is obeyed"
