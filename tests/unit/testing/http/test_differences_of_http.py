"""What the server does otherwise than a real one because HTTP and TLS are a library's."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from kubex.testing import ApiServer


@pytest.mark.differs("http-by-library")
def test_http_where_tls_is_spoken_ends_the_connection() -> None:
    with ApiServer(tls=True) as server:
        url = urlsplit(server.url)
        assert url.hostname is not None
        with socket.create_connection((url.hostname, url.port or 0), timeout=10) as connection:
            connection.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
            try:
                told = connection.recv(10_000)
            except ConnectionResetError:
                told = b""
    assert not told.startswith(b"HTTP/")
