"""What aiohttp's WebSockets do that others need no test for."""

from __future__ import annotations

from typing import Any, cast

import anyio
import anyio.lowlevel
import pytest

from kubex.client.aiohttp import AioHttpWebSocketConnection
from kubex.core.request import Request

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class FastPeer:
    """Takes whatever it gets, at once."""

    async def send_bytes(self, data: bytes) -> None:
        pass


async def test_others_get_their_turn_while_a_fast_peer_takes_all() -> None:
    """Of a connection that is lost a sender would not hear, either."""
    connection = AioHttpWebSocketConnection(cast("Any", FastPeer()), Request("GET", "/exec"), "127.0.0.1:443")
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            await anyio.lowlevel.checkpoint()
            turns += 1

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(take_turns)
        for _ in range(64):
            await connection.send_bytes(bytes(2**17))
        tasks.cancel_scope.cancel()
    assert turns >= 7
