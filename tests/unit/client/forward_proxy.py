"""A forward proxy as small as one can be: CONNECT, and requests with a whole URL; basic credentials if asked."""

from __future__ import annotations

import base64
import contextlib
import socket
import ssl
import threading
from collections.abc import Generator
from urllib.parse import urlsplit

from tests.faults.proxy import FaultProxy
from tests.unit.client.conftest import Authority
from tests.unit.client.servers import RawServer, read_request


class ForwardProxy:
    """Records the first line and the Proxy-Authorization of each request."""

    def __init__(self, credentials: str | None = None, refusal: bytes | None = None) -> None:
        self.requests: list[str] = []
        self.authorizations: list[str | None] = []
        self._wanted = f"Basic {base64.b64encode(credentials.encode()).decode()}" if credentials else None
        self._refusal = refusal
        self.server = RawServer(self._serve)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    def _serve(self, client: socket.socket) -> None:
        head = read_request(client)
        line, *rest = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (header.partition(": ") for header in rest)}
        self.requests.append(line)
        self.authorizations.append(headers.get("proxy-authorization"))
        if self._refusal is not None:
            client.sendall(self._refusal)
            return
        if self._wanted is not None and headers.get("proxy-authorization") != self._wanted:
            client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        method, target, _ = line.split(" ")
        url = urlsplit(f"//{target}" if method == "CONNECT" else target)
        assert url.hostname is not None
        assert url.port is not None
        with socket.create_connection((url.hostname, url.port), timeout=10) as server:
            if method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                server.sendall(head)
            back = threading.Thread(target=_pump, args=(server, client), daemon=True)
            back.start()
            _pump(client, server)
            back.join(10)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def forward_proxy(credentials: str | None = None, refusal: bytes | None = None) -> Generator[ForwardProxy]:
    proxy = ForwardProxy(credentials, refusal)
    try:
        yield proxy
    finally:
        proxy.server.close()


def over_tls(proxy: ForwardProxy, by: Authority | ssl.SSLContext) -> FaultProxy:
    """Put TLS before a proxy, with a certificate of an authority or a context of one's own."""
    context = by if isinstance(by, ssl.SSLContext) else by.server_context("127.0.0.1")
    return FaultProxy(("127.0.0.1", proxy.server.port), tls=context, is_blind=True)
