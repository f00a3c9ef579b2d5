"""Jobs: completions, failures, indexes, deadlines, suspension, removal."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.testing.storage import Change
from kubex.testing.workloads import PodRule
from kubex.testing.workloads.job_indexes import read_indexes, shown_indexes
from tests.unit.testing.workloads.moving import MovingCluster, conditions, job, names, phases

JOBS = "batch/v1/jobs"
PODS = "v1/pods"
COMPLETE = {
    "SuccessCriteriaMet": ("True", "CompletionsReached"),
    "Complete": ("True", "CompletionsReached"),
}


def begun(*rules: PodRule, **spec: Any) -> MovingCluster:
    cluster = MovingCluster(*rules)
    cluster.create(JOBS, job(**spec))
    return cluster


def test_a_job_completes() -> None:
    cluster = begun()
    assert cluster.status(JOBS, "once") == {
        "active": 1,
        "ready": 0,
        "startTime": "2026-03-01T12:00:00Z",
        "terminating": 0,
        "uncountedTerminatedPods": {},
    }
    cluster.advance(10)
    once = cluster.there(JOBS, "once")
    assert conditions(once) == COMPLETE
    assert once["status"]["succeeded"] == 1
    assert once["status"]["completionTime"] >= once["status"]["startTime"]
    (pod,) = cluster.all(PODS)
    assert pod["status"]["phase"] == "Succeeded"
    assert "finalizers" not in pod["metadata"]
    assert cluster.events("once") == [
        ("SuccessfulCreate", f"Created pod: {pod['metadata']['name']}"),
        ("Completed", "Job completed"),
    ]


def test_as_many_pods_run_side_by_side_as_are_allowed() -> None:
    cluster = MovingCluster(PodRule(ends_after=(1, 20)))
    counts: list[int] = []

    def count(_: Change) -> None:
        counts.append(sum(phase in ("Pending", "Running") for phase in phases(cluster.all(PODS))))

    cluster.operations.cluster.storage.subscribe("pods", count)
    cluster.create(JOBS, job(completions=10, parallelism=3))
    cluster.advance(600)
    assert max(counts) == 3
    assert cluster.status(JOBS, "once")["succeeded"] == len(cluster.all(PODS)) == 10


def test_a_work_queue_is_done_when_one_pod_succeeds_and_the_rest_end() -> None:
    cluster = begun(PodRule(ends_after=(5, 50)), parallelism=3)
    cluster.advance(100)
    assert cluster.status(JOBS, "once")["succeeded"] == 3
    assert conditions(cluster.there(JOBS, "once")) == COMPLETE


def test_failures_are_retried_later_and_later_up_to_the_limit() -> None:
    cluster = begun(PodRule(starts_after=0, ends_after=0, exit_code=1), backoffLimit=3)
    made: list[int] = []
    for second in range(100):
        made += [second] * (len(cluster.all(PODS)) - len(made))
        cluster.advance(1)
    assert made == [0, 10, 30, 70]
    once = cluster.there(JOBS, "once")
    assert once["status"]["failed"] == 4
    assert conditions(once) == {
        "FailureTarget": ("True", "BackoffLimitExceeded"),
        "Failed": ("True", "BackoffLimitExceeded"),
    }
    assert cluster.events("once")[-1] == ("BackoffLimitExceeded", "Job has reached the specified backoff limit")


def test_a_pod_that_restarts_its_container_is_one_pod() -> None:
    cluster = MovingCluster(PodRule(exit_code=1, ends=2))
    body = job()
    body["spec"]["template"]["spec"]["restartPolicy"] = "OnFailure"
    cluster.create(JOBS, body)
    cluster.advance(60)
    assert len(cluster.all(PODS)) == 1
    assert conditions(cluster.there(JOBS, "once")) == COMPLETE


def test_indexes_are_completed_one_by_one() -> None:
    cluster = begun(
        PodRule(name="once-1-*", ends_after=2, exit_code=1), completions=4, parallelism=4, completionMode="Indexed"
    )
    pods = cluster.all(PODS)
    index = "batch.kubernetes.io/job-completion-index"
    assert sorted(pod["metadata"]["labels"][index] for pod in pods) == ["0", "1", "2", "3"]
    assert sorted(pod["spec"]["hostname"] for pod in pods) == ["once-0", "once-1", "once-2", "once-3"]
    cluster.advance(5)
    status = cluster.status(JOBS, "once")
    assert (status["completedIndexes"], status["succeeded"], status["failed"]) == ("0,2,3", 3, 1)
    cluster.movement.rules = []
    cluster.advance(30)
    assert cluster.status(JOBS, "once")["completedIndexes"] == "0-3"
    assert conditions(cluster.there(JOBS, "once")) == COMPLETE


@given(st.sets(st.integers(0, 40)))
def test_indexes_are_read_as_they_are_written(indexes: set[int]) -> None:
    assert read_indexes(shown_indexes(indexes)) == indexes


@pytest.mark.parametrize(
    ("indexes", "text"), [([], ""), ([3], "3"), ([1, 2], "1,2"), ([0, 1, 2, 4], "0-2,4"), ([1, 3, 4, 5, 7], "1,3-5,7")]
)
def test_indexes_as_the_status_has_them(indexes: list[int], text: str) -> None:
    assert shown_indexes(indexes) == text


def test_a_job_that_takes_too_long_fails() -> None:
    cluster = begun(PodRule(ends_after=None, stops_after=3), activeDeadlineSeconds=30)
    cluster.advance(31)
    assert conditions(cluster.there(JOBS, "once")) == {"FailureTarget": ("True", "DeadlineExceeded")}
    cluster.advance(5)
    assert conditions(cluster.there(JOBS, "once"))["Failed"] == ("True", "DeadlineExceeded")
    assert cluster.status(JOBS, "once").get("active", 0) == 0


def test_a_job_is_suspended_and_resumed() -> None:
    cluster = begun(PodRule(ends_after=100), suspend=True)
    assert cluster.all(PODS) == []
    assert conditions(cluster.there(JOBS, "once"))["Suspended"] == ("True", "JobSuspended")
    assert "startTime" not in cluster.status(JOBS, "once")
    cluster.patch(JOBS, "once", {"spec": {"suspend": False}})
    cluster.advance(10)
    assert len(cluster.all(PODS)) == 1
    cluster.patch(JOBS, "once", {"spec": {"suspend": True}})
    cluster.advance(10)
    assert phases(cluster.all(PODS)) in ([], ["Failed"])
    cluster.patch(JOBS, "once", {"spec": {"suspend": False}})
    cluster.advance(200)
    assert conditions(cluster.there(JOBS, "once"))["Complete"] == ("True", "CompletionsReached")
    assert [reason for reason, _ in cluster.events("once")][:3] == ["Suspended", "SuccessfulCreate", "Resumed"]


def test_a_job_goes_with_its_pods_when_its_time_is_over() -> None:
    cluster = begun(ttlSecondsAfterFinished=60)
    cluster.advance(50)
    assert len(cluster.all(JOBS)) == len(cluster.all(PODS)) == 1
    cluster.advance(30)
    assert cluster.all(JOBS) == cluster.all(PODS) == []


def test_a_policy_of_failures_is_obeyed() -> None:
    rules = [
        {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}},
        {"action": "Ignore", "onExitCodes": {"operator": "In", "values": [7]}},
    ]
    cluster = begun(PodRule(exit_code=42), podFailurePolicy={"rules": rules})
    cluster.advance(10)
    failed = cluster.there(JOBS, "once")
    assert conditions(failed)["Failed"] == ("True", "PodFailurePolicy")
    (pod,) = names(cluster.all(PODS))
    (condition,) = [each for each in failed["status"]["conditions"] if each["type"] == "Failed"]
    text = f"Container main for pod shop/{pod} failed with exit code 42 matching FailJob rule at index 0"
    assert condition["message"] == text
    cluster = begun(PodRule(exit_code=7, name="*"), podFailurePolicy={"rules": rules}, backoffLimit=0)
    cluster.advance(5)
    assert cluster.status(JOBS, "once").get("failed", 0) == 0
    cluster.movement.rules = []
    cluster.advance(1000)
    assert conditions(cluster.there(JOBS, "once")) == COMPLETE


def test_a_job_that_is_deleted_takes_its_pods_along() -> None:
    cluster = begun(PodRule(ends_after=None))
    cluster.advance(5)
    cluster.delete(JOBS, "once", propagationPolicy="Background")
    cluster.advance(5)
    assert cluster.all(PODS) == []


def test_an_evicted_pod_counts_as_failed_and_is_replaced() -> None:
    cluster = begun(PodRule(ends_after=50))
    cluster.advance(5)
    (first,) = names(cluster.all(PODS))
    cluster.delete(PODS, first)
    cluster.advance(100)
    assert cluster.status(JOBS, "once")["failed"] == 1
    assert conditions(cluster.there(JOBS, "once")) == COMPLETE


def test_pods_that_are_too_many_are_no_longer_counted_as_ready() -> None:
    cluster = begun(PodRule(ends_after=1000), parallelism=3, completions=3)
    cluster.advance(5)
    cluster.patch(JOBS, "once", {"spec": {"parallelism": 1}})
    cluster.advance(5)
    status = cluster.status(JOBS, "once")
    assert (status["active"], status["ready"]) == (1, 1)


def test_an_indexed_job_forgets_indexes_beyond_its_end() -> None:
    rules = [PodRule(name="once-0-*", ends_after=1000), PodRule(name="once-1-*", ends_after=60), PodRule(ends_after=1)]
    cluster = begun(*rules, completionMode="Indexed", parallelism=4, completions=4)
    cluster.advance(10)
    assert cluster.status(JOBS, "once")["completedIndexes"] == "2,3"
    cluster.patch(JOBS, "once", {"spec": {"parallelism": 3, "completions": 3}})
    cluster.advance(100)
    status = cluster.status(JOBS, "once")
    assert (status["completedIndexes"], status["succeeded"]) == ("1,2", 2)


def test_a_suspended_job_keeps_its_start_until_it_goes_on() -> None:
    cluster = begun(PodRule(ends_after=1000), activeDeadlineSeconds=100)
    cluster.advance(5)
    begin = cluster.status(JOBS, "once")["startTime"]
    cluster.patch(JOBS, "once", {"spec": {"suspend": True}})
    cluster.advance(200)
    assert cluster.status(JOBS, "once")["startTime"] == begin
    assert "Failed" not in conditions(cluster.there(JOBS, "once"))
    cluster.patch(JOBS, "once", {"spec": {"suspend": False}})
    cluster.advance(5)
    status = cluster.status(JOBS, "once")
    assert (status["active"], status["startTime"] > begin) == (1, True)
