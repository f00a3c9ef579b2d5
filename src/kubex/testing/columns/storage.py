"""Columns of volumes, of who provides them, and of other resources that are claimed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kubex.testing.columns.column import AGE, CREATED_AT, NAME, Cell, Column, at, size, value
from kubex.testing.storage import JsonObject

__all__ = ["STORAGE"]

_MODES: Final = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
_OLD_CLASS: Final = "volume.beta.kubernetes.io/storage-class"


def _access_modes(found: Any) -> str:
    return ",".join(short for mode, short in _MODES.items() if mode in (found or ()))


def _phase(volume: JsonObject) -> str:
    return "Terminating" if at(volume, "metadata.deletionTimestamp") else str(at(volume, "status.phase", ""))


def _class(volume: JsonObject) -> str:
    older = at(volume, "metadata.annotations", {}).get(_OLD_CLASS)
    return str(older if older is not None else at(volume, "spec.storageClassName", ""))


def _of_bound_claim(path: str) -> Cell:
    return lambda claim: at(claim, path) if at(claim, "spec.volumeName") else None


def _claim_capacity(claim: JsonObject) -> str:
    return str(_of_bound_claim("status.capacity.storage")(claim) or ("0" if at(claim, "spec.volumeName") else ""))


def _claim_modes(claim: JsonObject) -> str:
    return _access_modes(_of_bound_claim("status.accessModes")(claim))


def _volume_modes(volume: JsonObject) -> str:
    return _access_modes(at(volume, "spec.accessModes"))


def _driver_modes(driver: JsonObject) -> str:
    return ",".join(at(driver, "spec.volumeLifecycleModes", ())) or "<none>"


def _claimed_by(volume: JsonObject) -> str:
    found = at(volume, "spec.claimRef")
    return f"{found.get('namespace', '')}/{found.get('name', '')}" if found else ""


def _default_name(annotation: str) -> Cell:
    def cell(class_: JsonObject) -> str:
        default = at(class_, "metadata.annotations", {}).get(annotation) == "true"
        name = at(class_, "metadata.name", "")
        return f"{name} (default)" if default else str(name)

    return cell


def _audiences(driver: JsonObject) -> str:
    found = at(driver, "spec.tokenRequests")
    return "<unset>" if found is None else ",".join(each.get("audience", "") for each in found)


def _claim_state(claim: JsonObject) -> str:
    deleted = ["deleted"] if at(claim, "metadata.deletionTimestamp") else []
    if not at(claim, "status.allocation"):
        return ",".join(deleted) or "pending"
    return ",".join([*deleted, "allocated", *(["reserved"] if at(claim, "status.reservedFor") else [])])


_VOLUME_MODE: Final = Column("VolumeMode", value("spec.volumeMode", "<unset>"), priority=1)
_ATTRIBUTES: Final = Column("VolumeAttributesClass", value("spec.volumeAttributesClassName", "<unset>"))

STORAGE: Final[Mapping[str, tuple[Column, ...]]] = {
    "persistentvolumeclaims": (
        NAME,
        Column("Status", _phase),
        Column("Volume", value("spec.volumeName")),
        Column("Capacity", _claim_capacity),
        Column("Access Modes", _claim_modes),
        Column("StorageClass", _class),
        _ATTRIBUTES,
        AGE,
        _VOLUME_MODE,
    ),
    "persistentvolumes": (
        NAME,
        Column("Capacity", value("spec.capacity.storage", "0")),
        Column("Access Modes", _volume_modes),
        Column("Reclaim Policy", value("spec.persistentVolumeReclaimPolicy")),
        Column("Status", _phase),
        Column("Claim", _claimed_by),
        Column("StorageClass", _class),
        _ATTRIBUTES,
        Column("Reason", value("status.reason")),
        AGE,
        _VOLUME_MODE,
    ),
    "resource.k8s.io/resourceclaims": (NAME, Column("State", _claim_state), AGE),
    "resource.k8s.io/resourceslices": (
        NAME,
        Column("Node", value("spec.nodeName")),
        Column("Driver", value("spec.driver")),
        Column("Pool", value("spec.pool.name")),
        AGE,
    ),
    "storage.k8s.io/csidrivers": (
        NAME,
        Column("AttachRequired", value("spec.attachRequired", True), "boolean"),
        Column("PodInfoOnMount", value("spec.podInfoOnMount", False), "boolean"),
        Column("StorageCapacity", value("spec.storageCapacity", False), "boolean"),
        Column("TokenRequests", _audiences),
        Column("RequiresRepublish", value("spec.requiresRepublish", False), "boolean"),
        Column("Modes", _driver_modes),
        AGE,
    ),
    "storage.k8s.io/csinodes": (NAME, Column("Drivers", size("spec.drivers"), "integer"), AGE),
    "storage.k8s.io/csistoragecapacities": CREATED_AT,
    "storage.k8s.io/storageclasses": (
        NAME._replace(cell=_default_name("storageclass.kubernetes.io/is-default-class")),
        Column("Provisioner", value("provisioner")),
        Column("ReclaimPolicy", value("reclaimPolicy", "Delete")),
        Column("VolumeBindingMode", value("volumeBindingMode", "Immediate")),
        Column("AllowVolumeExpansion", value("allowVolumeExpansion", False)),
        AGE,
    ),
    "storage.k8s.io/volumeattachments": (
        NAME,
        Column("Attacher", value("spec.attacher"), format="name"),
        Column("PV", value("spec.source.persistentVolumeName")),
        Column("Node", value("spec.nodeName")),
        Column("Attached", value("status.attached", False), "boolean"),
        AGE,
    ),
    "storage.k8s.io/volumeattributesclasses": (
        NAME._replace(cell=_default_name("volumeattributesclass.kubernetes.io/is-default-class")),
        Column("DriverName", value("driverName")),
        AGE,
    ),
}
