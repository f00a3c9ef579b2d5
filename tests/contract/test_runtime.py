"""Watches, caches, controllers and elections on an API server."""

from __future__ import annotations

import random
import uuid
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
import pytest

from kubex import conditions
from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.exceptions import WaitTimeout
from kubex.core.patch import MergePatch
from kubex.core.references import owner_reference
from kubex.k8s.v1_35.coordination.v1 import Lease
from kubex.k8s.v1_35.core.v1 import ConfigMap, Namespace, Secret
from kubex.k8s.v1_35.events.v1 import Event
from kubex.runtime import (
    Applied,
    Context,
    Controller,
    Deleted,
    EventRecorder,
    Informer,
    LeaderElector,
    ListCompleted,
    Listed,
    ListStarted,
    Manager,
    Watcher,
    wait_for,
    without_managed_fields,
)
from kubex_core.models.metadata import ObjectMetadata

pytestmark = pytest.mark.anyio


def config_map(name: str, **data: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMetadata(name=name), data=data)


@asynccontextmanager
async def within(seconds: float) -> AsyncGenerator[None, None]:
    with anyio.fail_after(seconds):
        yield


@pytest.mark.parametrize("streaming", [False, True], ids=["paged", "streaming"])
async def test_a_watcher_lists_and_follows(client: BaseClient, namespace: str, streaming: bool) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    for name in "abc":
        await api.create(config_map(name))
    selector = "metadata.name!=kube-root-ca.crt"
    async with (
        within(30),
        Watcher(api, field_selector=selector, page_size=2, streaming_list=streaming) as watcher,
    ):
        assert isinstance(await anext(watcher), ListStarted)
        listed = [await anext(watcher) for _ in range(3)]
        assert sorted(each.object.metadata.name or "" for each in listed if isinstance(each, Listed)) == ["a", "b", "c"]
        assert isinstance(await anext(watcher), ListCompleted)
        await api.patch("a", MergePatch({"data": {"x": "y"}}))
        applied = await anext(watcher)
        assert isinstance(applied, Applied)
        assert applied.object.data == {"x": "y"}
        await api.delete("a")
        assert isinstance(await anext(watcher), Deleted)
        assert watcher.last_error is None


@pytest.mark.parametrize("streaming", [False, True], ids=["paged", "streaming"])
async def test_a_cache_is_as_a_list(client: BaseClient, namespace: str, streaming: bool) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    chosen = random.Random(7)
    async with (
        within(60),
        Informer(api, page_size=3, streaming_list=streaming, transform=without_managed_fields) as cache,
    ):
        await cache.wait_synced(timeout=20)
        version: str | None = None
        for number in range(40):
            name = f"x{chosen.randrange(8)}"
            if await api.get_or_none(name) is None:
                version = (await api.create(config_map(name))).metadata.resource_version
            elif number % 3:
                version = (await api.patch(name, MergePatch({"data": {"n": f"{number}"}}))).metadata.resource_version
            else:
                await api.delete(name)
        last = await api.create(config_map("last"))
        await cache.wait_for(last.metadata.resource_version, timeout=20)
        assert int(cache.store.resource_version) >= int(version or 0)
        fresh = await api.list()
        assert {each.metadata.uid: each.metadata.resource_version for each in fresh.items} == {
            each.metadata.uid: each.metadata.resource_version for each in cache
        }
        found = cache.get("last")
        assert found is not None
        assert found.metadata.managed_fields is None


async def test_an_object_is_waited_for(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)

    async def write() -> None:
        await api.create(config_map("a"))
        await api.patch("a", MergePatch({"data": {"done": "yes"}}))

    async with within(30), anyio.create_task_group() as tasks:
        tasks.start_soon(write)
        found = await wait_for(api, "a", lambda each: each.data and each.data["done"] == "yes", timeout=20)
        assert found.data == {"done": "yes"}
        await api.delete("a")
        assert await wait_for(api, "a", conditions.deleted, timeout=20) is None
        with pytest.raises(WaitTimeout, match="it is not there"):
            await wait_for(api, "a", conditions.ready, timeout=0.5)
        spaces = Api(Namespace, client)
        assert (await wait_for(spaces, namespace, conditions.ready, timeout=20)).metadata.name == namespace


async def test_a_controller_makes_what_is_missing_and_cleans_up(client: BaseClient, namespace: str) -> None:
    controller = Controller(Secret, name="kubex-copies", owns=[ConfigMap], label_selector="copied=yes")
    cleaned: list[str] = []

    @controller.reconcile
    async def reconcile(secret: Secret, ctx: Context) -> None:
        name, owner = secret.metadata.name, owner_reference(secret, controller=True)
        metadata = ObjectMetadata(name=f"{name}-copy", owner_references=[owner])
        await ctx.api(ConfigMap).apply(ConfigMap(metadata=metadata, data={"keys": ",".join(sorted(secret.data or {}))}))
        await ctx.event(secret, "Copied", "as it should be")

    @controller.finalize("kubex.example.com/cleanup")
    async def cleanup(secret: Secret, ctx: Context) -> None:
        await Api(ConfigMap, client, namespace=namespace).delete(f"{secret.metadata.name}-copy")
        cleaned.append(secret.metadata.name or "")

    secrets = Api(Secret, client, namespace=namespace)
    config_maps = Api(ConfigMap, client, namespace=namespace)
    name = f"copier-{uuid.uuid4().hex[:8]}"
    manager = Manager(
        controller,
        client=client,
        namespace=namespace,
        leader_election=name,
        leader_namespace=namespace,
        handle_signals=False,
    )
    async with within(60), anyio.create_task_group() as tasks:
        tasks.start_soon(manager.run)
        labels = {"copied": "yes"}
        await secrets.create(Secret(metadata=ObjectMetadata(name="a", labels=labels), string_data={"k": "v"}))
        copy = await wait_for(config_maps, "a-copy", lambda each: each.data and each.data["keys"] == "k", timeout=20)
        await config_maps.delete("a-copy")
        uid = copy.metadata.uid
        await wait_for(config_maps, "a-copy", lambda each: each.metadata.uid != uid, timeout=20)
        held = await Api(Lease, client, namespace=namespace).get(name)
        assert held.spec is not None
        assert held.spec.holder_identity
        await secrets.delete("a")
        assert await wait_for(secrets, "a", conditions.deleted, timeout=20) is None
        assert cleaned == ["a"]
        manager.stop()
    released = await Api(Lease, client, namespace=namespace).get(name)
    assert released.spec is not None
    assert not released.spec.holder_identity
    events = await Api(Event, client, namespace=namespace).list()
    assert "Copied" in {each.reason for each in events.items}


async def test_events_are_counted_in_series(client: BaseClient, namespace: str) -> None:
    about = await Api(ConfigMap, client, namespace=namespace).create(config_map("a"))
    async with within(30):
        async with EventRecorder(client, controller="kubex.example.com/tests") as recorder:
            for _ in range(3):
                await recorder.event(about, "Tried", "a note", type="Warning")
                await recorder.flush()
        assert (recorder.dropped, recorder.last_error) == (0, None)
        (event,) = (await Api(Event, client, namespace=namespace).list(field_selector="reason=Tried")).items
        assert event.series is not None
        assert event.series.count == 3
        assert event.regarding is not None
        assert event.regarding.uid == about.metadata.uid


async def test_of_two_electors_one_leads(client: BaseClient, namespace: str) -> None:
    order: list[str] = []

    async def compete(identity: str) -> None:
        async def work() -> None:
            order.append(identity)
            await anyio.sleep(0.3)
            order.append(identity)

        elector = LeaderElector(
            client,
            "work",
            namespace=namespace,
            identity=identity,
            lease_duration=2,
            renew_deadline=1,
            retry_period=0.1,
        )
        await elector.run(work)

    async with within(30), anyio.create_task_group() as tasks:
        for identity in ("first", "second"):
            tasks.start_soon(compete, identity)
    assert order in (["first", "first", "second", "second"], ["second", "second", "first", "first"])
