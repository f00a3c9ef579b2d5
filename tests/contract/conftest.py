"""Contract tests: what kubex and an API server owe each other, on every transport, each test leaving nothing open."""

from __future__ import annotations

from tests.cluster import (
    anyio_backend,
    client,
    guarded_kubeconfig,
    kubeconfig,
    leave_nothing_open,
    namespace,
    server_in_memory,
    transport,
)
from tests.talker import talker

__all__ = (
    "anyio_backend",
    "client",
    "guarded_kubeconfig",
    "kubeconfig",
    "leave_nothing_open",
    "namespace",
    "server_in_memory",
    "talker",
    "transport",
)
