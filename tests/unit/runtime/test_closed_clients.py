"""What tries again for ever ends when its client is closed, with that error: no other try could succeed."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import anyio
import pytest

from kubex.api import Api
from kubex.core.exceptions import ClientClosed, KubexClientException
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.runtime import (
    Context,
    Controller,
    EventRecorder,
    Informer,
    InformerFactory,
    LeaderElector,
    Manager,
    Watcher,
    wait_for,
)
from tests.unit.api.resources import Widget
from tests.unit.runtime.fake_cluster import FakeClient, FakeCluster
from tests.unit.runtime.test_cache import made
from tests.unit.runtime.virtual_time import anyio_backend
from tests.unit.runtime.widgets import put

__all__ = ["anyio_backend"]

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def client(cluster: FakeCluster) -> FakeClient:
    return FakeClient(cluster)


async def ends_at_once(client: FakeClient, work: Callable[[], Awaitable[object]], *, within: float = 0.0) -> None:
    """Close a client in the middle of something, and see that this ends with the error."""
    ended: list[float] = []

    async def do() -> None:
        with pytest.raises(ClientClosed):
            await work()
        ended.append(anyio.current_time())

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(do)
        await anyio.sleep(5)
        assert not ended
        began = anyio.current_time()
        await client.close()
        await anyio.sleep(60)
        assert ended, "it goes on"
        assert ended[0] - began <= within
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("leader_election", [None, "work"])
@pytest.mark.parametrize("is_busy", [True, False])
async def test_a_manager(cluster: FakeCluster, client: FakeClient, leader_election: str | None, is_busy: bool) -> None:
    first, second = Controller(Widget, name="first", owns=[ConfigMap]), Controller(ConfigMap, name="second")
    calls: list[str] = []

    @first.reconcile
    async def reconcile(widget: Widget, ctx: Context) -> None:
        calls.append("begun")
        try:
            await anyio.sleep(600 if is_busy else 0)
        finally:
            calls.append("ended")

    @second.reconcile
    async def nothing(each: ConfigMap, ctx: Context) -> None: ...

    put(cluster, "a")
    manager = Manager(first, second, client=client, handle_signals=False, leader_election=leader_election)
    await ends_at_once(client, manager.run)
    assert calls == ["begun", "ended"]


async def test_a_manager_that_waits_for_its_turn(cluster: FakeCluster, client: FakeClient) -> None:
    controller = Controller(Widget, name="widgets")

    @controller.reconcile
    async def nothing(each: Widget, ctx: Context) -> None: ...

    other = LeaderElector(FakeClient(cluster), "work", namespace="default", identity="other")
    manager = Manager(controller, client=client, handle_signals=False, leader_election="work")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(other.run, anyio.sleep_forever)
        await anyio.sleep(1)
        await ends_at_once(client, manager.run)
        tasks.cancel_scope.cancel()


async def test_an_election_and_its_work(client: FakeClient) -> None:
    elector = LeaderElector(client, "work", identity="a")
    await ends_at_once(client, lambda: elector.run(anyio.sleep_forever), within=2.4)
    assert not elector.is_leader
    assert isinstance(elector.last_error, ClientClosed)


async def test_a_cache(client: FakeClient) -> None:
    async def keep() -> None:
        async with Informer(Api(Widget, client, namespace="shop")):
            await anyio.sleep_forever()

    await ends_at_once(client, keep)


async def test_caches_that_are_shared(client: FakeClient) -> None:
    """Both fail in the same moment, with one error and no group."""

    async def keep() -> None:
        async with InformerFactory(client) as informers:
            informers.get(Widget)
            informers.get(ConfigMap)
            await informers.wait_synced()
            await anyio.sleep_forever()

    await ends_at_once(client, keep)


async def test_a_watcher(client: FakeClient) -> None:
    async def follow() -> None:
        async with Watcher(Api(Widget, client, namespace="shop")) as events:
            async for _ in events:
                pass

    await ends_at_once(client, follow)


@pytest.mark.parametrize("timeout", [None, 600.0])
async def test_who_waits_for_an_object(client: FakeClient, timeout: float | None) -> None:  # noqa: ASYNC109
    widgets = Api(Widget, client, namespace="shop")
    await ends_at_once(client, lambda: wait_for(widgets, "a", lambda each: True, timeout=timeout))


async def test_what_pauses_when_it_is_closed(cluster: FakeCluster, client: FakeClient) -> None:
    """A server that is away is waited for; the next try finds out."""
    cluster.is_down = True

    async def keep() -> None:
        async with Informer(Api(Widget, client, namespace="shop")):
            await anyio.sleep_forever()

    await ends_at_once(client, keep, within=30)


async def test_events_are_dropped_at_the_first_try(client: FakeClient, caplog: pytest.LogCaptureFixture) -> None:
    """They never fail the program."""
    await client.close()
    async with EventRecorder(client, controller="backup-operator") as recorder:
        await recorder.event(made("a", 1), "Scheduled")
        await anyio.sleep(600)
    assert recorder.dropped == 1
    assert isinstance(recorder.last_error, ClientClosed)
    assert [each.levelno for each in caplog.records] == [logging.WARNING]


async def test_so_does_what_belongs_to_another_event_loop(cluster: FakeCluster, client: FakeClient) -> None:
    error = KubexClientException("the client belongs to another event loop")
    error.is_final = True
    cluster.faults.append(error)
    with pytest.raises(KubexClientException, match="another event loop"):
        async with Informer(Api(Widget, client, namespace="shop")):
            await anyio.sleep(60)
