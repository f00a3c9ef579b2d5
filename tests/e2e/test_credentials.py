"""Credentials as the API server sees them: impersonation, plugins, and tokens that are replaced under load."""

from __future__ import annotations

import json
import sys
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from kubex.api import Api
from kubex.client import create_client
from kubex.client.base import BaseClient
from kubex.client.options import ClientOptions
from kubex.configuration import ClientConfiguration, ExecConfig, configure_from_kubeconfig
from kubex.configuration.auth.impersonation import Impersonation
from kubex.k8s.v1_35.authentication.v1 import SelfSubjectReview, TokenRequest
from kubex.k8s.v1_35.core.v1 import ConfigMap, Secret, ServiceAccount
from kubex.k8s.v1_35.rbac.v1 import Role, RoleBinding
from kubex_core.models.metadata import ObjectMetadata
from tests.cluster import Transport
from tests.e2e.refreshes import Refreshes

pytestmark = pytest.mark.anyio

V1 = "client.authentication.k8s.io/v1"


@pytest.fixture
async def configuration(kubeconfig: Path) -> ClientConfiguration:
    return await configure_from_kubeconfig(path=kubeconfig)


async def who_am_i(configuration: ClientConfiguration, transport: Transport) -> Any:
    async with await create_client(configuration, transport.library) as client:
        review = await Api(SelfSubjectReview, client).create(SelfSubjectReview())
    assert review.status is not None
    return review.status.user_info


async def test_somebody_else(configuration: ClientConfiguration, transport: Transport) -> None:
    whom = Impersonation(
        user="jané", uid="7", groups=["a", "b b"], extra={"example.com/Scopes%": ["x", "y"], "plain": ["z"]}
    )
    user = await who_am_i(replace(configuration, impersonation=whom), transport)
    assert (user.username, user.uid) == ("jané", "7")
    assert {"a", "b b"} <= set(user.groups)
    assert user.extra == {"example.com/scopes%": ["x", "y"], "plain": ["z"]}


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
async def test_a_plugins_certificate(configuration: ClientConfiguration, transport: Transport, version: str) -> None:
    assert configuration.client_cert_file
    assert configuration.client_key_file
    program = (
        "import json, sys; cert, key, version = sys.argv[1:];"
        "print(json.dumps({'kind': 'ExecCredential', 'apiVersion': version, 'status':"
        " {'clientCertificateData': open(cert).read(), 'clientKeyData': open(key).read()}}))"
    )
    version = f"client.authentication.k8s.io/{version}"
    files = [str(configuration.client_cert_file), str(configuration.client_key_file)]
    plugin = ExecConfig(command=sys.executable, args=["-c", program, *files, version], api_version=version)
    with_plugin = replace(configuration, client_cert_file=None, client_key_file=None, exec=plugin)
    assert await who_am_i(with_plugin, transport) == await who_am_i(configuration, transport)


def with_token_of(administrator: ClientConfiguration, **token: Any) -> ClientConfiguration:
    return replace(administrator, client_cert_file=None, client_key_file=None, **token)


class Rotation:
    """A service account's token in a file; each new one makes the one before invalid."""

    def __init__(self, client: BaseClient, namespace: str, file: Path) -> None:
        self._accounts = Api(ServiceAccount, client, namespace=namespace)
        self._secrets = Api(Secret, client, namespace=namespace)
        self._roles = Api(Role, client, namespace=namespace)
        self._bindings = Api(RoleBinding, client, namespace=namespace)
        self._namespace = namespace
        self._file = anyio.Path(file)
        self._number = 0

    async def begin(self) -> None:
        await self._accounts.create(ServiceAccount(metadata=ObjectMetadata(name="bot")))
        rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]}]
        await self._roles.create(Role.model_validate({"metadata": {"name": "reader"}, "rules": rules}))
        await self._bindings.create(
            RoleBinding.model_validate(
                {
                    "metadata": {"name": "reader"},
                    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
                    "subjects": [{"kind": "ServiceAccount", "name": "bot", "namespace": self._namespace}],
                }
            )
        )
        await self.rotate()

    async def rotate(self) -> None:
        """Put a new token in place as the kubelet does, then revoke the old one: it is bound to a Secret that goes."""
        self._number += 1
        name = f"bound-{self._number}"
        await self._secrets.create(Secret(metadata=ObjectMetadata(name=name)))
        bound = {"kind": "Secret", "apiVersion": "v1", "name": name}
        request = TokenRequest.model_validate({"spec": {"audiences": [], "boundObjectRef": bound}})
        answer = await self._accounts.token.create("bot", request)
        assert answer.status is not None
        new = self._file.with_name("token.new")
        await new.write_text(answer.status.token)
        await new.rename(self._file)
        if self._number > 1:
            await self._secrets.delete(f"bound-{self._number - 1}")


@pytest.fixture
async def rotation(client: BaseClient, namespace: str, tmp_path: Path) -> Rotation:
    rotation = Rotation(client, namespace, tmp_path / "token")
    await rotation.begin()
    return rotation


@pytest.mark.timeout(240)
async def test_a_token_that_is_replaced_20_times_under_load(
    client: BaseClient,
    configuration: ClientConfiguration,
    namespace: str,
    rotation: Rotation,
    transport: Transport,
    tmp_path: Path,
) -> None:
    # Long because the load and what disturbs it belong together.
    limited = with_token_of(configuration, token_file=tmp_path / "token", try_refresh_token=True)
    seen: list[list[str]] = [[] for _ in range(5)]
    calls = 0
    is_over = False
    own = Api(ConfigMap, client, namespace=namespace)
    await own.create(ConfigMap(metadata=ObjectMetadata(name="here")))
    expected = [f"event-{number}" for number in range(20)]

    refreshes = Refreshes()
    async with await create_client(limited, transport.library, ClientOptions(hooks=[refreshes])) as bot:
        maps = Api(ConfigMap, bot, namespace=namespace)
        found = await maps.list()

        async def work() -> None:
            nonlocal calls
            while not is_over:
                await maps.get("here")
                calls += 1
                await anyio.sleep(0.05)

        async def watch(names: list[str]) -> None:
            version = found.metadata.resource_version
            async with aclosing(maps.watch(resource_version=version, timeout_seconds=200)) as events:
                async for event in events:
                    assert isinstance(event.object, ConfigMap)
                    names.append(event.object.metadata.name or "")
                    if len(names) == len(expected):
                        break

        async with anyio.create_task_group() as watches:
            for names in seen:
                watches.start_soon(watch, names)
            async with anyio.create_task_group() as workers:
                for _ in range(20):
                    workers.start_soon(work)
                for name in expected:
                    await rotation.rotate()
                    await own.create(ConfigMap(metadata=ObjectMetadata(name=name)))
                    await anyio.sleep(0.7)  # the API server remembers a token that was good for ten seconds
                is_over = True
    assert seen == [expected] * 5
    assert calls > 100
    assert refreshes.count >= 1, "the server took the first token all the time: the test tries nothing"


async def test_what_is_written_about_it_shows_no_token(
    configuration: ClientConfiguration,
    rotation: Rotation,
    namespace: str,
    transport: Transport,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    token = await anyio.Path(tmp_path / "token").read_text()
    limited = with_token_of(configuration, token=token)
    written = [repr(limited), repr(limited.credential_source())]
    with caplog.at_level("DEBUG"):
        async with await create_client(limited, transport.library) as bot:
            written.append(repr(bot))
            for attempt in (Api(Secret, bot, namespace=namespace).list, Api(ConfigMap, bot, namespace=namespace).list):
                try:
                    written.append(json.dumps((await attempt()).model_dump(mode="json")))
                except Exception as error:
                    written += [repr(error), str(error)]
    assert token not in "\n".join([*written, caplog.text])
