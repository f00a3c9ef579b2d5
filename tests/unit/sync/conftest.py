from __future__ import annotations

from collections.abc import Iterator

import pytest

from kubex.api import Api as AsynchronousApi
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.sync import Api, Client, create_client
from kubex.testing import ApiServer
from kubex_core.models.metadata import ObjectMetadata

__all__ = ["AsynchronousApi"]


@pytest.fixture(scope="module")
def shared_server() -> Iterator[ApiServer]:
    with ApiServer() as server:
        yield server


@pytest.fixture
def server(shared_server: ApiServer) -> ApiServer:
    shared_server.reset()
    return shared_server


@pytest.fixture
def client(server: ApiServer, no_leaks: None) -> Iterator[Client]:
    with create_client(server.configuration) as client:
        yield client


@pytest.fixture
def config_maps(client: Client) -> Api[ConfigMap]:
    return Api(ConfigMap, client, namespace="default")


def config_map(name: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMetadata(name=name), data={"a": "b"})


@pytest.fixture
def anyio_backend() -> str:
    """Once is enough: these tests have no event loop of their own."""
    return "asyncio"
