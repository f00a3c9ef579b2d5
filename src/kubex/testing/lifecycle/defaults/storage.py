"""Defaults of volumes, claims and classes."""

from __future__ import annotations

from typing import Any

__all__ = ["default_claim", "default_driver", "default_storage_class", "default_volume"]


def default_claim(object_: dict[str, Any]) -> None:
    """Fill in a PersistentVolumeClaim, in place."""
    object_.setdefault("spec", {}).setdefault("volumeMode", "Filesystem")
    object_.setdefault("status", {}).setdefault("phase", "Pending")


def default_volume(object_: dict[str, Any]) -> None:
    """Fill in a PersistentVolume, in place."""
    spec = object_["spec"]
    if "hostPath" in spec:
        spec["hostPath"].setdefault("type", "")
    spec.setdefault("persistentVolumeReclaimPolicy", "Retain")
    spec.setdefault("volumeMode", "Filesystem")
    object_.setdefault("status", {}).setdefault("phase", "Pending")


def default_storage_class(object_: dict[str, Any]) -> None:
    """Fill in a StorageClass, in place."""
    object_.setdefault("reclaimPolicy", "Delete")
    object_.setdefault("volumeBindingMode", "Immediate")


def default_driver(object_: dict[str, Any]) -> None:
    """Fill in a CSIDriver, in place."""
    spec = object_["spec"]
    spec.setdefault("attachRequired", True)
    spec.setdefault("podInfoOnMount", False)
    if not spec.get("volumeLifecycleModes"):
        spec["volumeLifecycleModes"] = ["Persistent"]
    spec.setdefault("storageCapacity", False)
    spec.setdefault("fsGroupPolicy", "ReadWriteOnceWithFSType")
    spec.setdefault("requiresRepublish", False)
    spec.setdefault("seLinuxMount", False)
