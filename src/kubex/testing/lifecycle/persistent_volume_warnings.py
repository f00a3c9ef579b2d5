"""What a server warns of in PersistentVolumes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.node_label_warnings import term_warnings
from kubex.testing.lifecycle.volume_warnings import LATER_OLD_KINDS, OLD_KINDS
from kubex.testing.registry import Resource
from kubex.testing.schema.tree import ObjectSchema
from kubex.testing.storage import JsonObject

__all__ = ["OLD_CLASS", "driver_warnings", "old_annotation_warnings", "persistent_volume_warnings"]

OLD_CLASS: Final = "volume.beta.kubernetes.io/storage-class"
"""The annotation that named the class of claims and volumes."""
_ANNOTATIONS: Final = {
    OLD_CLASS: 'deprecated since v1.8; use "storageClassName" attribute instead',
    "volume.beta.kubernetes.io/mount-options": 'deprecated since v1.31; use "mountOptions" attribute instead',
}
_IN_SECRETS: Final = "serviceAccountTokenInSecrets"
_OLD_KINDS: Final = frozenset({"cephfs", "photonPersistentDisk", "scaleIO", "storageos", "glusterfs", "rbd"})


def persistent_volume_warnings(volume: JsonObject) -> Iterator[str]:
    """Warn of what is deprecated in a PersistentVolume."""
    yield from old_annotation_warnings(volume, *_ANNOTATIONS)
    spec = volume["spec"]
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        instead = "Instead, the recommended approach is to use dynamic provisioning."
        yield f"spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. {instead}"
    required = object_at(object_at(spec, "nodeAffinity"), "required")
    for index, term in enumerate(list_at(required, "nodeSelectorTerms")):
        yield from term_warnings(term, f"spec.nodeAffinity.required.nodeSelectorTerms[{index}]")
    for kind, shown, why in (*OLD_KINDS, *LATER_OLD_KINDS):
        if kind in _OLD_KINDS and spec.get(kind) is not None:
            yield f"spec.{shown}: {why}"


def driver_warnings(resource: Resource, driver: JsonObject, old: JsonObject | None) -> Iterator[str]:
    """Warn of tokens that a CSIDriver asks for in a place that may be logged."""
    spec, asked = driver["spec"], list_at(driver["spec"], "tokenRequests")
    schema = resource.schema.member("spec")
    if not isinstance(schema, ObjectSchema) or _IN_SECRETS not in schema.fields:  # which came with 1.35
        return
    if not asked or spec.get(_IN_SECRETS) is not None or (old and asked == list_at(old["spec"], "tokenRequests")):
        return
    what = "set to true to prevent possible logging of tokens in volume attributes"
    yield f"spec.{_IN_SECRETS} is unset; if supported by this CSI driver, {what}"


def old_annotation_warnings(object_: JsonObject, *names: str) -> Iterator[str]:
    """Warn of those of these annotations that an object has, which were before there were fields for it."""
    annotations = object_at(object_["metadata"], "annotations")
    for name in names:
        if name in annotations:
            yield f"metadata.annotations[{name}]: {_ANNOTATIONS[name]}"
