"""In what the workloads of the server in memory are known to move otherwise than real ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

__all__ = ["MOVING_DIFFERENCES", "MovingDifference", "agreed"]

_CRASHES = 5
"""Of the states of a container that crashes again and again: how far it has come is a matter of time."""


class MovingDifference(NamedTuple):
    """Events that only one of them may have, and why."""

    why: str
    reasons: Sequence[str]


MOVING_DIFFERENCES: Sequence[MovingDifference] = (
    MovingDifference("no probes are made", ("Unhealthy",)),
    MovingDifference("whether a budget is looked at before there are pods is a matter of time", ("NoPods",)),
    MovingDifference("the test cluster has no DNS, which has nothing to do with pods", ("MissingClusterDNS",)),
)


def agreed(scenario: str, history: dict[str, Any]) -> dict[str, Any]:
    """Give what has to be the same on both servers."""
    left_out = {reason for each in MOVING_DIFFERENCES for reason in each.reasons}
    found: dict[str, Any] = {}
    for what, sequences in history.items():
        if what.endswith(" events"):
            kept = [[each for each in sequence if each[1] not in left_out] for sequence in sequences]
            if any(kept):
                found[what] = _distinct(kept)
        elif scenario != "a_pod_that_crashes":
            found[what] = sequences
        elif not what.endswith("last status"):
            found[what] = _distinct([sequence[:_CRASHES] for sequence in sequences])
    return found


def _distinct(sequences: list[list[Any]]) -> list[list[Any]]:
    return sorted((each for index, each in enumerate(sequences) if each not in sequences[:index]), key=str)
