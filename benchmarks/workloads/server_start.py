"""Starting the server in memory in a fresh process, and a fresh cluster for the next test."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.fresh_process import FreshProcess
from benchmarks.measure import Entrant, Plan
from benchmarks.workload import Amount, Workload

__all__ = ["WORKLOAD"]


@contextmanager
def _entrants(directory: Path) -> Generator[Sequence[Entrant], None, None]:
    yield (FreshProcess("kubex", ("-m", "benchmarks.peers.server_start"), directory),)


WORKLOAD = Workload(
    name="server-start",
    title="start the server in memory",
    operations=1,
    operation="start",
    entrants=_entrants,
    plan=Plan(launches=1, rounds=15, warm_up_rounds=2, most_launches=2),
    quick_plan=Plan(launches=1, rounds=5),
    rules=(
        Amount(
            "Start of the server in memory to its first answer, once `ApiServer` is imported",
            50,
            "kubex",
            "wall_seconds",
            "ms",
            divisor=1e-3,
        ),
        Amount(
            "A fresh cluster in memory for the next test (`reset`), to its first answer",
            5,
            "kubex",
            "reset_wall_seconds",
            "ms",
            divisor=1e-3,
        ),
    ),
)
