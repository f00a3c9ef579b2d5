"""The classes that objects belong to which name none: claims to one of storage, ingresses and pods to one of theirs.

https://kubernetes.io/docs/concepts/storage/storage-classes/#default-storageclass
"""

from __future__ import annotations

from typing import Final

from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.persistent_volume_warnings import OLD_CLASS
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["check_default_priority", "default_priority_class", "fill_in_ingress_class", "fill_in_storage_class"]

_STORAGE_CLASSES: Final = "storage.k8s.io/storageclasses"
_INGRESS_CLASSES: Final = "networking.k8s.io/ingressclasses"
_PRIORITY_CLASSES: Final = "scheduling.k8s.io/priorityclasses"
_DEFAULT_STORAGE: Final = (
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
)
_DEFAULT_INGRESS: Final = ("ingressclass.kubernetes.io/is-default-class",)
# By which classes were named before there were fields for it.
_INGRESS_ANNOTATION: Final = "kubernetes.io/ingress.class"


def fill_in_storage_class(cluster: Cluster, claim: JsonObject) -> None:
    """Give a new claim that names no class the default one, if there is one, in place."""
    _fill_in(cluster, claim, "storageClassName", OLD_CLASS, _STORAGE_CLASSES, _DEFAULT_STORAGE)


def fill_in_ingress_class(cluster: Cluster, ingress: JsonObject) -> None:
    """Give a new Ingress that names no class the default one, if there is one, in place."""
    _fill_in(cluster, ingress, "ingressClassName", _INGRESS_ANNOTATION, _INGRESS_CLASSES, _DEFAULT_INGRESS)


def _fill_in(
    cluster: Cluster, object_: JsonObject, field: str, annotation: str, place: str, marks: tuple[str, ...]
) -> None:
    if not cluster.storage.count(place) or object_at(object_, "spec").get(field) is not None:
        return
    if annotation in object_at(object_["metadata"], "annotations"):
        return
    classes = (entry.state["metadata"] for _, entry in cluster.storage.scan(place))
    marked = [each for each in classes if any(object_at(each, "annotations").get(mark) == "true" for mark in marks)]
    if marked:  # the newest is taken, of several the first by name, as which it comes here
        newest = max(marked, key=lambda each: str(each["creationTimestamp"]))
        object_["spec"] = {**object_at(object_, "spec"), field: newest["name"]}


def default_priority_class(cluster: Cluster) -> JsonObject | None:
    """Give the PriorityClass of pods that name none; `None` if there is none."""
    if not cluster.storage.count(_PRIORITY_CLASSES):
        return None
    found = (entry.object for _, entry in cluster.storage.scan(_PRIORITY_CLASSES))
    return min((each for each in found if each.get("globalDefault")), key=_value, default=None)


def _value(priority_class: JsonObject) -> int:
    value: int = priority_class.get("value", 0)
    return value


def check_default_priority(cluster: Cluster, resource: Resource, new: JsonObject, *, is_new: bool) -> None:
    """Check that a PriorityClass is not to be the default beside another.

    Raises:
        ApiFailure: it is (403).
    """
    if resource.storage != _PRIORITY_CLASSES or not new.get("globalDefault"):
        return
    found, name = default_priority_class(cluster), new["metadata"].get("name", "")
    if found is not None and (is_new or found["metadata"]["name"] != name):
        other = found["metadata"]["name"]
        why = f"PriorityClass {other} is already marked as default. Only one default can exist"
        message = f'{resource.name.qualified} "{name}" is forbidden: {why}'
        raise ApiFailure(403, "Forbidden", message, details=resource.name.details(name))
