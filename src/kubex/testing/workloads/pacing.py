"""When an engine does what is to be done: soon, on an event loop; or at once, on a clock that stands still."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta
from typing import Final, Protocol

from kubex.testing.clock import Clock, VirtualClock
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.workloads.engine import Engine

__all__ = ["AtOnce", "OnLoop", "Pace", "pass_time"]

_SLICE_SECONDS: Final = 0.004
_MOST_STEPS: Final = 1_000_000


class Pace(Protocol):
    """Has an engine work."""

    def wake(self) -> None:
        """Look whether something is to be done."""
        ...

    def close(self) -> None:
        """Have it work no more."""
        ...


class OnLoop:
    """Works between requests, a few milliseconds at a time, on the event loop that runs.

    Args:
        engine: it.
        clock: of the cluster.
    """

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._soon: asyncio.Handle | None = None
        self._timer: asyncio.TimerHandle | None = None
        engine.wake = engine.resume = self.wake
        self.wake()

    def wake(self) -> None:
        """Look soon whether something is to be done."""
        if self._soon is None:
            self._soon = self._loop.call_soon(self._work)

    def close(self) -> None:
        """Have it work no more."""
        self._engine.wake = self._engine.resume = lambda: None
        for handle in (self._soon, self._timer):
            if handle is not None:
                handle.cancel()

    def _work(self) -> None:
        self._soon = None
        until = time.monotonic() + _SLICE_SECONDS
        while self._engine.step():
            if time.monotonic() >= until:
                self.wake()
                return
        if self._timer is not None:
            self._timer.cancel()
        due = self._engine.next_due
        if due is not None:
            seconds = max(0.0, (due - self._clock.now()).total_seconds())
            self._timer = self._loop.call_later(seconds, self.wake)


class AtOnce:
    """Works as part of what makes it necessary: when a request is answered, all is done that is due.

    Args:
        engine: it.
        cluster: whose changes it follows.
    """

    def __init__(self, engine: Engine, cluster: Cluster) -> None:
        self._engine = engine
        self._cluster = cluster
        self._is_waiting = False
        self._steps = 0
        self._at = cluster.clock.now()
        engine.wake = self._later
        engine.resume = self.wake
        self.wake()

    def wake(self) -> None:
        """Do what is to be done."""
        self._later()
        self._cluster.settle()

    def close(self) -> None:
        """Have it work no more."""
        self._engine.wake = self._engine.resume = lambda: None

    def _later(self) -> None:
        if not self._is_waiting:
            self._is_waiting = True
            self._cluster.defer(self._step)

    def _step(self) -> None:
        self._is_waiting = False
        if not self._engine.step():
            return
        now = self._cluster.clock.now()
        self._steps = self._steps + 1 if now == self._at else 0
        self._at = now
        if self._steps > _MOST_STEPS:
            raise RuntimeError(f"workloads don't come to rest: {_MOST_STEPS:,} steps, and the time is still {now}")
        self._later()


def pass_time(engine: Engine, pace: Pace, clock: VirtualClock, until: datetime) -> bool:
    """Let time pass: what is due happens at its moment, until all is done and the time has come.

    It stands still, and this gives `False`, where a webhook has been asked: to be called again with its answer.

    Args:
        engine: of the cluster.
        pace: of the engine.
        clock: of the cluster.
        until: the time on the clock, without its skew.
    """
    skew = timedelta(seconds=clock.skew_seconds)
    pace.wake()
    while not engine.is_waiting and (due := engine.next_due) is not None and due - skew <= until:
        clock.stand_at(due - skew)
        pace.wake()
    if not engine.is_waiting:
        clock.stand_at(until)
        pace.wake()
    return not engine.is_waiting
