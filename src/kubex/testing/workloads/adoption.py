"""Which objects belong to a controller: those it made, those it takes over, those it lets go.

https://kubernetes.io/docs/concepts/architecture/controller/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject
from kubex.testing.workloads.pod_templates import controller_reference
from kubex.testing.workloads.state import State, selected
from kubex.testing.workloads.writes import Update, Write

__all__ = ["Claimed", "claim", "selector_of"]


class Claimed(NamedTuple):
    """What belongs to an owner, and what is to be written for that."""

    mine: list[JsonObject]
    writes: list[Write]


def selector_of(owner: JsonObject) -> JsonObject:
    """Give the selector of an object's spec, as a LabelSelector."""
    selector = object_at(object_at(owner, "spec"), "selector")
    return {"matchLabels": selector} if owner.get("kind") == "ReplicationController" else selector


def claim(state: State, owner: JsonObject, place: str) -> Claimed:
    """Find the objects of a resource that belong to an owner.

    Args:
        state: of the cluster.
        owner: with a selector.
        place: of the resource.
    """
    selector = selector_of(owner)
    mine: list[JsonObject] = []
    writes: list[Write] = []
    for each in state.controlled(place, owner):
        if selected(selector, each) or "deletionTimestamp" in owner["metadata"]:
            mine.append(each)
        else:
            writes.append(_released(place, each, owner))
    if "deletionTimestamp" not in owner["metadata"]:
        for each in _adoptable(state, owner, place, selector):
            reference = controller_reference(owner)
            owners = [*list_at(each["metadata"], "ownerReferences"), reference]
            writes.append(Update(place, {**each, "metadata": {**each["metadata"], "ownerReferences": owners}}))
    return Claimed(mine, writes)


def _adoptable(state: State, owner: JsonObject, place: str, selector: JsonObject) -> Iterator[JsonObject]:
    for each in state.orphans(place, owner["metadata"]["namespace"], selector):
        finished = object_at(each, "status").get("phase") in ("Succeeded", "Failed")
        if "deletionTimestamp" not in each["metadata"] and not (place == "pods" and finished):
            yield each


def _released(place: str, object_: JsonObject, owner: JsonObject) -> Update:
    uid = owner["metadata"]["uid"]
    rest = [each for each in list_at(object_["metadata"], "ownerReferences") if each.get("uid") != uid]
    return Update(place, {**object_, "metadata": {**object_["metadata"], "ownerReferences": rest}})
