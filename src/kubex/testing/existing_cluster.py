"""`ExistingCluster`: a cluster that is there already, where a test expects an `ApiServer`."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NoReturn, Self

import anyio

from kubex.client import BaseClient, create_client
from kubex.configuration import ClientConfiguration, configure_from_kubeconfig
from kubex.configuration.auth.impersonation import Impersonation
from kubex.core.exceptions import NotFound
from kubex.core.request import Request
from kubex.manifests.documents import Manifest
from kubex.testing.faults import Faults
from kubex.testing.pods.pods import Pods
from kubex.testing.recording import RecordedRequest
from kubex.testing.replaying import Replay
from kubex.testing.server import ApiServer
from kubex.testing.user_credentials import CredentialKind
from kubex.testing.webhooks.addresses import WebhookAddresses

__all__ = ["ExistingCluster", "in_new_namespace"]

_NAMESPACES: Final = "/api/v1/namespaces"
_ACCOUNT_SECONDS: Final = 5.0  # clusters without a controller manager never have it
_ACCOUNT_POLL_SECONDS: Final = 0.02


class ExistingCluster(ApiServer):
    """The cluster of a kubeconfig. What only the server in memory can do skips the test that asks for it.

    Args:
        configuration: of its clients, with the namespace of the test.
        kubeconfig: the file.
    """

    def __init__(self, configuration: ClientConfiguration, kubeconfig: Path) -> None:
        # Nothing of the server in memory is made: every method that would need it is overridden.
        self._given_configuration = configuration
        self._given_kubeconfig = kubeconfig

    def __enter__(self) -> Self:
        _needs_memory("a start and an end")

    async def __aenter__(self) -> Self:
        _needs_memory("a start and an end")

    def start(self) -> None:
        """Skip the test."""
        _needs_memory("start")

    def stop(self) -> None:
        """Skip the test."""
        _needs_memory("stop")

    def reset(self) -> None:
        """Skip the test."""
        _needs_memory("reset")

    def save(self, path: str | os.PathLike[str]) -> None:
        """Skip the test."""
        _needs_memory("snapshots")

    def load(self, path: str | os.PathLike[str]) -> None:
        """Skip the test."""
        _needs_memory("snapshots")

    def load_manifests(self, *manifests: str | os.PathLike[str] | Manifest, namespace: str = "default") -> int:
        """Skip the test."""
        _needs_memory("load_manifests")

    def replay(self, path: str | os.PathLike[str], *, speed: float | None = 1.0) -> Replay:
        """Skip the test."""
        _needs_memory("replay")

    def compact(self) -> None:
        """Skip the test."""
        _needs_memory("compact")

    @property
    def url(self) -> str:
        """Address of the cluster."""
        return self._given_configuration.base_url

    @property
    def configuration(self) -> ClientConfiguration:
        """Configuration of a client of the cluster, in the namespace of the test."""
        return self._given_configuration

    def configuration_for(
        self,
        user: str,
        *,
        groups: Sequence[str] | None = None,
        uid: str = "",
        extra: Mapping[str, Sequence[str]] | None = None,
        namespace: str = "",
        credentials: CredentialKind = "token",
    ) -> ClientConfiguration:
        """Give the configuration of a client that acts as a user, by impersonation."""
        given = Impersonation(user=user, uid=uid or None, groups=groups or (), extra=extra or {})
        configuration = self._given_configuration
        return replace(configuration, impersonation=given, namespace=namespace or configuration.namespace)

    def kubeconfig_for(
        self,
        user: str,
        *,
        groups: Sequence[str] | None = None,
        uid: str = "",
        extra: Mapping[str, Sequence[str]] | None = None,
        namespace: str = "",
        credentials: CredentialKind = "token",
    ) -> Path:
        """Skip the test."""
        _needs_memory("kubeconfig_for")

    @property
    def kubeconfig(self) -> Path:
        """The kubeconfig file, as it is: its namespace is not the test's."""
        return self._given_kubeconfig

    @property
    def faults(self) -> Faults:
        """Skip the test."""
        _needs_memory("faults")

    @property
    def pods(self) -> Pods:
        """Skip the test."""
        _needs_memory("pods")

    @property
    def webhooks(self) -> WebhookAddresses:
        """Skip the test."""
        _needs_memory("webhooks")

    @property
    def requests(self) -> list[RecordedRequest]:
        """Skip the test."""
        _needs_memory("requests")


def _needs_memory(what: str) -> NoReturn:
    import pytest

    pytest.skip(f"only the server in memory has {what}, and --kube-real asks for the cluster of KUBECONFIG")


@contextmanager
def in_new_namespace(kubeconfig: str | os.PathLike[str]) -> Generator[ExistingCluster, None, None]:
    """Give a cluster with a new namespace, whose deletion is asked for at the end and not waited for.

    Args:
        kubeconfig: file of the cluster.

    Raises:
        KubexException: the file can't be used, or the cluster does not answer.
    """
    configuration = anyio.run(_configure, kubeconfig)
    namespace = f"kubex-test-{uuid.uuid4().hex[:12]}"
    configuration = replace(configuration, namespace=namespace)
    anyio.run(_create, configuration, namespace)
    try:
        yield ExistingCluster(configuration, Path(kubeconfig))
    finally:
        anyio.run(_delete, configuration, namespace)


async def _configure(kubeconfig: str | os.PathLike[str]) -> ClientConfiguration:
    return await configure_from_kubeconfig(path=kubeconfig)


async def _create(configuration: ClientConfiguration, namespace: str) -> None:
    body: dict[str, Any] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
    headers = {"Content-Type": "application/json"}
    async with await create_client(configuration) as client:
        await client.request(Request("POST", _NAMESPACES, body=json.dumps(body), headers=headers))
        with anyio.move_on_after(_ACCOUNT_SECONDS):
            await _await_account(client, namespace)


async def _await_account(client: BaseClient, namespace: str) -> None:
    """Wait for the namespace's service account: before it is there, pods are refused."""
    while True:
        try:
            await client.request(Request("GET", f"{_NAMESPACES}/{namespace}/serviceaccounts/default"))
        except NotFound:
            await anyio.sleep(_ACCOUNT_POLL_SECONDS)
        else:
            return


async def _delete(configuration: ClientConfiguration, namespace: str) -> None:
    async with await create_client(configuration) as client:
        try:
            await client.request(Request("DELETE", f"{_NAMESPACES}/{namespace}"))
        except NotFound:  # by the test
            return
