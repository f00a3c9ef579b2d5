"""Drops what only features that are switched off know: it is gone before anything looks at it.

What an object had before stays, and who sent the rest owns it nonetheless.
https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.pod_parts import TEMPLATE_PATHS
from kubex.testing.registry import Resource
from kubex.testing.schema.tree import ObjectSchema
from kubex.testing.storage import JsonObject

__all__ = ["drop_switched_off", "drop_switched_off_of_pod", "drop_switched_off_status"]

_CONTAINERS: Final = ("containers", "initContainers", "ephemeralContainers")
_STATUSES: Final = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")
_PROJECTIONS: Final = frozenset({"clusterTrustBundle", "podCertificate"})
_WORKLOAD, _SIGNAL = "workloadRef", "stopSignal"
# Of the status of a pod: each group goes, or stays, together.
_OF_PODS: Final = (frozenset({"resources", "allocatedResources"}), frozenset({"extendedResourceClaimStatus"}))
_HEALTH: Final = "allocatedResourcesStatus"
_FEWER: Final = ("spec", "updateStrategy", "rollingUpdate", "maxUnavailable")


def drop_switched_off(cluster: Cluster, resource: Resource, new: JsonObject, old: JsonObject | None) -> None:
    """Drop it from an object that is created or changed, in place.

    Args:
        cluster: where.
        resource: of the object.
        new: the object as it is to be.
        old: the object as it was; `None` for one that is created.
    """
    kind = (resource.name.group, resource.kind)
    drop = _DROPS.get(kind)
    if drop is not None:
        drop(cluster, new, old)
        return
    path = TEMPLATE_PATHS.get(kind)
    if path is None:
        return
    where = (*path, "spec")
    spec = _at(new, where)
    kept = _kept_spec(cluster, spec, _at(old or {}, where))
    if kept is not spec:
        _put(new, where, kept)
    if resource.kind == "StatefulSet" and _at(old or {}, _FEWER) is None and not _is_later(cluster):
        _take_out(new, _FEWER)


def drop_switched_off_of_pod(cluster: Cluster, new: JsonObject, old: JsonObject | None) -> None:
    """Drop it from a pod, in place; the arguments are those of `drop_switched_off`."""
    before = old["spec"] if old is not None else None
    spec = new["spec"]
    if spec is not before:
        kept = _kept_spec(cluster, spec, before)
        if kept is not spec:
            new["spec"] = kept


def _kept_spec(cluster: Cluster, spec: JsonObject | None, before: JsonObject | None) -> JsonObject | None:
    """Give what stays of the spec of a pod: the spec itself, nearly always."""
    used = _used(spec) if spec else ()
    if not used or spec is None:
        return spec
    off = {*used}.difference(_used(before or {}))
    if not off or _is_later(cluster):
        return spec
    kept = {name: value for name, value in spec.items() if name not in off}
    if _SIGNAL in off:
        kept |= {kind: [_without_signal(each) for each in spec[kind]] for kind in _CONTAINERS if spec.get(kind)}
    if off & _PROJECTIONS:
        kept["volumes"] = [_without_projections(each, off) for each in spec["volumes"]]
    return kept


def _used(spec: Mapping[str, Any]) -> list[str]:
    """Name what the spec of a pod has of features that are switched off."""
    found = [_WORKLOAD] if _WORKLOAD in spec else []
    for kind in _CONTAINERS:
        for container in spec.get(kind) or ():
            lifecycle = container.get("lifecycle")
            if lifecycle and _SIGNAL in lifecycle:
                found.append(_SIGNAL)
    for volume in spec.get("volumes") or ():
        projected = volume.get("projected")
        if projected:
            for source in projected.get("sources") or ():
                if not _PROJECTIONS.isdisjoint(source):
                    found += _PROJECTIONS.intersection(source)
    return found


def _without_signal(container: JsonObject) -> JsonObject:
    lifecycle = container.get("lifecycle")
    if not lifecycle or _SIGNAL not in lifecycle:
        return container
    kept = {name: value for name, value in lifecycle.items() if name != _SIGNAL}
    if kept:
        return {**container, "lifecycle": kept}
    return {name: value for name, value in container.items() if name != "lifecycle"}


def _without_projections(volume: JsonObject, off: set[str]) -> JsonObject:
    projected = object_at(volume, "projected")
    if not projected.get("sources"):
        return volume
    sources = [{name: value for name, value in each.items() if name not in off} for each in projected["sources"]]
    return {**volume, "projected": {**projected, "sources": sources}}


def _is_later(cluster: Cluster) -> bool:
    """Whether the server is one of after 1.35, of which features are switched on that were not before."""
    pods = cluster.registry.find("", "v1", "pods")
    spec = pods.schema.member("spec") if pods is not None else None
    return isinstance(spec, ObjectSchema) and "schedulingGroup" in spec.fields  # which came with 1.36


def _at(holder: JsonObject, path: Sequence[str]) -> Any:
    value: Any = holder
    for name in path:
        value = value.get(name) if value else None
    return value


def _put(holder: JsonObject, path: Sequence[str], value: Any) -> None:
    """Put a value into an object whose parts may be those of another, in place."""
    for name in path[:-1]:
        holder[name] = dict(holder[name])
        holder = holder[name]
    holder[path[-1]] = value


def _take_out(object_: JsonObject, path: Sequence[str]) -> None:
    """Take a part out of an object, if it is there, in place."""
    holder = _at(object_, path[:-1])
    if holder and path[-1] in holder:
        _put(object_, path[:-1], {name: value for name, value in holder.items() if name != path[-1]})


def _drop_of_lease(cluster: Cluster, new: JsonObject, old: JsonObject | None) -> None:
    """Drop what a Lease has only where coordinated election is switched on."""
    for name in ("strategy", "preferredHolder"):
        _take_out(new, ("spec", name))


def _drop_of_node(cluster: Cluster, new: JsonObject, old: JsonObject | None) -> None:
    """Drop what nodes had while kubelets were told their configuration, and what they don't say yet."""
    if _at(old or {}, ("spec", "configSource")) is None:
        _take_out(new, ("spec", "configSource"))
    if old is None:
        _take_out(new, ("status", "config"))
        if not _is_later(cluster):
            _take_out(new, ("status", "declaredFeatures"))


_DROPS: Final[Mapping[tuple[str, str], Callable[[Cluster, JsonObject, JsonObject | None], None]]] = {
    ("", "Node"): _drop_of_node,
    ("", "Pod"): drop_switched_off_of_pod,
    ("coordination.k8s.io", "Lease"): _drop_of_lease,
}


def drop_switched_off_status(cluster: Cluster, resource: Resource, new: JsonObject, old: JsonObject) -> None:
    """Drop it from the next status of a pod or a node, in place."""
    status, before = object_at(new, "status"), object_at(old, "status")
    if resource.kind == "Node":
        if "config" not in before:
            _take_out(new, ("status", "config"))
        return
    off = [name for group in _OF_PODS if not group.isdisjoint(status) and group.isdisjoint(before) for name in group]
    unwell = [kind for kind in _STATUSES for each in status.get(kind) or () if _HEALTH in each]
    if (off or unwell) and not _is_later(cluster):
        kept = {name: value for name, value in status.items() if name not in off}
        for kind in unwell:
            kept[kind] = [{name: value for name, value in each.items() if name != _HEALTH} for each in status[kind]]
        new["status"] = kept
