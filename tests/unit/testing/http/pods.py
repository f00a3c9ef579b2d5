"""A pod of the server in memory, and raw WebSockets to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from yarl import URL

from kubex.testing import ApiServer
from kubex.testing.pods import CommandSession
from tests.unit.testing.http.conftest import RawClient

__all__ = [
    "PODS",
    "RawSocket",
    "connected",
    "make_pod",
    "open_streams",
    "set_status",
    "shout",
    "tasks_of",
    "until",
]

PODS = "/api/v1/namespaces/default/pods"


def make_pod(server: ApiServer, name: str = "web-0", **spec: Any) -> None:
    body = {"metadata": {"name": name}, "spec": {"containers": [{"name": "main", "image": "none"}], **spec}}
    answer = RawClient(server.url).ask("POST", PODS, body)
    assert answer.code == 201, answer.content


def set_status(server: ApiServer, state: dict[str, Any], name: str = "web-0", **more: Any) -> None:
    """Say of the container `main` what a kubelet would."""
    status = {"name": "main", "state": state, "lastState": {}, "ready": False, "image": "", "imageID": "", **more}
    body = {"status": {"containerStatuses": [{"restartCount": 0, **status}]}}
    kind = "application/merge-patch+json"
    answer = RawClient(server.url).ask("PATCH", f"{PODS}/{name}/status", body, Content_Type=kind)
    assert answer.code == 200, answer.content


def open_streams(server: ApiServer) -> int:
    """Count what is open for pods."""
    running = server._running
    assert running is not None
    return running.call(lambda: len(running.application.pods))


def tasks_of(server: ApiServer) -> int:
    """Count the tasks of the server."""
    running = server._running
    assert running is not None
    return running.call(lambda: len(asyncio.all_tasks(running._loop)))


class RawSocket:
    """A WebSocket, as its messages."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.close_code: int | None = None

    @property
    def protocol(self) -> str | None:
        return self.socket.protocol

    async def send(self, *messages: bytes | str) -> None:
        for message in messages:
            if isinstance(message, str):
                await self.socket.send_str(message)
            else:
                await self.socket.send_bytes(message)

    async def receive(self) -> bytes | str | None:
        """Give the next message; `None` at the end."""
        async with asyncio.timeout(20):
            message = await self.socket.receive()
        if message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT):
            data: bytes | str = message.data
            return data
        self.close_code = self.socket.close_code
        return None

    async def rest(self) -> list[bytes | str]:
        """Give all messages to the end."""
        messages: list[bytes | str] = []
        while (message := await self.receive()) is not None:
            messages.append(message)
        return messages

    def break_off(self) -> None:
        """Hang up without a word."""
        transport = self.socket._response.connection
        assert transport is not None
        assert transport.transport is not None
        transport.transport.abort()


@asynccontextmanager
async def connected(
    server: ApiServer, path: str, protocols: Sequence[str] = ("v5.channel.k8s.io",)
) -> AsyncGenerator[RawSocket, None]:
    """Open a WebSocket below the pods of the server."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(URL(f"{server.url}{PODS}/{path}", encoded=True), protocols=protocols) as socket,
    ):
        yield RawSocket(socket)


async def until(fulfilled: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not fulfilled():  # noqa: ASYNC110 - another thread's
            await asyncio.sleep(0.01)


async def shout(session: CommandSession) -> int:
    """Send back each line in capitals; the last one is the exit code."""
    while line := await session.stdin.read_line():
        if line.strip().isdigit():
            return int(line) % 256
        await session.stdout.write(line.upper())
    await session.stderr.write("end\n")
    return 0
