"""The time of a cluster in memory."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

__all__ = ["Clock"]


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
