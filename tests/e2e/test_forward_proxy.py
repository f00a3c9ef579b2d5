"""Requests, watches and WebSockets through a real forward proxy: HTTP CONNECT with basic authentication."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import anyio
import pytest

from kubex.api import Api
from kubex.client import create_client
from kubex.client.base import BaseClient
from kubex.client.options import ClientOptions
from kubex.configuration import ClientConfiguration, configure_from_kubeconfig
from kubex.core.exceptions import ConnectionFailed
from kubex.k8s.v1_35.core.v1 import ConfigMap, Pod
from kubex_core.models.metadata import ObjectMetadata
from tests.cluster import Transport
from tests.e2e.forward_proxy import ForwardProxy, forward_proxy
from tests.e2e.pods import PATIENCE
from tests.e2e.workbench import Workbench

pytestmark = pytest.mark.anyio

ECHO = 7100
LISTEN = f"""
nc -ll -p {ECHO} -e cat < /dev/null > /dev/null 2>&1 &
until nc 127.0.0.1 {ECHO} < /dev/null; do sleep 0.1; done
"""


@pytest.fixture
async def configuration(kubeconfig: Path) -> ClientConfiguration:
    return await configure_from_kubeconfig(path=kubeconfig)


@pytest.fixture
def proxy(configuration: ClientConfiguration, tmp_path: Path) -> Generator[ForwardProxy]:
    port = urlsplit(configuration.base_url).port
    assert port is not None
    with forward_proxy(tmp_path, port) as proxy:
        yield proxy


@pytest.fixture
async def proxied(
    configuration: ClientConfiguration, proxy: ForwardProxy, transport: Transport
) -> AsyncIterator[BaseClient]:
    """A client that reaches the server through the proxy."""
    with_proxy = replace(configuration, proxy_url=proxy.url())
    async with await create_client(with_proxy, transport.library) as client:
        yield client


def connects(proxy: ForwardProxy, configuration: ClientConfiguration) -> int:
    """How many connections it was asked for; it was asked for nothing else."""
    asked = proxy.asked()
    assert set(asked) == {f"CONNECT {urlsplit(configuration.base_url).netloc} HTTP/1.1"}
    return len(asked)


async def test_requests_and_watches(
    proxied: BaseClient, namespace: str, proxy: ForwardProxy, configuration: ClientConfiguration
) -> None:
    maps = Api(ConfigMap, proxied, namespace=namespace)
    version = (await maps.list()).metadata.resource_version
    seen: list[str | None] = []
    async with aclosing(maps.watch(resource_version=version)) as events:
        for name in ("before", "while-it-is-open"):
            await maps.create(ConfigMap(metadata=ObjectMetadata(name=name)))
            with anyio.fail_after(PATIENCE):
                event = await anext(events)
            assert isinstance(event.object, ConfigMap)
            seen.append(event.object.metadata.name)
    assert seen == ["before", "while-it-is-open"]
    assert connects(proxy, configuration) >= 2


async def test_a_command_and_a_port(
    proxied: BaseClient, workbench: Workbench, proxy: ForwardProxy, configuration: ClientConfiguration
) -> None:
    pods: Api[Pod] = workbench.pods(proxied)
    result = await pods.exec.run(workbench.name, command=["cat"], container="main", stdin=b"through the proxy")
    assert result.stdout == b"through the proxy"
    before = connects(proxy, configuration)
    await pods.exec.run(workbench.name, command=["sh", "-c", LISTEN], container="main")
    with anyio.fail_after(PATIENCE):
        async with pods.portforward.open(workbench.name, ECHO) as stream:
            await stream.send(b"hello")
            assert await stream.receive() == b"hello"
    assert connects(proxy, configuration) >= before + 2


async def test_a_wrong_password(
    configuration: ClientConfiguration, proxy: ForwardProxy, transport: Transport, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "an0ther-password"
    with_proxy = replace(configuration, proxy_url=proxy.url(wrong))
    options = ClientOptions(timeout=PATIENCE)
    with caplog.at_level("DEBUG"):
        async with await create_client(with_proxy, transport.library, options) as client:
            with pytest.raises(ConnectionFailed, match=f"the proxy 127.0.0.1:{proxy.port} does not connect") as raised:
                await Api(ConfigMap, client, namespace="default").list()
    assert not raised.value.was_sent
    assert wrong not in repr(raised.value) + str(raised.value) + repr(with_proxy) + caplog.text
