"""What is httpx' alone: how options become a client's, and what it can't do."""

from __future__ import annotations

import warnings
from typing import Any

import anyio
import httpcore
import httpx
import pytest

from kubex.client._httpx_websocket import HttpxWebSocketConnection
from kubex.client.httpx import HttpxClient
from kubex.client.options import ClientOptions
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import KubexClientException
from kubex.core.params import Timeout
from kubex.core.request import Request
from tests.unit.client.servers import HttpServer, json_answer, serve_raw
from tests.unit.client.websocket_servers import after_handshake, echo, websocket

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    loop: str = request.param
    return loop


def client_of(url: str = "http://127.0.0.1:1", **options: Any) -> HttpxClient:
    return HttpxClient(ClientConfiguration(url=url), ClientOptions(**options))


def inner(client: HttpxClient) -> httpx.AsyncClient:
    session: httpx.AsyncClient = client._inner_client
    return session


def pool(client: HttpxClient) -> dict[str, Any]:
    transport = inner(client)._transport
    assert isinstance(transport, httpx.AsyncHTTPTransport)
    connections = transport._pool
    return {
        "max": connections._max_connections,
        "idle": connections._max_keepalive_connections,
        "expiry": connections._keepalive_expiry,
    }


DEFAULT_POOL = {"max": 100, "idle": 20, "expiry": 5.0}


async def test_a_request_that_is_cancelled_when_its_connection_is_there(
    server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = anyio.CancelScope()
    make = httpcore.AsyncHTTP11Connection.__init__

    def make_and_cancel(self: httpcore.AsyncHTTP11Connection, *args: Any, **options: Any) -> None:
        make(self, *args, **options)
        scope.cancel()

    async with client_of(server.url, pool_size=1, timeout=5) as client:
        with monkeypatch.context() as patches, scope:
            patches.setattr(httpcore.AsyncHTTP11Connection, "__init__", make_and_cancel)
            await client.request(Request("GET", "/x"))
        assert scope.cancelled_caught
        assert server.seen == []
        await client.request(Request("GET", "/x"))  # there is room for it
    assert len(server.seen) == 1


async def test_the_defaults_are_httpx_own() -> None:
    async with client_of() as client, httpx.AsyncClient() as bare:
        transport = bare._transport
        assert isinstance(transport, httpx.AsyncHTTPTransport)
        own = transport._pool
        assert pool(client) == {
            "max": own._max_connections,
            "idle": own._max_keepalive_connections,
            "expiry": own._keepalive_expiry,
        }
        assert inner(client).timeout == bare.timeout


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {}),
        ({"pool_size": 7}, {"max": 7, "idle": 7}),
        ({"pool_size": 50}, {"max": 50}),
        ({"pool_size": None}, {"max": 2**63 - 1}),
        ({"keep_alive_timeout": 3}, {"expiry": 3.0}),
        ({"keep_alive_timeout": 0}, {"expiry": 0.0}),
        ({"keep_alive_timeout": None}, {"expiry": None}),
        ({"keep_alive": False}, {"idle": 0}),
    ],
)
async def test_the_pool(options: dict[str, Any], expected: dict[str, Any]) -> None:
    async with client_of(**options) as client:
        assert pool(client) == DEFAULT_POOL | expected


async def test_connections_are_not_kept_where_they_should_not(server: HttpServer) -> None:
    async with client_of(server.url, keep_alive=False) as client:
        for _ in range(3):
            await client.request(Request("GET", "/x"))
    assert server.connections == 3


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (..., httpx.Timeout(5.0)),
        (None, httpx.Timeout(None)),
        (7, httpx.Timeout(None)),  # bounded as a whole, which httpx has no word for
        (Timeout(connect=1, read=2, write=3, pool=4), httpx.Timeout(connect=1, read=2, write=3, pool=4)),
        (Timeout(read=2), httpx.Timeout(None, read=2)),
    ],
)
async def test_timeouts(given: Any, expected: httpx.Timeout) -> None:
    async with client_of(timeout=given) as client:
        assert inner(client).timeout == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"buffer_size": 4096}, "httpx has no buffer_size"),
        ({"buffer_size": None}, "httpx has no buffer_size"),
        ({"pool_size_per_host": 3}, "httpx has no pool_size_per_host"),
        ({"pool_size_per_host": None}, "httpx has no pool_size_per_host"),
        ({"ws_max_message_size": None}, "its default, 65536"),
    ],
)
async def test_what_it_can_not_do_is_a_warning(options: dict[str, Any], message: str) -> None:
    with pytest.warns(UserWarning, match=message) as caught:
        client = client_of(**options)
    assert len(caught) == 1
    await client.close()


async def test_what_it_can_do_is_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        given: list[dict[str, Any]] = [
            {},
            {"proxy": {"http": "http://a:1", "https": "http://b:1"}},
            {"keep_alive_timeout": None},
            {"ws_max_message_size": 4096},
            {"pool_size": None},
        ]
        for options in given:
            await client_of(**options).close()


async def test_no_cap_for_messages_is_httpx_ws_own(server: HttpServer) -> None:
    server.answer = websocket(echo)
    with pytest.warns(UserWarning, match="65536"):
        client = client_of(server.url, ws_max_message_size=None)
    async with client:
        connection = await client.connect_websocket(Request("GET", "/x"), [])
        assert isinstance(connection, HttpxWebSocketConnection)
        await connection.send_bytes(b"x" * 65536)
        assert await connection.receive_bytes() == b"x" * 65536
        await connection.send_bytes(b"x" * 65537)
        with pytest.raises(KubexClientException, match="above the cap"):
            await connection.receive_bytes()
        await connection.close()


async def test_a_server_that_masks_its_frames_is_refused() -> None:
    with serve_raw(after_handshake(b"\x82\x81\x00\x00\x00\x00a")) as server:
        async with client_of(server.url) as client:
            connection = await client.connect_websocket(Request("GET", "/x"), [])
            with pytest.raises(KubexClientException, match="broke the WebSocket protocol"):
                await connection.receive_bytes()
            await connection.close()


async def test_the_librarys_own_environment_is_left_alone(server: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with client_of(server.url) as client:
        await client.request(Request("GET", "/x"))


async def test_headers_are_in_any_case(server: HttpServer) -> None:
    server.answer = json_answer("{}", headers={"X-Thing": "1"})
    async with client_of(server.url) as client:
        headers = (await client.request(Request("GET", "/x"))).headers
    assert headers["x-thing"] == headers["X-THING"] == "1"
