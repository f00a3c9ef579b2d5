"""Tests of the runtime against an API server of their own, which they restart and cut off; on one transport."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from kubex.configuration import ClientConfiguration, configure_from_kubeconfig
from testbed.cluster import Cluster
from tests.e2e.own_cluster import own_cluster
from tests.e2e.runtime.network import network_to
from tests.faults.proxy import FaultProxy


@pytest.fixture
def anyio_backend() -> str:
    """What is tried here does not depend on the transport; the contract tests have all of them."""
    return "asyncio"


@pytest.fixture(scope="session")
def is_whole() -> bool:
    """Whether the tests have their full sizes."""
    return bool(os.environ.get("KUBEX_SOAK"))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """An API server that a test may restart."""
    with own_cluster() as cluster:
        yield cluster


@pytest.fixture
async def configuration(cluster: Cluster) -> ClientConfiguration:
    """That of its administrator."""
    return await configure_from_kubeconfig(path=cluster.settings.kubeconfig)


@pytest.fixture
def network(cluster: Cluster) -> Iterator[FaultProxy]:
    """A way to it that can be cut."""
    with network_to(cluster) as network:
        yield network
