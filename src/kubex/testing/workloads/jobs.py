"""Jobs: pods that run to their end, as often as asked for.

https://kubernetes.io/docs/concepts/workloads/controllers/job/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kubex.testing.lifecycle.cluster import timestamp
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.adoption import claim
from kubex.testing.workloads.conditions import with_status_condition
from kubex.testing.workloads.controller import Change, Writes
from kubex.testing.workloads.job_failures import Verdict, judged, pause_after_failures
from kubex.testing.workloads.job_indexes import INDEX, index_of, read_indexes, shown_indexes
from kubex.testing.workloads.pod_status import condition_of, counts_alike, is_finished, is_ready
from kubex.testing.workloads.pod_templates import pod_from_template
from kubex.testing.workloads.replica_sets import owner_keys
from kubex.testing.workloads.state import PODS, State
from kubex.testing.workloads.writes import Create, Delete, Event, Later, Update

__all__ = ["JOBS", "JobController", "is_job_finished"]

JOBS: Final = "batch/jobs"
_NAME: Final = "batch.kubernetes.io/job-name"
_TRACKING: Final = "batch.kubernetes.io/job-tracking"
_REACHED: Final = ("CompletionsReached", "Reached expected number of succeeded pods")
_TOO_OFTEN: Final = ("BackoffLimitExceeded", "Job has reached the specified backoff limit")
_TOO_LONG: Final = ("DeadlineExceeded", "Job was active longer than specified deadline")


def is_job_finished(job: JsonObject) -> bool:
    """Say whether a Job has completed or failed."""
    return any(
        each.get("type") in ("Complete", "Failed") and each.get("status") == "True"
        for each in list_at(object_at(job, "status"), "conditions")
    )


@dataclass
class _Count:
    """The pods of a Job, and what was counted of them before."""

    job: JsonObject
    active: list[JsonObject]
    terminating: int
    to_count: list[JsonObject]
    """Pods that have ended and are not counted yet."""
    succeeded: int
    failed: int
    indexes: set[int]
    """Those that are completed."""
    pods: list[JsonObject]

    @property
    def is_indexed(self) -> bool:
        return bool(self.job["spec"].get("completionMode") == "Indexed")

    @property
    def completions(self) -> int | None:
        completions: int | None = self.job["spec"].get("completions")
        return completions

    @property
    def is_successful(self) -> bool:
        if self.completions is None:
            return self.succeeded > 0 and not self.active
        return self.succeeded >= self.completions

    @property
    def wanted(self) -> int:
        """How many pods are to be active now."""
        parallelism: int = self.job["spec"].get("parallelism", 1)
        if self.completions is None:
            return len(self.active) if self.succeeded else parallelism
        return max(0, min(parallelism, self.completions - self.succeeded))


class JobController:
    """Makes the pods of Jobs, counts how they end, and removes Jobs whose time after that is over."""

    component = "job-controller"
    manager = "kube-controller-manager"
    places: tuple[str, ...] = (JOBS, PODS)

    def concerned(self, state: State, change: Change) -> Sequence[Key]:
        """Give the Jobs that a change makes it look at."""
        if change.place == JOBS:
            return (change.key,) if change.after is not None else ()
        if change.before is not None and change.after is not None and counts_alike(change.before, change.after):
            return ()
        return owner_keys(state, change, "Job", JOBS)

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a Job."""
        job = state.get(JOBS, key)
        if job is None:
            pods = state.pods_with(key.namespace, {_NAME: key.name})
            yield from _untrack([pod for pod in pods if is_finished(pod) or "deletionTimestamp" in pod["metadata"]])
            return
        claimed = claim(state, job, PODS)
        yield from claimed.writes
        if "deletionTimestamp" in job["metadata"] or is_job_finished(job):
            yield from _untrack(
                [pod for pod in claimed.mine if is_finished(pod) or "deletionTimestamp" in pod["metadata"]]
            )
            if is_job_finished(job):
                yield from _forget(job, state.now)
            return
        if job["spec"].get("managedBy", _OWN) != _OWN:
            return
        count = _count(job, claimed.mine)
        suspended = bool(job["spec"].get("suspend"))
        status = self._status(count, state.now, suspended=suspended)
        verdict = _verdict(count, status, state.now)
        conditions = _conditions(count, verdict, state)
        if verdict is not None or suspended:
            yield from self._end_pods(count, status)
        elif wait := pause_after_failures(count.pods, state.now) if len(count.active) < count.wanted else 0.0:
            yield Later(wait)
        else:
            yield from self._manage(count, status)
        yield from _told_of_suspension(job, suspended=suspended)
        over = verdict if not count.terminating else None
        if over is not None:
            new = _condition(over.type, "True", over.reason, over.message, state.timestamp)
            conditions = with_status_condition(conditions, new)
            if over.type == "Complete":
                status["completionTime"] = state.timestamp
        yield from self._write(state, key, status, conditions)
        yield from _untrack(count.to_count)
        if over is not None and over.type == "Complete":
            yield Event(job, "Completed", "Job completed")
        elif over is not None:
            yield Event(job, over.reason, over.message, "Warning")
        left = _deadline_left(job, status, state.now)
        if left is not None and verdict is None:
            yield Later(left)

    def _end_pods(self, count: _Count, status: JsonObject) -> Writes:
        """Have no pod run any more."""
        for pod in count.active:
            yield Delete(PODS, pod, done=Event(count.job, "SuccessfulDelete", "Deleted pod: {name}"))
            count.terminating += 1
        status |= {"active": 0, "ready": 0, "terminating": count.terminating}

    def _status(self, count: _Count, now: datetime, *, suspended: bool) -> JsonObject:
        old = object_at(count.job, "status")
        status: JsonObject = {
            "active": len(count.active),
            "ready": sum(map(is_ready, count.active)),
            "terminating": count.terminating,
            "succeeded": count.succeeded,
            "failed": count.failed,
            "uncountedTerminatedPods": {},
        }
        if not suspended:
            begun = None if _holds(count.job, "Suspended") else old.get("startTime")
            status["startTime"] = begun or timestamp(now)
        elif old.get("startTime"):
            status["startTime"] = old["startTime"]
        if count.is_indexed:
            status["completedIndexes"] = shown_indexes(count.indexes)
        return status

    def _manage(self, count: _Count, status: JsonObject) -> Writes:
        """Make or delete pods, and count them in the status, in place."""
        job = count.job
        metadata = job["metadata"]
        missing = count.wanted - len(count.active)
        if missing < 0:
            for pod in sorted(count.active, key=lambda each: (is_ready(each), each["metadata"]["name"]))[:-missing]:
                yield Delete(PODS, pod, done=Event(job, "SuccessfulDelete", "Deleted pod: {name}"))
                status["active"] -= 1
                status["ready"] -= is_ready(pod)
            return
        for index in _next_indexes(count, missing):
            made = Event(job, "SuccessfulCreate", "Created pod: {name}")
            refused = Event(job, "FailedCreate", "Error creating: {why}", "Warning")
            yield Create(PODS, metadata["namespace"], _pod(job, index), made, refused)
        status["active"] += missing

    def _write(self, state: State, key: Key, status: JsonObject, conditions: list[JsonObject]) -> Writes:
        written = ("ready", "terminating", "uncountedTerminatedPods")
        status = {name: value for name, value in status.items() if value or name in written}
        if conditions:
            status["conditions"] = conditions
        current = state.get(JOBS, key)
        if current is not None and status != object_at(current, "status"):
            written_job = {**current, "status": status}
            # Of one that is over, the time begins after which it is removed.
            yield Update(JOBS, written_job, "status", is_last=not is_job_finished(written_job))


_OWN: Final = "kubernetes.io/job-controller"


def _count(job: JsonObject, pods: list[JsonObject]) -> _Count:
    status = object_at(job, "status")
    replaces_early = job["spec"].get("podReplacementPolicy", "TerminatingOrFailed") == "TerminatingOrFailed"
    active = [pod for pod in pods if not is_finished(pod) and "deletionTimestamp" not in pod["metadata"]]
    leaving = [pod for pod in pods if not is_finished(pod) and "deletionTimestamp" in pod["metadata"]]
    ended = [pod for pod in pods if is_finished(pod)] + (leaving if replaces_early else [])
    to_count = [pod for pod in ended if _TRACKING in list_at(pod["metadata"], "finalizers")]
    good = [pod for pod in to_count if object_at(pod, "status").get("phase") == "Succeeded"]
    verdicts = [judged(job, pod) for pod in to_count if pod not in good]
    indexes = read_indexes(status.get("completedIndexes", ""))
    indexed = job["spec"].get("completionMode") == "Indexed"
    if indexed:
        indexes |= {index for pod in good if (index := index_of(pod)) is not None}
        # There may be fewer than before.
        indexes = {index for index in indexes if index < job["spec"].get("completions", 0)}
    succeeded = len(indexes) if indexed else status.get("succeeded", 0) + len(good)
    failed = status.get("failed", 0) + sum(1 for verdict in verdicts if verdict is None or not verdict.is_ignored)
    return _Count(job, active, len(leaving), to_count, succeeded, failed, indexes, pods)


def _verdict(count: _Count, status: JsonObject, now: datetime) -> Verdict | None:
    """Say whether a Job is over, and how."""
    job = count.job
    told = condition_of(job, "FailureTarget")
    if told is not None and told.get("status") == "True":
        return Verdict("Failed", told.get("reason", ""), told.get("message", ""))
    if _holds(job, "SuccessCriteriaMet") or count.is_successful:
        return Verdict("Complete", *_REACHED)
    for pod in count.to_count:
        verdict = judged(job, pod) if object_at(pod, "status").get("phase") == "Failed" else None
        if verdict is not None and not verdict.is_ignored:
            return verdict
    if count.failed > job["spec"].get("backoffLimit", 6):
        return Verdict("Failed", *_TOO_OFTEN)
    left = _deadline_left(job, status, now)
    if left is not None and left <= 0:
        return Verdict("Failed", *_TOO_LONG)
    return None


def _deadline_left(job: JsonObject, status: JsonObject, now: datetime) -> float | None:
    seconds, begun = job["spec"].get("activeDeadlineSeconds"), status.get("startTime")
    if seconds is None or not begun or job["spec"].get("suspend"):
        return None
    return (datetime.fromisoformat(begun) + timedelta(seconds=seconds) - now).total_seconds()


def _conditions(count: _Count, verdict: Verdict | None, state: State) -> list[JsonObject]:
    job = count.job
    conditions: list[JsonObject] = list_at(object_at(job, "status"), "conditions")
    if job["spec"].get("suspend"):
        conditions = with_status_condition(
            conditions, _condition("Suspended", "True", "JobSuspended", "Job suspended", state.timestamp)
        )
    elif _holds(job, "Suspended"):
        new = _condition("Suspended", "False", "JobResumed", "Job resumed", state.timestamp)
        conditions = with_status_condition(conditions, new)
    if verdict is not None:
        type_ = "SuccessCriteriaMet" if verdict.type == "Complete" else "FailureTarget"
        if not _holds(job, type_):
            new = _condition(type_, "True", verdict.reason, verdict.message, state.timestamp)
            conditions = with_status_condition(conditions, new)
    return conditions


def _holds(job: JsonObject, type_: str) -> bool:
    told = condition_of(job, type_)
    return told is not None and told.get("status") == "True"


def _condition(type_: str, status: str, reason: str, message: str, now: str) -> JsonObject:
    return {
        "type": type_,
        "status": status,
        "lastProbeTime": now,
        "lastTransitionTime": now,
        "reason": reason,
        "message": message,
    }


def _told_of_suspension(job: JsonObject, *, suspended: bool) -> Iterator[Event]:
    was = _holds(job, "Suspended")
    if suspended and not was:
        yield Event(job, "Suspended", "Job suspended")
    elif was and not suspended:
        yield Event(job, "Resumed", "Job resumed")


def _untrack(pods: Sequence[JsonObject]) -> Writes:
    """Let go of pods that are counted."""
    for pod in pods:
        finalizers = list_at(pod["metadata"], "finalizers")
        if _TRACKING in finalizers:
            rest = [each for each in finalizers if each != _TRACKING]
            yield Update(PODS, {**pod, "metadata": {**pod["metadata"], "finalizers": rest}})


def _forget(job: JsonObject, now: datetime) -> Writes:
    """Remove a Job once its time after its end is over."""
    seconds = job["spec"].get("ttlSecondsAfterFinished")
    ended = condition_of(job, "Complete") or condition_of(job, "Failed")
    if seconds is None or ended is None or "deletionTimestamp" in job["metadata"]:
        return
    left = (datetime.fromisoformat(ended["lastTransitionTime"]) + timedelta(seconds=seconds) - now).total_seconds()
    if left > 0:
        yield Later(left)
    else:
        yield Delete(JOBS, job, propagation_policy="Foreground")


def _next_indexes(count: _Count, number: int) -> Iterator[int | None]:
    """Give the completion indexes of the next pods; `None` for Jobs that have none."""
    if not count.is_indexed:
        for _ in range(number):
            yield None
        return
    taken = count.indexes | {index for pod in count.active if (index := index_of(pod)) is not None}
    free = (index for index in range(count.completions or 0) if index not in taken)
    for _, index in zip(range(number), free, strict=False):
        yield index


def _pod(job: JsonObject, index: int | None) -> JsonObject:
    name = job["metadata"]["name"]
    template = job["spec"]["template"]
    if index is None:
        return pod_from_template(template, job, {"generateName": f"{name}-", "finalizers": [_TRACKING]})
    pod = pod_from_template(template, job, {"generateName": f"{name}-{index}-", "finalizers": [_TRACKING]})
    metadata = pod["metadata"]
    for where in ("labels", "annotations"):
        metadata[where] = {**object_at(metadata, where), INDEX: str(index)}
    variable = {
        "name": "JOB_COMPLETION_INDEX",
        "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": f"metadata.labels['{INDEX}']"}},
    }
    spec: JsonObject = {**pod["spec"], "hostname": f"{name}-{index}"}
    for kind in ("initContainers", "containers"):
        if spec.get(kind):
            spec[kind] = [{**each, "env": [*list_at(each, "env"), variable]} for each in spec[kind]]
    return {**pod, "spec": spec}
