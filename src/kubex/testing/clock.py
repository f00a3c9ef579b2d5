"""The time of a cluster in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from kubex.core.exceptions import InvalidArgument

__all__ = ["Clock", "VirtualClock"]


class Clock:
    """The machine's clock, and how far the cluster's is off.

    Args:
        skew_seconds: how far the cluster is ahead of the machine; below zero it is behind.
    """

    def __init__(self, *, skew_seconds: float = 0.0) -> None:
        self.skew_seconds = skew_seconds

    def now(self) -> datetime:
        """Give the cluster's time, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.skew_seconds)

    def monotonic(self) -> float:
        """Give seconds that only ever grow, whatever the skew: for measuring how long something lasts."""
        return time.monotonic()

    def advance(self, seconds: float) -> None:
        """Let time pass at once; only a `VirtualClock` can.

        Raises:
            InvalidArgument: it is the machine's clock.
        """
        raise InvalidArgument(
            f"the machine's clock can't be advanced by {seconds} s: give the server one that can, "
            "ApiServer(clock=VirtualClock())"
        )


class VirtualClock(Clock):
    """A clock that stands still until it is told to go on.

    Args:
        start: the time at which it stands at first; the machine's, without fractions of a second, where left out.

    Example:
        ```python
        with ApiServer(workloads=True, clock=VirtualClock()) as server:
            server.load_manifests("nightly.yaml")
            server.clock.advance(24 * 60 * 60)
        ```

    Raises:
        InvalidArgument: `start` has no time zone.
    """

    def __init__(self, start: datetime | None = None) -> None:
        super().__init__()
        if start is not None and start.tzinfo is None:
            raise InvalidArgument("the start of a clock needs a time zone, like datetime(2026, 1, 1, tzinfo=UTC)")
        self._start = (start or datetime.now(UTC).replace(microsecond=0)).astimezone(UTC)
        self._now = self._start
        self._mover: Callable[[datetime], None] | None = None

    def now(self) -> datetime:
        """Give the cluster's time, in UTC."""
        return self._now + timedelta(seconds=self.skew_seconds) if self.skew_seconds else self._now

    def monotonic(self) -> float:
        """Give seconds since the start."""
        return (self._now - self._start).total_seconds()

    @property
    def moment(self) -> datetime:
        """The time at which it stands, without its skew."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass: all that is due meanwhile happens at its moment, one after the other, before this returns.

        Args:
            seconds: how much; 0 does what is due now.

        Raises:
            InvalidArgument: it is below zero.
        """
        if seconds < 0:
            raise InvalidArgument(f"time goes forward: {seconds} s is below zero")
        until = self._now + timedelta(seconds=seconds)
        if self._mover is not None:
            self._mover(until)
        else:
            self.stand_at(until)

    def stand_at(self, moment: datetime) -> None:
        """Stand at a moment from now on; for whoever does what is due. An earlier one than now is passed over."""
        self._now = max(self._now, moment)

    def restart(self) -> None:
        """Stand at the start again, for another cluster: what was due in the one before does not happen."""
        self._now = self._start

    def moved_by(self, mover: Callable[[datetime], None] | None) -> None:
        """Let a server do what `advance` asks for, until the moment that it is given."""
        self._mover = mover
