"""Reads metrics in the event loop that they belong to: exporters ask from threads of their own."""

from __future__ import annotations

from collections.abc import Callable

import anyio
import anyio.from_thread
import anyio.lowlevel

from kubex.runtime.metrics import Measured, Metric, merged

__all__ = ["gathering"]


def gathering(measured: tuple[Measured, ...]) -> Callable[[], list[Metric]]:
    """Give a function that gives the metrics, and may be called in any thread; after the end of the loop, none.

    Args:
        measured: what they are of.
    """
    token = anyio.lowlevel.current_token()

    def measure() -> list[Metric]:
        return merged(metric for each in measured for metric in each.measure())

    def gather() -> list[Metric]:
        try:
            is_here = anyio.lowlevel.current_token() == token
        except anyio.NoEventLoopError:
            is_here = False
        if is_here:
            return measure()
        try:
            return anyio.from_thread.run_sync(measure, token=token)
        except anyio.RunFinishedError:
            return []

    return gather
