"""Certificates in files that are replaced while a client is at work."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from kubex.client._tls_contexts import TlsContexts
from kubex.configuration.auth.no_credentials import NoCredentials
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import ConnectionFailed
from kubex.core.request import Request, RequestAction
from tests.unit.client.conftest import Authority, Connect
from tests.unit.client.servers import serve_http

pytestmark = pytest.mark.anyio

GET = Request("GET", "/x", action=RequestAction("list", "pods"))
POST = Request("POST", "/x", body=b"{}", action=RequestAction("create", "pods"))


class TestTlsContexts:
    def contexts(
        self, authority: Authority, ca: Path, clock: Callable[[], float], *, scheme: str = "https"
    ) -> TlsContexts:
        ca.write_bytes(authority.pem)
        configuration = ClientConfiguration(f"{scheme}://127.0.0.1", server_ca_file=ca)
        contexts = TlsContexts(configuration, NoCredentials(), "https://127.0.0.1:3128", clock)
        assert [front is not None for front in contexts.fronts()] == [scheme == "https", True]
        return contexts

    def test_a_file_is_looked_at_every_minute(self, authority: Authority, tmp_path: Path) -> None:
        now = 0.0
        contexts = self.contexts(authority, tmp_path / "ca", lambda: now)
        first = contexts.current()
        (tmp_path / "ca").write_bytes(trustme.CA().cert_pem.bytes() + authority.pem)
        now = 59.0
        assert contexts.current() is first
        now = 61.0
        assert contexts.current() is not first
        server, proxy = contexts.current()
        assert server is not None
        assert len(server.get_ca_certs()) == 2
        assert first.proxy is not None
        assert proxy is not None
        assert len(proxy.get_ca_certs()) == len(first.proxy.get_ca_certs()) + 1

    def test_so_it_is_for_the_proxy_of_a_server_without_tls(self, authority: Authority, tmp_path: Path) -> None:
        contexts = self.contexts(authority, tmp_path / "ca", lambda: 0.0, scheme="http")
        first = contexts.current()
        (tmp_path / "ca").write_bytes(trustme.CA().cert_pem.bytes() + authority.pem)
        assert contexts.check()
        assert contexts.current().server is None
        assert contexts.current().proxy is not first.proxy

    def test_one_that_is_half_written_leaves_the_last(
        self, authority: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        now = 0.0
        contexts = self.contexts(authority, tmp_path / "ca", lambda: now)
        first = contexts.current()
        (tmp_path / "ca").write_bytes(b"-----BEGIN")
        assert contexts.check() is False
        assert contexts.current() is first
        assert "going on with the certificates known before" in caplog.text

    def test_what_never_changes_has_no_front(self, authority: Authority) -> None:
        configuration = ClientConfiguration("https://127.0.0.1", server_ca_data=authority.pem)
        contexts = TlsContexts(configuration, NoCredentials(), "https://127.0.0.1:3128")
        assert all(type(context) is ssl.SSLContext for context in contexts.fronts())
        assert not contexts.can_change
        assert not contexts.check()


async def test_an_authority_that_is_replaced_is_seen_at_once(
    connect: Connect, authority: Authority, stranger: Authority, tmp_path: Path
) -> None:
    ca = tmp_path / "ca.crt"
    ca.write_bytes(stranger.pem)
    with serve_http(tls=authority.server_context("127.0.0.1")) as server:
        async with connect(server, server_ca_file=ca) as client:
            with pytest.raises(ConnectionFailed, match="not trusted"):
                await client.request(GET)
            ca.write_bytes(authority.pem)
            await client.request(POST)
    assert len(server.seen) == 1
