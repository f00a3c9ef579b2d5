"""What Prometheus reads of controllers and electors.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubex.runtime._controller_run import ControllerRun
from kubex.runtime.leader_election import LeaderElector

__all__ = ["metrics_of"]


def metrics_of(runs: Iterable[ControllerRun[Any]], elector: LeaderElector | None) -> str:
    """Give the metrics as text."""
    of = {run.controller.name: (run.queue.metrics(), run.outcomes, run) for run in runs}
    lines: list[str] = []

    def family(name: str, kind: str, text: str, values: Iterable[tuple[str, float]]) -> None:
        lines.extend((f"# HELP {name} {text}", f"# TYPE {name} {kind}"))
        lines.extend(f"{name}{{{labels}}} {value:g}" for labels, value in values)

    for name, kind, text, field in (
        ("depth", "gauge", "Keys that wait.", "depth"),
        ("delayed", "gauge", "Keys whose time has not come.", "delayed"),
        ("running", "gauge", "Keys that are worked on.", "running"),
        ("adds_total", "counter", "Keys that came.", "added"),
        ("retries_total", "counter", "Keys that came again after a failure.", "retried"),
        ("longest_wait_seconds", "gauge", "How long the oldest key has waited.", "longest_wait"),
        ("longest_running_seconds", "gauge", "How long a key has been worked on.", "longest_run"),
    ):
        values = ((f'name="{_escaped(each)}"', getattr(metrics, field)) for each, (metrics, _, _) in of.items())
        family(f"kubex_workqueue_{name}", kind, text, values)
    family(
        "kubex_controller_reconcile_total",
        "counter",
        "Calls, by how they ended.",
        (
            (f'controller="{_escaped(each)}",result="{result}"', getattr(outcomes, field))
            for each, (_, outcomes, _) in of.items()
            for result, field in (
                ("success", "succeeded"),
                ("requeue", "requeued"),
                ("error", "failed"),
                ("terminal_error", "terminal"),
            )
        ),
    )
    ready = ((f'controller="{_escaped(each)}"', float(run.is_ready)) for each, (_, _, run) in of.items())
    family("kubex_controller_ready", "gauge", "Whether the caches are there.", ready)
    if elector is not None:
        identity = [(f'identity="{_escaped(elector.identity)}"', float(elector.is_leader))]
        family("kubex_leader", "gauge", "Whether this process leads.", identity)
    return "\n".join(lines) + "\n"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
