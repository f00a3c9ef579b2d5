"""An API server as its bytes: what is sent and answered in any media type, without a client of this project."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx

from kubex.client._tls import tls_context
from kubex.configuration import ClientConfiguration
from kubex.testing.protobuf.codec import ProtobufCodec

__all__ = ["CODEC", "JSON", "PROTOBUF", "RawAnswer", "RawServer", "raw_server"]

JSON = "application/json"
PROTOBUF = "application/vnd.kubernetes.protobuf"
CODEC = ProtobufCodec("1.35")


class RawAnswer(NamedTuple):
    """An answer."""

    code: int
    media_type: str
    content: bytes

    @property
    def object(self) -> Any:
        """What it holds, in JSON."""
        if self.media_type == PROTOBUF:
            return CODEC.read(CODEC.open(self.content))
        return json.loads(self.content)


class RawServer:
    """Sends requests as they are written."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def ask(
        self, method: str, path: str, content: bytes | None = None, content_type: str = "", accept: str = JSON
    ) -> RawAnswer:
        headers = {"Accept": accept, **({"Content-Type": content_type} if content_type else {})}
        try:
            response = self._client.request(method, path, content=content, headers=headers)
        except httpx.TransportError:
            # One of httpx' connections, of which each thread that asks takes one, can be closed by another thread.
            if method != "GET":
                raise
            response = self._client.request(method, path, headers=headers)
        return RawAnswer(response.status_code, response.headers.get("Content-Type", ""), response.content)

    def send(self, method: str, path: str, object_: Any, content_type: str = JSON, accept: str = JSON) -> RawAnswer:
        content = (
            CODEC.encode(object_) if content_type == PROTOBUF else json.dumps(object_, separators=(",", ":")).encode()
        )
        return self.ask(method, path, content, content_type, accept)


@contextmanager
def raw_server(configuration: ClientConfiguration) -> Generator[RawServer]:
    """Connect to the server of a configuration, which has a client certificate or needs no credentials."""
    context = tls_context(configuration)
    verify = True if context is None else context
    with httpx.Client(base_url=configuration.base_url, verify=verify, timeout=30, trust_env=False) as client:
        yield RawServer(client)
