"""ControllerRevisions: the templates that a StatefulSet or DaemonSet has had.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/controller-revision-v1/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.storage import JsonObject
from kubex.testing.workloads.pod_templates import controller_reference, safe_hash
from kubex.testing.workloads.state import State
from kubex.testing.workloads.writes import Create, Delete, Update, Write

__all__ = ["HASH", "REVISIONS", "Revisions", "forgotten", "revisions_of", "template_of"]

REVISIONS: Final = "apps/controllerrevisions"
HASH: Final = "controller-revision-hash"


class Revisions(NamedTuple):
    """The revisions of an object, and what is to be written for the one of its present template."""

    every: list[JsonObject]
    """The oldest first."""
    current: str
    """Name of the one of the present template."""
    hash: str
    """What its pods are told by."""
    writes: list[Write]


def _data(owner: JsonObject) -> JsonObject:
    return {"spec": {"template": {**owner["spec"]["template"], "$patch": "replace"}}}


def template_of(revision: JsonObject) -> JsonObject:
    """Give the pod template of a revision."""
    template = revision["data"]["spec"]["template"]
    return {name: value for name, value in template.items() if name != "$patch"}


def revisions_of(state: State, owner: JsonObject, *, prefixed: bool) -> Revisions:
    """Find the revisions of an object.

    Args:
        state: of the cluster.
        owner: it.
        prefixed: whether pods are told by the revision's whole name, as those of StatefulSets, or by its hash.
    """
    name = owner["metadata"]["name"]
    every: list[JsonObject] = sorted(state.controlled(REVISIONS, owner), key=lambda each: int(each.get("revision", 0)))
    data = _data(owner)
    latest = int(every[-1].get("revision", 0)) if every else 0
    for each in every:
        if each.get("data") == data:
            writes: list[Write] = []
            if each is not every[-1]:
                writes.append(Update(REVISIONS, {**each, "revision": latest + 1}))
            hash_ = object_at(each["metadata"], "labels").get(HASH, "")
            return Revisions(every, each["metadata"]["name"], each["metadata"]["name"] if prefixed else hash_, writes)
    hash_ = safe_hash(data, object_at(owner, "status").get("collisionCount"))
    own = f"{name}-{hash_}"
    told = own if prefixed else hash_
    new = {
        "apiVersion": "apps/v1",
        "kind": "ControllerRevision",
        "metadata": {
            "name": own,
            "labels": {**object_at(owner["spec"]["template"].get("metadata", {}), "labels"), HASH: hash_},
            "ownerReferences": [controller_reference(owner)],
        },
        "data": data,
        "revision": latest + 1,
    }
    return Revisions([*every, new], own, told, [Create(REVISIONS, owner["metadata"]["namespace"], new)])


def forgotten(owner: JsonObject, every: Sequence[JsonObject], used: set[str]) -> Iterator[Delete]:
    """Give the oldest revisions that are beyond what is to be kept.

    Args:
        owner: of the revisions.
        every: of them, the oldest first.
        used: names of those that pods run, or that are the present one.
    """
    unused = [each for each in every if each["metadata"]["name"] not in used and "uid" in each["metadata"]]
    kept = owner["spec"].get("revisionHistoryLimit", 10)
    for each in unused[: max(0, len(unused) - kept)]:
        yield Delete(REVISIONS, each)
