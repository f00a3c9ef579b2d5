"""CronJobs and their schedules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core.exceptions import InvalidArgument
from kubex.testing.workloads import PodRule, cron_jobs
from kubex.testing.workloads.schedules import Schedule
from tests.unit.testing.workloads.moving import START, MovingCluster, job, names

CRON_JOBS = "batch/v1/cronjobs"
JOBS = "batch/v1/jobs"
MINUTE = int(START.timestamp()) // 60


def cron_job(schedule: str = "*/10 * * * *", **spec: Any) -> dict[str, Any]:
    template = {"spec": job()["spec"]}
    return {"metadata": {"name": "tidy"}, "spec": {"schedule": schedule, "jobTemplate": template, **spec}}


def scheduled(*rules: PodRule, **spec: Any) -> MovingCluster:
    cluster = MovingCluster(*rules)
    cluster.create(CRON_JOBS, cron_job(**spec))
    return cluster


class Uncompared(dict[str, Any]):
    """A Job that is large: comparing many with many takes long."""

    def __eq__(self, other: object) -> bool:
        raise AssertionError("compared with another")

    __hash__ = None


def test_old_jobs_are_found_without_comparing_each_with_each() -> None:
    jobs = [
        Uncompared(
            metadata={"name": f"{type_}-{number}"},
            status={"conditions": [{"type": type_, "status": "True"}], "startTime": f"2026-03-01T12:0{number}:00Z"},
        )
        for type_ in ("Complete", "Failed")
        for number in range(5)
    ]
    removed = [each.object["metadata"]["name"] for each in cron_jobs._clean_up(cron_job(), jobs)]
    assert removed == ["Complete-0", "Complete-1", "Failed-0", "Failed-1", "Failed-2", "Failed-3"]


def test_jobs_begin_on_time() -> None:
    cluster = scheduled()
    cluster.advance(9 * 60)
    assert cluster.all(JOBS) == []
    cluster.advance(2 * 60)
    assert names(cluster.all(JOBS)) == [f"tidy-{MINUTE + 10}"]
    tidy = cluster.there(CRON_JOBS, "tidy")
    assert tidy["status"]["lastScheduleTime"] == "2026-03-01T12:10:00Z"
    assert "active" not in tidy["status"]
    assert tidy["status"]["lastSuccessfulTime"].startswith("2026-03-01T12:10:0")
    (made,) = cluster.all(JOBS)
    assert made["metadata"]["annotations"] == {
        "batch.kubernetes.io/cronjob-scheduled-timestamp": "2026-03-01T12:10:00Z"
    }
    assert cluster.events("tidy") == [
        ("SuccessfulCreate", f"Created job tidy-{MINUTE + 10}"),
        ("SawCompletedJob", f"Saw completed job: tidy-{MINUTE + 10}, condition: Complete"),
    ]


def test_old_jobs_go() -> None:
    cluster = scheduled(successfulJobsHistoryLimit=2)
    cluster.advance(3610)
    assert names(cluster.all(JOBS)) == [f"tidy-{MINUTE + 50}", f"tidy-{MINUTE + 60}"]
    assert len(cluster.all("v1/pods")) == 2
    cluster = scheduled(PodRule(exit_code=1))
    body = cron_job()
    body["metadata"]["name"] = "bad"
    body["spec"]["jobTemplate"]["spec"]["backoffLimit"] = 0
    cluster.create(CRON_JOBS, body)
    cluster.advance(3610)
    assert [name for name in names(cluster.all(JOBS)) if name.startswith("bad")] == [f"bad-{MINUTE + 60}"]


@pytest.mark.parametrize(
    ("policy", "active", "reason"),
    [("Allow", [10, 20, 30], ""), ("Forbid", [10], "JobAlreadyActive"), ("Replace", [30], "SuccessfulDelete")],
)
def test_what_becomes_of_a_job_that_is_still_running(policy: str, active: list[int], reason: str) -> None:
    cluster = scheduled(PodRule(ends_after=None), concurrencyPolicy=policy)
    cluster.advance(35 * 60)
    assert names(cluster.all(JOBS)) == [f"tidy-{MINUTE + minute}" for minute in active]
    assert [each["name"] for each in cluster.status(CRON_JOBS, "tidy")["active"]] == names(cluster.all(JOBS))
    assert not reason or reason in [each for each, _ in cluster.events("tidy")]


def test_a_cron_job_is_suspended() -> None:
    cluster = scheduled(suspend=True)
    cluster.advance(3600)
    assert cluster.all(JOBS) == []
    cluster.patch(CRON_JOBS, "tidy", {"spec": {"suspend": False, "startingDeadlineSeconds": 30}})
    cluster.advance(60)
    assert names(cluster.all(JOBS)) == [f"tidy-{MINUTE + 60}"]


def test_a_zone_is_obeyed() -> None:
    cluster = scheduled(schedule="30 14 * * *", timeZone="Europe/Berlin")
    cluster.advance(2 * 3600)
    (made,) = cluster.all(JOBS)
    stamp = made["metadata"]["annotations"]["batch.kubernetes.io/cronjob-scheduled-timestamp"]
    assert stamp == "2026-03-01T14:30:00+01:00"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "following"),
    [
        ("* * * * *", "2026-03-01T12:01"),
        ("@hourly", "2026-03-01T13:00"),
        ("@weekly", "2026-03-08T00:00"),
        ("@yearly", "2027-01-01T00:00"),
        ("@every 90m", "2026-03-01T13:30"),
        ("0 9 * * mon-fri", "2026-03-02T09:00"),
        ("0 0 ? * SUN", "2026-03-08T00:00"),
        ("0 0 29 2 *", "2028-02-29T00:00"),
        ("0 0 13 * 5", "2026-03-06T00:00"),
    ],
)
def test_when_a_schedule_is_due(text: str, following: str) -> None:
    assert Schedule(text).next_after(START) == moment(following)


@given(st.sampled_from(["*/7 * * * *", "@hourly", "15,45 3-5 * * 1-5"]), st.integers(0, 10**6), st.integers(0, 10**5))
def test_the_latest_time_is_the_last_of_those_that_follow(text: str, begin: int, length: int) -> None:
    schedule = Schedule(text)
    after = START + timedelta(seconds=begin)
    until = after + timedelta(seconds=length)
    last, each = None, schedule.next_after(after)
    while each is not None and each <= until:
        last, each = each, schedule.next_after(each)
    assert schedule.latest(after, until) == last


@pytest.mark.parametrize("text", ["", "* * * *", "61 * * * *", "@never", "@every soon"])
def test_what_is_no_schedule(text: str) -> None:
    with pytest.raises(InvalidArgument):
        Schedule(text)


def test_a_zone_that_is_not_there() -> None:
    with pytest.raises(InvalidArgument, match="unknown time zone Nowhere"):
        Schedule("@daily", "Nowhere")
