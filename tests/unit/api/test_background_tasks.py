from __future__ import annotations

import anyio
import pytest

from kubex.api._background_tasks import BackgroundTasks

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


async def fail() -> None:
    raise ZeroDivisionError


async def test_tasks_end_with_the_block() -> None:
    ended: list[str] = []

    async def run() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ended.append("task")

    async with BackgroundTasks() as tasks:
        tasks.start_soon(run)
        await anyio.wait_all_tasks_blocked()
    assert ended == ["task"]


async def test_what_the_block_raises_comes_as_itself() -> None:
    with pytest.raises(KeyError, match="mine"):
        async with BackgroundTasks() as tasks:
            tasks.start_soon(anyio.sleep_forever)
            raise KeyError("mine")


async def test_the_failure_of_a_task_ends_the_block_and_comes_as_itself() -> None:
    with pytest.raises(ZeroDivisionError):
        async with BackgroundTasks() as tasks:
            tasks.start_soon(fail)
            await anyio.sleep_forever()


async def test_several_failures_come_together() -> None:
    with pytest.raises(ExceptionGroup) as raised:
        async with BackgroundTasks() as tasks:
            tasks.start_soon(fail)
            tasks.start_soon(fail)
            await anyio.sleep_forever()
    assert len(raised.value.exceptions) == 2


async def test_cancelling_the_scope_of_its_own_ends_the_block_quietly() -> None:
    async with BackgroundTasks() as tasks:
        tasks.start_soon(anyio.sleep_forever)
        tasks.cancel_scope.cancel()
        await anyio.sleep_forever()


async def test_cancelling_from_outside_goes_on_outside() -> None:
    with anyio.CancelScope() as scope:
        async with BackgroundTasks() as tasks:
            tasks.start_soon(anyio.sleep_forever)
            scope.cancel()
            await anyio.sleep_forever()
        raise AssertionError("it went on inside")
    assert scope.cancelled_caught
