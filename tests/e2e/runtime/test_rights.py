"""Rights that are withdrawn from a cache and given back."""

from __future__ import annotations

import uuid
from contextlib import AsyncExitStack
from dataclasses import replace

import anyio
import pytest

from kubex.api import Api
from kubex.client import create_client
from kubex.configuration import ClientConfiguration
from kubex.configuration.auth.impersonation import Impersonation
from kubex.core.exceptions import Forbidden, WaitTimeout
from kubex.k8s.v1_35.core.v1 import ConfigMap, Namespace
from kubex.k8s.v1_35.rbac.v1 import PolicyRule, Role, RoleBinding, RoleRef, Subject
from kubex.runtime import Informer
from kubex_core.models.metadata import ObjectMetadata
from tests.faults.proxy import FaultProxy

pytestmark = pytest.mark.anyio

USER = "kubex-reader"


def role() -> Role:
    rule = PolicyRule(api_groups=[""], resources=["configmaps"], verbs=["list", "watch"])
    return Role(metadata=ObjectMetadata(name="reader"), rules=[rule])


def binding() -> RoleBinding:
    return RoleBinding(
        metadata=ObjectMetadata(name="reader"),
        subjects=[Subject(kind="User", name=USER, api_group="rbac.authorization.k8s.io")],
        role_ref=RoleRef(kind="Role", name="reader", api_group="rbac.authorization.k8s.io"),
    )


async def test_a_cache_keeps_what_it_has_and_goes_on_when_they_are_back(
    configuration: ClientConfiguration, network: FaultProxy
) -> None:
    namespace = f"kubex-{uuid.uuid4().hex[:12]}"
    async with AsyncExitStack() as exits:
        admin = await exits.enter_async_context(await create_client(configuration))
        await Api(Namespace, admin).create(Namespace(metadata=ObjectMetadata(name=namespace)))
        limited = replace(configuration, url=network.url, impersonation=Impersonation(user=USER))
        reader = await exits.enter_async_context(await create_client(limited))
        maps, bindings = Api(ConfigMap, admin, namespace=namespace), Api(RoleBinding, admin, namespace=namespace)
        await Api(Role, admin, namespace=namespace).create(role())
        await maps.create(ConfigMap(metadata=ObjectMetadata(name="before")))
        cache = await exits.enter_async_context(Informer(Api(ConfigMap, reader, namespace=namespace)))
        with pytest.raises(WaitTimeout, match=f'"{USER}" cannot list'):
            await cache.wait_synced(timeout=1)
        await bindings.create(binding())
        await cache.wait_synced(timeout=30)

        await bindings.delete("reader")
        await anyio.sleep(1)  # the server's own cache of rights follows a watch
        network.cut()  # an open stream goes on without them
        last_error = cache.last_error
        with anyio.fail_after(30):
            while cache.last_error is last_error or not isinstance(cache.last_error, Forbidden):  # noqa: ASYNC110
                await anyio.sleep(0.05)
        meanwhile = await maps.create(ConfigMap(metadata=ObjectMetadata(name="meanwhile")))
        await maps.delete("before")
        assert [each.metadata.name for each in cache] == ["before"]
        with pytest.raises(WaitTimeout, match=f'"{USER}" cannot watch'):
            await cache.wait_for(meanwhile.metadata.resource_version, timeout=1)

        await bindings.create(binding())
        await cache.wait_for(meanwhile.metadata.resource_version, timeout=60)
        with anyio.fail_after(30):
            while [each.metadata.name for each in cache] != ["meanwhile"]:  # noqa: ASYNC110
                await anyio.sleep(0.05)
