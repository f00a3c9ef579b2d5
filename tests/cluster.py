"""Fixtures of the tests that talk to an API server: the one that KUBECONFIG leads to, or the one in memory."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kubex.api import Api
from kubex.client import ClientChoise, create_client
from kubex.client.base import BaseClient
from kubex.configuration import configure_from_kubeconfig
from kubex.core.params import PropagationPolicy
from kubex.k8s.v1_35.core.v1 import Namespace
from kubex.testing import ApiServer
from kubex_core.models.metadata import ObjectMetadata


class Transport(NamedTuple):
    """An HTTP library on an event loop."""

    library: ClientChoise
    loop: str


TRANSPORTS = {
    "aiohttp-asyncio": Transport(ClientChoise.AIOHTTP, "asyncio"),
    "httpx-asyncio": Transport(ClientChoise.HTTPX, "asyncio"),
    "httpx-trio": Transport(ClientChoise.HTTPX, "trio"),
}


@pytest.fixture(scope="session")
def server_in_memory() -> Iterator[ApiServer | None]:
    """The server under test, where that is the one in memory."""
    if os.environ.get("KUBEX_TEST_SERVER") == "memory":
        with ApiServer() as server:
            yield server
    else:
        yield None


@pytest.fixture(scope="session")
def kubeconfig(server_in_memory: ApiServer | None) -> Path:
    """The kubeconfig file of the cluster under test: that of KUBECONFIG, or with KUBEX_TEST_SERVER=memory a new one."""
    return server_in_memory.kubeconfig if server_in_memory is not None else _real_kubeconfig()


@pytest.fixture(scope="session")
def guarded_kubeconfig() -> Iterator[Path]:
    """The same of a cluster that asks who one is, and looks at roles, as a real one always does."""
    if os.environ.get("KUBEX_TEST_SERVER") == "memory":
        with ApiServer(authorization="RBAC") as server:
            yield server.kubeconfig
    else:
        yield _real_kubeconfig()


def _real_kubeconfig() -> Path:
    value = os.environ.get("KUBECONFIG", "")
    if not value or not Path(value).is_file():
        pytest.fail(
            f"these tests need a cluster: KUBECONFIG must name the file of one, and is {value!r}; "
            "`make e2e` starts one, and so does `python -m testbed up DIRECTORY`; KUBEX_TEST_SERVER=memory needs none",
            pytrace=False,
        )
    return Path(value)


@pytest.fixture(params=TRANSPORTS.values(), ids=list(TRANSPORTS))
def transport(request: pytest.FixtureRequest) -> Transport:
    """The HTTP library and event loop of the test: it runs on each."""
    chosen: Transport = request.param
    return chosen


@pytest.fixture
def anyio_backend(transport: Transport) -> str:
    """The event loop that belongs to the transport."""
    return transport.loop


@pytest.fixture(autouse=True)
def leave_nothing_open(no_leaks: None) -> None:
    """Check every test for leaks, asked or not."""


@pytest.fixture
async def client(kubeconfig: Path, transport: Transport, leave_nothing_open: None) -> AsyncIterator[BaseClient]:
    """A client of the cluster's administrator, closed after the test."""
    configuration = await configure_from_kubeconfig(path=kubeconfig)
    async with await create_client(configuration, transport.library) as client:
        yield client


@pytest.fixture
async def namespace(client: BaseClient) -> AsyncIterator[str]:
    """A new namespace for the test alone; its deletion is asked for after the test, and not waited for."""
    namespaces = Api(Namespace, client)
    name = f"kubex-{uuid.uuid4().hex[:12]}"
    await namespaces.create(Namespace(metadata=ObjectMetadata(name=name)))
    yield name
    await namespaces.delete(name, propagation_policy=PropagationPolicy.BACKGROUND)
