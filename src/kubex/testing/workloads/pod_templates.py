"""Pods made from templates, and the hashes that tell templates apart.

https://kubernetes.io/docs/concepts/workloads/pods/#pod-templates
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.storage import JsonObject

__all__ = ["controller_reference", "pod_from_template", "safe_hash"]

_SAFE: Final = "bcdfghjklmnpqrstvwxz2456789"
_OFFSET: Final = 0x811C9DC5
_PRIME: Final = 0x01000193

_encode = msgspec.json.Encoder(order="deterministic").encode


def safe_hash(value: Any, collisions: int | None = None) -> str:
    """Give a short hash of a JSON value, in letters that make no words.

    Args:
        value: such as a pod template.
        collisions: how many names that come of the value were taken already.
    """
    number = _OFFSET
    for byte in _encode([value, collisions] if collisions is not None else value):
        number = ((number ^ byte) * _PRIME) & 0xFFFFFFFF
    return "".join(_SAFE[int(digit) % len(_SAFE)] for digit in str(number))


def controller_reference(owner: JsonObject) -> JsonObject:
    """Give the reference to an object as the controller of another."""
    metadata = owner["metadata"]
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def pod_from_template(template: JsonObject, owner: JsonObject, metadata: Mapping[str, Any]) -> JsonObject:
    """Give the pod that an object makes from a template.

    Args:
        template: it.
        owner: the object, the pod's controller.
        metadata: what the pod has beside the labels and annotations of the template, or in their place.
    """
    given = object_at(template, "metadata")
    kept: JsonObject = {
        name: dict(given[name])
        for name in ("labels", "annotations", "finalizers")
        if given.get(name) and name != "finalizers"
    }
    if given.get("finalizers"):
        kept["finalizers"] = list(given["finalizers"])
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {**kept, **metadata, "ownerReferences": [controller_reference(owner)]},
        "spec": template["spec"],
    }
