"""A client whose WebSockets are scripted: what users' own stubs look like, with the four methods and no more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import anyio

from kubex.client.base import BaseClient
from kubex.client.websocket import WebSocketConnection
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.request import Request
from kubex.core.response import Response

END = "end"
"""In a script: the peer closes the connection."""


class ScriptedConnection(WebSocketConnection):
    """Gives the messages in order, and then is silent; an exception among them is raised.

    With `feed` a test goes on with the script; `sent` is what the program sent.
    """

    def __init__(self, *script: bytes | str | Exception, subprotocol: str | None = "v5.channel.k8s.io") -> None:
        self.sent: list[bytes] = []
        self.closed = 0
        self.received = 0
        self.takes_data = anyio.Event()
        self.takes_data.set()
        self._subprotocol = subprotocol
        self._script = list(script)
        self._fed = anyio.Event()

    @property
    def subprotocol(self) -> str | None:
        return self._subprotocol

    def feed(self, *script: bytes | str | Exception) -> None:
        self._script += script
        self._fed.set()

    async def send_bytes(self, data: bytes) -> None:
        await self.takes_data.wait()
        self.sent.append(data)

    async def receive_bytes(self) -> bytes:
        while not self._script:
            self._fed = anyio.Event()
            await self._fed.wait()
        message = self._script[0]
        if message == END:
            raise StopAsyncIteration
        del self._script[0]
        if isinstance(message, Exception):
            raise message
        assert isinstance(message, bytes)
        self.received += 1
        return message

    async def close(self) -> None:
        self.closed += 1


class WebSocketClient(BaseClient):
    """Opens the scripted connections in order; an exception among them is raised."""

    def __init__(self, *connections: WebSocketConnection | Exception) -> None:
        super().__init__(ClientConfiguration(url="https://stub.example"))
        self.requests: list[Request] = []
        self.offered: list[list[str]] = []
        self._connections = list(connections)

    async def request(self, request: Request) -> Response:
        raise NotImplementedError

    async def stream_lines(self, request: Request) -> AsyncIterator[str]:
        raise NotImplementedError
        yield ""

    async def connect_websocket(self, request: Request, subprotocols: Sequence[str]) -> WebSocketConnection:
        self.requests.append(request)
        self.offered.append(list(subprotocols))
        connection = self._connections.pop(0)
        if isinstance(connection, Exception):
            raise connection
        return connection

    async def close(self) -> None:
        pass
