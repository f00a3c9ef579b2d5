"""Pings, and peers that are gone without a word."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import anyio
import pytest
from aiohttp import web

from kubex.client import _aiohttp_websocket, _httpx_websocket
from kubex.core.exceptions import ConnectionFailed
from kubex.core.request import Request, RequestAction
from tests.unit.client.conftest import Connect, Flavour
from tests.unit.client.servers import HttpServer, RawServer
from tests.unit.client.websocket_servers import after_handshake, echo, shake_hands, websocket

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

EXEC = Request("GET", "/exec", action=RequestAction("exec", "pods", "web-0", "shop"))

Raw = Callable[..., RawServer]


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seconds become hundredths."""
    for module in (_aiohttp_websocket, _httpx_websocket):
        monkeypatch.setattr(module, "PING_INTERVAL", 0.05)
        monkeypatch.setattr(module, "SILENCE_BOUND", 0.4)


async def test_a_silent_peer_is_pinged_and_then_given_up(raw: Raw, connect: Connect) -> None:
    received: list[bytes] = []

    def listen(connection: socket.socket) -> None:
        shake_hands(connection)
        while data := connection.recv(1000):
            received.append(data)

    async with connect(raw(listen)) as client:
        connection = await client.connect_websocket(EXEC, [])
        with anyio.fail_after(10), pytest.raises(ConnectionFailed, match=r"sent nothing for 0.4 s, not even answers"):
            await connection.receive_bytes()
        await connection.close()
    pings = b"".join(received)
    assert pings[:2] == b"\x89\x80"  # empty and masked
    assert len(pings) >= 6 * 3


async def test_a_peer_that_answers_may_be_quiet(server: HttpServer, connect: Connect) -> None:
    async def talk(websocket: web.WebSocketResponse) -> None:
        with anyio.move_on_after(1.2):
            await websocket.receive()
        await websocket.send_bytes(b"at last")
        await websocket.close()

    server.answer = websocket(talk)
    async with connect(server) as client:
        connection = await client.connect_websocket(EXEC, [])
        with anyio.fail_after(10):
            assert [message async for message in connection] == [b"at last"]
        await connection.close()


async def test_a_program_that_does_not_listen_gives_nobody_up(server: HttpServer, connect: Connect) -> None:
    server.answer = websocket(echo)
    async with connect(server) as client:
        connection = await client.connect_websocket(EXEC, [])
        await anyio.sleep(1)
        with anyio.fail_after(10):
            await connection.send_bytes(b"still there?")
            assert await connection.receive_bytes() == b"still there?"
        await connection.close()


async def test_a_sender_that_waits_for_a_dead_peer(raw: Raw, connect: Connect, flavour: Flavour) -> None:
    def stuck(connection: socket.socket) -> None:
        shake_hands(connection)
        wait.wait(10)

    wait = threading.Event()
    async with connect(raw(stuck)) as client:
        connection = await client.connect_websocket(EXEC, [])

        async def receive() -> None:
            with pytest.raises(ConnectionFailed, match="not even answers to pings"):
                await connection.receive_bytes()

        with anyio.fail_after(10):
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(receive)
                with pytest.raises(ConnectionFailed):
                    while True:
                        await connection.send_bytes(b"x" * 2**20)
            await connection.close()
        wait.set()


async def test_closing_stops_the_pings(raw: Raw, connect: Connect) -> None:
    async with connect(raw(after_handshake())) as client:
        for _ in range(3):
            connection = await client.connect_websocket(EXEC, [])
            await connection.close()
        await anyio.sleep(0.2)
