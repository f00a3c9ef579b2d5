"""A client belongs to the event loop of its first use, and reports of its errors show no credentials."""

from __future__ import annotations

import asyncio
import socket
import traceback
from collections.abc import Callable

import pytest
import trio

from kubex.client.aiohttp import AioHttpClient
from kubex.client.base import BaseClient
from kubex.client.httpx import HttpxClient
from kubex.configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError, ConnectionFailed, KubexClientException
from kubex.core.request import Request
from tests.unit.client.servers import serve_http

GET = Request("GET", "/x")
Make = Callable[[ClientConfiguration], BaseClient]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize("make", [AioHttpClient, HttpxClient])
def test_another_run_of_the_event_loop_is_another_loop(make: Make) -> None:
    with serve_http() as server:
        client = make(ClientConfiguration(url=server.url))

        async def use_and_go_on() -> None:
            await client.request(GET)
            with pytest.raises(KubexClientException, match=r"GET /x: the client belongs to another event loop"):
                await asyncio.to_thread(asyncio.run, client.request(GET))
            with pytest.raises(KubexClientException, match=r"closing the client: the client belongs to another"):
                await asyncio.to_thread(asyncio.run, client.close())
            await client.request(GET)
            await client.close()

        asyncio.run(use_and_go_on())


def test_httpx_from_asyncio_to_trio() -> None:
    with serve_http() as server:
        client = HttpxClient(ClientConfiguration(url=server.url))

        async def in_trio() -> None:
            with pytest.raises(KubexClientException, match="another event loop"):
                await client.request(GET)

        async def in_asyncio() -> None:
            await client.request(GET)
            await asyncio.to_thread(trio.run, in_trio)
            await client.close()

        asyncio.run(in_asyncio())


def test_aiohttp_in_trio() -> None:
    client = AioHttpClient(ClientConfiguration(url="http://127.0.0.1:1"))

    async def use() -> None:
        with pytest.raises(ConfigurationError, match="aiohttp runs on asyncio only"):
            await client.request(GET)

    trio.run(use)


@pytest.mark.parametrize("make", [AioHttpClient, HttpxClient])
@pytest.mark.parametrize("how", ["request", "stream"])
def test_a_traceback_with_local_variables_shows_no_token(make: Make, how: str) -> None:
    async def use() -> None:
        client = make(ClientConfiguration(url=f"http://127.0.0.1:{free_port()}", token="t0ken-of-the-test"))
        try:
            if how == "request":
                await client.request(GET)
            else:
                async for _ in client.stream_lines(GET):
                    pass
        finally:
            await client.close()

    with pytest.raises(ConnectionFailed) as caught:
        asyncio.run(use())
    report = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "_answer" in report
    assert "t0ken-of-the-test" not in report
