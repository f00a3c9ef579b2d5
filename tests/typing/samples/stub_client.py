"""A client of the user's own, as tests have them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, reveal_type

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.client.options import ClientOptions
from kubex.client.websocket import WebSocketConnection
from kubex.configuration import ClientConfiguration
from kubex.core.request import Request
from kubex.core.response import Response
from kubex.k8s.v1_35.core.v1 import Pod


class StubClient(BaseClient):
    def __init__(self, configuration: ClientConfiguration, options: ClientOptions | None = None) -> None:
        super().__init__(configuration, options)
        self.requests: list[Request] = []

    def _create_inner_client(self) -> Any:
        return object()

    async def request(self, request: Request) -> Response:
        self.requests.append(request)
        return Response(content=b"{}", headers={}, status_code=200)

    async def stream_lines(self, request: Request) -> AsyncIterator[str]:
        self.requests.append(request)
        yield "line"

    async def connect_websocket(self, request: Request, subprotocols: Sequence[str]) -> WebSocketConnection:
        raise NotImplementedError

    async def close(self) -> None:
        pass


class HalfAClient(BaseClient):
    async def close(self) -> None:
        pass


async def use() -> None:
    async with StubClient(ClientConfiguration(url="http://localhost")) as client:
        reveal_type(client)  # R: StubClient
        reveal_type(await Api(Pod, client, namespace="shop").get("a"))  # R: Pod
    HalfAClient(ClientConfiguration())  # E: mypy[abstract] pyright[reportAbstractUsage]
    Request("GET", "/api", {"a": "b"}, b"", {"x": "y"}, 5, [("c", "d")])
    Request(method="GET", url="/api", query_params=None, body="text", headers=None, timeout=None)
    Request("GET", "/api", timeout="5")  # E: mypy[arg-type] pyright[reportArgumentType]
