"""What a peer has to have read: a digest of fields from all over a pod, made by each peer from its own objects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

__all__ = ["Row", "digest", "row_of_json"]

Row = tuple[str, ...]


def digest(rows: Iterable[Row]) -> list[Any]:
    """Give the number of pods and a digest of their rows."""
    text = ["|".join(row) for row in rows]
    return [len(text), hashlib.sha256("\n".join(text).encode()).hexdigest()]


def row_of_json(pod: dict[str, Any]) -> Row:
    """Give a pod's row: the same fields, in the same order, that every other peer takes."""
    metadata, spec, status = pod["metadata"], pod["spec"], pod["status"]
    return (
        metadata["namespace"],
        metadata["name"],
        metadata["uid"],
        metadata["resourceVersion"],
        metadata["ownerReferences"][0]["name"],
        metadata["managedFields"][-1]["manager"],
        metadata["labels"]["app.kubernetes.io/name"],
        spec["nodeName"],
        spec["containers"][-1]["image"],
        spec["containers"][0]["resources"]["requests"]["memory"],
        spec["tolerations"][-1]["key"],
        spec["volumes"][-1]["name"],
        status["phase"],
        status["podIP"],
        status["conditions"][-1]["type"],
        status["containerStatuses"][0]["containerID"],
    )
