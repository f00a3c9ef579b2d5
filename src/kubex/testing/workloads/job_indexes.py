"""The completion indexes of Jobs: of pods, and as a Job's status writes them.

https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.storage import JsonObject

__all__ = ["INDEX", "index_of", "read_indexes", "shown_indexes"]

INDEX: Final = "batch.kubernetes.io/job-completion-index"
"""Label and annotation of a pod."""


def index_of(pod: JsonObject) -> int | None:
    """Give the completion index of a pod; `None` if it has none."""
    text = object_at(pod["metadata"], "annotations").get(INDEX, "")
    return int(text) if text.isdecimal() else None


def read_indexes(text: str) -> set[int]:
    """Read indexes: `0-2,5`."""
    found: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def shown_indexes(indexes: Iterable[int]) -> str:
    """Write indexes: `0-2,5`."""
    ranges: list[list[int]] = []
    for index in sorted(indexes):
        if ranges and index == ranges[-1][1] + 1:
            ranges[-1][1] = index
        else:
            ranges.append([index, index])
    return ",".join(_shown(first, last) for first, last in ranges)


def _shown(first: int, last: int) -> str:
    if first == last:
        return str(first)
    return f"{first}{',' if last == first + 1 else '-'}{last}"
