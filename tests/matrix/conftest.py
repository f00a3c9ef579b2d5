"""Tests of one release's models on an API server of that release, with every API switched on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import kubeconfig, server_in_memory
from tests.e2e.real_server import RealServer, real_server
from tests.unit.k8s.version import Version, version

__all__ = ("generated", "kubeconfig", "server", "server_in_memory")


@pytest.fixture(scope="session")
def server(kubeconfig: Path) -> Iterator[RealServer]:
    with real_server(kubeconfig) as server:
        yield server


@pytest.fixture(scope="session")
def generated(server: RealServer) -> Version:
    """The models of the server's release."""
    answer = server.request("GET", "/version")
    return version(f"v{answer.content['major']}_{answer.content['minor']}")
