"""OpenID Connect tokens that expire every few seconds, with kube-apiserver as their judge."""

from __future__ import annotations

import base64
from contextlib import aclosing
from pathlib import Path

import anyio
import pytest
import yaml

from kubex.api import Api
from kubex.client import create_client
from kubex.client.base import BaseClient
from kubex.client.options import ClientOptions
from kubex.configuration import configure_from_kubeconfig
from kubex.k8s.v1_35.authentication.v1 import SelfSubjectReview
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.k8s.v1_35.rbac.v1 import ClusterRoleBinding
from kubex_core.models.metadata import ObjectMetadata
from tests.cluster import Transport
from tests.e2e.guarded_server import GuardedServer
from tests.e2e.refreshes import Refreshes
from tests.unit.configuration.auth.oidc_issuer import CLIENT_ID, CLIENT_SECRET

pytestmark = pytest.mark.anyio

EVENTS = 16
WORKERS, WATCHES = 20, 5


@pytest.fixture(scope="module")
def kubeconfig(guarded_server: GuardedServer) -> Path:
    """That of the server's administrator."""
    return guarded_server.kubeconfig


@pytest.fixture
def users_kubeconfig(guarded_server: GuardedServer, kubeconfig: Path, tmp_path: Path) -> Path:
    """That of somebody who has logged in a while ago."""
    config = yaml.safe_load(kubeconfig.read_text())
    issuer = guarded_server.issuer
    (refresh_token,) = issuer.refresh_tokens
    provider = {
        "idp-issuer-url": issuer.url,
        "idp-certificate-authority-data": base64.b64encode(issuer.ca_pem).decode(),
        "client-id": CLIENT_ID,
        "client-secret": CLIENT_SECRET,
        "id-token": issuer.id_token(-60),
        "refresh-token": refresh_token,
    }
    config["users"] = [{"name": "admin", "user": {"auth-provider": {"name": "oidc", "config": provider}}}]
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump(config))
    return path


async def let_in(client: BaseClient, name: str) -> None:
    binding = ClusterRoleBinding.model_validate(
        {
            "metadata": {"name": name},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "oidc:jo"}],
        }
    )
    await Api(ClusterRoleBinding, client).create_or_replace(binding)


async def test_tokens_that_expire_under_load(
    client: BaseClient,
    empty_namespace: str,
    guarded_server: GuardedServer,
    users_kubeconfig: Path,
    transport: Transport,
) -> None:
    # Long because the load and what disturbs it belong together.
    issuer = guarded_server.issuer
    await let_in(client, "jo")
    refreshes = Refreshes()
    own = Api(ConfigMap, client, namespace=empty_namespace)
    await own.create(ConfigMap(metadata=ObjectMetadata(name="here")))
    expected = [f"event-{number}" for number in range(EVENTS)]
    seen: list[list[str]] = [[] for _ in range(WATCHES)]
    calls = 0
    is_over = False
    options = ClientOptions(hooks=[refreshes])
    given = issuer.given

    async with await create_client(
        await configure_from_kubeconfig(path=users_kubeconfig), transport.library, options
    ) as jo:
        maps = Api(ConfigMap, jo, namespace=empty_namespace)
        review = await Api(SelfSubjectReview, jo).create(SelfSubjectReview())
        assert review.status is not None
        assert review.status.user_info is not None
        assert review.status.user_info.username == "oidc:jo"
        begun = (await maps.list()).metadata.resource_version

        async def work() -> None:
            nonlocal calls
            while not is_over:
                await maps.get("here")
                calls += 1
                await anyio.sleep(0.05)

        async def watch(names: list[str]) -> None:
            version = begun
            while len(names) < len(expected):  # each stream is opened with the credentials of its time
                async with aclosing(maps.watch(resource_version=version, timeout_seconds=2)) as events:
                    async for event in events:
                        assert isinstance(event.object, ConfigMap)
                        version = event.object.metadata.resource_version
                        names.append(event.object.metadata.name or "")

        async with anyio.create_task_group() as watches:
            for names in seen:
                watches.start_soon(watch, names)
            async with anyio.create_task_group() as workers:
                for _ in range(WORKERS):
                    workers.start_soon(work)
                for name in expected:
                    await own.create(ConfigMap(metadata=ObjectMetadata(name=name)))
                    await anyio.sleep(0.5)
                is_over = True
    assert seen == [expected] * WATCHES
    assert calls > 100
    # A refresh token is good for one use: two refreshes at a time would have ended in a failed call.
    assert issuer.given - given >= 3
    assert refreshes.count >= 2
    (kept,) = yaml.safe_load(await anyio.Path(users_kubeconfig).read_text())["users"]
    assert kept["user"]["auth-provider"]["config"]["refresh-token"] == f"refresh-{issuer.given}"
