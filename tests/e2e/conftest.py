"""End-to-end tests: what takes pods that run, on every transport, each test leaving nothing open."""

from __future__ import annotations

import pytest

from kubex.client.base import BaseClient
from tests.cluster import anyio_backend, client, kubeconfig, leave_nothing_open, server_in_memory, transport
from tests.cluster import namespace as empty_namespace
from tests.e2e.bare_server import bare_server
from tests.e2e.guarded_server import guarded_server
from tests.e2e.workbench import until_accounts_are_there, workbench

__all__ = (
    "anyio_backend",
    "bare_server",
    "client",
    "empty_namespace",
    "guarded_server",
    "kubeconfig",
    "leave_nothing_open",
    "namespace",
    "server_in_memory",
    "transport",
    "workbench",
)


@pytest.fixture
async def namespace(client: BaseClient, empty_namespace: str) -> str:
    """A new namespace for the test alone, once a controller has given it the account that pods run as."""
    await until_accounts_are_there(client, empty_namespace)
    return empty_namespace
