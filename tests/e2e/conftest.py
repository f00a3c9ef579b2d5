"""End-to-end tests: what takes pods that run, on every transport, each test leaving nothing open."""

from __future__ import annotations

import anyio
import pytest

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.exceptions import NotFound
from kubex.k8s.v1_35.core.v1 import ServiceAccount
from tests.cluster import anyio_backend, client, kubeconfig, leave_nothing_open, transport
from tests.cluster import namespace as empty_namespace

__all__ = (
    "anyio_backend",
    "client",
    "empty_namespace",
    "kubeconfig",
    "leave_nothing_open",
    "namespace",
    "transport",
)


@pytest.fixture
async def namespace(client: BaseClient, empty_namespace: str) -> str:
    """A new namespace for the test alone, once a controller has given it the account that pods run as."""
    accounts = Api(ServiceAccount, client, namespace=empty_namespace)
    with anyio.fail_after(30):
        while True:
            try:
                await accounts.get("default")
            except NotFound:
                await anyio.sleep(0.02)
            else:
                return empty_namespace
