"""Workloads that move in the server in memory: many Deployments to Available, and an hour of CronJobs, one or many."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Entrant, Plan
from benchmarks.workload import Amount, Workload, peer

__all__ = ["CRON_JOB", "CRON_JOBS", "DEPLOYMENTS"]

_DEPLOYMENTS = 1000
_MINUTES = 60


@contextmanager
def _deployments(directory: Path) -> Generator[Sequence[Entrant], None, None]:
    expected = [_DEPLOYMENTS, 3 * _DEPLOYMENTS]
    yield [peer("kubex", "moving_cluster", expected, {"workload": "deployments", "count": _DEPLOYMENTS})]


def _hour_of_cron_jobs(number: int, *, name: str, title: str, figure: str) -> Workload:
    """Give the workload that has an hour of so many CronJobs pass, each of which begins a Job every minute."""

    @contextmanager
    def entrants(directory: Path) -> Generator[Sequence[Entrant], None, None]:
        # Of each three that have ended are kept, and the last one has just begun.
        expected = [number * _MINUTES, 4 * number]
        yield [peer("kubex", "moving_cluster", expected, {"workload": "cron-jobs", "count": number})]

    return Workload(
        name=name,
        title=title,
        operations=number * _MINUTES,
        operation="job",
        entrants=entrants,
        plan=Plan(launches=1, rounds=5, most_launches=1, warm_up_rounds=0),
        quick_plan=Plan(launches=1, rounds=2, warm_up_rounds=0),
        rules=(Amount(figure, 1.0, "kubex", "cpu_seconds", "s"),),
    )


DEPLOYMENTS = Workload(
    name="server-deployments",
    title="have 1,000 Deployments of 3 replicas become available",
    operations=_DEPLOYMENTS,
    operation="deployment",
    entrants=_deployments,
    plan=Plan(launches=1, rounds=3, most_launches=1, warm_up_rounds=0),
    quick_plan=Plan(launches=1, rounds=2, warm_up_rounds=0),
    rules=(
        Amount(
            "CPU time of 1,000 Deployments of 3 replicas to Available in the server in memory",
            10.0,
            "kubex",
            "cpu_seconds",
            "s",
        ),
    ),
)
CRON_JOB = _hour_of_cron_jobs(
    1,
    name="server-cron-job",
    title="an hour of a CronJob that begins a Job each minute, in virtual time",
    figure="CPU time of an hour of one CronJob, a Job each minute, in virtual time in the server in memory",
)
CRON_JOBS = _hour_of_cron_jobs(
    20,
    name="server-cron-jobs",
    title="an hour of 20 CronJobs, one Job a minute each, in virtual time",
    figure="CPU time of an hour of 20 CronJobs in virtual time in the server in memory",
)
