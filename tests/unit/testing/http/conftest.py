"""A server for the tests of its HTTP side, new for each test, and a client that sends what it is told to."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from kubex.testing import ApiServer


class Answer(NamedTuple):
    """An HTTP answer."""

    code: int
    headers: http.client.HTTPMessage
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


class RawClient:
    """Sends requests as they are written."""

    def __init__(self, url: str) -> None:
        self.address = urllib.parse.urlsplit(url).netloc
        self.timeout = 10.0

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Ask; header names have underscores for dashes."""
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, dict) and "Content-Type" not in sent:
            sent["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection(self.address, timeout=self.timeout)
        try:
            connection.request(method, path, content, sent)
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)


@pytest.fixture(scope="session")
def _running() -> Iterator[ApiServer]:
    with ApiServer() as server:
        yield server


@pytest.fixture
def server(_running: ApiServer) -> ApiServer:
    """A server with an empty cluster."""
    _running.reset()
    return _running


@pytest.fixture
def raw(server: ApiServer) -> RawClient:
    """A client of the server."""
    return RawClient(server.url)
