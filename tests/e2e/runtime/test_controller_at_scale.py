"""A controller with thousands of objects: each gets exactly what it is to own, none is worked on twice at once."""

from __future__ import annotations

import random
import uuid
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from typing import ClassVar, Final, Self

import anyio
import pytest

import kubex
from kubex.api import Api
from kubex.client import create_client
from kubex.client.base import BaseClient
from kubex.client.options import ClientOptions
from kubex.configuration import ClientConfiguration
from kubex.core.exceptions import AlreadyExists, NotFound
from kubex.core.patch import MergePatch
from kubex.core.references import owner_reference
from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition
from kubex.k8s.v1_35.core.v1 import ConfigMap, Namespace
from kubex.runtime import Context, Controller, Informer, Manager, ObjectKey, wait_for
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity
from tests.e2e.runtime.writers import surely
from tests.faults.proxy import FaultProxy

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(3600)]

WRITERS: Final = 8


class OrderSpec(BaseStruct, kw_only=True):
    amount: int


class Order(StructEntity, NamespaceScopedEntity, kw_only=True):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(
        group="runtime.kubex.example.com", version="v1"
    )

    spec: OrderSpec


class Work:
    """The controller, and what it was seen doing."""

    def __init__(self) -> None:
        self.running: set[ObjectKey] = set()
        self.twice: list[ObjectKey] = []
        self.calls = 0
        self.controller = Controller(Order, name="kubex-orders", owns=[ConfigMap], concurrency=16)
        self.controller.reconcile(self.reconcile)

    async def reconcile(self, order: Order, ctx: Context) -> None:
        if ctx.key in self.running:
            self.twice.append(ctx.key)
        self.running.add(ctx.key)
        self.calls += 1
        try:
            owner = owner_reference(order, controller=True)
            metadata = ObjectMetadata(name=f"{order.metadata.name}-made", owner_references=[owner])
            data = {"amount": str(order.spec.amount), "of": order.metadata.uid or ""}
            await ctx.api(ConfigMap).apply(ConfigMap(metadata=metadata, data=data), force=True)
        finally:
            self.running.discard(ctx.key)


async def define(client: BaseClient) -> None:
    definitions = Api(CustomResourceDefinition, client)
    await definitions.apply(kubex.crd_for(Order), field_manager="kubex-tests")
    await wait_for(definitions, "orders.runtime.kubex.example.com", kubex.conditions.ready, timeout=60)


async def write(orders: Api[Order], config_maps: Api[ConfigMap], writer: int, count: int) -> None:
    """Create orders, change some, and spoil and delete some of what was made of them."""
    chance = random.Random(writer)
    for number in range(writer, count, WRITERS):
        name = f"order-{number}"
        made = Order(metadata=ObjectMetadata(name=name), spec=OrderSpec(amount=number))
        await surely(partial(orders.create, made), is_done=AlreadyExists)
        if number % 5 == 0:
            changed = f"order-{chance.randrange(writer, number + 1, WRITERS)}"
            change = MergePatch({"spec": {"amount": count + number}})
            await surely(partial(orders.patch, changed, change))
        spoiled = f"order-{chance.randrange(writer, number + 1, WRITERS)}-made"
        if number % 10 == 1:
            change = MergePatch({"data": {"amount": "spoiled"}})
            await surely(partial(config_maps.patch, spoiled, change), is_done=NotFound)
        elif number % 10 == 2:
            await surely(partial(config_maps.delete, spoiled), is_done=NotFound)


async def cut_now_and_then(network: FaultProxy) -> None:
    while True:
        await anyio.sleep(random.uniform(0.5, 2.0))
        network.cut(share=0.3)


async def test_each_order_has_what_it_is_to_own(
    configuration: ClientConfiguration, network: FaultProxy, is_whole: bool
) -> None:
    count = 5_000 if is_whole else 500
    namespace = f"kubex-{uuid.uuid4().hex[:12]}"
    async with AsyncExitStack() as exits:
        direct = await exits.enter_async_context(await create_client(configuration))
        await define(direct)
        await Api(Namespace, direct).create(Namespace(metadata=ObjectMetadata(name=namespace)))
        disturbed = replace(configuration, url=network.url)
        client = await exits.enter_async_context(await create_client(disturbed, options=ClientOptions(pool_size=50)))
        orders = Api(Order, direct, namespace=namespace)
        config_maps = Api(ConfigMap, direct, namespace=namespace)
        work = Work()
        manager = Manager(work.controller, client=client, namespace=namespace, handle_signals=False)
        async with anyio.create_task_group() as running:
            running.start_soon(manager.run)
            async with anyio.create_task_group() as writers:
                writers.start_soon(_write_all, orders, config_maps, count, writers.cancel_scope)
                writers.start_soon(cut_now_and_then, network)
            async with Informer(config_maps) as made, Informer(orders) as wanted:
                await wanted.wait_synced(timeout=60)
                with anyio.fail_after(300):
                    while _amounts(made) != {_key(order): _data(order) for order in wanted}:  # noqa: ASYNC110
                        await anyio.sleep(0.2)
                assert len(wanted) == count
            manager.stop()
        assert work.twice == []
        assert work.calls >= count
        owners = {each.metadata.name: each.metadata.owner_references async for each in config_maps.iterate()}
        assert all(len(references or ()) == 1 for references in owners.values())


async def _write_all(
    orders: Api[Order], config_maps: Api[ConfigMap], count: int, until_done: anyio.CancelScope
) -> None:
    async with anyio.create_task_group() as writers:
        for writer in range(WRITERS):
            writers.start_soon(write, orders, config_maps, writer, count)
    until_done.cancel()


def _amounts(made: Informer[ConfigMap]) -> dict[str, dict[str, str] | None]:
    return {each.metadata.name or "": each.data for each in made}


def _key(order: Order) -> str:
    return f"{order.metadata.name}-made"


def _data(order: Order) -> dict[str, str]:
    return {"amount": str(order.spec.amount), "of": order.metadata.uid or ""}
