"""What the server refuses in the status of jobs: mostly what goes back, or ends in no order.

https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kubex.core._go_text import go_json, go_quoted
from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.values import duplicate, not_negative

__all__ = ["job_status_causes"]

_NOT_NEGATIVE: Final = ("active", "succeeded", "failed", "ready", "terminating")
_COUNTED: Final = ("succeeded", "failed")
_COMPLETE: Final = "Complete"
_FAILED: Final = "Failed"
_FAILURE_TARGET: Final = "FailureTarget"
_CRITERIA_MET: Final = "SuccessCriteriaMet"
_SUSPENDED: Final = "Suspended"
_INDEX: Final = re.compile(r"\+?[0-9]+")
_LARGEST_INDEX: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class _Status:
    """The status of a job, and which of its conditions hold."""

    fields: dict[str, Any]
    conditions: frozenset[tuple[str, str]]
    """Types and statuses."""

    def holds(self, type_: str) -> bool:
        """Whether a condition holds."""
        return (type_, "True") in self.conditions

    @property
    def is_finished(self) -> bool:
        """Whether the job has completed or failed."""
        return self.holds(_COMPLETE) or self.holds(_FAILED)

    def uncounted(self) -> tuple[list[str], list[str]]:
        """Give the pods that have ended and are not counted yet."""
        pods = object_at(self.fields, "uncountedTerminatedPods")
        return list_at(pods, "succeeded"), list_at(pods, "failed")


class _Change:
    """A status and the one before it: most rules are about what differs, so that a status that is odd can go on."""

    def __init__(self, new: dict[str, Any], old: dict[str, Any]) -> None:
        self.spec: dict[str, Any] = new["spec"]
        self.new = _status(new)
        self.old = _status(old)
        self.finishes = self.new.is_finished != self.old.is_finished

    def turned(self, *types: str) -> bool:
        """Whether one of these conditions holds now and did not before, or the other way round."""
        return any(self.new.holds(type_) != self.old.holds(type_) for type_ in types)

    def changed(self, *names: str) -> bool:
        """Whether one of these fields is another than before."""
        return any(self.new.fields.get(name) != self.old.fields.get(name) for name in names)

    @property
    def is_indexed(self) -> bool:
        """Whether the pods of the job have indexes."""
        return bool(self.spec.get("completionMode") == "Indexed")


def job_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of a Job."""
    change = _Change(new, old)
    return [
        *_count_causes(change.new),
        *_completion_causes(change),
        *_end_causes(change),
        *_index_causes(change),
        *_pod_causes(change),
        *_criteria_causes(change),
        *_backward_causes(change),
    ]


def _status(job: dict[str, Any]) -> _Status:
    fields = object_at(job, "status")
    conditions = ((each.get("type", ""), each.get("status", "")) for each in list_at(fields, "conditions"))
    return _Status(fields, frozenset(conditions))


def _conditions_cause(why: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {why}", "status.conditions")


def _count_causes(status: _Status) -> Iterator[Cause]:
    for name in _NOT_NEGATIVE:
        yield from not_negative(f"status.{name}", status.fields.get(name))
    seen: set[str] = set()
    for name, pods in zip(_COUNTED, status.uncounted(), strict=True):
        for index, uid in enumerate(pods):
            field = f"status.uncountedTerminatedPods.{name}[{index}]"
            if not uid:
                yield field_invalid(field, uid, "must not be empty")
            elif uid in seen:
                yield duplicate(field, uid)
            seen.add(uid)


def _completion_causes(change: _Change) -> Iterator[Cause]:
    """Say how a completed job is told to be another one as well, or to have no time of its completion."""
    new, field = change.new, "status.completionTime"
    completed, begun = new.fields.get("completionTime"), new.fields.get("startTime")
    is_complete = new.holds(_COMPLETE)
    if change.turned(_COMPLETE, _FAILED) and is_complete and new.holds(_FAILED):
        yield _conditions_cause("cannot set Complete=True and Failed=true conditions")
    if change.turned(_COMPLETE, _FAILURE_TARGET) and is_complete and new.holds(_FAILURE_TARGET):
        yield _conditions_cause("cannot set Complete=True and FailureTarget=true conditions")
    if change.turned(_COMPLETE) or change.changed("completionTime"):
        if completed and not is_complete:
            yield field_invalid(field, completed, "cannot set completionTime when there is no Complete=True condition")
        if is_complete and not completed:
            yield field_required(field, "completionTime is required for Complete jobs")
    if change.changed("startTime", "completionTime") and begun and completed and _is_before(completed, begun):
        yield field_invalid(field, completed, "must be equal to or after `startTime`")


def _is_before(time: str, other: str) -> bool:
    return datetime.fromisoformat(time) < datetime.fromisoformat(other)


def _end_causes(change: _Change) -> Iterator[Cause]:
    """Say what of a job that ends was not announced, or is not at its end."""
    new, fields = change.new, change.new.fields
    has_failed = change.turned(_FAILED) or change.changed("failedIndexes")
    if has_failed and new.holds(_FAILED) and not new.holds(_FAILURE_TARGET):
        yield _conditions_cause("cannot set Failed=True condition without the FailureTarget=true condition")
    if change.turned(_COMPLETE, _CRITERIA_MET) and new.holds(_COMPLETE) and not new.holds(_CRITERIA_MET):
        yield _conditions_cause("cannot set Complete=True condition without the SuccessCriteriaMet=true condition")
    if not new.is_finished:
        return
    active = fields.get("active") or 0
    if (change.finishes or change.changed("active")) and active > 0:
        yield field_invalid("status.active", active, "active>0 is invalid for finished job")
    never_began = change.spec.get("suspend") is True and change.spec.get("completions") == 0
    if (change.finishes or change.changed("startTime")) and not never_began and not fields.get("startTime"):
        yield field_required("status.startTime", "startTime is required for finished job")
    pods = new.uncounted()
    if (change.finishes or pods != change.old.uncounted()) and any(pods):
        given = object_at(fields, "uncountedTerminatedPods")
        # As the server's own type has it.
        succeeded, failed = (go_json(given.get(name)) for name in _COUNTED)
        shown = f'{{"Succeeded":{succeeded},"Failed":{failed}}}'
        text = f"Invalid value: {shown}: must be empty for finished job"
        yield Cause("FieldValueInvalid", text, "status.uncountedTerminatedPods")


def _index_causes(change: _Change) -> Iterator[Cause]:
    spec, fields = change.spec, change.new.fields
    completions: int | None = spec.get("completions")
    completed: str = fields.get("completedIndexes") or ""
    failed: str | None = fields.get("failedIndexes")
    has_completed, has_failed = change.changed("completedIndexes"), change.changed("failedIndexes")
    limits_each = spec.get("backoffLimitPerIndex") is not None
    if has_completed and completions is not None:
        yield from _format_causes("completedIndexes", completed, completions)
    if has_failed and completions is not None and limits_each and failed is not None:
        yield from _format_causes("failedIndexes", failed, completions)
    if has_completed and completed and not change.is_indexed:
        why = "cannot set non-empty completedIndexes when non-indexed completion mode"
        yield field_invalid("status.completedIndexes", completed, why)
    if has_failed and failed is not None and not limits_each:
        why = "cannot set non-null failedIndexes when backoffLimitPerIndex is null"
        yield field_invalid("status.failedIndexes", failed, why)
    if (has_completed or has_failed) and completions is not None and failed is not None:
        both = _first_in_both(completed, failed, completions)
        if both is not None:
            why = f"failedIndexes and completedIndexes overlap at index: {both}"
            yield field_invalid("status.failedIndexes", failed, why)


def _format_causes(name: str, text: str, completions: int) -> list[Cause]:
    try:
        last = -1
        for part in text.split(",") if text else ():
            first, last_of_part = _interval(part, completions)
            if last >= first:
                raise ValueError(f"non-increasing order, previous: {last}, current: {first}")
            last = last_of_part
    except ValueError as error:
        return [field_invalid(f"status.{name}", text, f"error parsing {name}: {error}")]
    return []


def _interval(text: str, completions: int) -> tuple[int, int]:
    """Read `5` or `2-4`.

    Raises:
        ValueError: it is none, in the server's words.
    """
    limits = text.split("-")
    if len(limits) > 2:
        why = "violates the requirement that an index interval can have at most two parts separated by '-'"
        raise ValueError(f"the fragment {go_quoted(text)} {why}")
    indexes: list[int] = []
    for each in limits:
        if not _INDEX.fullmatch(each) or int(each) > _LARGEST_INDEX:
            raise ValueError(f"cannot convert string to integer for index: {go_quoted(each)}")
        if int(each) >= completions:
            raise ValueError(f"too large index: {go_quoted(each)}")
        indexes.append(int(each))
    if len(indexes) == 2 and indexes[0] >= indexes[1]:
        raise ValueError(f"non-increasing order, previous: {indexes[0]}, current: {indexes[1]}")
    return indexes[0], indexes[-1]


def _intervals(text: str, completions: int) -> Iterator[tuple[int, int]]:
    """Read those intervals that can be read."""
    for part in text.split(","):
        try:
            yield _interval(part, completions)
        except ValueError:
            continue


def _first_in_both(completed: str, failed: str, completions: int) -> int | None:
    ones, others = _intervals(completed, completions), _intervals(failed, completions)
    one, other = next(ones, None), next(others, None)
    while one is not None and other is not None:
        if one[0] <= other[1] and other[0] <= one[1]:
            return max(one[0], other[0])
        if one[0] <= other[0]:
            one = next(ones, None)
        else:
            other = next(others, None)
    return None


def _pod_causes(change: _Change) -> Iterator[Cause]:
    fields = change.new.fields
    terminating, ready, active = fields.get("terminating") or 0, fields.get("ready") or 0, fields.get("active") or 0
    if (change.finishes or change.changed("terminating")) and terminating > 0 and change.new.is_finished:
        yield field_invalid("status.terminating", terminating, "terminating>0 is invalid for finished job")
    if change.changed("ready", "active") and fields.get("ready") is not None and ready > active:
        yield field_invalid("status.ready", ready, "cannot set more ready pods than active")


def _criteria_causes(change: _Change) -> Iterator[Cause]:
    """Say what does not go with the condition that a job has met the criteria of its success."""
    new = change.new
    if new.holds(_CRITERIA_MET):
        if new.holds(_FAILED):
            yield _conditions_cause("cannot set SuccessCriteriaMet=True and Failed=true conditions")
        if new.holds(_FAILURE_TARGET):
            yield _conditions_cause("cannot set SuccessCriteriaMet=True and FailureTarget=true conditions")
    elif change.spec.get("successPolicy") is not None and new.holds(_COMPLETE):
        why = "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True"
        yield _conditions_cause(why)


def _backward_causes(change: _Change) -> Iterator[Cause]:
    """Say what is taken back."""
    new, old, spec = change.new, change.old, change.spec
    for type_ in (_FAILED, _COMPLETE, _FAILURE_TARGET):
        if old.holds(type_) and not new.holds(type_):
            yield _conditions_cause(f"cannot disable the terminal {type_}=True condition")
    # The completions of a job with as many pods at once may become fewer.
    may_shrink = change.is_indexed and spec.get("completions") == spec.get("parallelism")
    for name in ("failed",) if may_shrink else ("failed", "succeeded"):
        count = new.fields.get(name) or 0
        if count < (old.fields.get(name) or 0):
            yield field_invalid(f"status.{name}", count, f"cannot decrease the {name} counter")
    completed = new.fields.get("completionTime")
    if completed and old.fields.get("completionTime") and change.changed("completionTime"):
        yield field_invalid("status.completionTime", completed, "field is immutable")
    resumes = old.holds(_SUSPENDED) and (_SUSPENDED, "False") in new.conditions
    if change.changed("startTime") and not resumes and old.fields.get("startTime") and not spec.get("suspend"):
        yield field_required("status.startTime", "startTime cannot be removed for unsuspended job")
    if old.holds(_CRITERIA_MET) and not new.holds(_CRITERIA_MET):
        yield _conditions_cause("cannot disable the SuccessCriteriaMet=True condition")
    if old.holds(_COMPLETE) and not old.holds(_CRITERIA_MET) and new.holds(_CRITERIA_MET):
        yield _conditions_cause("cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions")
