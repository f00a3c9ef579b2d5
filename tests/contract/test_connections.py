"""How requests travel: compressed or as they are, sent once or again, with which credentials, and who is told of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import pytest

from kubex.api import Api
from kubex.client import Hooks, Outcome, create_client
from kubex.client.base import BaseClient
from kubex.client.hooks import Retry
from kubex.client.options import ClientOptions
from kubex.configuration import ClientConfiguration, configure_from_kubeconfig
from kubex.core.exceptions import AlreadyExists, Conflict, KubexApiError, NotFound, UnprocessableEntity
from kubex.core.request import Request
from kubex.k8s.v1_35.authentication.v1 import TokenRequest, TokenRequestSpec
from kubex.k8s.v1_35.core.v1 import ConfigMap, ServiceAccount
from kubex.k8s.v1_35.rbac.v1 import Role, RoleBinding
from kubex_core.models.metadata import ObjectMetadata
from tests.cluster import Transport
from tests.leaks import open_connections

pytestmark = pytest.mark.anyio


class Recorder(Hooks):
    def __init__(self) -> None:
        self.told: list[Any] = []

    def after_response(self, request: Request, outcome: Outcome) -> None:
        self.told.append("cancelled" if outcome.was_cancelled else outcome.status)

    def on_retry(self, request: Request, retry: Retry) -> None:
        self.told.append(retry)

    def on_refresh(self, request: Request, was_rejected: bool) -> None:
        self.told.append(was_rejected)


@pytest.fixture
async def configuration(kubeconfig: Path) -> ClientConfiguration:
    return await configure_from_kubeconfig(path=kubeconfig)


@asynccontextmanager
async def recorded(
    configuration: ClientConfiguration, transport: Transport
) -> AsyncGenerator[tuple[BaseClient, list[Any]]]:
    recorder = Recorder()
    async with await create_client(configuration, transport.library, ClientOptions(hooks=[recorder])) as client:
        yield client, recorder.told


def named(name: str, **data: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMetadata(name=name), data=data or None)


async def test_a_large_answer_is_the_same_compressed_and_as_it_is(
    client: BaseClient, namespace: str, configuration: ClientConfiguration, transport: Transport
) -> None:
    maps = Api(ConfigMap, client, namespace=namespace)
    await maps.create(named("large", x="kubex " * 50_000))
    request = Request("GET", f"/api/v1/namespaces/{namespace}/configmaps/large")
    compressed = await client.request(request)
    async with await create_client(replace(configuration, disable_compression=True), transport.library) as plain:
        as_it_is = await plain.request(request)
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in as_it_is.headers
    assert compressed.content == as_it_is.content


async def test_what_the_server_has_decided_is_not_asked_again(
    namespace: str, configuration: ClientConfiguration, transport: Transport
) -> None:
    async with recorded(configuration, transport) as (client, told):
        maps = Api(ConfigMap, client, namespace=namespace)
        made = await maps.create(named("a"))
        stale = made.model_copy(deep=True)
        refused: list[tuple[type[KubexApiError], Any]] = [
            (NotFound, lambda: maps.get("b")),
            (AlreadyExists, lambda: maps.create(named("a"))),
            (UnprocessableEntity, lambda: maps.create(named("B!"))),
            (Conflict, lambda: maps.replace("a", stale)),
        ]
        made.data = {"x": "1"}
        await maps.replace("a", made)
        told.clear()
        for error, call in refused:
            with pytest.raises(error):
                await call()
    assert told == [404, 409, 422, 409]


async def test_a_watch_that_is_left_and_one_that_is_cancelled(
    namespace: str, configuration: ClientConfiguration, transport: Transport
) -> None:
    async with recorded(configuration, transport) as (client, told):
        maps = Api(ConfigMap, client, namespace=namespace)
        version = (await maps.list()).metadata.resource_version
        await maps.create(named("a"))
        async with aclosing(maps.watch(resource_version=version)) as events:
            await anext(events)
        with anyio.move_on_after(0.2):
            async for _ in maps.watch(resource_version=version):
                pass
    assert told == [200, 201, 200, 200]


async def test_a_token_that_is_replaced(
    client: BaseClient, namespace: str, configuration: ClientConfiguration, transport: Transport, tmp_path: Path
) -> None:
    await let_in(client, namespace)
    tokens = [await token_of(client, namespace) for _ in range(2)]

    async def fetch() -> str:
        return tokens[0]

    nobody = replace(configuration, client_cert_file=None, client_key_file=None, refreshable_token=fetch)
    async with recorded(nobody, transport) as (bot, told):
        maps = Api(ConfigMap, bot, namespace=namespace)
        await maps.list()
        del tokens[0]
        assert await nobody.credential_source().refresh()
        await maps.list()
        async with aclosing(maps.watch(resource_version="0")) as events:
            await client.request(
                Request("POST", f"/api/v1/namespaces/{namespace}/configmaps", body=b'{"metadata":{"name":"x"}}')
            )
            await anext(events)
    assert told == [200, False, 200, 200]


async def token_of(client: BaseClient, namespace: str) -> str:
    accounts = Api(ServiceAccount, client, namespace=namespace)
    answer = await accounts.token.create("bot", TokenRequest(spec=TokenRequestSpec(audiences=[])))
    assert answer.status is not None
    return answer.status.token


async def let_in(client: BaseClient, namespace: str) -> None:
    await Api(ServiceAccount, client, namespace=namespace).create(ServiceAccount(metadata=ObjectMetadata(name="bot")))
    rules = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list", "watch"]}]
    role = Role.model_validate({"metadata": {"name": "reader"}, "rules": rules})
    await Api(Role, client, namespace=namespace).create(role)
    await Api(RoleBinding, client, namespace=namespace).create(
        RoleBinding.model_validate(
            {
                "metadata": {"name": "reader"},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
                "subjects": [{"kind": "ServiceAccount", "name": "bot", "namespace": namespace}],
            }
        )
    )


async def test_a_client_that_is_closed_has_no_connection_left(
    namespace: str, configuration: ClientConfiguration, transport: Transport
) -> None:
    port = urlsplit(str(configuration.url)).port or 443
    before = open_connections(port)
    async with await create_client(configuration, transport.library) as client:
        maps = Api(ConfigMap, client, namespace=namespace)
        await maps.create(named("watched"))
        assert open_connections(port) - before
        async with aclosing(maps.watch(resource_version="0")) as events:
            await anext(events)  # and its answer is left in the middle
        with anyio.move_on_after(0.1):
            while True:
                await maps.list()
    assert open_connections(port) == before  # a program may end with its client: nothing closes in the background
