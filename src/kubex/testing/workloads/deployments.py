"""Deployments: one ReplicaSet for each template, and replicas that move from the old ones to the new one.

https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Final

from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.adoption import claim
from kubex.testing.workloads.conditions import appended_condition
from kubex.testing.workloads.controller import Change, Writes
from kubex.testing.workloads.deployment_progress import (
    deployment_condition,
    has_deadline,
    is_complete,
    pause_condition,
    progress_deadline_left,
    status_of,
)
from kubex.testing.workloads.deployment_scaling import DESIRED, MOST, is_scaled, proportional, rolling, sizes
from kubex.testing.workloads.pod_status import condition_of
from kubex.testing.workloads.pod_templates import controller_reference, safe_hash
from kubex.testing.workloads.replica_sets import REPLICA_SETS, owner_keys
from kubex.testing.workloads.revisions import HASH, REVISION, History, history_of, without_hash
from kubex.testing.workloads.state import PODS, State, controller_of
from kubex.testing.workloads.writes import Create, Delete, Event, Later, Update, Write

__all__ = ["DEPLOYMENTS", "DeploymentController"]

DEPLOYMENTS: Final = "apps/deployments"
_REVISIONS: Final = "deployment.kubernetes.io/revision-history"
# Annotations of a deployment that are not its ReplicaSets'.
_TAKEN: Final = 409
_OWN: Final = frozenset(
    {
        "kubectl.kubernetes.io/last-applied-configuration",
        REVISION,
        _REVISIONS,
        DESIRED,
        MOST,
        "deprecated.deployment.rollback.to",
    }
)


class DeploymentController:
    """Rolls Deployments out, scales them, and tells how far that has come."""

    component = "deployment-controller"
    manager = "kube-controller-manager"
    places: tuple[str, ...] = (DEPLOYMENTS, REPLICA_SETS, PODS)

    def __init__(self) -> None:
        self._seen: tuple[int, Key, History | None] | None = None

    def concerned(self, state: State, change: Change) -> Iterator[Key]:
        """Give the Deployments that a change makes it look at."""
        if change.place == DEPLOYMENTS:
            if change.after is not None:
                yield change.key
        elif change.place == REPLICA_SETS:
            yield from owner_keys(state, change, "Deployment", DEPLOYMENTS)
        elif change.after is None and change.before is not None:
            # Whoever recreates waits for the last pod to be gone.
            set_owner = controller_of(change.before)
            if set_owner is not None and set_owner.get("kind") == "ReplicaSet":
                set_ = state.get(REPLICA_SETS, Key(change.key.namespace, set_owner["name"]))
                owner = controller_of(set_) if set_ is not None else None
                if owner is not None and owner.get("kind") == "Deployment":
                    yield Key(change.key.namespace, owner["name"])

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a Deployment."""
        deployment = state.get(DEPLOYMENTS, key)
        if deployment is None:
            return
        claimed = claim(state, deployment, REPLICA_SETS)
        if claimed.writes:
            yield from claimed.writes
            return
        if "deletionTimestamp" in deployment["metadata"]:
            yield from self._tell(state, deployment)
            return
        pause = pause_condition(deployment, state.now)
        if pause is not None:
            yield _with_condition(deployment, pause)
        history = self._history(state, key)
        if history is None:
            return
        deployment = history.deployment
        if deployment["spec"].get("paused") or is_scaled(history):
            yield from self._scale(state, history)
            if deployment["spec"].get("paused"):
                yield from self._clean_up(state, key)
            yield from self._tell(state, deployment)
            return
        yield from self._roll_out(state, key)
        yield from self._tell(state, deployment)

    def _history(self, state: State, key: Key) -> History | None:
        """Give a Deployment and its ReplicaSets as they are now; what was seen last, as long as nothing has changed."""
        seen = self._seen
        if seen is not None and seen[:2] == (state.revision, key):
            return seen[2]
        deployment = state.get(DEPLOYMENTS, key)
        history = (
            history_of(deployment, claim(state, deployment, REPLICA_SETS).mine) if deployment is not None else None
        )
        self._seen = (state.revision, key, history)
        return history

    def _roll_out(self, state: State, key: Key) -> Writes:
        history = self._history(state, key)
        if history is None:
            return
        deployment = history.deployment
        if object_at(deployment["spec"], "strategy").get("type") == "Recreate":
            old = [each for each in history.old if each["spec"].get("replicas", 0)]
            if old:
                yield from self._notice(state, history)
                for each in old:
                    yield from self._resize(deployment, each, 0)
                return
            if any(self._pods_left(state, each) for each in history.old):
                yield from self._notice(state, history)
                return
            yield from self._make_new(state, history)
            yield from self._scale_new(state, key)
        else:
            yield from self._make_new(state, history)
            moved = yield from self._scale_new(state, key)
            if moved:
                return
            latest = self._history(state, key)
            if latest is not None and latest.new is not None:
                for scaling in rolling(latest):
                    yield from self._resize(latest.deployment, scaling.replica_set, scaling.replicas)
        latest = self._history(state, key)
        if latest is not None and is_complete(latest):
            yield from self._clean_up(state, key)

    def _pods_left(self, state: State, replica_set: JsonObject) -> bool:
        pods = state.controlled(PODS, replica_set)
        return any(object_at(pod, "status").get("phase") not in ("Succeeded", "Failed") for pod in pods)

    def _notice(self, state: State, history: History) -> Writes:
        if history.new is not None:
            yield from self._make_new(state, history)

    def _make_new(self, state: State, history: History) -> Writes:
        """Have a ReplicaSet of the present template, with the latest revision."""
        deployment, new, key = history.deployment, history.new, _key(history.deployment)
        if new is None:
            yield from self._create(state, history)
        else:
            annotations = _annotations(history, new)
            minimum = deployment["spec"].get("minReadySeconds")
            if annotations != object_at(new["metadata"], "annotations") or minimum != new["spec"].get(
                "minReadySeconds"
            ):
                spec = {name: value for name, value in new["spec"].items() if name != "minReadySeconds"}
                spec |= {"minReadySeconds": minimum} if minimum else {}
                metadata = {**new["metadata"], "annotations": annotations}
                yield Update(REPLICA_SETS, {**new, "metadata": metadata, "spec": spec})
            found = condition_of(deployment, "Progressing") is None
            told = ("FoundNewReplicaSet", f'Found new replica set "{_name(new)}"') if found else None
            yield from _note_revision(state, key, history.next_revision, told)

    def _create(self, state: State, history: History) -> Writes:
        deployment, key, new = history.deployment, _key(history.deployment), _new_set(history)
        replicas = new["spec"]["replicas"]
        done = Event(deployment, "ScalingReplicaSet", f"Scaled up replica set {_name(new)} from 0 to {replicas}")
        text = f'Failed to create new replica set "{_name(new)}": {{why}}'
        refused = Event(deployment, "ReplicaSetCreateError", text, "Warning")
        try:
            yield Create(REPLICA_SETS, key.namespace, new, done if replicas else None, refused)
        except ApiFailure as failure:
            if failure.code == _TAKEN:
                yield from _collided(state, key)
            raise
        told = ("NewReplicaSetCreated", f'Created new replica set "{_name(new)}"')
        yield from _note_revision(state, key, history.next_revision, told)

    def _scale_new(self, state: State, key: Key) -> Generator[Write, None, bool]:
        """Bring the new ReplicaSet to the size that the strategy allows now; say whether that changed something."""
        history = self._history(state, key)
        if history is None or history.new is None:
            return False
        new = history.new
        wanted = history.new_replicas()
        if new["spec"].get("replicas", 0) == wanted:
            return False
        yield from self._resize(history.deployment, new, wanted)
        return True

    def _scale(self, state: State, history: History) -> Writes:
        """Bring all ReplicaSets to a new size of the Deployment, without a rollout."""
        if history.new is not None:
            yield from self._make_new(state, history)
        latest = self._history(state, _key(history.deployment))
        if latest is not None:
            for scaling in proportional(latest):
                yield from self._resize(latest.deployment, scaling.replica_set, scaling.replicas)

    def _resize(self, deployment: JsonObject, replica_set: JsonObject, replicas: int) -> Writes:
        before = replica_set["spec"].get("replicas", 0)
        annotations = {**object_at(replica_set["metadata"], "annotations"), **sizes(history_of(deployment, []))}
        if before == replicas and annotations == object_at(replica_set["metadata"], "annotations"):
            return
        metadata = {**replica_set["metadata"], "annotations": annotations}
        yield Update(
            REPLICA_SETS, {**replica_set, "metadata": metadata, "spec": {**replica_set["spec"], "replicas": replicas}}
        )
        if before != replicas:
            way = "up" if replicas > before else "down"
            text = f"Scaled {way} replica set {metadata['name']} from {before} to {replicas}"
            yield Event(deployment, "ScalingReplicaSet", text)

    def _clean_up(self, state: State, key: Key) -> Writes:
        """Forget the oldest revisions."""
        history = self._history(state, key)
        if history is None:
            return
        kept = history.deployment["spec"].get("revisionHistoryLimit", 10)
        idle = [each for each in history.old if _is_idle(each)]
        for each in sorted(idle, key=history.revision)[: max(0, len(idle) - kept)]:
            yield Delete(REPLICA_SETS, each)

    def _tell(self, state: State, deployment: JsonObject) -> Writes:
        """Write the status."""
        history = self._history(state, _key(deployment))
        if history is None:
            return
        status = status_of(history, state.now)
        if status != object_at(history.deployment, "status"):
            # Of one that is complete, the oldest revisions are forgotten next.
            is_last = not is_complete(history, status)
            yield Update(DEPLOYMENTS, {**history.deployment, "status": status}, "status", is_last=is_last)
        left = progress_deadline_left({**history.deployment, "status": status}, state.now)
        if left is not None:
            yield Later(left)


def _name(object_: JsonObject) -> str:
    name: str = object_["metadata"]["name"]
    return name


def _key(object_: JsonObject) -> Key:
    return Key(object_["metadata"]["namespace"], object_["metadata"]["name"])


def _is_idle(replica_set: JsonObject) -> bool:
    status = object_at(replica_set, "status")
    return (
        not replica_set["spec"].get("replicas", 0)
        and not status.get("replicas", 0)
        and status.get("observedGeneration", 0) >= replica_set["metadata"].get("generation", 0)
        and "deletionTimestamp" not in replica_set["metadata"]
    )


def _new_set(history: History) -> JsonObject:
    """Give the ReplicaSet of the present template."""
    deployment = history.deployment
    metadata, spec = deployment["metadata"], deployment["spec"]
    template = without_hash(spec["template"])
    hash_ = safe_hash(template, object_at(deployment, "status").get("collisionCount"))
    labels = {**object_at(template["metadata"], "labels"), HASH: hash_}
    selector = object_at(spec, "selector")
    new_spec: JsonObject = {
        "replicas": history.new_replicas(),
        "selector": {**selector, "matchLabels": {**object_at(selector, "matchLabels"), HASH: hash_}},
        "template": {**template, "metadata": {**template["metadata"], "labels": labels}},
    }
    if spec.get("minReadySeconds"):
        new_spec["minReadySeconds"] = spec["minReadySeconds"]
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{metadata['name']}-{hash_}",
            "labels": labels,
            "annotations": _annotations(history, None),
            "ownerReferences": [controller_reference(deployment)],
        },
        "spec": new_spec,
    }


def _annotations(history: History, replica_set: JsonObject | None) -> dict[str, str]:
    """Give the annotations of the new ReplicaSet: the Deployment's, its revision and size."""
    given = object_at(history.deployment["metadata"], "annotations")
    has: dict[str, str] = object_at(replica_set["metadata"], "annotations") if replica_set is not None else {}
    annotations = {**has, **{name: value for name, value in given.items() if name not in _OWN}}
    revision = str(history.next_revision)
    before = has.get(REVISION, "")
    annotations[REVISION] = revision
    if before and before != revision:
        earlier = has.get(_REVISIONS, "")
        annotations[_REVISIONS] = f"{earlier},{before}" if earlier else before
    if replica_set is None:
        annotations |= sizes(history)
    return annotations


def _note_revision(state: State, key: Key, revision: int, told: tuple[str, str] | None) -> Writes:
    """Note the revision of a Deployment with its status, and tell of the ReplicaSet that it has."""
    deployment = state.get(DEPLOYMENTS, key)
    if deployment is None:
        return
    metadata, status = deployment["metadata"], object_at(deployment, "status")
    annotations = object_at(metadata, "annotations")
    if annotations.get(REVISION) != str(revision):
        metadata = {**metadata, "annotations": {**annotations, REVISION: str(revision)}}
    if told is not None and has_deadline(deployment):
        condition = deployment_condition("Progressing", "True", *told, state.now)
        status = {**status, "conditions": appended_condition(list_at(status, "conditions"), condition)}
    if metadata is not deployment["metadata"] or status != object_at(deployment, "status"):
        changed = {**deployment, "metadata": metadata, "status": status}
        yield Update(DEPLOYMENTS, changed, "status", is_last=True)  # what is next, is looked at now


def _with_condition(deployment: JsonObject, condition: JsonObject) -> Update:
    status = object_at(deployment, "status")
    conditions = appended_condition(list_at(status, "conditions"), condition)
    return Update(DEPLOYMENTS, {**deployment, "status": {**status, "conditions": conditions}}, "status")


def _collided(state: State, key: Key) -> Writes:
    """Count that the name of a ReplicaSet was taken: the next one has another."""
    deployment = state.get(DEPLOYMENTS, key)
    if deployment is not None:
        status = object_at(deployment, "status")
        count = status.get("collisionCount", 0) + 1
        yield Update(DEPLOYMENTS, {**deployment, "status": {**status, "collisionCount": count}}, "status")
