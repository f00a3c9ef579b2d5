"""Contract tests: what kubex and an API server owe each other, on every transport, each test leaving nothing open."""

from __future__ import annotations

from tests.cluster import (
    anyio_backend,
    client,
    guarded_kubeconfig,
    kubeconfig,
    leave_nothing_open,
    namespace,
    transport,
)

__all__ = (
    "anyio_backend",
    "client",
    "guarded_kubeconfig",
    "kubeconfig",
    "leave_nothing_open",
    "namespace",
    "transport",
)
