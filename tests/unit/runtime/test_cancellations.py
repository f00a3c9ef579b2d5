"""Functions that run into somebody else's cancellation: a failure of theirs, and of nothing else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import pytest

from kubex.core.exceptions import UnexpectedCancellation
from kubex.runtime import Context, Controller, Informer, LeaderElector, Manager, ObjectKey, Reflector, Requeue
from kubex.runtime.predicates import Predicate
from tests.unit.api.resources import Widget
from tests.unit.runtime.controllers import running
from tests.unit.runtime.fake_cluster import FakeClient, FakeCluster
from tests.unit.runtime.virtual_time import VirtualLoop, options
from tests.unit.runtime.widgets import put, remove, widgets

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    """On asyncio alone: to trio a cancellation is always that of a scope."""
    return "asyncio", options("asyncio")


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


async def cancelled_elsewhere() -> None:
    task = asyncio.create_task(asyncio.sleep(60))
    await asyncio.sleep(0)
    task.cancel()
    await task


async def cancelled_by_a_scope_elsewhere() -> None:
    """Such a one says so, as those do that are meant for this task."""

    async def other() -> None:
        scope.cancel()
        await asyncio.sleep(60)

    async def outer() -> None:
        with scope:
            try:
                await other()
            except asyncio.CancelledError as cancellation:
                given.append(cancellation)
                raise

    scope, given = anyio.CancelScope(), list[BaseException]()
    await asyncio.create_task(outer())
    raise given[0]


async def the_task_itself() -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(1)


def raise_cancelled(*_: object) -> Any:
    raise asyncio.CancelledError


class TestController:
    @pytest.mark.parametrize(
        "cancelled",
        [cancelled_elsewhere, cancelled_by_a_scope_elsewhere, the_task_itself],
        ids=lambda each: each.__name__,
    )
    @pytest.mark.parametrize("timeout", [300.0, None])
    async def test_that_object_is_tried_again_and_the_others_go_on(
        self,
        cluster: FakeCluster,
        caplog: pytest.LogCaptureFixture,
        cancelled: Callable[[], Awaitable[None]],
        timeout: float | None,  # noqa: ASYNC109
    ) -> None:
        told: list[Exception] = []

        def policy(obj: Widget, error: Exception, failures: int) -> Requeue | None:
            told.append(error)
            return None

        controller = Controller(Widget, name="widgets", error_policy=policy, timeout=timeout)
        calls: list[tuple[str, int]] = []

        @controller.reconcile
        async def reconcile(widget: Widget, ctx: Context) -> None:
            calls.append((ctx.key.name, ctx.attempt))
            if ctx.key.name == "bad" and ctx.attempt < 3:
                await cancelled()

        put(cluster, "bad")
        async with running(cluster, controller):
            await anyio.sleep(10)
            put(cluster, "later")
            await anyio.sleep(10)
        assert calls == [("bad", 0), ("bad", 1), ("bad", 2), ("bad", 3), ("later", 0)]
        assert [type(error) for error in told] == [UnexpectedCancellation] * 3
        assert all(isinstance(error.__cause__, asyncio.CancelledError) for error in told)
        (first, *_) = [each for each in caplog.records if each.name == "kubex.controller.widgets"]
        assert first.levelno == logging.WARNING
        assert (
            "shop/bad failed and is tried again in 0.005 s: the call for shop/bad ended in a cancellation"
            in first.getMessage()
        )
        assert first.exc_info, "where it was is told"

    async def test_a_cleanup_is_tried_again(self, cluster: FakeCluster) -> None:
        controller = Controller(Widget, name="widgets")
        attempts: list[int] = []

        @controller.finalize("example.com/cleanup")
        async def cleanup(widget: Widget, ctx: Context) -> None:
            attempts.append(ctx.attempt)
            if ctx.attempt < 2:
                await cancelled_elsewhere()

        put(cluster, "a")
        async with running(cluster, controller):
            await anyio.sleep(1)
            remove(cluster, "a")
            await anyio.sleep(1)
        assert attempts == [0, 1, 2]

    async def test_mappers_predicates_and_policies(
        self, cluster: FakeCluster, caplog: pytest.LogCaptureFixture
    ) -> None:
        predicate: list[Predicate] = [raise_cancelled]
        controller = Controller(
            Widget, name="widgets", predicate=lambda change: predicate[0](change), error_policy=raise_cancelled
        )
        mapped: list[str] = []

        def mapper(widget: Widget) -> list[ObjectKey]:
            mapped.append(widget.metadata.name or "")
            if widget.metadata.name == "a":
                raise asyncio.CancelledError
            return []

        controller.watches(Widget, mapper, namespace="shop")
        calls: list[str] = []

        @controller.reconcile
        async def reconcile(widget: Widget, ctx: Context) -> None:
            calls.append(ctx.key.name)
            if ctx.attempt == 0:
                raise ZeroDivisionError

        put(cluster, "a")
        async with running(cluster, controller):
            await anyio.sleep(1)
            predicate[0] = lambda change: True
            put(cluster, "b")
            await anyio.sleep(1)
        assert mapped == ["a", "b"]
        assert calls == ["b", "b"]
        texts = [each.getMessage() for each in caplog.records]
        assert texts.count("a mapper or predicate failed for shop/a") == 2
        assert "the error policy failed for shop/b" in texts

    async def test_a_time_out_is_still_one(self, cluster: FakeCluster) -> None:
        """What runs into another cancellation while it cleans up after its own has failed, too."""
        controller = Controller(Widget, name="widgets", timeout=5)
        attempts: list[int] = []

        @controller.reconcile
        async def reconcile(widget: Widget, ctx: Context) -> None:
            attempts.append(ctx.attempt)
            if ctx.attempt == 0:
                await anyio.sleep(60)
            if ctx.attempt == 1:
                try:
                    await anyio.sleep(60)
                finally:
                    raise asyncio.CancelledError

        put(cluster, "a")
        async with running(cluster, controller):
            await anyio.sleep(30)
        assert attempts == [0, 1, 2]

    @pytest.mark.parametrize("leader_election", [None, "work"])
    async def test_cancelling_the_program_ends_all_at_once(
        self, cluster: FakeCluster, caplog: pytest.LogCaptureFixture, leader_election: str | None
    ) -> None:
        controller = Controller(Widget, name="widgets")
        ended: list[float] = []

        @controller.reconcile
        async def reconcile(widget: Widget, ctx: Context) -> None:
            try:
                await anyio.sleep(60)
            finally:
                ended.append(anyio.current_time())

        put(cluster, "a")
        client = FakeClient(cluster)
        manager = Manager(controller, client=client, handle_signals=False, leader_election=leader_election)
        task = asyncio.create_task(manager.run())
        await anyio.sleep(3)
        began = anyio.current_time()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended == [began]
        assert anyio.current_time() == began
        assert not caplog.records

    @pytest.mark.parametrize("turn", range(3))
    def test_so_does_the_end_of_the_event_loop(
        self, cluster: FakeCluster, caplog: pytest.LogCaptureFixture, turn: int
    ) -> None:
        """It cancels all tasks at once, in any order: none of them takes that for a failure."""
        controller = Controller(Widget, name="widgets")

        @controller.reconcile
        async def reconcile(widget: Widget, ctx: Context) -> None:
            await anyio.sleep(60)

        for name in "abcdefgh":
            put(cluster, name)
        manager = Manager(controller, client=FakeClient(cluster), handle_signals=False)

        async def main() -> None:
            background.append(asyncio.create_task(manager.run()))
            await anyio.sleep(3)

        background: list[asyncio.Task[None]] = []
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            runner.run(main())
        assert background[0].cancelled()
        assert not caplog.records


class TestElection:
    def elector(self, cluster: FakeCluster, **options: Any) -> LeaderElector:
        return LeaderElector(FakeClient(cluster), "work", namespace="shop", identity="a", **options)

    async def test_work_that_runs_into_one_gives_the_lease_up(self, cluster: FakeCluster) -> None:
        elector = self.elector(cluster)
        with pytest.raises(asyncio.CancelledError):
            await elector.run(cancelled_elsewhere)
        assert cluster.objects["apis/coordination.k8s.io/v1/leases"]["shop", "work"]["spec"]["holderIdentity"] == ""

    async def test_cancelling_its_task_is_none(self, cluster: FakeCluster) -> None:
        elector = self.elector(cluster)
        task = asyncio.create_task(elector.run(anyio.sleep_forever))
        await anyio.sleep(5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    async def test_whoever_is_told_of_leaders(self, cluster: FakeCluster) -> None:
        with pytest.raises(UnexpectedCancellation, match="on_new_leader of lease 'work'"):
            await self.elector(cluster, on_new_leader=raise_cancelled).run(anyio.sleep_forever)


class TestCache:
    @pytest.mark.parametrize("how", ["transform", "indexer", "listener"])
    async def test_a_cache_whose_functions_run_into_one_ends_with_that(self, cluster: FakeCluster, how: str) -> None:
        put(cluster, "a")
        functions: dict[str, dict[str, Any]] = {
            "transform": {"transform": raise_cancelled},
            "indexer": {"indexers": {"size": raise_cancelled}},
        }
        with pytest.raises(UnexpectedCancellation, match="the cache of <Api of Widget") as caught:
            async with Informer(widgets(cluster), **functions.get(how, {})) as cache:
                if how == "listener":
                    cache.store.listen(raise_cancelled)
                await anyio.sleep(60)
        assert isinstance(caught.value.__cause__, asyncio.CancelledError)

    async def test_cancelling_the_task_of_a_reflector_is_none(self, cluster: FakeCluster) -> None:
        task = asyncio.create_task(Reflector(widgets(cluster)).run())
        await anyio.sleep(5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
