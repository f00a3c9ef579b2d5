"""What caches and controllers make of what clusters do to them."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import anyio
import pytest

import kubex
from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.exceptions import KubexApiError
from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.runtime import Added, Context, Controller, Informer, Manager, Removed, Subscription, wait_for
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity
from tests.contract.definitions import in_a_group_of_its_own, served

pytestmark = pytest.mark.anyio

LARGE = 900 * 1024
"""Bytes, a little less than a ConfigMap may have."""


class BackupSpec(BaseStruct, kw_only=True):
    schedule: str


class Backup(StructEntity, NamespaceScopedEntity, kw_only=True):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

    spec: BackupSpec


async def next_named(changes: Subscription[Any], form: type[Any], name: str) -> None:
    async for change in changes:
        if isinstance(change, form) and change.object.metadata.name == name:
            return


async def test_a_definition_that_vanishes_and_comes_back(client: BaseClient, namespace: str) -> None:
    (model,) = in_a_group_of_its_own(Backup)
    definitions = Api(CustomResourceDefinition, client)
    definition = kubex.crd_for(model)
    name = definition.metadata.name or ""
    backups = Api(model, client, namespace=namespace)

    async def define() -> None:
        await definitions.create(definition)
        await wait_for(definitions, name, kubex.conditions.ready, timeout=30)
        await served(backups)

    def backup(name: str) -> Any:
        return model(metadata=ObjectMetadata(name=name), spec=BackupSpec(schedule="@daily"))

    await define()
    try:
        await backups.create(backup("before"))
        with anyio.fail_after(100):
            async with Informer(backups) as cache:
                with cache.subscribe() as changes:
                    await next_named(changes, Added, "before")
                    await definitions.delete(name)
                    await wait_for(definitions, name, kubex.conditions.deleted, timeout=60)
                    await next_named(changes, Removed, "before")
                    await define()
                    await backups.create(backup("after"))
                    await next_named(changes, Added, "after")
                    assert [each.metadata.name for each in cache] == ["after"]
    finally:
        await definitions.delete(name)


@pytest.mark.parametrize("streaming", [False, True], ids=["paged", "streaming"])
async def test_large_objects_come_by_list_and_by_watch(client: BaseClient, namespace: str, streaming: bool) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    data = {"text": "x" * LARGE}
    await api.create(ConfigMap(metadata=ObjectMetadata(name="listed"), data=data))
    with anyio.fail_after(60):
        async with Informer(api, streaming_list=streaming) as cache:
            await cache.wait_synced()
            watched = await api.create(ConfigMap(metadata=ObjectMetadata(name="watched"), data=data))
            await cache.wait_for(watched.metadata.resource_version)
            for name in ("listed", "watched"):
                found = cache.get(name)
                assert found is not None
                assert found.data == data
            assert cache.last_error is None


async def test_an_object_too_large_is_the_failure_of_its_key_alone(client: BaseClient, namespace: str) -> None:
    controller = Controller(ConfigMap, name="kubex-tests", label_selector="grow")
    errors: list[Exception] = []

    @controller.reconcile
    async def reconcile(config_map: ConfigMap, ctx: Context) -> None:
        assert config_map.metadata.labels is not None
        size = int(config_map.metadata.labels["grow"])
        grown = ConfigMap(metadata=ObjectMetadata(name=f"{config_map.metadata.name}-grown"), data={"x": "x" * size})
        try:
            await ctx.api(ConfigMap).apply(grown)
        except KubexApiError as error:
            errors.append(error)
            raise

    api = Api(ConfigMap, client, namespace=namespace)
    for name, size in (("a", 2**22), ("b", 3)):
        await api.create(ConfigMap(metadata=ObjectMetadata(name=name, labels={"grow": str(size)})))
    manager = Manager(controller, client=client, namespace=namespace, handle_signals=False)
    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(manager.run)
            await wait_for(api, "b-grown", kubex.conditions.ready, timeout=30)
            while not errors:  # noqa: ASYNC110 - nothing tells of it
                await anyio.sleep(0.05)
            manager.stop()
    assert {getattr(error, "code", None) for error in errors} <= {413, 422}
    assert "xxxx" not in str(errors[0])
    assert await api.get_or_none("a-grown") is None
