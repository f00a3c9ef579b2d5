"""What a server warns of in PersistentVolumes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.storage import JsonObject

__all__ = ["persistent_volume_warnings"]

_ANNOTATIONS: Final = {
    "volume.beta.kubernetes.io/storage-class": 'deprecated since v1.8; use "storageClassName" attribute instead',
    "volume.beta.kubernetes.io/mount-options": 'deprecated since v1.31; use "mountOptions" attribute instead',
}
# When a sort of volume was deprecated, and from when on it does not work.
_ENDED: Final = {
    "cephfs": ("v1.28", "v1.31"),
    "photonPersistentDisk": ("v1.11", "v1.16"),
    "scaleIO": ("v1.16", "v1.22"),
    "storageos": ("v1.22", "v1.25"),
    "glusterfs": ("v1.25", "v1.26"),
    "rbd": ("v1.28", "v1.31"),
}


def persistent_volume_warnings(volume: JsonObject) -> Iterator[str]:
    """Warn of what is deprecated in a PersistentVolume."""
    annotations, spec = object_at(volume["metadata"], "annotations"), volume["spec"]
    for key, message in _ANNOTATIONS.items():
        if key in annotations:
            yield f"metadata.annotations[{key}]: {message}"
    if spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        instead = "Instead, the recommended approach is to use dynamic provisioning."
        yield f"spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. {instead}"
    for kind, (deprecated, ended) in _ENDED.items():
        if spec.get(kind) is not None:
            yield f"spec.{kind}: deprecated in {deprecated}, non-functional in {ended}+"
