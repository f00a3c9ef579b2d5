"""What the server decides about an object, whatever the request says: its status, what belongs to its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.registry import Resource
from kubex.testing.schema.zero_values import zero_object
from kubex.testing.storage import JsonObject

__all__ = ["prepare_create", "prepare_subresource_update", "prepare_update", "reset_status"]


def prepare_create(cluster: Cluster, resource: Resource, object_: JsonObject, dry_run: bool) -> None:
    """Make an object what it is when it begins, in place."""
    if "status" in resource.subresources:
        reset_status(resource, object_)


def prepare_update(cluster: Cluster, resource: Resource, old: JsonObject, new: JsonObject) -> None:
    """Put back what a change of the object itself leaves alone, in place."""
    if "status" in resource.subresources:
        _carry_over(old, new, "status")


def reset_status(resource: Resource, object_: JsonObject) -> None:
    """Make the status that of a new object, in place."""
    object_.pop("status", None)
    if resource.custom is None:
        zero: Any = zero_object(resource.schema).get("status")
        if zero is not None:
            object_["status"] = zero


def _carry_over(old: JsonObject, new: JsonObject, name: str) -> None:
    if name in old:
        new[name] = old[name]
    else:
        new.pop(name, None)


def prepare_subresource_update(resource: Resource, old: JsonObject, new: JsonObject, subresource: str) -> None:
    """Put back what a change of a subresource leaves alone, in place."""
    if subresource == "resize":
        _keep_all_but_resources(old, new)
        return
    if subresource == "ephemeralcontainers":
        given = new.get("spec", {}).get("ephemeralContainers")
        for name in {*old, *new} - {"metadata", "apiVersion", "kind"}:
            _carry_over(old, new, name)
        new["spec"] = {**new["spec"], **({"ephemeralContainers": given} if given is not None else {})}
        return
    kept = _KEPT_OF_CUSTOM if resource.custom is not None else _KEPT
    for name in kept:
        _carry_over(old["metadata"], new["metadata"], name)
    changed = _CHANGED.get(subresource, ("status",))
    for name in {*old, *new} - {"metadata", "apiVersion", "kind", *changed}:
        _carry_over(old, new, name)


# Metadata that a change of the status leaves alone.
_KEPT: Final = ("finalizers", "ownerReferences")
_KEPT_OF_CUSTOM: Final = ("labels", "annotations", *_KEPT)

# What each subresource is for; the rest of the object stays as it is.
_CHANGED: Final[Mapping[str, tuple[str, ...]]] = {"status": ("status",), "approval": ("status",), "finalize": ("spec",)}


def _keep_all_but_resources(old: JsonObject, new: JsonObject) -> None:
    """Take over the resources of containers, and their resize policies, alone."""
    given = new.get("spec", {})
    for name in {*old, *new} - {"metadata", "apiVersion", "kind"}:
        _carry_over(old, new, name)
    spec = dict(old["spec"])
    for kind in ("containers", "initContainers"):
        resized = {each.get("name"): each for each in given.get(kind) or ()}
        if spec.get(kind):
            spec[kind] = [_resized(each, resized.get(each["name"], each)) for each in spec[kind]]
    new["spec"] = spec


def _resized(container: JsonObject, given: JsonObject) -> JsonObject:
    return {
        **{name: value for name, value in container.items() if name not in ("resources", "resizePolicy")},
        **{name: given[name] for name in ("resources", "resizePolicy") if name in given},
    }
