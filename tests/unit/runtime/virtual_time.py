"""Event loops whose time passes only while everything waits, and then at once: hours take milliseconds."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import anyio
import pytest
import sniffio
import trio
import trio.testing

R = TypeVar("R")

LOOPS: Final = ("asyncio", "trio")


class VirtualLoop(asyncio.SelectorEventLoop):
    """An asyncio loop that jumps to its next timer instead of waiting for it."""

    def __init__(self) -> None:
        super().__init__(_JumpingSelector(self))
        self.now = 0.0

    def time(self) -> float:
        return self.now


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if not found:
            if timeout is None:  # nothing will ever happen, unless from outside of the loop
                return super().select(None)
            self._loop.now += timeout
        return found


def options(loop: str) -> dict[str, Any]:
    """Give the options of anyio for a loop in virtual time."""
    if loop == "asyncio":
        return {"loop_factory": VirtualLoop}
    return {"clock": trio.testing.MockClock(autojump_threshold=0)}


def skip(seconds: float) -> None:
    """Have time pass while nothing runs, as for a process that is stopped: what comes next finds it all over."""
    if sniffio.current_async_library() == "asyncio":
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.now += seconds
    else:
        clock = trio.lowlevel.current_clock()
        assert isinstance(clock, trio.testing.MockClock)
        clock.jump(seconds)


def run(loop: str, main: Callable[[], Awaitable[R]]) -> R:
    """Run a coroutine function on a loop in virtual time."""
    return anyio.run(main, backend=loop, backend_options=options(loop))


@pytest.fixture(params=LOOPS)
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """The event loops in virtual time, for every test of a module that imports this."""
    return request.param, options(request.param)
