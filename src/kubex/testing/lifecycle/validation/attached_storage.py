"""What the server refuses in what says which storage nodes have: attachments, drivers, room, attributes.

https://kubernetes.io/docs/concepts/storage/volumes/#csi
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required, field_too_long
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.persistent_volumes import inline_volume_causes
from kubex.testing.lifecycle.validation.storage import driver_name_causes, parameter_causes
from kubex.testing.lifecycle.validation.values import (
    duplicate,
    invalid_quantity,
    not_negative,
    qualified_causes,
    quantity,
    selector_causes,
    subdomain_causes,
)

__all__ = [
    "attachment_causes",
    "attachment_status_causes",
    "attributes_class_causes",
    "node_driver_causes",
    "storage_capacity_causes",
]

_LONGEST_NODE: Final = 256
_LONGEST_MESSAGE: Final = 1024
_LONGEST_METADATA: Final = 256 * 1024
_ONE_SOURCE: Final = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
_IMMUTABLE: Final = "field is immutable"


def attachment_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a VolumeAttachment."""
    spec = object_at(new, "spec")
    attacher, node, volume = spec.get("attacher", ""), spec.get("nodeName", ""), _volume(spec)
    causes = [] if attacher else [field_required("spec.attacher")]
    causes += _source_causes(object_at(spec, "source"))
    causes += subdomain_causes("spec.nodeName", node)
    if old is not None:
        return [*causes, *attachment_status_causes(new, old), *_attachment_change_causes(spec, object_at(old, "spec"))]
    # The server came to look at these later, and lets be what was there before.
    causes += driver_name_causes("spec.attacher", attacher)
    return causes if volume is None else causes + subdomain_causes("spec.source.persistentVolumeName", volume)


def attachment_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of a VolumeAttachment."""
    status = object_at(new, "status")
    causes: list[Cause] = []
    if _size(object_at(status, "attachmentMetadata")) > _LONGEST_METADATA:
        causes.append(field_too_long("status.attachmentMetadata", _LONGEST_METADATA))
    for name in ("attachError", "detachError"):
        error = object_at(status, name)
        if len((error.get("message") or "").encode()) > _LONGEST_MESSAGE:
            # As the server has it: the limit that it tells is another one.
            causes.append(field_too_long(f"status.{name}.message", _LONGEST_METADATA))
        code = error.get("errorCode")
        if code is not None and code < 0:
            why = f"must be between 0 and {2**31 - 1}, inclusive"
            causes.append(field_invalid(f"status.{name}.errorCode", code, why))
    return causes


def _size(texts: Mapping[str, str]) -> int:
    return sum(len(name.encode()) + len(value.encode()) for name, value in texts.items())


def _volume(spec: Mapping[str, Any]) -> str | None:
    name: str | None = object_at(spec, "source").get("persistentVolumeName")
    return name


def _source_causes(source: Mapping[str, Any]) -> list[Cause]:
    name, inline = source.get("persistentVolumeName"), source.get("inlineVolumeSpec")
    if name is None and inline is None:
        return [field_required("spec.source", _ONE_SOURCE)]
    if name is not None and inline is not None:
        return [field_forbidden("spec.source", _ONE_SOURCE)]
    if name == "":
        return [field_required("spec.source.persistentVolumeName", "must specify non empty persistentVolumeName")]
    return [] if inline is None else inline_volume_causes(inline, "spec.source.inlineVolumeSpec")


def _attachment_change_causes(spec: Mapping[str, Any], before: Mapping[str, Any]) -> list[Cause]:
    if spec == before:
        return []
    # As internal types are shown; a volume within it has no counterpart.
    inline = go_json(object_at(spec, "source").get("inlineVolumeSpec"))
    source = f'{{"PersistentVolumeName":{go_json(_volume(spec))},"InlineVolumeSpec":{inline}}}'
    attacher, node = go_json(spec.get("attacher", "")), go_json(spec.get("nodeName", ""))
    shown = f'{{"Attacher":{attacher},"Source":{source},"NodeName":{node}}}'
    return [Cause("FieldValueInvalid", f"Invalid value: {shown}: {_IMMUTABLE}", "spec")]


def node_driver_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a CSINode."""
    drivers = list_at(object_at(new, "spec"), "drivers")
    causes: list[Cause] = []
    seen: set[str] = set()
    for index, driver in enumerate(drivers):
        causes += _node_driver_causes(driver, f"spec.drivers[{index}]", seen)
    if old is None:
        return causes
    # The server looks at a changed one twice.
    causes *= 2
    for before in list_at(object_at(old, "spec"), "drivers"):
        for driver in drivers:
            if driver.get("name") == before.get("name") and _shown_driver(driver) != _shown_driver(before):
                text = f"Invalid value: {_shown_driver(driver)}: {_IMMUTABLE}"
                causes.append(Cause("FieldValueInvalid", text, "spec.drivers"))
    return causes


def _shown_driver(driver: Mapping[str, Any]) -> str:
    """Write what may not change of a driver, as its internal type is shown."""
    name, node, keys = (go_json(driver.get(each)) for each in ("name", "nodeID", "topologyKeys"))
    return f'{{"Name":{name},"NodeID":{node},"TopologyKeys":{keys},"Allocatable":null}}'


def _node_driver_causes(driver: Mapping[str, Any], where: str, seen: set[str]) -> list[Cause]:
    name, node = driver.get("name", ""), driver.get("nodeID", "")
    causes = driver_name_causes(f"{where}.name", name)
    if not node:
        causes.append(field_required(f"{where}.nodeID"))
    if len(node.encode()) > _LONGEST_NODE:
        causes.append(field_invalid(f"{where}.nodeID", node, f"must be {_LONGEST_NODE} characters or less"))
    causes += not_negative(f"{where}.allocatable.count", object_at(driver, "allocatable").get("count"))
    if name in seen:
        causes.append(duplicate(f"{where}.name", name))
    seen.add(name)
    keys: list[str] = list_at(driver, "topologyKeys")
    for index, key in enumerate(keys):
        # As the server has it: where a driver is, not where its key is.
        causes += [] if key else [field_required(where)]
        causes += [duplicate(where, key)] if key in keys[:index] else []
        causes += qualified_causes(where, key)
    return causes


def attributes_class_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a VolumeAttributesClass."""
    driver, parameters = new.get("driverName", ""), object_at(new, "parameters")
    causes: list[Cause] = []
    if old is not None and driver != old.get("driverName", ""):
        causes.append(field_forbidden("driverName", "updates to driverName are forbidden."))
    if old is not None and parameters != object_at(old, "parameters"):
        causes.append(field_forbidden("parameters", "updates to parameters are forbidden."))
    causes += qualified_causes("driverName", driver.lower()) if driver else [field_required("driverName")]
    causes += parameter_causes(parameters)
    return causes if parameters else [*causes, field_required("parameters", "must contain at least one key/value pair")]


def storage_capacity_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a CSIStorageCapacity."""
    topology, name, room = new.get("nodeTopology"), new.get("storageClassName", ""), new.get("capacity")
    causes = selector_causes("nodeTopology", topology)
    causes += subdomain_causes("storageClassName", name)
    if room is not None and quantity(room).to_decimal() < 0:
        causes.append(invalid_quantity("capacity", room, "must be greater than or equal to 0"))
    if old is None:
        return causes
    if topology != old.get("nodeTopology"):
        text = f"Invalid value: {go_json(topology)}: {_IMMUTABLE}"
        causes.append(Cause("FieldValueInvalid", text, "nodeTopology"))
    if name != old.get("storageClassName", ""):
        causes.append(field_invalid("storageClassName", name, _IMMUTABLE))
    return causes
