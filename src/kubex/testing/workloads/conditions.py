"""Conditions in the status of objects: the same ones set anew keep the time at which they began."""

from __future__ import annotations

from collections.abc import Sequence

from kubex.testing.storage import JsonObject

__all__ = ["appended_condition", "with_status_condition", "without_condition"]


def with_status_condition(conditions: Sequence[JsonObject], new: JsonObject) -> list[JsonObject]:
    """Give conditions with one set, in the place of the one of its type.

    `lastTransitionTime` of the new one counts if its status is another than it was.
    """
    for index, each in enumerate(conditions):
        if each.get("type") == new["type"]:
            kept = {"lastTransitionTime": each.get("lastTransitionTime")} if each.get("status") == new["status"] else {}
            return [*conditions[:index], {**new, **kept}, *conditions[index + 1 :]]
    return [*conditions, new]


def appended_condition(conditions: Sequence[JsonObject], new: JsonObject) -> list[JsonObject]:
    """Give conditions with one set, at their end: the way of deployments and replica sets.

    What has the same status and reason is left as it is.
    """
    for each in conditions:
        if each.get("type") == new["type"]:
            if each.get("status") == new["status"] and each.get("reason") == new.get("reason"):
                return list(conditions)
            if each.get("status") == new["status"]:
                new = {**new, "lastTransitionTime": each.get("lastTransitionTime")}
    return [*without_condition(conditions, new["type"]), new]


def without_condition(conditions: Sequence[JsonObject], type_: str) -> list[JsonObject]:
    """Give conditions without those of a type."""
    return [each for each in conditions if each.get("type") != type_]
