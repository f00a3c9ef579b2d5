"""Tests of a client behind a proxy that does things wrong, on every transport, each test leaving nothing open."""

from __future__ import annotations

import pytest
import trustme

from tests.cluster import (
    anyio_backend,
    client,
    kubeconfig,
    leave_nothing_open,
    namespace,
    server_in_memory,
    transport,
)

__all__ = (
    "anyio_backend",
    "authority",
    "client",
    "kubeconfig",
    "leave_nothing_open",
    "namespace",
    "server_in_memory",
    "transport",
)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Signs the proxies' certificates."""
    return trustme.CA()
