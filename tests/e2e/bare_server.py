"""An API server without controllers: what changes on it are the calls of a test."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from kubex.configuration import ClientConfiguration, configure_from_kubeconfig
from testbed.binary import build_binary
from testbed.cluster import Cluster

__all__ = ["bare_server"]

SERVER = "KUBEX_BARE_API_SERVER"  # the kubeconfig of one that runs already


@pytest.fixture(scope="session")
def bare_server() -> Iterator[ClientConfiguration]:
    """An API server alone, for all modules that want one."""

    async def read(path: str) -> ClientConfiguration:
        return await configure_from_kubeconfig(path=Path(path))

    running = os.environ.get(SERVER)
    if running:
        yield anyio.run(read, running)
        return
    with tempfile.TemporaryDirectory(prefix="kubex-bare-") as directory:
        cluster = Cluster.create(build_binary(), node=False, controllers=False, directory=Path(directory, "cluster"))
        try:
            cluster.launch()
            cluster.wait_until_ready()
            yield anyio.run(read, str(cluster.settings.kubeconfig))
        finally:
            cluster.stop()
