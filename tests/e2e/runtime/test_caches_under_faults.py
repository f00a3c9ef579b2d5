"""Caches while writers write, connections are cut and the API server restarts: they end as the server is."""

from __future__ import annotations

import random
import uuid
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from typing import Final

import anyio
import anyio.to_thread
import pytest

from kubex.api import Api
from kubex.client import create_client
from kubex.client.options import ClientOptions
from kubex.configuration import ClientConfiguration
from kubex.core.exceptions import AlreadyExists, NotFound
from kubex.core.patch import MergePatch
from kubex.k8s.v1_35.core.v1 import ConfigMap, Namespace
from kubex.runtime import Informer
from kubex_core.models.metadata import ObjectMetadata
from testbed.cluster import Cluster
from tests.e2e.own_cluster import restart
from tests.e2e.runtime.writers import surely
from tests.faults.proxy import FaultProxy
from tests.unit.runtime.observer import Observer

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(3600)]

WRITERS: Final = 8
RESTARTS: Final = 5


class Writing:
    """What the writers have done so far."""

    def __init__(self, api: Api[ConfigMap], objects: int) -> None:
        self.api = api
        self.objects = objects
        self.done = 0
        self._progress = anyio.Event()

    async def write(self, writer: int) -> None:
        """Create objects, change each, delete every second one and create some of those again."""
        chance = random.Random(writer)
        for number in range(writer, self.objects, WRITERS):
            name = f"object-{number}"
            await self._create(name)
            await surely(partial(self.api.patch, name, MergePatch({"data": {"written": "twice"}})))
            if number % 2:
                await surely(partial(self.api.delete, name), is_done=NotFound)
                if chance.random() < 0.1:
                    await self._create(name)
            self.done += 1
            self._progress.set()

    async def _create(self, name: str) -> None:
        made = ConfigMap(metadata=ObjectMetadata(name=name), data={"written": "once"})
        await surely(partial(self.api.create, made), is_done=AlreadyExists)

    async def reached(self, count: int) -> None:
        while self.done < count:
            self._progress = anyio.Event()
            await self._progress.wait()


async def cut_now_and_then(network: FaultProxy) -> None:
    while True:
        await anyio.sleep(random.uniform(0.2, 1.0))
        network.cut(share=random.choice((0.1, 0.3, 1.0)))


async def test_they_end_as_the_server_is(
    cluster: Cluster, configuration: ClientConfiguration, network: FaultProxy, is_whole: bool
) -> None:
    objects = 20_000 if is_whole else 2_000
    namespace = f"kubex-{uuid.uuid4().hex[:12]}"
    async with AsyncExitStack() as exits:
        direct = await exits.enter_async_context(await create_client(configuration))
        await Api(Namespace, direct).create(Namespace(metadata=ObjectMetadata(name=namespace)))
        disturbed = replace(configuration, url=network.url)
        client = await exits.enter_async_context(await create_client(disturbed, options=ClientOptions(pool_size=50)))
        api = Api(ConfigMap, client, namespace=namespace)
        caches = [
            await exits.enter_async_context(Informer(api, streaming_list=streaming)) for streaming in (False, True)
        ]
        observers = [Observer[ConfigMap]() for _ in caches]
        for cache, observer in zip(caches, observers, strict=True):
            cache.store.listen(observer.take)

        writing = Writing(api, objects)
        async with anyio.create_task_group() as disturbing:
            disturbing.start_soon(cut_now_and_then, network)
            async with anyio.create_task_group() as writers:
                for writer in range(WRITERS):
                    writers.start_soon(writing.write, writer)
                for number in range(RESTARTS):
                    await writing.reached(objects * (number + 1) // (RESTARTS + 1))
                    await anyio.to_thread.run_sync(partial(restart, cluster, at_once=True))
            disturbing.cancel_scope.cancel()

        plain = Api(ConfigMap, direct, namespace=namespace)
        last = await plain.create(ConfigMap(metadata=ObjectMetadata(name="last")))
        fresh = {each.metadata.name: each.metadata.resource_version async for each in plain.iterate()}
        assert len(fresh) > objects // 2
        for cache, observer in zip(caches, observers, strict=True):
            await cache.wait_for(last.metadata.resource_version, timeout=120)
            assert {each.metadata.name: each.metadata.resource_version for each in cache} == fresh
            assert observer.objects.keys() == fresh.keys(), "a deletion was missed"
            assert cache.last_error is not None, "nothing went wrong: the test tries nothing"
