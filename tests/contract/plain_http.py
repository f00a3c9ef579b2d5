"""An API server as HTTP: requests byte for byte as a test writes them, and what comes back."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from kubex.client._tls import tls_context
from kubex.configuration import configure_from_kubeconfig

__all__ = ["PlainAnswer", "PlainHttp", "anyio_backend", "plain", "read_answer"]

_SECONDS = 20.0


class PlainAnswer(NamedTuple):
    """An answer."""

    code: int
    headers: http.client.HTTPMessage
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def message(self) -> str:
        """What the server says, where it refuses."""
        return str(self.json["message"])

    @property
    def type(self) -> str:
        """The type of the body; `""` where the server names none."""
        return self.headers.get("Content-Type") or ""


class PlainHttp:
    """Sends bytes, each time on a connection of its own."""

    def __init__(self, url: str, context: ssl.SSLContext | None) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 443)
        self._context = context if parts.scheme == "https" else None

    def ask(self, method: str, path: str, *headers: str, content: bytes = b"") -> PlainAnswer:
        """Send a request that has these headers alone, beside those that HTTP needs."""
        length = [f"Content-Length: {len(content)}"] if content else []
        lines = [f"{method} {path} HTTP/1.1", "Host: test", "Connection: close", *length, *headers, "", ""]
        return self.send("\r\n".join(lines).encode() + content, method)

    def send(self, request: bytes, method: str = "GET") -> PlainAnswer:
        """Send bytes and read one answer, as one of a request of this method."""
        with self.connected() as connection:
            with suppress(ConnectionError):  # who has refused it reads no further
                connection.sendall(request)
            return read_answer(connection, method)

    @contextmanager
    def connected(self) -> Generator[socket.socket]:
        """Give a connection."""
        with socket.create_connection(self._address, timeout=_SECONDS) as connection:
            if self._context is None:
                yield connection
                return
            with self._context.wrap_socket(connection, server_hostname=self._address[0]) as secured:
                yield secured


def read_answer(connection: socket.socket, method: str = "GET") -> PlainAnswer:
    """Read one answer from a connection."""
    response = http.client.HTTPResponse(connection, method=method)
    try:
        response.begin()
        return PlainAnswer(response.status, response.headers, response.read())
    finally:
        response.close()


@pytest.fixture
def anyio_backend() -> str:
    """One event loop: what is compared here has none."""
    return "asyncio"


@pytest.fixture
async def plain(kubeconfig: Path) -> PlainHttp:
    """The server under test, with the administrator's certificate where it asks for one."""
    configuration = await configure_from_kubeconfig(path=kubeconfig)
    return PlainHttp(str(configuration.url), tls_context(configuration))
