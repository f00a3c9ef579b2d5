"""Proxies and the environment: which one is taken, what it sees, and what happens where it refuses."""

from __future__ import annotations

import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from kubex.client._proxy import netrc_authorization, proxy_url
from kubex.client.options import ClientOptions
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError, ConnectionFailed, KubexApiError
from kubex.core.request import Request, RequestAction
from tests.unit.client.conftest import Authority, Connect, Flavour
from tests.unit.client.forward_proxy import ForwardProxy, forward_proxy, over_tls
from tests.unit.client.servers import HttpServer, serve_http
from tests.unit.client.socks_proxy import socks_proxy

GET = Request("GET", "/x", action=RequestAction("list", "pods"))

VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NETRC", "REQUEST_METHOD"]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return monkeypatch


@pytest.fixture
def proxy() -> Generator[ForwardProxy]:
    with forward_proxy() as proxy:
        yield proxy


async def talk(request: web.Request) -> web.StreamResponse:
    if "Upgrade" not in request.headers:
        return web.Response(text="{}")
    websocket = web.WebSocketResponse()
    await websocket.prepare(request)
    await websocket.send_bytes(b"hi")
    await websocket.close()
    return websocket


@pytest.mark.anyio
class TestThroughAProxy:
    async def test_plain(self, server: HttpServer, connect: Connect, proxy: ForwardProxy) -> None:
        async with connect(server, options=ClientOptions(proxy=f"http://{proxy.address}")) as client:
            await client.request(GET)
        assert proxy.requests == [f"GET {server.url}/x HTTP/1.1"]

    async def test_tls(
        self, tls_server: HttpServer, connect: Connect, proxy: ForwardProxy, authority: Authority
    ) -> None:
        options = ClientOptions(proxy=f"http://{proxy.address}")
        async with connect(tls_server, options=options, token="t", server_ca_data=authority.pem) as client:
            await client.request(GET)
            assert [line async for line in client.stream_lines(GET)] == ['{"kind": "Anything"}']
        assert proxy.requests == [f"CONNECT 127.0.0.1:{tls_server.port} HTTP/1.1"]
        assert tls_server.seen[0].headers["Authorization"] == "Bearer t"

    async def test_a_websocket(
        self, tls_server: HttpServer, connect: Connect, proxy: ForwardProxy, authority: Authority
    ) -> None:
        tls_server.answer = talk
        options = ClientOptions(proxy=f"http://{proxy.address}")
        async with connect(tls_server, options=options, server_ca_data=authority.pem) as client:
            connection = await client.connect_websocket(GET, [])
            assert [message async for message in connection] == [b"hi"]
            await connection.close()
        assert proxy.requests == [f"CONNECT 127.0.0.1:{tls_server.port} HTTP/1.1"]

    async def test_the_name_that_the_certificate_has_to_have(
        self, connect: Connect, proxy: ForwardProxy, authority: Authority
    ) -> None:
        with serve_http(tls=authority.server_context("kubernetes.example")) as server:
            config: dict[str, Any] = {"server_ca_data": authority.pem, "tls_server_name": "kubernetes.example"}
            async with connect(server, options=ClientOptions(proxy=f"http://{proxy.address}"), **config) as client:
                await client.request(GET)

    @pytest.mark.parametrize("tls", [True, False])
    async def test_with_credentials(
        self, server: HttpServer, tls_server: HttpServer, connect: Connect, authority: Authority, tls: bool
    ) -> None:
        with forward_proxy("jo@x:p:w/d") as proxy:
            config: dict[str, Any] = {"server_ca_data": authority.pem} if tls else {}
            options = ClientOptions(proxy=f"http://jo%40x:p%3Aw%2Fd@{proxy.address}")
            async with connect(tls_server if tls else server, options=options, **config) as client:
                await client.request(GET)
        assert len(proxy.requests) == 1
        if tls:
            assert "Proxy-Authorization" not in tls_server.only.headers

    @pytest.mark.parametrize("tls", [True, False])
    async def test_that_speaks_tls(
        self, server: HttpServer, tls_server: HttpServer, connect: Connect, authority: Authority, tls: bool
    ) -> None:
        target = tls_server if tls else server
        target.answer = talk
        with forward_proxy("jo:secret-word") as proxy, over_tls(proxy, authority) as front:
            options = ClientOptions(proxy=f"https://jo:secret-word@127.0.0.1:{front.port}")
            async with connect(target, options=options, token="t", server_ca_data=authority.pem) as client:
                await client.request(GET)
                if tls:
                    connection = await client.connect_websocket(GET, [])
                    assert [message async for message in connection] == [b"hi"]
                    await connection.close()
        line = f"CONNECT 127.0.0.1:{target.port} HTTP/1.1" if tls else f"GET {target.url}/x HTTP/1.1"
        assert set(proxy.requests) == {line}
        assert {seen.headers["Authorization"] for seen in target.seen} == {"Bearer t"}

    async def test_that_speaks_tls_and_is_not_trusted(
        self, tls_server: HttpServer, connect: Connect, authority: Authority, stranger: Authority
    ) -> None:
        with forward_proxy("jo:secret-word") as proxy, over_tls(proxy, stranger) as front:
            options = ClientOptions(proxy=f"https://jo:secret-word@127.0.0.1:{front.port}")
            async with connect(tls_server, options=options, server_ca_data=authority.pem) as client:
                with pytest.raises(
                    ConnectionFailed, match=rf"the proxy 127\.0\.0\.1:{front.port}.*is not trusted"
                ) as caught:
                    await client.request(GET)
            assert "secret-word" not in str(caught.value)
        assert proxy.requests == []
        assert tls_server.seen == []

    async def test_that_wants_credentials(self, tls_server: HttpServer, connect: Connect, authority: Authority) -> None:
        with forward_proxy("jo:secret") as proxy:
            options = ClientOptions(proxy=f"http://jo:wrong-secret@{proxy.address}")
            async with connect(tls_server, options=options, server_ca_data=authority.pem) as client:
                with pytest.raises(ConnectionFailed) as caught:
                    await client.request(GET)
            assert str(caught.value) == (
                f"pods (list): the proxy {proxy.address} does not connect to 127.0.0.1:{tls_server.port}:"
                " it answers 407"
            )
        assert tls_server.seen == []

    async def test_that_refuses_a_plain_request(self, server: HttpServer, connect: Connect) -> None:
        with forward_proxy(refusal=b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno") as proxy:
            async with connect(server, options=ClientOptions(proxy=f"http://{proxy.address}")) as client:
                with pytest.raises(KubexApiError, match="no"):
                    await client.request(GET)

    async def test_that_is_not_there(self, tls_server: HttpServer, connect: Connect, authority: Authority) -> None:
        options = ClientOptions(proxy="http://jo:secret@127.0.0.1:1")
        async with connect(tls_server, options=options, server_ca_data=authority.pem) as client:
            with pytest.raises(
                ConnectionFailed, match=r"cannot connect to the proxy 127\.0\.0\.1:1.*refused"
            ) as caught:
                await client.request(GET)
        assert "secret" not in str(caught.value)

    async def test_that_is_no_proxy(self, tls_server: HttpServer, connect: Connect, authority: Authority) -> None:
        with forward_proxy(refusal=b"SSH-2.0-OpenSSH\r\n\r\n") as proxy:
            options = ClientOptions(proxy=f"http://{proxy.address}")
            async with connect(tls_server, options=options, server_ca_data=authority.pem) as client:
                with pytest.raises(Exception, match=r"^pods \(list\): ") as caught:
                    await client.request(GET)
        assert type(caught.value).__module__ == "kubex.core.exceptions"

    async def test_the_configurations(self, server: HttpServer, connect: Connect, proxy: ForwardProxy) -> None:
        async with connect(server, proxy_url=f"http://{proxy.address}") as client:
            await client.request(GET)
        assert len(proxy.requests) == 1

    async def test_the_environments(
        self, server: HttpServer, connect: Connect, proxy: ForwardProxy, environment: pytest.MonkeyPatch
    ) -> None:
        environment.setenv("HTTP_PROXY", f"http://{proxy.address}")
        async with connect(server) as client:
            await client.request(GET)
        assert proxy.requests == []
        async with connect(server, options=ClientOptions(trust_env=True)) as client:
            await client.request(GET)
        assert len(proxy.requests) == 1

    @pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
    async def test_socks(self, tls_server: HttpServer, connect: Connect, authority: Authority, scheme: str) -> None:
        tls_server.answer = talk
        with socks_proxy("jo@x:p:w") as proxy:
            options = ClientOptions(proxy=f"{scheme}://jo%40x:p%3Aw@{proxy.address}")
            async with connect(tls_server, options=options, token="t", server_ca_data=authority.pem) as client:
                await client.request(GET)
                connection = await client.connect_websocket(GET, [])
                assert [message async for message in connection] == [b"hi"]
                await connection.close()
        assert set(proxy.targets) == {f"127.0.0.1:{tls_server.port}"}
        assert [seen.headers["Authorization"] for seen in tls_server.seen] == ["Bearer t"] * 2

    async def test_socks_resolves_names(self, server: HttpServer, connect: Connect) -> None:
        with socks_proxy() as proxy:
            options = ClientOptions(proxy=f"socks5://{proxy.address}")
            async with connect(f"http://cluster.internal:{server.port}", options=options) as client:
                await client.request(GET)
        assert proxy.targets == [f"cluster.internal:{server.port}"]

    @pytest.mark.parametrize(("credentials", "reply"), [("jo:secret", 0), (None, 5)])
    async def test_socks_that_refuses(
        self,
        server: HttpServer,
        connect: Connect,
        credentials: str | None,
        reply: int,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        caplog.set_level("DEBUG")
        with socks_proxy(credentials, reply) as proxy:
            options = ClientOptions(proxy=f"socks5://jo:wrong-secret@{proxy.address}")
            async with connect(server, options=options) as client:
                with pytest.raises(ConnectionFailed, match=f"the proxy {proxy.address} does not connect") as caught:
                    await client.request(GET)
        assert "secret" not in str(caught.value) + caplog.text
        assert server.seen == []

    async def test_socks_that_is_not_there(self, server: HttpServer, connect: Connect) -> None:
        options = ClientOptions(proxy="socks5://jo:secret@127.0.0.1:1", retry=None)
        async with connect(server, options=options) as client:
            with pytest.raises(ConnectionFailed, match=r"the proxy 127\.0\.0\.1:1.*refused"):
                await client.request(GET)

    async def test_socks_without_its_companion(
        self, connect: Connect, flavour: Flavour, environment: pytest.MonkeyPatch
    ) -> None:
        for module in ("aiohttp_socks", "socksio", "httpcore._async.socks_proxy"):
            environment.setitem(sys.modules, module, None)
        extra = "aiohttp-socks" if flavour.is_aiohttp else "httpx-socks"
        async with connect("http://127.0.0.1:1", options=ClientOptions(proxy="socks5://127.0.0.1:1080")) as client:
            with pytest.raises(ConfigurationError, match=rf"kubex\[{extra}\]"):
                await client.request(GET)


def chosen(url: str = "https://10.1.2.3:6443", *, config: str | None = None, **options: Any) -> str | None:
    return proxy_url(ClientConfiguration(url=url, proxy_url=config), ClientOptions(**options))


class TestWhichOne:
    def test_none(self, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("HTTPS_PROXY", "http://env:1")
        assert chosen() is None

    def test_the_options_before_the_configurations_before_the_environments(
        self, environment: pytest.MonkeyPatch
    ) -> None:
        environment.setenv("HTTPS_PROXY", "http://env:1")
        assert chosen(trust_env=True) == "http://env:1"
        assert chosen(trust_env=True, config="http://config:1") == "http://config:1"
        assert chosen(trust_env=True, config="http://config:1", proxy="http://option:1") == "http://option:1"

    def test_by_the_servers_scheme(self) -> None:
        proxies = {"http": "http://a:1", "https": "http://b:1"}
        assert chosen("https://s", proxy=proxies) == "http://b:1"
        assert chosen("http://s", proxy=proxies) == "http://a:1"
        assert chosen("http://s", config="http://config:1", proxy={"https": "http://b:1"}) is None

    @pytest.mark.parametrize(
        ("name", "value", "url", "expected"),
        [
            ("HTTPS_PROXY", "http://p:1", "https://s", "http://p:1"),
            ("https_proxy", "http://p:1", "https://s", "http://p:1"),
            ("HTTPS_PROXY", "p:1", "https://s", "http://p:1"),
            ("HTTP_PROXY", "http://p:1", "https://s", None),
            ("HTTP_PROXY", "http://p:1", "http://s", "http://p:1"),
            ("ALL_PROXY", "http://p:1", "https://s", "http://p:1"),
            ("HTTPS_PROXY", "", "https://s", None),
        ],
    )
    def test_the_environments_variables(
        self, environment: pytest.MonkeyPatch, name: str, value: str, url: str, expected: str | None
    ) -> None:
        environment.setenv(name, value)
        assert chosen(url, trust_env=True) == expected

    @pytest.mark.parametrize(
        ("no_proxy", "url", "bypassed"),
        [
            ("", "https://10.1.2.3", False),
            ("*", "https://10.1.2.3", True),
            ("10.1.2.3", "https://10.1.2.3:6443", True),
            ("10.1.2.3:6443", "https://10.1.2.3:6443", True),
            ("10.1.2.3:443", "https://10.1.2.3", True),
            ("10.1.2.3:443", "https://10.1.2.3:6443", False),
            ("10.0.0.0/8", "https://10.1.2.3", True),
            ("10.0.0.1/8", "https://10.1.2.3", True),
            ("11.0.0.0/8", "https://10.1.2.3", False),
            ("fd00::/8", "https://[fd00::1]", True),
            ("fd00::1", "https://[fd00::1]:6443", True),
            ("[fd00::1]:6443", "https://[fd00::1]:6443", True),
            ("[fd00::1]:6443", "https://[fd00::1]", False),
            ("example.com", "https://api.example.com", True),
            (".example.com", "https://api.example.com", True),
            ("*.example.com", "https://api.example.com", True),
            ("example.com", "https://api.badexample.com", False),
            ("EXAMPLE.com", "https://API.example.COM", True),
            ("a, b ,example.com", "https://example.com", True),
            ("a b example.com", "https://example.com", True),
            (",", "https://example.com", False),
        ],
    )
    def test_no_proxy(self, environment: pytest.MonkeyPatch, no_proxy: str, url: str, bypassed: bool) -> None:
        environment.setenv("HTTPS_PROXY", "http://p:1")
        environment.setenv("NO_PROXY", no_proxy)
        assert chosen(url, trust_env=True) == (None if bypassed else "http://p:1")

    @pytest.mark.parametrize("value", ["http://", "http://jo:secret@:1", "http://jo:secret@h:port"])
    def test_an_environment_that_makes_no_sense(self, environment: pytest.MonkeyPatch, value: str) -> None:
        environment.setenv("HTTPS_PROXY", value)
        with pytest.raises(ConfigurationError, match="the environment's proxy for https is no URL") as caught:
            chosen(trust_env=True)
        assert "secret" not in str(caught.value)


class TestNetrc:
    @pytest.fixture
    def netrc(self, tmp_path: Path) -> Path:
        path = tmp_path / ".netrc"
        path.write_text("machine 127.0.0.1\nlogin jo\npassword pw\n")
        path.chmod(0o600)
        return path

    @pytest.mark.anyio
    async def test_it_is_used_where_it_is_trusted(self, server: HttpServer, connect: Connect, netrc: Path) -> None:
        async with connect(server) as client:
            await client.request(GET)
        async with connect(server, options=ClientOptions(trust_env=True)) as client:
            await client.request(GET)
        async with connect(server, options=ClientOptions(trust_env=True), token="mine") as client:
            await client.request(GET)
        authorizations = [seen.headers.getall("Authorization", []) for seen in server.seen]
        assert authorizations == [[], ["Basic am86cHc="], ["Bearer mine"]]

    def test_another_server(self, netrc: Path) -> None:
        assert netrc_authorization("https://127.0.0.2") is None

    def test_none(self) -> None:
        assert netrc_authorization("https://127.0.0.1") is None

    def test_of_another_place(self, netrc: Path, environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
        environment.setenv("NETRC", str(netrc.rename(tmp_path / "elsewhere")))
        assert netrc_authorization("https://127.0.0.1:6443") == "Basic am86cHc="

    def test_one_that_does_not_parse(self, netrc: Path, caplog: pytest.LogCaptureFixture) -> None:
        netrc.write_text("machine 127.0.0.1\nlogin jo\npassword pw\nsecret-token here\n")
        assert netrc_authorization("https://127.0.0.1") is None
        assert f"{netrc} can't be read (line 4)" in caplog.text
        assert "secret" not in caplog.text

    def test_a_folder(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        (tmp_path / ".netrc").mkdir()
        assert netrc_authorization("https://127.0.0.1") is None
        assert "can't be read" in caplog.text
