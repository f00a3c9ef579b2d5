"""One timer for all operations with the same bound: it ends those that are due, and no other."""

from __future__ import annotations

import asyncio

import pytest

from kubex.client._deadlines import Deadlines

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def outcome(deadlines: Deadlines, seconds: float) -> str:
    try:
        with deadlines.operation():
            await asyncio.sleep(seconds)
    except TimeoutError:
        return "late"
    return "in time"


async def test_one_that_is_late() -> None:
    deadlines = Deadlines(0.05)
    assert await outcome(deadlines, 10) == "late"
    assert await outcome(deadlines, 0) == "in time"
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0, "the cancellation is taken back"


async def test_each_has_its_own() -> None:
    """Three begin one after the other; each is bounded from its own beginning."""
    deadlines = Deadlines(0.2)
    tasks: list[asyncio.Task[str]] = []
    for seconds in (10, 0.1, 10):
        tasks.append(asyncio.create_task(outcome(deadlines, seconds)))
        await asyncio.sleep(0.08)
    began = asyncio.get_running_loop().time()
    assert await tasks[0] == "late"
    assert await tasks[1] == "in time"
    assert not tasks[2].done()
    assert await tasks[2] == "late"
    assert asyncio.get_running_loop().time() - began < 5


async def test_a_cancellation_from_outside_stays_one() -> None:
    deadlines = Deadlines(10)
    task = asyncio.create_task(outcome(deadlines, 10))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    deadlines.close()


async def test_both_at_once_is_a_cancellation() -> None:
    deadlines = Deadlines(0.02)

    async def stubborn() -> str:
        try:
            with deadlines.operation():
                try:
                    await asyncio.sleep(10)
                finally:
                    task.cancel()  # while the bound's own cancellation is on its way
        except TimeoutError:
            return "late"
        return "in time"

    task = asyncio.create_task(stubborn())
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_is_kept() -> None:
    deadlines = Deadlines(10)
    with pytest.raises(ZeroDivisionError), deadlines.operation():
        raise ZeroDivisionError
    deadlines.close()


async def test_nested_in_a_bound_of_asyncios() -> None:
    deadlines = Deadlines(10)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            with deadlines.operation():
                await asyncio.sleep(10)
    deadlines.close()


@pytest.mark.parametrize("seconds", [0.02, None])
async def test_closing_ends_all_and_leaves_no_timer(seconds: float | None) -> None:
    deadlines = Deadlines(seconds)
    tasks = [asyncio.create_task(outcome(deadlines, 60)) for _ in range(3)]
    await asyncio.sleep(0)
    assert (deadlines.timer is None) == (seconds is None)
    deadlines.close()
    deadlines.close()
    for task in tasks:
        with pytest.raises(ConnectionAbortedError):
            await task
        assert task.cancelling() == 0, "the cancellation is taken back"
    assert deadlines.timer is None
    assert not deadlines.running


async def test_a_thousand() -> None:
    deadlines = Deadlines(0.1)
    outcomes = await asyncio.gather(*(outcome(deadlines, 10 if number % 2 else 0) for number in range(1000)))
    assert outcomes == ["in time", "late"] * 500
    assert not deadlines.running
