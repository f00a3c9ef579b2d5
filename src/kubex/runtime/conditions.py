"""Conditions that objects are waited for: of the common kinds, of one's own, and several at once.

What an object does not say yet (a status, a condition, an observed generation) is "not yet" and never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, overload

from kubex.core._json_value import is_array, is_object
from kubex.runtime._readiness import is_ready

__all__ = [
    "Absence",
    "Condition",
    "all_of",
    "any_of",
    "condition",
    "deleted",
    "job_complete",
    "job_failed",
    "job_finished",
    "pod_ready",
    "ready",
    "rollout_complete",
]


class Condition:
    """Something that can be said of an object; `a & b` is both, `a | b` either.

    Args:
        check: says it of an object as JSON has it, `None` where there is no object.
        description: completes "waited for".
    """

    def __init__(self, check: Callable[[Mapping[str, Any] | None], bool], description: str) -> None:
        self._check = check
        self._description = description

    def holds(self, content: Mapping[str, Any] | None) -> bool:
        """Say whether it is so of an object as JSON has it, `None` where there is no object."""
        return self._check(content)

    def __and__(self, other: Condition) -> Condition:
        return all_of(self, other)

    def __or__(self, other: Condition) -> Condition:
        return any_of(self, other)

    def __str__(self) -> str:
        return self._description

    def __repr__(self) -> str:
        return f"<Condition {self._description}>"


class Absence(Condition):
    """A condition that may hold where there is no object."""


def condition(type: str, status: str = "True") -> Condition:
    """Give the condition that `status.conditions` has an entry, as `kubectl wait --for=condition=…`.

    Args:
        type: the entry's type: `Available`, `Ready`, `Complete`.
        status: the status that it has.

    Example:
        ```python
        await kubex.wait_for(deployments, "web", condition("Available"), timeout=60)
        ```
    """
    return _of_object(lambda content: _has_condition(content, type, status), f"condition {type}={status}")


@overload
def any_of(first: Absence, /, *others: Condition) -> Absence: ...
@overload
def any_of(*conditions: Condition) -> Condition: ...
def any_of(*conditions: Condition) -> Condition:
    """Give the condition that one of these holds; where one of them is `deleted`, put it first."""
    return _joined(conditions, any, " or ")


@overload
def all_of(first: Absence, /, *others: Condition) -> Absence: ...
@overload
def all_of(*conditions: Condition) -> Condition: ...
def all_of(*conditions: Condition) -> Condition:
    """Give the condition that all of these hold at once."""
    return _joined(conditions, all, " and ")


def _joined(conditions: tuple[Condition, ...], rule: Callable[[Any], bool], word: str) -> Condition:
    form = Absence if any(isinstance(each, Absence) for each in conditions) else Condition
    return form(lambda content: rule(each.holds(content) for each in conditions), word.join(map(str, conditions)))


def _of_object(check: Callable[[Mapping[str, Any]], bool], description: str) -> Condition:
    return Condition(lambda content: content is not None and check(content), description)


def _has_condition(content: Mapping[str, Any], type_: str, status: str) -> bool:
    found = content.get("status")
    conditions = found.get("conditions") if is_object(found) else None
    for each in conditions if is_array(conditions) else ():
        if is_object(each) and str(each.get("type")).lower() == type_.lower():
            observed, generation = each.get("observedGeneration"), content.get("metadata", {}).get("generation")
            is_stale = isinstance(observed, int) and isinstance(generation, int) and observed < generation
            return not is_stale and str(each.get("status")).lower() == status.lower()
    return False


deleted: Final = Absence(lambda content: content is None, "deletion")
"""There is no such object, or another one has its name by now."""

ready: Final = _of_object(is_ready, "readiness")
"""Workloads have rolled out, jobs are done, definitions are served, claims are bound, pods are ready; of other
kinds, the conditions `Ready` and `Available` hold, if there are any."""

rollout_complete: Final = _of_object(is_ready, "the rollout")
"""All replicas of a Deployment, a StatefulSet or a DaemonSet are those of its present template, and available."""

pod_ready: Final = condition("Ready")
"""A pod takes requests."""

job_complete: Final = condition("Complete")
"""A job is done. One that fails never is: wait for `job_finished` to hear of either."""

job_failed: Final = condition("Failed")
"""A job has failed for good."""

job_finished: Final = any_of(job_complete, job_failed)
"""A job is done or has failed for good."""
