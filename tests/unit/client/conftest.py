"""Each test that takes `connect` runs on aiohttp under asyncio, and on httpx under asyncio and trio."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
import trustme

from kubex.client._http import HttpClient
from kubex.client.aiohttp import AioHttpClient
from kubex.client.httpx import HttpxClient
from kubex.client.options import ClientOptions
from kubex.configuration.client_configuration import ClientConfiguration
from tests.unit.client.servers import HttpServer, RawServer, Script, serve_http, serve_raw


@dataclass(frozen=True)
class Flavour:
    """A library and the event loop it runs on."""

    client: type[HttpClient]
    loop: str

    @property
    def is_aiohttp(self) -> bool:
        return self.client is AioHttpClient


FLAVOURS = {
    "aiohttp-asyncio": Flavour(AioHttpClient, "asyncio"),
    "httpx-asyncio": Flavour(HttpxClient, "asyncio"),
    "httpx-trio": Flavour(HttpxClient, "trio"),
}


@pytest.fixture(params=list(FLAVOURS.values()), ids=list(FLAVOURS))
def flavour(request: pytest.FixtureRequest) -> Flavour:
    flavour: Flavour = request.param
    return flavour


@pytest.fixture
def anyio_backend(request: pytest.FixtureRequest) -> str:
    if "flavour" in request.fixturenames:
        flavour: Flavour = request.getfixturevalue("flavour")
        return flavour.loop
    return "asyncio"


class Connect(Protocol):
    def __call__(
        self, server: HttpServer | RawServer | str, *, options: ClientOptions | None = None, **config: Any
    ) -> HttpClient: ...


@pytest.fixture
def connect(flavour: Flavour) -> Connect:
    """Makes a client of a server; the test closes it."""

    def connect(
        server: HttpServer | RawServer | str, *, options: ClientOptions | None = None, **config: Any
    ) -> HttpClient:
        url = server if isinstance(server, str) else server.url
        return flavour.client(ClientConfiguration(url=url, **config), options)

    return connect


@pytest.fixture
def server() -> Generator[HttpServer]:
    with serve_http() as server:
        yield server


@pytest.fixture
def raw() -> Generator[Callable[..., RawServer]]:
    """Starts raw servers of a script."""
    servers: list[Any] = []

    def start(script: Script, tls: ssl.SSLContext | None = None) -> RawServer:
        context = serve_raw(script, tls)
        server = context.__enter__()
        servers.append(context)
        return server

    yield start
    for context in servers:
        context.__exit__(None, None, None)


@dataclass(frozen=True)
class Authority:
    """A certificate authority, and what it signs."""

    ca: trustme.CA
    folder: Path

    @property
    def pem(self) -> bytes:
        return self.ca.cert_pem.bytes()

    @property
    def file(self) -> Path:
        path = self.folder / "ca.crt"
        path.write_bytes(self.pem)
        return path

    def server_context(self, *names: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(*names).configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
        return context

    def ask_for_certificates(self, context: ssl.SSLContext) -> None:
        """Have a server want client certificates of this authority."""
        context.load_verify_locations(cadata=self.pem.decode())
        context.verify_mode = ssl.CERT_REQUIRED


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(trustme.CA(), tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that nobody trusts."""
    return Authority(trustme.CA(organization_name="Strangers"), tmp_path_factory.mktemp("stranger"))


@pytest.fixture
def tls_server(authority: Authority) -> Generator[HttpServer]:
    with serve_http(tls=authority.server_context("127.0.0.1")) as server:
        yield server
