"""The revisions of a Deployment: its ReplicaSets, the one of its present template among them.

https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-back-a-deployment
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from kubex.core.int_or_string import rollout_bounds
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.storage import JsonObject

__all__ = ["HASH", "REVISION", "History", "history_of", "same_template", "without_hash"]

HASH: Final = "pod-template-hash"
REVISION: Final = "deployment.kubernetes.io/revision"


def without_hash(template: JsonObject) -> JsonObject:
    """Give a template without the label that tells it from others."""
    metadata = dict(object_at(template, "metadata"))
    labels = {name: value for name, value in object_at(metadata, "labels").items() if name != HASH}
    metadata.pop("labels", None)
    if labels:
        metadata["labels"] = labels
    metadata.pop("creationTimestamp", None)
    return {**template, "metadata": metadata}


def same_template(one: JsonObject, other: JsonObject) -> bool:
    """Say whether two templates are equal but for what `without_hash` leaves out."""
    if one is other:
        return True
    if any(other.get(name) != value for name, value in one.items() if name != "metadata"):
        return False
    if one.keys() | {"metadata"} != other.keys() | {"metadata"}:
        return False
    return without_hash({"metadata": one.get("metadata")}) == without_hash({"metadata": other.get("metadata")})


@dataclass(frozen=True)
class History:
    """A Deployment and its ReplicaSets."""

    deployment: JsonObject
    new: JsonObject | None
    """The one of the present template; `None` if it has yet to be made."""
    old: Sequence[JsonObject]
    """The others, the oldest first."""

    @property
    def every(self) -> list[JsonObject]:
        """All of them, the oldest first, and the new one at the end."""
        return [*self.old, *([self.new] if self.new is not None else [])]

    @property
    def active(self) -> list[JsonObject]:
        """Those that are to have pods."""
        return [each for each in self.every if each["spec"].get("replicas", 0)]

    @property
    def replicas(self) -> int:
        """How many pods are wanted."""
        count: int = self.deployment["spec"].get("replicas", 1)
        return count

    @property
    def is_rolling(self) -> bool:
        """Whether old and new pods may run side by side."""
        return str(object_at(self.deployment["spec"], "strategy").get("type", "RollingUpdate")) == "RollingUpdate"

    @property
    def bounds(self) -> tuple[int, int]:
        """How many pods there may be more, and how many fewer, than wanted."""
        if not self.is_rolling or not self.replicas:
            return 0, 0
        rolling: dict[str, Any] = object_at(object_at(self.deployment["spec"], "strategy"), "rollingUpdate")
        surge, unavailable = rollout_bounds(rolling.get("maxSurge"), rolling.get("maxUnavailable"), self.replicas)
        return surge, min(unavailable, self.replicas)

    @property
    def wanted(self) -> int:
        """How many pods the ReplicaSets are to have together."""
        return sum(each["spec"].get("replicas", 0) for each in self.every)

    @property
    def next_revision(self) -> int:
        """Revision of the new ReplicaSet: one more than the old ones', or the one that it has."""
        latest = max(map(self.revision, self.old), default=0) + 1
        return max(latest, self.revision(self.new)) if self.new is not None else latest

    @staticmethod
    def revision(replica_set: JsonObject) -> int:
        """Give the revision of a ReplicaSet; 0 if it has none."""
        text = object_at(replica_set["metadata"], "annotations").get(REVISION, "")
        return int(text) if text.isdecimal() else 0

    def new_replicas(self) -> int:
        """Give how many replicas the new ReplicaSet may have now."""
        has = self.new["spec"].get("replicas", 0) if self.new is not None else 0
        if not self.is_rolling or has > self.replicas:
            return self.replicas
        room = self.replicas + self.bounds[0] - self.wanted
        return has + max(0, min(room, self.replicas - has))

    def total(self, name: str, sets: Sequence[JsonObject] | None = None) -> int:
        """Give the sum of a number in the statuses of ReplicaSets, of all where none are given."""
        return sum(object_at(each, "status").get(name, 0) for each in (self.every if sets is None else sets))


def history_of(deployment: JsonObject, replica_sets: Sequence[JsonObject]) -> History:
    """Sort the ReplicaSets of a Deployment."""
    ordered = sorted(replica_sets, key=lambda each: str(each["metadata"]["creationTimestamp"]))
    wanted = deployment["spec"]["template"]
    new = next((each for each in ordered if same_template(each["spec"]["template"], wanted)), None)
    return History(deployment, new, [each for each in ordered if each is not new])
