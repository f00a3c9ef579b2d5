"""What a server warns of in PersistentVolumes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.volume_warnings import LATER_OLD_KINDS, OLD_KINDS
from kubex.testing.storage import JsonObject

__all__ = ["OLD_CLASS", "old_annotation_warnings", "persistent_volume_warnings"]

OLD_CLASS: Final = "volume.beta.kubernetes.io/storage-class"
"""The annotation that named the class of claims and volumes."""
_ANNOTATIONS: Final = {
    OLD_CLASS: 'deprecated since v1.8; use "storageClassName" attribute instead',
    "volume.beta.kubernetes.io/mount-options": 'deprecated since v1.31; use "mountOptions" attribute instead',
}
_OLD_KINDS: Final = frozenset({"cephfs", "photonPersistentDisk", "scaleIO", "storageos", "glusterfs", "rbd"})


def persistent_volume_warnings(volume: JsonObject) -> Iterator[str]:
    """Warn of what is deprecated in a PersistentVolume."""
    yield from old_annotation_warnings(volume, *_ANNOTATIONS)
    spec = volume["spec"]
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        instead = "Instead, the recommended approach is to use dynamic provisioning."
        yield f"spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. {instead}"
    for kind, shown, why in (*OLD_KINDS, *LATER_OLD_KINDS):
        if kind in _OLD_KINDS and spec.get(kind) is not None:
            yield f"spec.{shown}: {why}"


def old_annotation_warnings(object_: JsonObject, *names: str) -> Iterator[str]:
    """Warn of those of these annotations that an object has, which were before there were fields for it."""
    annotations = object_at(object_["metadata"], "annotations")
    for name in names:
        if name in annotations:
            yield f"metadata.annotations[{name}]: {_ANNOTATIONS[name]}"
