"""Taints of nodes, and the pods that tolerate them.

https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kubex.testing.lifecycle.json_members import list_at
from kubex.testing.storage import JsonObject

__all__ = ["tolerated_seconds", "tolerates", "untolerated"]


def tolerates(toleration: JsonObject, taint: JsonObject) -> bool:
    """Say whether a toleration is one of a taint."""
    if toleration.get("effect") and toleration["effect"] != taint.get("effect"):
        return False
    if toleration.get("key") and toleration["key"] != taint.get("key"):
        return False
    if toleration.get("operator", "Equal") == "Exists":
        return True
    return bool(toleration.get("key")) and toleration.get("value", "") == taint.get("value", "")


def untolerated(pod: JsonObject, taints: Iterable[JsonObject], effects: Sequence[str]) -> JsonObject | None:
    """Give the first taint of one of these effects that a pod does not tolerate; `None` if there is none."""
    tolerations: list[JsonObject] = list_at(pod["spec"], "tolerations")
    for taint in taints:
        if taint.get("effect") in effects and not any(tolerates(each, taint) for each in tolerations):
            return taint
    return None


def tolerated_seconds(pod: JsonObject, taints: Iterable[JsonObject]) -> float | None:
    """Give for how long a pod may stay on a node with these taints; `None` for ever."""
    tolerations: list[JsonObject] = list_at(pod["spec"], "tolerations")
    least: float | None = None
    for taint in taints:
        if taint.get("effect") != "NoExecute":
            continue
        matching = [each for each in tolerations if tolerates(each, taint)]
        if not matching:
            return 0.0
        for each in matching:
            if each.get("tolerationSeconds") is not None:
                seconds = max(0.0, float(each["tolerationSeconds"]))
                least = seconds if least is None else min(least, seconds)
    return least
