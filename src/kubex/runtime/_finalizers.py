"""Finalizers: put into an object and taken out of it, and nobody else's touched.

https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
"""

from __future__ import annotations

from kubex.core.patch import JsonPatch, JsonPatchAdd, JsonPatchRemove, JsonPatchTest
from kubex_core.models.metadata import ObjectMetadata

__all__ = ["adding", "removing"]


def adding(metadata: ObjectMetadata, finalizers: list[str]) -> JsonPatch | None:
    """Give the patch that adds what is missing; `None` where nothing is.

    It is refused where the object has changed meanwhile, and so can't put one into an object that is being deleted.
    """
    present = metadata.finalizers or []
    missing = [name for name in finalizers if name not in present]
    if not missing:
        return None
    guard = JsonPatchTest(path="/metadata/resourceVersion", value=metadata.resource_version)
    if not present:
        return JsonPatch([guard, JsonPatchAdd(path="/metadata/finalizers", value=missing)])
    return JsonPatch([guard, *(JsonPatchAdd(path="/metadata/finalizers/-", value=name) for name in missing)])


def removing(metadata: ObjectMetadata, finalizer: str) -> JsonPatch | None:
    """Give the patch that takes one out; `None` where it is not there. It is refused where the list has changed."""
    present = metadata.finalizers or []
    if finalizer not in present:
        return None
    path = f"/metadata/finalizers/{present.index(finalizer)}"
    return JsonPatch([JsonPatchTest(path=path, value=finalizer), JsonPatchRemove(path=path)])
