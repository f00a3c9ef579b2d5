"""CronJobs: Jobs by the clock.

https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from kubex.core.exceptions import InvalidArgument
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.cluster import timestamp
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.controller import Change, Writes
from kubex.testing.workloads.jobs import JOBS, is_job_finished
from kubex.testing.workloads.pod_status import condition_of
from kubex.testing.workloads.pod_templates import controller_reference
from kubex.testing.workloads.schedules import Schedule, read_schedule
from kubex.testing.workloads.state import State
from kubex.testing.workloads.writes import Create, Delete, Event, Later, Update

__all__ = ["CRON_JOBS", "CronJobController"]

CRON_JOBS: Final = "batch/cronjobs"
_SCHEDULED: Final = "batch.kubernetes.io/cronjob-scheduled-timestamp"
_TAKEN: Final = 409


class CronJobController:
    """Begins the Jobs of CronJobs, and removes the old ones."""

    component = "cronjob-controller"
    manager = "kube-controller-manager"
    places: tuple[str, ...] = (CRON_JOBS, JOBS)

    def concerned(self, state: State, change: Change) -> Iterator[Key]:
        """Give the CronJobs that a change makes it look at."""
        if change.place == CRON_JOBS:
            if change.after is not None:
                yield change.key
            return
        if change.before is not None and change.after is not None and _seen(change.before) == _seen(change.after):
            return
        for owner in change.controllers:
            if owner.get("kind") == "CronJob":
                yield Key(change.key.namespace, owner["name"])

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a CronJob."""
        cron_job = state.get(CRON_JOBS, key)
        if cron_job is None:
            return
        jobs = state.controlled(JOBS, cron_job)
        status = dict(object_at(cron_job, "status"))
        yield from self._see(cron_job, jobs, status)
        yield from _clean_up(cron_job, jobs)
        if "deletionTimestamp" in cron_job["metadata"]:
            yield from _write(state, key, status)
            return
        spec = cron_job["spec"]
        try:
            schedule = read_schedule(spec["schedule"], spec.get("timeZone"))
        except InvalidArgument as error:
            reason = "UnknownTimeZone" if "time zone" in str(error) else "UnparseableSchedule"
            yield Event(cron_job, reason, str(error), "Warning")
            yield from _write(state, key, status)
            return
        if not spec.get("suspend"):
            yield from self._begin_due(state, cron_job, schedule, status)
        yield from _write(state, key, status)
        following = schedule.next_after(state.now)
        if following is not None and not spec.get("suspend"):
            yield Later((following - state.now).total_seconds())

    def _see(self, cron_job: JsonObject, jobs: Sequence[JsonObject], status: JsonObject) -> Iterator[Event]:
        """Take those that have ended from the list of active Jobs."""
        found = {job["metadata"]["uid"]: job for job in jobs}
        active: list[JsonObject] = []
        for reference in list_at(status, "active"):
            job = found.get(reference.get("uid"))
            if job is None:
                yield Event(cron_job, "MissingJob", f"Active job went missing: {reference.get('name')}")
            elif is_job_finished(job):
                condition = "Complete" if _is_complete(job) else "Failed"
                text = f"Saw completed job: {reference.get('name')}, condition: {condition}"
                yield Event(cron_job, "SawCompletedJob", text)
            else:
                active.append(reference)
        status["active"] = active
        ends = [end for job in jobs if (end := object_at(job, "status").get("completionTime")) and _is_complete(job)]
        latest = max([*ends, *filter(None, [status.get("lastSuccessfulTime")])], default=None)
        if latest is not None:
            status["lastSuccessfulTime"] = latest

    def _begin_due(self, state: State, cron_job: JsonObject, schedule: Schedule, status: JsonObject) -> Writes:
        spec, now = cron_job["spec"], state.now
        since = datetime.fromisoformat(status.get("lastScheduleTime") or cron_job["metadata"]["creationTimestamp"])
        deadline = spec.get("startingDeadlineSeconds")
        if deadline is not None:
            since = max(since, now - timedelta(seconds=deadline))
        due = schedule.latest(since, now)
        if due is None:
            return
        policy = spec.get("concurrencyPolicy", "Allow")
        active: list[JsonObject] = list_at(status, "active")
        if policy == "Forbid" and active:
            text = "Not starting job because prior execution is running and concurrency policy is Forbid"
            yield Event(cron_job, "JobAlreadyActive", text)
            return
        namespace = cron_job["metadata"]["namespace"]
        if policy == "Replace":
            for reference in active:
                job = state.get(JOBS, Key(namespace, reference["name"]))
                if job is not None:
                    done = Event(cron_job, "SuccessfulDelete", "Deleted job {name}")
                    yield Delete(JOBS, job, propagation_policy="Background", done=done)
            active = []
        new = _job(cron_job, due)
        try:
            done = Event(cron_job, "SuccessfulCreate", "Created job {name}")
            refused = Event(cron_job, "FailedCreate", "Error creating job: {why}", "Warning")
            yield Create(JOBS, namespace, new, done, refused)
        except ApiFailure as failure:
            if failure.code != _TAKEN:
                raise
        job = state.get(JOBS, Key(namespace, new["metadata"]["name"]))
        if job is not None and not is_job_finished(job):
            active = [*active, _reference(job)]
        status["active"] = active
        status["lastScheduleTime"] = timestamp(due)


def _seen(job: JsonObject) -> tuple[object, ...]:
    """Give what counts of a Job here; how many of its pods run does not."""
    metadata, status = job["metadata"], object_at(job, "status")
    return (
        is_job_finished(job),
        status.get("startTime"),
        status.get("completionTime"),
        "deletionTimestamp" in metadata,
        metadata.get("ownerReferences"),
    )


def _is_complete(job: JsonObject) -> bool:
    condition = condition_of(job, "Complete")
    return condition is not None and condition.get("status") == "True"


def _reference(job: JsonObject) -> JsonObject:
    metadata = job["metadata"]
    return {
        "kind": "Job",
        "namespace": metadata["namespace"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "apiVersion": "batch/v1",
        "resourceVersion": metadata["resourceVersion"],
    }


def _job(cron_job: JsonObject, due: datetime) -> JsonObject:
    template: dict[str, Any] = cron_job["spec"]["jobTemplate"]
    given = object_at(template, "metadata")
    name = f"{cron_job['metadata']['name']}-{int(due.timestamp()) // 60}"
    zone = cron_job["spec"].get("timeZone")
    moment = due if not zone else due.astimezone(Schedule("@daily", zone).zone)
    shown = timestamp(due) if not zone else moment.isoformat(timespec="seconds").replace("+00:00", "Z")
    metadata: JsonObject = {
        "name": name,
        "annotations": {**object_at(given, "annotations"), _SCHEDULED: shown},
        "ownerReferences": [controller_reference(cron_job)],
    }
    if given.get("labels"):
        metadata["labels"] = dict(given["labels"])
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": template["spec"]}


def _clean_up(cron_job: JsonObject, jobs: Sequence[JsonObject]) -> Iterator[Delete]:
    """Remove the oldest Jobs that have ended."""
    spec = cron_job["spec"]
    done = [job for job in jobs if is_job_finished(job) and "deletionTimestamp" not in job["metadata"]]
    complete = [job for job in done if _is_complete(job)]
    failed = [job for job in done if not _is_complete(job)]
    for which, kept in (
        (complete, spec.get("successfulJobsHistoryLimit", 3)),
        (failed, spec.get("failedJobsHistoryLimit", 1)),
    ):
        if len(which) <= kept:
            continue
        which.sort(key=lambda job: (object_at(job, "status").get("startTime", ""), job["metadata"]["name"]))
        for job in which[: max(0, len(which) - kept)]:
            told = Event(cron_job, "SuccessfulDelete", "Deleted job {name}")
            yield Delete("batch/jobs", job, propagation_policy="Background", done=told)


def _write(state: State, key: Key, status: JsonObject) -> Writes:
    cron_job = state.get(CRON_JOBS, key)
    status = {name: value for name, value in status.items() if value}
    if cron_job is not None and status != object_at(cron_job, "status"):
        yield Update(CRON_JOBS, {**cron_job, "status": status}, "status", is_last=True)
