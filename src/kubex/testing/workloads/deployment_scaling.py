"""How many replicas each ReplicaSet of a Deployment is to have: in a rollout, and when the Deployment is scaled.

https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#proportional-scaling
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.storage import JsonObject
from kubex.testing.workloads.revisions import History

__all__ = ["DESIRED", "MOST", "Scaling", "is_scaled", "proportional", "rolling", "sizes"]

DESIRED: Final = "deployment.kubernetes.io/desired-replicas"
MOST: Final = "deployment.kubernetes.io/max-replicas"


class Scaling(NamedTuple):
    """A ReplicaSet and its next size."""

    replica_set: JsonObject
    replicas: int


def sizes(history: History) -> dict[str, str]:
    """Give the annotations of ReplicaSets that tell the size of their Deployment."""
    return {DESIRED: str(history.replicas), MOST: str(history.replicas + history.bounds[0])}


def _annotated(replica_set: JsonObject, name: str) -> int | None:
    text = object_at(replica_set["metadata"], "annotations").get(name, "")
    return int(text) if text.isdecimal() else None


def is_scaled(history: History) -> bool:
    """Say whether the Deployment has another size than when its ReplicaSets were last sized."""
    return any(
        desired is not None and desired != history.replicas
        for desired in (_annotated(each, DESIRED) for each in history.active)
    )


def rolling(history: History) -> list[Scaling]:
    """Give the next sizes of old ReplicaSets in a rolling update: without what is unhealthy, then by the bounds."""
    old = [each for each in history.old if each["spec"].get("replicas", 0)]
    if not old or history.new is None:
        return []
    least = history.replicas - history.bounds[1]
    new_missing = history.new["spec"].get("replicas", 0) - object_at(history.new, "status").get("availableReplicas", 0)
    most_down = history.wanted - least - new_missing
    if most_down <= 0:
        return []
    next_: dict[str, int] = {}
    for each in old:
        has = each["spec"]["replicas"]
        unhealthy = has - object_at(each, "status").get("availableReplicas", 0)
        down = min(most_down, max(0, unhealthy))
        most_down -= down
        next_[each["metadata"]["name"]] = has - down
    spare = history.total("availableReplicas") - least
    for each in old:
        name = each["metadata"]["name"]
        down = min(next_[name], max(0, spare))
        spare -= down
        next_[name] -= down
    return [Scaling(each, next_[each["metadata"]["name"]]) for each in old]


def proportional(history: History) -> list[Scaling]:
    """Give the sizes of ReplicaSets after the Deployment was scaled."""
    active = history.active
    if len(active) <= 1:
        latest = active[0] if active else history.new or max(history.old, key=history.revision, default=None)
        return [Scaling(latest, history.replicas)] if latest is not None else []
    if _is_saturated(history):
        return [Scaling(each, 0) for each in history.old if each["spec"].get("replicas", 0)]
    if not history.is_rolling:
        return []
    allowed = history.replicas + history.bounds[0] if history.replicas else 0
    to_add = allowed - history.wanted
    newest_first = sorted(active, key=lambda each: str(each["metadata"]["creationTimestamp"]), reverse=to_add > 0)
    ordered = sorted(newest_first, key=lambda each: -each["spec"]["replicas"])
    added, next_ = 0, list[int]()
    for each in ordered:
        share = _share(history, each)
        left = to_add - added
        share = min(share, left) if to_add > 0 else max(share, left)
        share = share if to_add else 0
        added += share
        next_.append(each["spec"]["replicas"] + share)
    next_[0] = max(0, next_[0] + to_add - added)
    return [Scaling(each, max(0, size)) for each, size in zip(ordered, next_, strict=True)]


def _is_saturated(history: History) -> bool:
    new = history.new
    return (
        new is not None
        and new["spec"].get("replicas", 0) == history.replicas
        and _annotated(new, DESIRED) == history.replicas
        and object_at(new, "status").get("availableReplicas", 0) == history.replicas
    )


def _share(history: History, replica_set: JsonObject) -> int:
    """Give by how much a ReplicaSet grows with its Deployment."""
    has: int = replica_set["spec"]["replicas"]
    if not history.replicas:
        return -has
    before = _annotated(replica_set, MOST) or object_at(history.deployment, "status").get("replicas", 0) or 1
    exact = has * (history.replicas + history.bounds[0]) / before
    return int(exact + 0.5) - has
