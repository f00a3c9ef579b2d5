"""Proxies that speak TLS: who is believed to be one, and certificates that change with one on the way."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from kubex.client.options import ClientOptions
from kubex.core.exceptions import ConnectionFailed
from kubex.core.request import Request, RequestAction
from tests.unit.client.conftest import Authority, Connect
from tests.unit.client.forward_proxy import forward_proxy, over_tls
from tests.unit.client.servers import HttpServer, serve_http
from tests.unit.client.socks_proxy import socks_proxy

pytestmark = pytest.mark.anyio

GET = Request("GET", "/x", action=RequestAction("list", "pods"))
POST = Request("POST", "/x", body=b"{}", action=RequestAction("create", "pods"))


@pytest.mark.parametrize("tls", [True, False])
async def test_not_verified(
    server: HttpServer,
    tls_server: HttpServer,
    connect: Connect,
    stranger: Authority,
    caplog: pytest.LogCaptureFixture,
    tls: bool,
) -> None:
    # Not verifying is said of a cluster, and kubectl takes it for all on the way there. To have it verified there
    # would be no way for a proxy of an authority of its own: beside not verifying no authority can be given.
    target = tls_server if tls else server
    with forward_proxy("jo:secret-word") as proxy, over_tls(proxy, stranger) as front:
        options = ClientOptions(proxy=f"https://jo:secret-word@127.0.0.1:{front.port}")
        async with connect(target, options=options, insecure_skip_tls_verify=True) as client:
            await client.request(GET)
    assert len(proxy.requests) == 1
    assert f"the proxy https://***@127.0.0.1:{front.port} is not verified" in caplog.text
    assert "secret-word" not in caplog.text


@pytest.mark.parametrize("is_verified", [True, False])
async def test_shown_no_client_certificate(
    tls_server: HttpServer, connect: Connect, authority: Authority, stranger: Authority, is_verified: bool
) -> None:
    context = authority.server_context("127.0.0.1")
    stranger.ask_for_certificates(context)
    context.verify_mode = ssl.CERT_OPTIONAL  # one of the other authority ends the handshake, none does not
    pem = authority.ca.issue_cert("jo@example.com").private_key_and_cert_chain_pem.bytes()
    trust: dict[str, Any] = {"server_ca_data": authority.pem} if is_verified else {"insecure_skip_tls_verify": True}
    with forward_proxy() as proxy, over_tls(proxy, context) as front:
        options = ClientOptions(proxy=f"https://127.0.0.1:{front.port}")
        async with connect(tls_server, options=options, client_cert_data=pem, client_key_data=pem, **trust) as client:
            await client.request(GET)
    assert len(proxy.requests) == 1


@pytest.mark.parametrize("tls", [True, False])
async def test_of_an_authority_that_is_replaced(
    server: HttpServer,
    tls_server: HttpServer,
    connect: Connect,
    authority: Authority,
    stranger: Authority,
    tmp_path: Path,
    tls: bool,
) -> None:
    target = tls_server if tls else server
    ca = tmp_path / "ca.crt"
    ca.write_bytes(authority.pem)
    context = authority.server_context("127.0.0.1")
    with forward_proxy() as proxy, over_tls(proxy, context) as front:
        options = ClientOptions(proxy=f"https://127.0.0.1:{front.port}", keep_alive=False)
        async with connect(target, options=options, server_ca_file=ca) as client:
            await client.request(GET)
            stranger.ca.issue_cert("127.0.0.1").configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
            with pytest.raises(ConnectionFailed, match="not trusted"):
                await client.request(GET)
            ca.write_bytes(authority.pem + stranger.pem)
            await client.request(POST)
    assert [seen.method for seen in target.seen] == ["GET", "POST"]


@pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
async def test_a_client_certificate_that_is_replaced_after_a_401(
    connect: Connect, authority: Authority, tmp_path: Path, scheme: str
) -> None:
    file = tmp_path / "both.pem"
    names: list[str] = []

    def write(name: str) -> None:
        leaf = authority.ca.issue_cert(f"{name}@example.com", common_name=name)
        file.write_bytes(leaf.private_key_and_cert_chain_pem.bytes())

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        subject = request.transport.get_extra_info("peercert")["subject"]
        names.append(dict(pair for part in subject for pair in part)["commonName"])
        return web.Response(status=401 if names == ["jo", "jo"] else 200, text="{}")

    context = authority.server_context("127.0.0.1")
    authority.ask_for_certificates(context)
    write("jo")
    files = {"client_cert_file": file, "client_key_file": file}
    with (
        serve_http(tls=context) as server,
        forward_proxy() as proxy,
        over_tls(proxy, authority.server_context("127.0.0.1")) as front,
        socks_proxy() as socks,
    ):
        server.answer = answer
        address = {"http": proxy.address, "https": f"127.0.0.1:{front.port}", "socks5": socks.address}[scheme]
        options = ClientOptions(proxy=f"{scheme}://{address}")
        async with connect(server, options=options, server_ca_data=authority.pem, **files) as client:
            await client.request(GET)
            write("jane")
            await client.request(GET)
    assert names == ["jo", "jo", "jane"]
