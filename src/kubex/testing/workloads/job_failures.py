"""What the failures of a Job's pods lead to: a pause before the next one, or what its policy says.

https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject
from kubex.testing.workloads.pod_status import condition_of, is_finished

__all__ = ["Verdict", "finished_at", "judged", "pause_after_failures"]

_FIRST_PAUSE: Final = 10.0
_LONGEST_PAUSE: Final = 600.0


class Verdict(NamedTuple):
    """That a Job is over, and why; or that a failure does not count."""

    type: Literal["Complete", "Failed"]
    reason: str
    message: str
    is_ignored: bool = False


def finished_at(pod: JsonObject) -> datetime:
    """Give when a pod ended."""
    ends = [
        ended["finishedAt"]
        for each in list_at(object_at(pod, "status"), "containerStatuses")
        if (ended := object_at(object_at(each, "state"), "terminated")).get("finishedAt")
    ]
    return datetime.fromisoformat(max(ends, default=pod["metadata"]["creationTimestamp"]))


def pause_after_failures(pods: Sequence[JsonObject], now: datetime) -> float:
    """Give for how many more seconds no pod is to be made: longer with each failure since the last success."""
    ended = sorted((pod for pod in pods if is_finished(pod)), key=finished_at)
    failures = 0
    for pod in ended:
        failures = failures + 1 if object_at(pod, "status")["phase"] == "Failed" else 0
    if not failures:
        return 0.0
    pause = min(_FIRST_PAUSE * 2 ** (failures - 1), _LONGEST_PAUSE)
    return max(0.0, (finished_at(ended[-1]) + timedelta(seconds=pause) - now).total_seconds())


def judged(job: JsonObject, pod: JsonObject) -> Verdict | None:
    """Say what a Job's policy makes of a failed pod; `None` if it counts as any failure does."""
    for number, rule in enumerate(list_at(object_at(job["spec"], "podFailurePolicy"), "rules")):
        why = _match(rule, pod)
        if not why:
            continue
        if rule["action"] == "Ignore":
            return Verdict("Failed", "", "", is_ignored=True)
        if rule["action"] == "FailJob":
            metadata = pod["metadata"]
            text = why.format(pod=f"{metadata['namespace']}/{metadata['name']}")
            return Verdict("Failed", "PodFailurePolicy", f"{text} matching FailJob rule at index {number}")
        return None
    return None


def _match(rule: JsonObject, pod: JsonObject) -> str:
    """Say what of a pod a rule is about, `{pod}` for its name; `""` if nothing is."""
    codes = object_at(rule, "onExitCodes")
    for each in list_at(object_at(pod, "status"), "containerStatuses") if codes else ():
        if codes.get("containerName") and codes["containerName"] != each["name"]:
            continue
        code = object_at(object_at(each, "state"), "terminated").get("exitCode", 0)
        if code and (code in codes["values"]) == (codes["operator"] == "In"):
            return f"Container {each['name']} for pod {{pod}} failed with exit code {code}"
    for pattern in list_at(rule, "onPodConditions"):
        condition = condition_of(pod, pattern["type"])
        if condition is not None and condition.get("status") == pattern.get("status", "True"):
            return f"Pod {{pod}} has condition {pattern['type']}"
    return ""
