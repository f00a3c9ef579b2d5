from __future__ import annotations

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.runtime import Queue
from tests.unit.runtime.virtual_time import anyio_backend, run

__all__ = ["anyio_backend"]

pytestmark = pytest.mark.anyio


async def taken(queue: Queue[str], count: int) -> list[str]:
    keys: list[str] = []
    for _ in range(count):
        keys.append(await queue.get())
        queue.done(keys[-1])
    return keys


async def is_empty(queue: Queue[str]) -> bool:
    with anyio.move_on_after(0.001):
        queue.done(await queue.get())
        return False
    return True


async def test_a_key_comes_once_and_in_order() -> None:
    queue = Queue[str]()
    for key in "abab":
        queue.add(key)
    assert await taken(queue, 2) == ["a", "b"]
    assert await is_empty(queue)


async def test_a_key_is_never_worked_on_twice_at_once() -> None:
    queue = Queue[str]()
    queue.add("a")
    assert await queue.get() == "a"
    queue.add("a")
    queue.add("a")
    assert await is_empty(queue)
    queue.done("a")
    assert await taken(queue, 1) == ["a"]
    assert await is_empty(queue)
    with pytest.raises(KeyError):
        queue.done("a")


async def test_a_key_comes_later() -> None:
    queue = Queue[str]()
    queue.add_after("a", 10)
    queue.add_after("a", 5)
    queue.add_after("a", 20)
    queue.add_after("b", 1)
    began = anyio.current_time()
    assert await taken(queue, 2) == ["b", "a"]
    assert anyio.current_time() - began == pytest.approx(5)
    queue.add_after("a", 10)
    queue.add("a")
    assert await taken(queue, 1) == ["a"]
    with anyio.move_on_after(60):
        await queue.get()
        pytest.fail("the earlier call took the place of the later one")


async def test_delays_that_others_took_the_place_of_are_forgotten() -> None:
    queue = Queue[str]()
    queue.add_after("first", 5)  # at the head of all that come later
    for _ in range(1000):
        queue.add_after("a", 36000)
        queue.add("a")
        assert await taken(queue, 1) == ["a"]
    assert len(queue._delayed) < 100
    assert await taken(queue, 1) == ["first"]


async def test_failures_double_the_delay_until_they_are_forgotten() -> None:
    queue, delays = Queue[str](), list[float]()
    for _ in range(20):
        delays.append(queue.add_failed("a"))
        await taken(queue, 1)
    assert delays[:4] == [0.005, 0.01, 0.02, 0.04]
    assert delays[-2:] == [1000, 1000]
    assert queue.failures("a") == 20
    queue.forget("a")
    assert queue.add_failed("a") == 0.005


async def test_priorities_come_first_and_starve_no_one() -> None:
    queue = Queue[str]()
    queue.add("low", priority=-1)
    queue.add("high", priority=1)
    queue.add("normal")
    assert await taken(queue, 3) == ["high", "normal", "low"]
    queue.add("low", priority=-1)
    for number in range(8):
        queue.add(f"{number}")
    order = list[str]()
    for number in range(8, 30):
        order += await taken(queue, 1)
        queue.add(f"{number}")
    assert order.index("low") < 8
    queue.add("a", priority=-5)
    queue.add("a", priority=5)
    queue.add("a", priority=-5)
    assert await taken(queue, 1) == ["a"]


async def test_one_that_waits_is_woken() -> None:
    queue, keys = Queue[str](), list[str]()

    async def take() -> None:
        keys.append(await queue.get())

    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(take)
        await anyio.sleep(1)
        queue.add("a")
        await anyio.sleep(1)
        queue.add("b")
        queue.add_after("c", 1)
    assert keys == ["a", "b", "c"]


async def test_a_closed_queue_gives_and_takes_nothing() -> None:
    queue = Queue[str]()

    async def take() -> None:
        with pytest.raises(anyio.EndOfStream):
            await queue.get()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(take)
        await anyio.sleep(1)
        queue.close()
    queue.add("a")
    queue.add_after("b", 1)
    assert len(queue) == 0
    with pytest.raises(anyio.EndOfStream):
        await queue.get()


async def test_metrics() -> None:
    queue = Queue[str]()
    for key in "abc":
        queue.add(key)
    queue.add_after("d", 100)
    await queue.get()
    await anyio.sleep(7)
    metrics = queue.metrics()
    assert (metrics.depth, metrics.delayed, metrics.running, metrics.added, metrics.retried) == (2, 1, 1, 3, 0)
    assert metrics.longest_wait == pytest.approx(7)
    assert metrics.longest_run == pytest.approx(7)
    assert len(queue) == 3


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from("abcde"), st.integers(-2, 2)),
        st.tuples(st.just("after"), st.sampled_from("abcde"), st.integers(0, 50)),
        st.tuples(st.just("fail"), st.sampled_from("abcde"), st.just(0)),
        st.tuples(st.just("sleep"), st.just(""), st.integers(0, 30)),
        st.tuples(st.just("take"), st.just(""), st.just(0)),
        st.tuples(st.just("finish"), st.just(""), st.integers(0, 4)),
    ),
    max_size=60,
)


@given(STEPS)
def test_whatever_happens_each_added_key_is_taken_and_none_by_two(steps: list[tuple[str, str, int]]) -> None:
    async def main() -> None:
        queue, running, owed = Queue[str](), list[str](), set[str]()

        async def take() -> bool:
            with anyio.move_on_after(0.0001):
                key = await queue.get()
                assert key not in running
                running.append(key)
                owed.discard(key)
                return True
            return False

        for what, key, number in steps:
            if what == "add":
                queue.add(key, priority=number)
                owed.add(key)
            elif what == "after":
                queue.add_after(key, number)
                owed.add(key)
            elif what == "fail":
                queue.add_failed(key)
                owed.add(key)
            elif what == "sleep":
                await anyio.sleep(number)
            elif what == "take":
                await take()
            elif running:
                queue.done(running.pop(number % len(running)))
        for key in running:
            queue.done(key)
        running.clear()
        await anyio.sleep(2000)
        while await take():
            queue.done(running.pop())
        assert owed == set(), "a key was lost"
        assert len(queue) == 0

    run("trio", main)
