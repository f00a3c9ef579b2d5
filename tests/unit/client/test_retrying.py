"""Requests that are sent again: what the server sees, what the program gets, and what hooks and the log are told."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

import anyio
import pytest
from aiohttp import web

from kubex.client import _http
from kubex.client._errors import is_of_certificates
from kubex.client._retrying import Retrying
from kubex.client.hooks import Hooks, Outcome, Retry
from kubex.client.options import ClientOptions
from kubex.client.retries import RetryPolicy
from kubex.core.exceptions import ConnectionFailed, RequestTimeout, ServiceUnavailable, TooManyRequests
from kubex.core.request import Request, RequestAction
from kubex.core.response import Response
from tests.unit.client.conftest import Authority, Connect, Flavour
from tests.unit.client.servers import (
    HttpServer,
    RawServer,
    read_request,
    reset,
    serve_http,
    wait_until_closed,
)

pytestmark = pytest.mark.anyio

GET = Request("GET", "/x", action=RequestAction("list", "pods"))
POST = Request("POST", "/x", body=b"{}", action=RequestAction("create", "pods"))
FAST = ClientOptions(retry=RetryPolicy(initial_delay=0.001))


def named(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, reason)
    error.reason = reason
    return error


class Recorder(Hooks):
    def __init__(self) -> None:
        self.told: list[Any] = []

    def before_request(self, request: Request, headers: dict[str, str]) -> None:
        headers["traceparent"] = f"trace-{len(self.told)}"
        headers["Authorization"] = "Bearer forged"
        self.told.append("before")

    def after_response(self, request: Request, outcome: Outcome) -> None:
        assert outcome.seconds >= 0
        self.told.append(outcome.status if outcome.error is None else type(outcome.error))

    def on_retry(self, request: Request, retry: Retry) -> None:
        self.told.append((retry.number, retry.reason))

    def on_refresh(self, request: Request, was_rejected: bool) -> None:
        self.told.append(f"refresh {was_rejected}")


class Failing:
    """Answers with these one after the other, and then with 200."""

    def __init__(self, *answers: tuple[int, dict[str, str]]) -> None:
        self.answers = list(answers)

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if self.answers:
            status, headers = self.answers.pop(0)
            return web.Response(status=status, headers=headers)
        if request.headers.get("Upgrade") is None:
            return web.Response(text="{}\n")
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        await websocket.close()
        return websocket


async def test_a_request_that_is_refused_for_a_while(
    server: HttpServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    server.answer = Failing((429, {}), (503, {"Retry-After": "0"}))
    with caplog.at_level(logging.INFO, "kubex"):
        async with connect(server, options=FAST, token="hunter2") as client:
            assert (await client.request(POST)).content == b"{}\n"
    assert [(seen.method, seen.body) for seen in server.seen] == [("POST", b"{}")] * 3
    first, second = [record.getMessage() for record in caplog.records]
    assert first.startswith("pods (create): the server answered 429; retry 1 of 4 in 0.00 s")
    assert second.startswith("pods (create): the server answered 503; retry 2 of 4")
    assert "hunter2" not in caplog.text


async def test_streams_and_handshakes(server: HttpServer, connect: Connect) -> None:
    async with connect(server, options=FAST) as client:
        server.answer = Failing((503, {}))
        assert [line async for line in client.stream_lines(GET)] == ["{}"]
        server.answer = Failing((429, {}))
        connection = await client.connect_websocket(GET, [])
        await connection.close()
        server.answer = Failing((503, {}))  # it may have begun a command
        with pytest.raises(ServiceUnavailable):
            await client.connect_websocket(GET, [])
    assert len(server.seen) == 5


async def test_what_may_have_taken_effect_is_sent_once(server: HttpServer, connect: Connect) -> None:
    server.answer = Failing((503, {}), (504, {}))
    async with connect(server, options=FAST) as client:
        with pytest.raises(ServiceUnavailable):
            await client.request(POST)
    assert len(server.seen) == 1


async def test_it_ends(server: HttpServer, connect: Connect) -> None:
    server.answer = Failing(*[(429, dict[str, str]())] * 99)
    async with connect(server, options=FAST) as client:
        with pytest.raises(TooManyRequests):
            await client.request(GET)
    assert len(server.seen) == 5


async def test_a_server_that_wants_longer_than_the_program(server: HttpServer, connect: Connect) -> None:
    server.answer = Failing((429, {"Retry-After": "20"}))
    begun = time.monotonic()
    async with connect(server) as client:
        with pytest.raises(TooManyRequests):
            await client.request(Request("GET", "/x", timeout=15))
    assert time.monotonic() - begun < 12
    assert len(server.seen) == 1


@pytest.mark.parametrize(("request_", "sent"), [(GET, 5), (POST, 1)])
async def test_connections_that_break(
    raw: Callable[..., RawServer], connect: Connect, request_: Request, sent: int
) -> None:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        reset(connection)

    server = raw(script)
    async with connect(server, options=FAST) as client:
        with pytest.raises(ConnectionFailed) as raised:
            await client.request(request_)
    assert raised.value.was_sent
    # aiohttp itself sends again what reads when a connection breaks, once.
    assert sent <= server.connections <= 2 * sent


async def test_where_nothing_was_sent_anything_is_sent_again(connect: Connect) -> None:
    recorder = Recorder()
    options = ClientOptions(retry=RetryPolicy(initial_delay=0.001, max_retries=2), hooks=[recorder])
    async with connect("http://127.0.0.1:1", options=options) as client:
        with pytest.raises(ConnectionFailed) as raised:
            await client.request(POST)
    assert not raised.value.was_sent
    assert [told for told in recorder.told if isinstance(told, tuple)] == [
        (1, "the connection failed"),
        (2, "the connection failed"),
    ]
    assert recorder.told.count(ConnectionFailed) == 3


async def test_a_certificate_that_is_not_trusted_is_not_tried_again(
    connect: Connect, stranger: Authority, authority: Authority
) -> None:
    recorder = Recorder()
    with serve_http(tls=stranger.server_context("127.0.0.1")) as server:
        options = ClientOptions(hooks=[recorder])
        async with connect(server, options=options, server_ca_data=authority.pem) as client:
            with pytest.raises(ConnectionFailed, match="not trusted"):
                await client.request(GET)
    assert recorder.told == ["before", ConnectionFailed]


async def test_a_bound_that_passes_while_it_is_sent_again(raw: Callable[..., RawServer], connect: Connect) -> None:
    """The refusal before it would say that nothing was done, and this time something may have been."""
    answers = [b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 2\r\n\r\n{}"]

    def script(connection: socket.socket) -> None:
        read_request(connection)
        if answers:
            connection.sendall(answers.pop())
            read_request(connection)
        wait_until_closed(connection)

    async with connect(raw(script), options=FAST) as client:
        with pytest.raises(RequestTimeout, match="no whole answer"):
            await client.request(Request("POST", "/x", body=b"{}", timeout=0.3))


async def test_a_handshake_is_sent_once(raw: Callable[..., RawServer], connect: Connect) -> None:
    def script(connection: socket.socket) -> None:
        read_request(connection)
        reset(connection)

    server = raw(script)
    async with connect(server) as client:
        with pytest.raises(ConnectionFailed):
            await client.connect_websocket(GET, ["v5.channel.k8s.io"])
    assert server.connections == 1


@pytest.mark.parametrize(
    ("error", "is_theirs"),
    [
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), True),
        (named("TLSV13_ALERT_CERTIFICATE_REQUIRED"), True),
        (named("TLSV1_ALERT_UNKNOWN_CA"), True),
        (named("DECRYPTION_FAILED_OR_BAD_RECORD_MAC"), False),
        (named("TLSV1_ALERT_INTERNAL_ERROR"), False),
        (None, False),
    ],
)
def test_failures_that_other_certificates_may_mend(error: ssl.SSLError | None, is_theirs: bool) -> None:
    failure = ConnectionFailed("it failed")
    failure.__cause__ = error
    assert is_of_certificates(failure) is is_theirs


async def test_none(server: HttpServer, connect: Connect) -> None:
    server.answer = Failing((429, {}))
    async with connect(server, options=ClientOptions(retry=None)) as client:
        with pytest.raises(TooManyRequests):
            await client.request(GET)


async def test_what_waits_is_in_real_time_what_the_server_says() -> None:
    now, slept, answers = 0.0, list[float](), [Response(b"", {"Retry-After": "7"}, 503), Response(b"", {}, 200)]

    async def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += seconds

    async def attempt() -> Response:
        return answers.pop(0)

    retrying = Retrying(RetryPolicy(), [], clock=lambda: now, sleep=sleep, chance=lambda: 0.0)
    outcome = await retrying.again(
        POST, await attempt(), attempt, begun=0.0, bound=None, is_read=False, late=lambda _: ConnectionFailed("late")
    )
    assert isinstance(outcome, Response)
    assert outcome.status_code == 200
    assert slept == [7.0]


class TestHooks:
    async def test_what_they_are_told(self, server: HttpServer, connect: Connect) -> None:
        recorder = Recorder()
        options = ClientOptions(hooks=[recorder], retry=RetryPolicy(initial_delay=0.001))
        server.answer = Failing((429, {}))
        async with connect(server, options=options, token="t") as client:
            await client.request(GET)
            assert recorder.told == ["before", 429, (1, "the server answered 429"), "before", 200]
            recorder.told.clear()
            assert [line async for line in client.stream_lines(GET)] == ["{}"]
            connection = await client.connect_websocket(GET, [])
            await connection.close()
            assert recorder.told == ["before", 200, "before", 101]
        assert server.seen[0].headers["traceparent"] == "trace-0"
        assert {seen.headers["Authorization"] for seen in server.seen} == {"Bearer t"}

    async def test_without_any_nothing_stands_around_a_request(
        self, server: HttpServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def called(*_: object) -> None:
            raise AssertionError("there is nobody to tell")

        for name in ("around", "notify"):
            monkeypatch.setattr(_http, name, called)
        tokens = iter(["one", "two"])

        async def fetch() -> str:
            return next(tokens)

        server.answer = Failing((401, {}))
        async with connect(server, refreshable_token=fetch) as client:
            assert (await client.request(GET)).status_code == 200
        assert [seen.headers["Authorization"] for seen in server.seen] == ["Bearer one", "Bearer two"]

    async def test_refreshes(self, server: HttpServer, connect: Connect) -> None:
        tokens = iter(["one", "two"])

        async def fetch() -> str:
            return next(tokens)

        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(status=200 if request.headers["Authorization"] == "Bearer two" else 401, text="{}")

        server.answer = answer
        recorder = Recorder()
        async with connect(server, options=ClientOptions(hooks=[recorder]), refreshable_token=fetch) as client:
            await client.request(GET)
        assert recorder.told == ["before", 401, "refresh True", "before", 200]

    @pytest.mark.parametrize("how", ["request", "stream", "websocket", "retry"])
    async def test_what_is_cancelled(self, raw: Callable[..., RawServer], connect: Connect, how: str) -> None:
        refused = [b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n"] if how == "retry" else []
        arrived = threading.Event()

        def script(connection: socket.socket) -> None:
            read_request(connection)
            while refused:
                connection.sendall(refused.pop())
                read_request(connection)
            arrived.set()
            wait_until_closed(connection)

        outcomes: list[Outcome] = []

        class Outcomes(Hooks):
            def after_response(self, request: Request, outcome: Outcome) -> None:
                outcomes.append(outcome)

        options = ClientOptions(hooks=[Outcomes()], retry=RetryPolicy(initial_delay=0.001))

        async def send() -> None:
            if how == "stream":
                await anext(client.stream_lines(GET))
            elif how == "websocket":
                await client.connect_websocket(GET, [])
            else:
                await client.request(GET)

        async with connect(raw(script), options=options) as client, anyio.create_task_group() as tasks:
            tasks.start_soon(send)
            assert await anyio.to_thread.run_sync(arrived.wait, 10)
            tasks.cancel_scope.cancel()
        assert outcomes[-1].was_cancelled
        assert (outcomes[-1].status, outcomes[-1].error) == (None, None)
        assert [outcome.status for outcome in outcomes[:-1]] == ([429] if how == "retry" else [])

    @pytest.mark.parametrize("error", [RuntimeError, asyncio.CancelledError])
    async def test_one_that_fails_is_logged(
        self,
        server: HttpServer,
        connect: Connect,
        flavour: Flavour,
        caplog: pytest.LogCaptureFixture,
        error: type[BaseException],
    ) -> None:
        if flavour.loop == "trio" and error is asyncio.CancelledError:
            pytest.skip("it is no exception of trio's")

        class Broken(Hooks):
            def before_request(self, request: Request, headers: dict[str, str]) -> None:
                raise error("oh")

        recorder = Recorder()
        async with connect(server, options=ClientOptions(hooks=[Broken(), recorder])) as client:
            await client.request(GET)
        assert recorder.told == ["before", 200]
        assert "a hook failed: Broken" in caplog.text
