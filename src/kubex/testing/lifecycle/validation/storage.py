"""What the server refuses in volumes, claims and their classes."""

from __future__ import annotations

from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.values import (
    immutable,
    invalid_quantity,
    one_of,
    qualified_causes,
    quantity,
    selector_causes,
    subdomain_causes,
)
from kubex.testing.lifecycle.validation.volumes import source_causes

__all__ = ["claim_causes", "driver_causes", "storage_class_causes", "volume_object_causes"]

_ACCESS_MODES: Final = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_VOLUME_MODES: Final = ("Block", "Filesystem")
_CLAIM_UPDATES: Final = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
)
_SOURCE_UPDATES: Final = "spec.persistentvolumesource is immutable after creation"
_SOURCES: Final = (
    "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "nfs", "rbd", "quobyte", "cephfs", "flocker",
    "iscsi", "fc", "cinder", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume", "azureDisk",
    "scaleIO", "local", "storageos", "csi", "flexVolume",
)  # fmt: skip
_NOT_POSITIVE: Final = "must be greater than zero"


def claim_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a PersistentVolumeClaim."""
    spec = new["spec"]
    causes = _access_causes(spec, "at least 1 access mode is required")
    causes += selector_causes("spec.selector", spec.get("selector"))
    asked = object_at(object_at(spec, "resources"), "requests")
    if "storage" not in asked:
        causes.append(field_required("spec.resources[storage]"))
    elif quantity(asked["storage"]).to_decimal() <= 0:
        causes.append(invalid_quantity("spec.resources[storage]", asked["storage"], _NOT_POSITIVE))
    if spec.get("storageClassName"):
        causes += subdomain_causes("spec.storageClassName", spec["storageClassName"])
    causes += one_of("spec.volumeMode", spec.get("volumeMode"), _VOLUME_MODES)
    causes += _data_source_causes(spec)
    if old is not None:
        if _kept_of_claim(old, old, new) != _kept_of_claim(new, old, new):
            # The server adds a difference of its internal types here, which have no counterpart.
            causes.append(field_forbidden("spec", _CLAIM_UPDATES))
        had = quantity(object_at(object_at(old["spec"], "resources"), "requests").get("storage")).to_decimal()
        capacity = quantity(object_at(object_at(old, "status"), "capacity").get("storage")).to_decimal()
        size = quantity(asked.get("storage")).to_decimal()
        if size < had and size <= capacity:
            causes.append(
                field_forbidden("spec.resources.requests.storage", "field can not be less than status.capacity")
            )
        causes += immutable("volumeMode", old["spec"].get("volumeMode"), spec.get("volumeMode"))
    return causes


def _data_source_causes(spec: dict[str, Any]) -> list[Cause]:
    causes: list[Cause] = []
    for member in ("dataSource", "dataSourceRef"):
        source, field = spec.get(member), f"spec.{member}"
        if source is None:
            continue
        kind, group = source.get("kind", ""), source.get("apiGroup") or ""
        causes += [field_required(f"{field}.{name}") for name in ("name", "kind") if not source.get(name)]
        if not group and kind != "PersistentVolumeClaim":
            why = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
            causes.append(field_invalid(field, kind, why))
        causes += subdomain_causes(f"{field}.apiGroup", group) if group else []
    source, reference = (object_at(spec, each) for each in ("dataSource", "dataSourceRef"))
    if source and reference and any(source.get(each) != reference.get(each) for each in ("kind", "name", "apiGroup")):
        # As the server has it: the path of the field as its value.
        causes.append(Cause("FieldValueInvalid", "Invalid value: {}: must match dataSourceRef", "spec"))
    return causes


def _kept_of_claim(claim: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Give what may not change of a claim's spec, of the claim as it was or is to be.

    The volume and the class are named once; of a claim that is bound the size and the attributes of its volume change.
    """
    before: dict[str, Any] = old["spec"]
    kept: dict[str, Any] = dict(claim["spec"])
    if not before.get("volumeName"):
        kept.pop("volumeName", None)
    if before.get("storageClassName") is None and new["spec"].get("storageClassName") is not None:
        kept.pop("storageClassName", None)
    if object_at(old, "status").get("phase") == "Bound":
        kept.pop("volumeAttributesClassName", None)
        resources = object_at(kept, "resources")
        requests = {name: value for name, value in object_at(resources, "requests").items() if name != "storage"}
        kept["resources"] = {**resources, "requests": requests}
    return kept


def _access_causes(spec: dict[str, Any], why: str) -> list[Cause]:
    modes: list[str] = list_at(spec, "accessModes")
    causes = [] if modes else [field_required("spec.accessModes", why)]
    for mode in modes:
        causes += one_of("spec.accessModes", mode or "", _ACCESS_MODES)
    if "ReadWriteOncePod" in modes and set(modes) != {"ReadWriteOncePod"}:
        causes.append(field_forbidden("spec.accessModes", "may not use ReadWriteOncePod with other access modes"))
    return causes


def volume_object_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a PersistentVolume."""
    spec = new["spec"]
    causes = _access_causes(spec, "")
    capacity = object_at(spec, "capacity")
    if not capacity:
        causes.append(field_required("spec.capacity"))
    if set(capacity) != {"storage"}:
        shown = go_json(spec.get("capacity"))
        text = f'Unsupported value: {shown}: supported values: "storage"'
        causes.append(Cause("FieldValueNotSupported", text, "spec.capacity"))
    for name, value in sorted(capacity.items()):
        if quantity(value).to_decimal() < 0:
            text = f"Invalid value: {quantity(value)}: must be a valid resource quantity"
            causes.append(Cause("FieldValueInvalid", text, f"spec.capacity[{name}]"))
        if quantity(value).to_decimal() <= 0:
            causes.append(invalid_quantity(f"spec.capacity[{name}]", value, _NOT_POSITIVE))
    policies = ("Delete", "Recycle", "Retain")
    causes += one_of("spec.persistentVolumeReclaimPolicy", spec.get("persistentVolumeReclaimPolicy") or None, policies)
    given = [each for each in _SOURCES if spec.get(each) is not None]
    if not given:
        causes.append(field_required("spec", "must specify a volume type"))
    else:
        causes += source_causes(given[0], spec[given[0]], f"spec.{given[0]}")
    causes += [field_forbidden(f"spec.{each}", "may not specify more than 1 volume type") for each in given[1:]]
    if spec.get("storageClassName"):
        causes += subdomain_causes("spec.storageClassName", spec["storageClassName"])
    causes += one_of("spec.volumeMode", spec.get("volumeMode"), _VOLUME_MODES)
    if old is not None:
        if any(old["spec"].get(each) != spec.get(each) for each in _SOURCES):
            # The server adds a difference of its internal types here, which have no counterpart.
            causes.append(field_forbidden("spec.persistentvolumesource", _SOURCE_UPDATES))
        causes += immutable("volumeMode", old["spec"].get("volumeMode"), spec.get("volumeMode"))
    return causes


def driver_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a CSIDriver."""
    spec = new["spec"]
    modes = ("Ephemeral", "Persistent")
    causes: list[Cause] = []
    for index, mode in enumerate(list_at(spec, "volumeLifecycleModes")):
        causes += one_of(f"spec.volumeLifecycleModes[{index}]", mode, modes)
    policies = ("ReadWriteOnceWithFSType", "File", "None")
    causes += one_of("spec.fsGroupPolicy", spec.get("fsGroupPolicy"), policies)
    if old is not None:
        before = old["spec"]
        # As the server has it: not quite the name of the field.
        causes += immutable("spec.attachedRequired", before.get("attachRequired"), spec.get("attachRequired"))
        field = "volumeLifecycleModes"
        causes += immutable(f"spec.{field}", before.get(field), spec.get(field))
    return causes


def storage_class_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a StorageClass."""
    name, parameters = new.get("provisioner", ""), object_at(new, "parameters")
    causes = qualified_causes("provisioner", name.lower()) if name else [field_required("provisioner")]
    if "" in parameters:
        causes.append(field_invalid("parameters", "", "field can not be empty."))
    causes += one_of("reclaimPolicy", new.get("reclaimPolicy"), ("Delete", "Retain"))
    modes = ("Immediate", "WaitForFirstConsumer")
    mode = new.get("volumeBindingMode")
    causes += one_of("volumeBindingMode", mode, modes) if mode is not None else [field_required("volumeBindingMode")]
    if old is None:
        return causes
    if parameters != object_at(old, "parameters"):
        causes.append(field_forbidden("parameters", "updates to parameters are forbidden."))
    if name != old.get("provisioner", ""):
        causes.append(field_forbidden("provisioner", "updates to provisioner are forbidden."))
    if new.get("reclaimPolicy") != old.get("reclaimPolicy"):
        causes.append(field_forbidden("reclaimPolicy", "updates to reclaimPolicy are forbidden."))
    return [*causes, *immutable("volumeBindingMode", old.get("volumeBindingMode"), mode)]
