"""StatefulSets: pods with an identity, one after the other.

https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kubex.core.int_or_string import scaled
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.adoption import claim
from kubex.testing.workloads.controller import Change, Writes
from kubex.testing.workloads.controller_revisions import (
    HASH,
    REVISIONS,
    Revisions,
    forgotten,
    revisions_of,
    template_of,
)
from kubex.testing.workloads.pod_status import is_finished, is_ready
from kubex.testing.workloads.pod_templates import pod_from_template
from kubex.testing.workloads.replica_sets import available_at, owner_keys
from kubex.testing.workloads.state import PODS, State
from kubex.testing.workloads.writes import Create, Delete, Event, Later, Update, Write

__all__ = ["STATEFUL_SETS", "StatefulSetController"]

STATEFUL_SETS: Final = "apps/statefulsets"
_CLAIMS: Final = "persistentvolumeclaims"
_NAME: Final = "statefulset.kubernetes.io/pod-name"
_INDEX: Final = "apps.kubernetes.io/pod-index"


@dataclass
class _Set:
    """A StatefulSet and what belongs to it."""

    object: JsonObject
    pods: dict[int, JsonObject]
    revisions: Revisions
    current: str
    """Revision that all pods had when they last had the same one."""

    @property
    def name(self) -> str:
        return str(self.object["metadata"]["name"])

    @property
    def first(self) -> int:
        start: int = object_at(self.object["spec"], "ordinals").get("start", 0)
        return start

    @property
    def ordinals(self) -> range:
        return range(self.first, self.first + self.object["spec"].get("replicas", 1))

    @property
    def is_ordered(self) -> bool:
        return bool(self.object["spec"].get("podManagementPolicy", "OrderedReady") == "OrderedReady")

    @property
    def rolling(self) -> JsonObject | None:
        """What says how updates roll; `None` where they don't."""
        strategy = object_at(self.object["spec"], "updateStrategy")
        if strategy.get("type", "RollingUpdate") != "RollingUpdate":
            return None
        return object_at(strategy, "rollingUpdate")

    @property
    def partition(self) -> int:
        rolling = self.rolling
        return rolling.get("partition", 0) if rolling is not None else 0

    def revision_for(self, ordinal: int) -> str:
        """Give the revision of a pod that is to be made."""
        if self.current == self.revisions.current:
            return self.current
        if self.rolling is not None and ordinal < self.first + self.partition:
            return self.current
        return self.revisions.current

    def template(self, revision: str) -> JsonObject:
        for each in self.revisions.every:
            if each["metadata"]["name"] == revision:
                return template_of(each)
        template: JsonObject = self.object["spec"]["template"]
        return template


class StatefulSetController:
    """Makes, updates and deletes the pods and claims of StatefulSets."""

    component = "statefulset-controller"
    manager = "kube-controller-manager"
    places: tuple[str, ...] = (STATEFUL_SETS, PODS)

    def concerned(self, state: State, change: Change) -> Sequence[Key]:
        """Give the StatefulSets that a change makes it look at."""
        if change.place == STATEFUL_SETS:
            return (change.key,) if change.after is not None else ()
        return owner_keys(state, change, "StatefulSet", STATEFUL_SETS)

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a StatefulSet."""
        set_ = state.get(STATEFUL_SETS, key)
        if set_ is None or "deletionTimestamp" in set_["metadata"]:
            return
        claimed = claim(state, set_, PODS)
        yield from claimed.writes
        revisions = revisions_of(state, set_, prefixed=True)
        yield from revisions.writes
        current = object_at(set_, "status").get("currentRevision") or revisions.current
        pods = {ordinal: pod for pod in claimed.mine if (ordinal := _ordinal(set_, pod)) is not None}
        whole = _Set(set_, pods, revisions, current)
        yield from self._move(state, whole)
        yield from self._tell(state, key, whole)

    def _move(self, state: State, set_: _Set) -> Writes:
        """Bring the pods one step further: first those that are missing, then those that are too many, then updates."""
        for ordinal in set_.ordinals:
            went_on = yield from self._see_to(state, set_, ordinal)
            if not went_on:
                return
        condemned = sorted((ordinal for ordinal in set_.pods if ordinal not in set_.ordinals), reverse=True)
        for ordinal in condemned:
            pod = set_.pods[ordinal]
            if "deletionTimestamp" not in pod["metadata"]:
                yield _deletion(set_, pod)
            if set_.is_ordered:
                return
        if not condemned or not set_.is_ordered:
            yield from self._update(state, set_)

    def _see_to(self, state: State, set_: _Set, ordinal: int) -> Generator[Write, None, bool]:
        """See to one pod; say whether the next one's turn has come."""
        pod = set_.pods.get(ordinal)
        if pod is not None and is_finished(pod) and "deletionTimestamp" not in pod["metadata"]:
            phase = object_at(pod, "status")["phase"]
            failed = phase == "Failed"
            reason = "RecreatingFailedPod" if failed else "RecreatingTerminatedPod"
            where = f"StatefulSet {set_.object['metadata']['namespace']}/{set_.name}"
            text = f"{where} is recreating {phase.lower()} Pod {pod['metadata']['name']}"
            yield Event(set_.object, reason, text, "Warning" if failed else "Normal")
            yield _deletion(set_, pod)
            return not set_.is_ordered
        if pod is None:
            yield from self._make(state, set_, ordinal)
            return not set_.is_ordered
        if not set_.is_ordered:
            return True
        return "deletionTimestamp" not in pod["metadata"] and _is_available(state, set_, pod)

    def _make(self, state: State, set_: _Set, ordinal: int) -> Writes:
        object_, name = set_.object, f"{set_.name}-{ordinal}"
        namespace = object_["metadata"]["namespace"]
        for template in list_at(object_["spec"], "volumeClaimTemplates"):
            new = _claim(object_, template, name)
            claim_name = new["metadata"]["name"]
            if state.get(_CLAIMS, Key(namespace, claim_name)) is None:
                text = f"Create Claim {claim_name} Pod {name} in StatefulSet {set_.name} success"
                yield Create(_CLAIMS, namespace, new, Event(object_, "SuccessfulCreate", text))
        text = f"Create Pod {name} in StatefulSet {set_.name} {{}}"
        done = Event(object_, "SuccessfulCreate", text.format("successful"))
        refused = Event(object_, "FailedCreate", text.format("failed error: {why}"), "Warning")
        yield Create(PODS, namespace, _pod(set_, ordinal, name), done, refused)

    def _update(self, state: State, set_: _Set) -> Writes:
        """Replace pods of old revisions, from the last one on, and a few at a time."""
        rolling = set_.rolling
        if rolling is None:
            return
        given = rolling.get("maxUnavailable")
        most = 1 if given is None else max(1, scaled(given, len(set_.ordinals), round_up=True))
        unavailable = sum(1 for ordinal in set_.ordinals if not _is_available(state, set_, set_.pods.get(ordinal)))
        for ordinal in reversed(set_.ordinals):
            if ordinal < set_.first + set_.partition:
                return
            pod = set_.pods.get(ordinal)
            if pod is None:
                continue
            is_old = object_at(pod["metadata"], "labels").get(HASH) != set_.revisions.current
            if is_old and "deletionTimestamp" not in pod["metadata"]:
                if unavailable >= most and _is_available(state, set_, pod):
                    return
                yield _deletion(set_, pod)
                unavailable += 1
                if unavailable >= most:
                    return
            elif not _is_available(state, set_, pod) and unavailable >= most:
                return

    def _tell(self, state: State, key: Key, set_: _Set) -> Writes:
        latest = state.get(STATEFUL_SETS, key)
        if latest is None:
            return
        pods = [pod for pod in claim(state, latest, PODS).mine if not is_finished(pod)]
        there = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
        ready = [pod for pod in there if is_ready(pod)]
        available = [pod for pod in ready if _is_available(state, set_, pod)]
        of = {
            revision: sum(object_at(pod["metadata"], "labels").get(HASH) == revision for pod in there)
            for revision in (set_.current, set_.revisions.current)
        }
        current, updated = set_.current, of[set_.revisions.current]
        if set_.rolling is not None and updated == len(pods) == len(ready) == len(set_.ordinals):
            current = set_.revisions.current
        old = object_at(latest, "status")
        numbers: JsonObject = {
            "observedGeneration": latest["metadata"].get("generation", 0),
            "replicas": len(pods),
            "readyReplicas": len(ready),
            "currentReplicas": updated if current == set_.revisions.current else of[set_.current],
            "updatedReplicas": updated,
            "currentRevision": current,
            "updateRevision": set_.revisions.current,
            "collisionCount": old.get("collisionCount", 0),
            "availableReplicas": len(available),
        }
        written = ("replicas", "collisionCount", "availableReplicas")
        status = {name: value for name, value in numbers.items() if value or name in written}
        if status != old:
            yield Update(STATEFUL_SETS, {**latest, "status": status}, "status")
        used = {object_at(pod["metadata"], "labels").get(HASH, "") for pod in pods} | {current, set_.revisions.current}
        yield from forgotten(latest, state.controlled(REVISIONS, latest), used)
        minimum = latest["spec"].get("minReadySeconds", 0)
        for pod in ready if minimum else ():
            at = available_at(pod, minimum)
            if at is not None and at > state.now:
                yield Later((at - state.now).total_seconds())


def _ordinal(set_: JsonObject, pod: JsonObject) -> int | None:
    prefix, _, number = str(pod["metadata"]["name"]).rpartition("-")
    return int(number) if prefix == set_["metadata"]["name"] and number.isdecimal() else None


def _is_available(state: State, set_: _Set, pod: JsonObject | None) -> bool:
    if pod is None or "deletionTimestamp" in pod["metadata"]:
        return False
    at = available_at(pod, set_.object["spec"].get("minReadySeconds", 0))
    return at is not None and at <= state.now


def _deletion(set_: _Set, pod: JsonObject) -> Delete:
    name = pod["metadata"]["name"]
    text = f"Delete Pod {name} in StatefulSet {set_.name} successful"
    return Delete(PODS, pod, done=Event(set_.object, "SuccessfulDelete", text))


def _claim(set_: JsonObject, template: JsonObject, pod: str) -> JsonObject:
    labels = object_at(object_at(set_["spec"], "selector"), "matchLabels")
    metadata = {name: value for name, value in template["metadata"].items() if name not in ("creationTimestamp", "uid")}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {
            **metadata,
            "name": f"{template['metadata']['name']}-{pod}",
            "labels": {**object_at(metadata, "labels"), **labels},
        },
        "spec": template["spec"],
    }


def _pod(set_: _Set, ordinal: int, name: str) -> JsonObject:
    revision = set_.revision_for(ordinal)
    template = set_.template(revision)
    pod = pod_from_template(template, set_.object, {"name": name})
    labels = object_at(pod["metadata"], "labels")
    pod["metadata"]["labels"] = {**labels, _INDEX: str(ordinal), HASH: revision, _NAME: name}
    claims = [each["metadata"]["name"] for each in list_at(set_.object["spec"], "volumeClaimTemplates")]
    own: list[dict[str, Any]] = [
        {"name": each, "persistentVolumeClaim": {"claimName": f"{each}-{name}"}} for each in claims
    ]
    others = [each for each in list_at(pod["spec"], "volumes") if each["name"] not in claims]
    spec = {**pod["spec"], "hostname": name}
    if set_.object["spec"].get("serviceName"):
        spec["subdomain"] = set_.object["spec"]["serviceName"]
    if own or others:
        spec["volumes"] = [*own, *others]
    return {**pod, "spec": spec}
