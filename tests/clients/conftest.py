"""Tests with other people's clients, run as programs: against the server in memory, or against a real one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubex.testing import ApiServer
from tests.cluster import guarded_kubeconfig, kubeconfig, server_in_memory
from tests.talker import talker

__all__ = ("guarded_kubeconfig", "kubeconfig", "secure_kubeconfig", "server_in_memory", "talker")


@pytest.fixture(scope="session")
def secure_kubeconfig(kubeconfig: Path) -> Iterator[Path]:
    """The kubeconfig file of a cluster under test that is reached with TLS, as a real one always is."""
    if os.environ.get("KUBEX_TEST_SERVER") == "memory":
        with ApiServer(tls=True) as server:
            yield server.kubeconfig
    else:
        yield kubeconfig
