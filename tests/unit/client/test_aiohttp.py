"""What is aiohttp's alone: how options become a session's, and what it can't do."""

from __future__ import annotations

import warnings
from typing import Any

import aiohttp
import pytest

from kubex.client.aiohttp import AioHttpClient, AioHttpWebSocketConnection
from kubex.client.options import ClientOptions
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.params import Timeout
from kubex.core.request import Request
from tests.unit.client.servers import HttpServer, json_answer
from tests.unit.client.websocket_servers import echo, websocket

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def client_of(url: str = "http://127.0.0.1:1", **options: Any) -> AioHttpClient:
    return AioHttpClient(ClientConfiguration(url=url), ClientOptions(**options))


def session_of(client: AioHttpClient) -> aiohttp.ClientSession:
    session: aiohttp.ClientSession = client._inner_client
    return session


def pool(client: AioHttpClient) -> dict[str, Any]:
    connector = session_of(client).connector
    assert isinstance(connector, aiohttp.TCPConnector)
    return {
        "limit": connector.limit,
        "limit_per_host": connector.limit_per_host,
        "force_close": connector.force_close,
        "keepalive_timeout": connector._keepalive_timeout,
    }


DEFAULT_POOL = {"limit": 100, "limit_per_host": 0, "force_close": False, "keepalive_timeout": 15.0}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {}),
        ({"pool_size": 7}, {"limit": 7}),
        ({"pool_size": None}, {"limit": 0}),
        ({"pool_size_per_host": 7}, {"limit_per_host": 7}),
        ({"pool_size_per_host": None}, {"limit_per_host": 0}),
        ({"keep_alive_timeout": 3}, {"keepalive_timeout": 3.0}),
        ({"keep_alive_timeout": 0}, {"keepalive_timeout": 0.0}),
        ({"keep_alive": False}, {"force_close": True}),
        ({"keep_alive": False, "keep_alive_timeout": 3}, {"force_close": True}),
    ],
)
async def test_the_pool(options: dict[str, Any], expected: dict[str, Any]) -> None:
    async with client_of(**options) as client:
        assert pool(client) | {"keepalive_timeout": None} == DEFAULT_POOL | expected | {"keepalive_timeout": None}
        if not client.options.keep_alive:
            return
        assert pool(client)["keepalive_timeout"] == expected.get("keepalive_timeout", 15.0)


async def test_no_forever() -> None:
    with pytest.warns(UserWarning, match="can't keep idle connections forever") as caught:
        client = client_of(keep_alive_timeout=None)
    assert len(caught) == 1
    async with client:
        assert pool(client) == DEFAULT_POOL


async def test_connections_are_not_kept_where_they_should_not(server: HttpServer) -> None:
    async with client_of(server.url, keep_alive=False) as client:
        for _ in range(3):
            await client.request(Request("GET", "/x"))
    assert server.connections == 3


@pytest.mark.parametrize(
    ("options", "size"), [({}, 2**21), ({"buffer_size": 4096}, 4096), ({"buffer_size": None}, None)]
)
async def test_the_buffer(options: dict[str, Any], size: int | None) -> None:
    async with client_of(**options) as client, aiohttp.ClientSession() as bare:
        assert session_of(client)._read_bufsize == (bare._read_bufsize if size is None else size)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (..., aiohttp.ClientTimeout(total=300, sock_connect=30)),
        (None, aiohttp.ClientTimeout(total=None)),
        (7, aiohttp.ClientTimeout(total=7)),
        (Timeout(total=7, connect=1, read=2, write=3, pool=4), aiohttp.ClientTimeout(7, 1, 2, 1)),
        (Timeout(read=2), aiohttp.ClientTimeout(sock_read=2)),
    ],
)
async def test_timeouts(given: Any, expected: aiohttp.ClientTimeout) -> None:
    async with client_of(timeout=given) as client:
        actual = session_of(client).timeout
        assert [actual.total, actual.connect, actual.sock_read, actual.sock_connect] == [
            expected.total,
            expected.connect,
            expected.sock_read,
            expected.sock_connect,
        ]
    assert AioHttpClient.library_timeout == Timeout(total=300, connect=30)


async def test_the_proxy_of_another_scheme_is_dropped_with_a_warning() -> None:
    with pytest.warns(UserWarning, match="the one of 'https' is left out") as caught:
        client = client_of(proxy={"http": "http://a:1", "https": "http://b:1"})
    assert len(caught) == 1
    async with client:
        assert session_of(client)._default_proxy == "http://a:1"


async def test_what_it_can_do_is_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        given: list[dict[str, Any]] = [
            {"proxy": "http://a:1"},
            {"proxy": {"http": "http://a:1"}},
            {"buffer_size": None},
            {"ws_max_message_size": None},
            {"pool_size_per_host": 3},
        ]
        for options in given:
            await client_of(**options).close()


async def test_no_cap_for_messages(server: HttpServer) -> None:
    server.answer = websocket(echo)
    async with client_of(server.url, ws_max_message_size=None) as client:
        connection = await client.connect_websocket(Request("GET", "/x"), [])
        assert isinstance(connection, AioHttpWebSocketConnection)
        message = b"x" * (5 * 2**20)
        await connection.send_bytes(message)
        assert await connection.receive_bytes() == message
        await connection.close()


async def test_the_librarys_own_environment_is_left_alone(server: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with client_of(server.url) as client:
        assert not session_of(client).trust_env
        await client.request(Request("GET", "/x"))


async def test_a_total_is_exact(server: HttpServer) -> None:
    """aiohttp rounds bounds of more than 5 s up to a whole second of the clock, unless told."""
    async with client_of(timeout=7.3) as client:
        assert session_of(client).timeout.ceil_threshold == float("inf")


async def test_the_timer_of_totals_ends_with_the_client(server: HttpServer) -> None:
    client = client_of(server.url)
    await client.request(Request("GET", "/x"))
    assert client._deadlines.timer is not None
    await client.close()
    assert client._deadlines.timer is None


async def test_headers_are_in_any_case(server: HttpServer) -> None:
    server.answer = json_answer("{}", headers={"X-Thing": "1"})
    async with client_of(server.url) as client:
        headers = (await client.request(Request("GET", "/x"))).headers
    assert headers["x-thing"] == headers["X-THING"] == "1"
