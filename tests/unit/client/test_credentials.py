"""Who the server sees: for every source of credentials, by requests, streams and WebSockets alike."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import anyio
import pytest
from aiohttp import web
from joserfc import jwt

from kubex.client._http import HttpClient
from kubex.configuration import configure_from_pod_env
from kubex.configuration.auth.impersonation import Impersonation
from kubex.configuration.auth.oidc import OidcConfig
from kubex.configuration.configuration import ExecConfig
from kubex.core.exceptions import ConfigurationError
from kubex.core.request import Request, RequestAction
from tests.unit.client.conftest import Authority, Connect, Flavour
from tests.unit.client.servers import HttpServer, serve_http
from tests.unit.configuration.auth.oidc_issuer import CLIENT_ID, CLIENT_SECRET, serve_issuer

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

GET = Request("GET", "/x", action=RequestAction("list", "pods"))
V1 = "client.authentication.k8s.io/v1"
V1BETA1 = "client.authentication.k8s.io/v1beta1"


async def talk(request: web.Request) -> web.StreamResponse:
    if request.headers.get("Upgrade") is None:
        return web.Response(text="{}\n")
    websocket = web.WebSocketResponse()
    await websocket.prepare(request)
    await websocket.close()
    return websocket


async def use_all_ways(client: HttpClient) -> None:
    await client.request(GET)
    await client.request(Request("POST", "/x", body=b"{}"))
    assert [line async for line in client.stream_lines(GET)] == ["{}"]
    connection = await client.connect_websocket(GET, [])
    assert [message async for message in connection] == []
    await connection.close()


def printing(status: dict[str, str], tmp_path: Path, version: str = V1) -> ExecConfig:
    """Give a plugin that prints this; what it prints may be changed later by writing it into the file again."""
    write_status(status, tmp_path, version)
    return ExecConfig(
        command=sys.executable, args=["-c", f"print(open({str(tmp_path / 'status')!r}).read())"], api_version=version
    )


def write_status(status: dict[str, str], tmp_path: Path, version: str = V1) -> None:
    new = tmp_path / "status.new"
    new.write_text(json.dumps({"kind": "ExecCredential", "apiVersion": version, "status": status}))
    new.rename(tmp_path / "status")  # a plugin may be reading it


async def at_once(count: int, client: HttpClient) -> None:
    async with anyio.create_task_group() as tasks:
        for _ in range(count):
            tasks.start_soon(client.request, Request("PUT", "/x", body=b"{}"))


async def fetched() -> str:
    return "fetched"


SOURCES: dict[str, tuple[dict[str, Any], str | None]] = {
    "none": ({}, None),
    "token": ({"token": "tok"}, "Bearer tok"),
    "token file": ({"token_file": "TOKEN"}, "Bearer of-file"),
    "basic": ({"username": "jo", "password": "pw"}, "Basic am86cHc="),
    "function": ({"refreshable_token": fetched}, "Bearer fetched"),
    "exec": ({"exec": V1}, "Bearer of-exec"),
    "exec of v1beta1": ({"exec": V1BETA1}, "Bearer of-exec"),
}


@pytest.mark.parametrize(("given", "expected"), SOURCES.values(), ids=SOURCES)
async def test_the_header_that_the_server_sees(
    server: HttpServer, connect: Connect, tmp_path: Path, given: dict[str, Any], expected: str | None
) -> None:
    (tmp_path / "token").write_text("of-file\n")
    config = dict(given)
    if "token_file" in config:
        config["token_file"] = tmp_path / "token"
    if "exec" in config:
        config["exec"] = printing({"token": "of-exec"}, tmp_path, config["exec"])
    server.answer = talk
    async with connect(server, **config) as client:
        await use_all_ways(client)
    assert len(server.seen) == 4
    assert [seen.headers.getall("Authorization", []) for seen in server.seen] == [[expected] if expected else []] * 4


async def test_an_issuers_token(server: HttpServer, connect: Connect, authority: Authority) -> None:
    server.answer = talk
    with serve_issuer(authority.ca) as issuer:
        config = OidcConfig(
            issuer_url=issuer.url,
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            refresh_token="refresh-0",
            ca_data=issuer.ca_pem,
        )
        async with connect(server, oidc=config) as client:
            await use_all_ways(client)
        assert issuer.given == 1
        assert len(server.seen) == 4
        (authorization,) = {seen.headers["Authorization"] for seen in server.seen}
        scheme, _, token = authorization.partition(" ")
        assert scheme == "Bearer"
        assert jwt.decode(token, issuer.key).claims["sub"] == "jo"


async def test_a_pods_service_account(
    tls_server: HttpServer, flavour: Flavour, authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("of-the-pod\n")
    configuration = await configure_from_pod_env(
        token_filename=str(tmp_path / "token"),
        cert_filename=str(authority.file),
        kubernetes_service_host="127.0.0.1",
        kubernetes_service_port=str(tls_server.port),
    )
    tls_server.answer = talk
    async with flavour.client(configuration) as client:
        await use_all_ways(client)
    assert [seen.headers["Authorization"] for seen in tls_server.seen] == ["Bearer of-the-pod"] * 4


async def test_impersonation(server: HttpServer, connect: Connect) -> None:
    server.answer = talk
    whom = Impersonation(user="jané", uid="7", groups=["a", "b"], extra={"scopes": ["x", "y"]})
    async with connect(server, token="t", impersonation=whom) as client:
        await use_all_ways(client)
    assert len(server.seen) == 4
    for seen in server.seen:
        assert seen.headers.getall("Impersonate-User") == ["jané"]
        assert seen.headers.getall("Impersonate-Uid") == ["7"]
        assert seen.headers.getall("Impersonate-Group") == ["a", "b"]
        assert seen.headers.getall("Impersonate-Extra-scopes") == ["x", "y"]
        assert seen.headers.getall("Authorization") == ["Bearer t"]


async def test_a_plugin_that_fails_is_an_error_of_each_request(
    server: HttpServer, connect: Connect, tmp_path: Path
) -> None:
    async with connect(server, exec=printing({}, tmp_path)) as client:
        for _ in range(2):
            with pytest.raises(ConfigurationError, match="neither a token nor a client certificate"):
                await client.request(GET)
    assert server.seen == []


async def test_a_rejected_token_of_a_plugin_is_had_anew_once_for_all(
    server: HttpServer, connect: Connect, tmp_path: Path
) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers["Authorization"] != "Bearer two":
            write_status({"token": "two"}, tmp_path)
            return web.Response(status=401)
        return web.Response(text="{}")

    server.answer = answer
    async with connect(server, exec=printing({"token": "one"}, tmp_path)) as client:
        await at_once(10, client)
    assert sum(seen.headers["Authorization"] == "Bearer two" for seen in server.seen) == 10


def pems(authority: Authority, name: str) -> dict[str, str]:
    leaf = authority.ca.issue_cert(f"{name}@example.com", common_name=name)
    return {
        "clientCertificateData": b"".join(blob.bytes() for blob in leaf.cert_chain_pems).decode(),
        "clientKeyData": leaf.private_key_pem.bytes().decode(),
    }


class WhoServer:
    """A server that asks for client certificates; `accepts` are the names that it knows."""

    def __init__(self, server: HttpServer) -> None:
        self.server = server
        self.names: list[str] = []
        self.accepts: set[str] = set()
        server.answer = self.answer

    async def answer(self, request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        subject = request.transport.get_extra_info("peercert")["subject"]
        name = dict(pair for part in subject for pair in part)["commonName"]
        self.names.append(name)
        return await talk(request) if not self.accepts or name in self.accepts else web.Response(status=401)


@pytest.fixture
def who(authority: Authority) -> Generator[WhoServer]:
    context = authority.server_context("127.0.0.1")
    authority.ask_for_certificates(context)
    with serve_http(tls=context) as server:
        yield WhoServer(server)


class TestCertificates:
    @pytest.mark.parametrize("kind", ["files", "data"])
    async def test_of_the_configuration(
        self, who: WhoServer, connect: Connect, authority: Authority, tmp_path: Path, kind: str
    ) -> None:
        pem = pems(authority, "jo")
        cert, key = pem["clientCertificateData"].encode(), pem["clientKeyData"].encode()
        config: dict[str, Any] = {"client_cert_data": cert, "client_key_data": key}
        if kind == "files":
            (tmp_path / "c.crt").write_bytes(cert)
            (tmp_path / "c.key").write_bytes(key)
            config = {"client_cert_file": tmp_path / "c.crt", "client_key_file": tmp_path / "c.key"}
        async with connect(who.server, server_ca_data=authority.pem, **config) as client:
            await use_all_ways(client)
        assert who.names == ["jo"] * 4

    async def test_of_a_plugin(self, who: WhoServer, connect: Connect, authority: Authority, tmp_path: Path) -> None:
        plugin = printing(pems(authority, "jo"), tmp_path)
        async with connect(who.server, server_ca_data=authority.pem, exec=plugin) as client:
            await use_all_ways(client)
        assert who.names == ["jo"] * 4

    async def test_of_a_plugin_that_is_rejected(
        self, who: WhoServer, connect: Connect, authority: Authority, tmp_path: Path
    ) -> None:
        plugin = printing(pems(authority, "jo"), tmp_path)
        async with connect(who.server, server_ca_data=authority.pem, exec=plugin) as client:
            await client.request(GET)
            write_status(pems(authority, "jane"), tmp_path)
            who.accepts = {"jane"}
            await use_all_ways(client)
        assert who.names == ["jo", "jo", "jane", "jane", "jane", "jane"]

    async def test_files_that_are_replaced_after_a_401(
        self, who: WhoServer, connect: Connect, authority: Authority, tmp_path: Path
    ) -> None:
        cert, key = tmp_path / "c.crt", tmp_path / "c.key"

        def write(name: str) -> None:
            found = pems(authority, name)
            cert.write_text(found["clientCertificateData"])
            key.write_text(found["clientKeyData"])

        write("jo")
        files: dict[str, Any] = {"client_cert_file": cert, "client_key_file": key}
        async with connect(who.server, server_ca_data=authority.pem, **files) as client:
            await client.request(GET)
            write("jane")
            await client.request(GET)
            who.accepts = {"jane"}
            await use_all_ways(client)
        assert who.names == ["jo", "jo", "jo", "jane", "jane", "jane", "jane"]
