"""What a server warns of in claims and volumes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.validation.values import quantity
from kubex.testing.storage import JsonObject

__all__ = ["claim_spec_warnings", "claim_warnings", "volume_warnings"]

_CLASS: Final = "volume.beta.kubernetes.io/storage-class"
_ANNOTATIONS: Final = {
    _CLASS: 'deprecated since v1.8; use "storageClassName" attribute instead',
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


def claim_warnings(claim: JsonObject) -> Iterator[str]:
    """Warn of what is deprecated or makes no sense in a PersistentVolumeClaim."""
    if _CLASS in object_at(claim["metadata"], "annotations"):
        yield f"metadata.annotations[{_CLASS}]: {_ANNOTATIONS[_CLASS]}"
    yield from claim_spec_warnings(claim["spec"], "spec")


def claim_spec_warnings(spec: JsonObject, where: str) -> Iterator[str]:
    """Warn of bytes that are no whole ones."""
    for name in ("requests", "limits"):
        asked = object_at(object_at(spec, "resources"), name).get("storage")
        if asked is not None and quantity(asked).to_decimal() % 1:
            field = f"{where}.resources.{name}[storage]"
            yield f'{field}: fractional byte value "{quantity(asked)}" is invalid, must be an integer'


def volume_warnings(volume: JsonObject) -> Iterator[str]:
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
