"""A client that records requests and answers what a test gives it; also shows what a user's own stub needs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence

from kubex.client.base import BaseClient
from kubex.client.websocket import WebSocketConnection
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.request import Request
from kubex.core.response import Response


class StubClient(BaseClient):
    """Answers the bodies in order; a pair is a body with its status code."""

    def __init__(self, *answers: bytes | tuple[bytes, int], lines: Iterable[str] = ()) -> None:
        super().__init__(ClientConfiguration(url="https://stub.example"))
        self.requests: list[Request] = []
        self.closed = 0
        self.streams_closed = 0
        self._answers = list(answers)
        self._lines = list(lines)

    @property
    def only_request(self) -> Request:
        (request,) = self.requests
        return request

    async def request(self, request: Request) -> Response:
        self.requests.append(request)
        answer = self._answers.pop(0)
        body, status = answer if isinstance(answer, tuple) else (answer, 200)
        return Response(body, {}, status)

    async def stream_lines(self, request: Request) -> AsyncIterator[str]:
        self.requests.append(request)
        try:
            for line in self._lines:
                yield line
        finally:
            self.streams_closed += 1

    async def connect_websocket(self, request: Request, subprotocols: Sequence[str]) -> WebSocketConnection:
        raise NotImplementedError

    async def close(self) -> None:
        self.closed += 1
