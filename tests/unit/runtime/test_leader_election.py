from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest

from kubex.core.exceptions import ConnectionFailed, InvalidArgument, LeadershipLost
from kubex.runtime import LeaderElector
from kubex.runtime._guarded_steps import GuardedSteps
from tests.unit.runtime.fake_cluster import FakeClient, FakeCluster
from tests.unit.runtime.virtual_time import anyio_backend

__all__ = ["anyio_backend"]

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

LEASES = "apis/coordination.k8s.io/v1/leases"


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


def elector(cluster: FakeCluster, identity: str, *, skew: float = 0.0, **options: Any) -> LeaderElector:
    def now() -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=anyio.current_time() + skew)

    return LeaderElector(FakeClient(cluster), "work", namespace="shop", identity=identity, now=now, **options)


def lease(cluster: FakeCluster) -> dict[str, Any]:
    spec: dict[str, Any] = cluster.objects[LEASES]["shop", "work"]["spec"]
    return spec


async def for_ever() -> None:
    await anyio.sleep_forever()


async def test_the_leader_does_its_work_and_gives_the_lease_up(cluster: FakeCluster) -> None:
    leaders: list[str] = []
    first = elector(cluster, "a", on_new_leader=leaders.append)

    async def work() -> str:
        assert first.is_leader
        await anyio.sleep(60)
        assert first.is_leader
        assert lease(cluster)["holderIdentity"] == "a"
        assert lease(cluster)["leaseDurationSeconds"] == 15
        return "done"

    assert await first.run(work) == "done"
    assert not first.is_leader
    assert lease(cluster)["holderIdentity"] == ""
    assert leaders == ["a"]
    # The next one need not wait for its end.
    second = elector(cluster, "b")
    began = anyio.current_time()

    async def nothing() -> None: ...

    await second.run(nothing)
    assert anyio.current_time() - began < 1
    assert lease(cluster)["leaseTransitions"] == 1


@pytest.mark.parametrize("skew", [-3600.0, 0.0, 3600.0])
async def test_another_one_takes_over_when_the_leader_is_gone_whatever_the_clocks_say(
    cluster: FakeCluster, skew: float
) -> None:
    took_over = 0.0
    second = elector(cluster, "b", skew=skew)

    async def work() -> None:
        nonlocal took_over
        took_over = anyio.current_time()

    with anyio.move_on_after(30) as first_one:
        async with anyio.create_task_group() as tasks:

            async def fall_silent() -> None:
                await anyio.sleep(20)
                first.__dict__["_release"] = _nothing  # a process that is killed gives nothing up
                first_one.cancel()

            first = elector(cluster, "a")
            tasks.start_soon(fall_silent)
            await first.run(for_ever)
    gone = anyio.current_time()
    await second.run(work)
    assert 13 <= took_over - gone <= 1.5 * 15


async def _nothing() -> None: ...


async def test_work_is_cancelled_before_another_one_can_lead(cluster: FakeCluster) -> None:
    first, second = elector(cluster, "a"), elector(cluster, "b")
    ended = took_over = cut = 0.0

    async def first_work() -> None:
        nonlocal ended, cut
        try:
            await anyio.sleep(20)
            client = first.__dict__["_api"].client
            client.cluster = FakeCluster()
            client.cluster.is_down = True
            cut = anyio.current_time()
            await anyio.sleep_forever()
        finally:
            ended = anyio.current_time()

    async def second_work() -> None:
        nonlocal took_over
        took_over = anyio.current_time()

    async with anyio.create_task_group() as tasks:

        async def run_first() -> None:
            with pytest.raises(LeadershipLost, match="connection refused") as caught:
                await first.run(first_work)
            assert isinstance(caught.value.last_error, ConnectionFailed)

        tasks.start_soon(run_first)
        await anyio.sleep(1)
        await second.run(second_work)
    assert 7 <= ended - cut <= 10
    assert took_over - ended >= 2
    assert took_over - cut <= 1.5 * 15


async def test_short_outages_are_survived(cluster: FakeCluster) -> None:
    first = elector(cluster, "a")

    async def work() -> str:
        for _ in range(5):
            cluster.is_down = True
            await anyio.sleep(6)
            cluster.is_down = False
            await anyio.sleep(6)
        return "done"

    assert await first.run(work) == "done"
    assert isinstance(first.last_error, ConnectionFailed)


async def test_a_lease_that_another_one_took_is_lost(cluster: FakeCluster) -> None:
    first = elector(cluster, "a")

    async def work() -> None:
        await anyio.sleep(5)
        held = cluster.objects[LEASES]["shop", "work"]
        cluster.put(LEASES, {**held, "spec": {**held["spec"], "holderIdentity": "b"}})
        await anyio.sleep_forever()

    began = anyio.current_time()
    with pytest.raises(LeadershipLost):
        await first.run(work)
    assert anyio.current_time() - began < 9
    assert lease(cluster)["holderIdentity"] == "b"
    assert first.leader == "b"


async def test_of_many_one_leads_at_a_time(cluster: FakeCluster) -> None:
    leading: list[str] = []
    turns: list[str] = []

    async def compete(identity: str) -> None:
        async def work() -> None:
            assert leading == []
            leading.append(identity)
            turns.append(identity)
            await anyio.sleep(7)
            leading.remove(identity)

        for _ in range(3):
            await elector(cluster, identity).run(work)

    async with anyio.create_task_group() as tasks:
        for number in range(5):
            tasks.start_soon(compete, f"{number}")
    assert len(turns) == 15


async def test_what_the_work_raises_comes_as_it_is(cluster: FakeCluster) -> None:
    async def work() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await elector(cluster, "a").run(work)
    assert lease(cluster)["holderIdentity"] == ""


@pytest.mark.parametrize("periods", [(10, 10, 2), (15, 2, 2), (15, 10, 0)])
def test_periods_that_can_t_be(cluster: FakeCluster, periods: tuple[float, float, float]) -> None:
    duration, deadline, retry = periods
    with pytest.raises(InvalidArgument, match="has to be longer"):
        elector(cluster, "a", lease_duration=duration, renew_deadline=deadline, retry_period=retry)


class TestGuardedSteps:
    """No step begins after the time is over, as in a process that was stopped for a while."""

    async def test_the_step_that_is_due_does_not_begin(self) -> None:
        steps: list[str] = []
        is_over = False

        async def work() -> None:
            nonlocal is_over
            try:
                steps.append("first")
                await anyio.sleep(1)
                steps.append("second")
                is_over = True  # it passes while this step waits, and the deadline's own turn comes later
                await anyio.sleep(1)
                steps.append("third")
            finally:
                steps.append("cleanup")

        with anyio.CancelScope() as scope:
            await GuardedSteps(work(), lambda: is_over, scope.cancel)
        assert scope.cancelled_caught
        assert steps == ["first", "second", "cleanup"]

    async def test_locks_and_groups_stay_whole(self) -> None:
        """What the work has just been given, a lock or the end of its tasks, is not torn away half-way."""
        lock = anyio.Lock()
        ended: list[bool] = []

        async def end_the_time() -> None:
            async with lock:
                await anyio.sleep(1)
                ended.append(True)

        async def work() -> None:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(end_the_time)
                await anyio.sleep(0.5)
                async with lock:
                    await anyio.sleep(1)

        async def work_of_a_group() -> None:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(end_the_time)

        for each in (work, work_of_a_group):
            ended.clear()
            with anyio.CancelScope() as scope:
                await GuardedSteps(each(), lambda: bool(ended), scope.cancel)
            assert scope.cancel_called
            with anyio.fail_after(1):
                async with lock:
                    pass

    async def test_it_gives_what_the_work_gives_and_raises_what_it_raises(self) -> None:
        async def work(value: Callable[[], int]) -> int:
            await anyio.sleep(1)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(anyio.sleep, 1)
            return value()

        with anyio.CancelScope() as scope:
            assert await GuardedSteps(work(lambda: 7), lambda: False, scope.cancel) == 7
            with pytest.raises(ZeroDivisionError):
                await GuardedSteps(work(lambda: 1 // 0), lambda: False, scope.cancel)
            with anyio.move_on_after(0.5) as outer:
                await GuardedSteps(work(lambda: 7), lambda: False, scope.cancel)
            assert outer.cancelled_caught
