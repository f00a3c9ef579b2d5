"""What the server refuses in the volumes of pods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.containers import field_reference_causes
from kubex.testing.lifecycle.validation.values import (
    duplicate,
    name_causes,
    one_of,
    quantity,
    subdomain_causes,
)

__all__ = ["path_causes", "source_causes", "volume_causes"]

_SOURCES: Final = (
    "emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs", "iscsi",
    "glusterfs", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "flocker", "downwardAPI", "fc", "azureFile",
    "configMap", "vsphereVolume", "azureDisk", "portworxVolume", "quobyte", "projected", "scaleIO", "storageos", "csi",
    "ephemeral", "image", "flexVolume", "photonPersistentDisk",
)  # fmt: skip
_HOST_PATHS: Final = (
    "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"
)  # fmt: skip
_FIELDS: Final = ("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid")
_LARGEST_MODE: Final = 0o777
_MODE_PROBLEM: Final = "must be a number between 0 and 0777 (octal), both inclusive"


def volume_causes(volumes: list[dict[str, Any]], where: str) -> list[Cause]:
    """Say what is wrong with the volumes of a pod."""
    causes: list[Cause] = []
    seen: set[str] = set()
    for index, volume in enumerate(volumes):
        name, field = volume.get("name", ""), f"{where}[{index}]"
        given = [each for each in _SOURCES if volume.get(each) is not None]
        if not given:
            causes.append(field_required(field, "must specify a volume type"))
        causes += [
            field_forbidden(f"{field}.{extra}", "may not specify more than 1 volume type") for extra in given[1:]
        ]
        if given:
            causes += source_causes(given[0], volume[given[0]], f"{field}.{given[0]}")
        causes += name_causes(f"{field}.name", name)
        if name and name in seen:
            causes.append(duplicate(f"{field}.name", name))
        seen.add(name)
    return causes


def source_causes(kind: str, source: Mapping[str, Any], where: str) -> list[Cause]:
    """Say what is wrong with where a volume comes from."""
    match kind:
        case "emptyDir":
            limit = source.get("sizeLimit")
            if limit is not None and quantity(limit).to_decimal() < 0:
                return [field_forbidden(f"{where}.sizeLimit", "SizeLimit field must be a valid resource quantity")]
        case "hostPath":
            path = source.get("path", "")
            causes = [] if path else [field_required(f"{where}.path")]
            if ".." in path.split("/"):
                causes.append(field_invalid(f"{where}.path", path, "must not contain '..'"))
            return [*causes, *one_of(f"{where}.type", source.get("type"), _HOST_PATHS)]
        case "secret":
            causes = [] if source.get("secretName") else [field_required(f"{where}.secretName")]
            return [*causes, *_files_causes(source, where)]
        case "configMap":
            causes = [] if source.get("name") else [field_required(f"{where}.name")]
            return [*causes, *_files_causes(source, where)]
        case "persistentVolumeClaim":
            return [] if source.get("claimName") else [field_required(f"{where}.claimName")]
        case "downwardAPI":
            return _downward_causes(source, where)
        case "projected":
            return _projected_causes(source, where)
        case "nfs":
            path = source.get("path", "")
            causes = [] if source.get("server") else [field_required(f"{where}.server")]
            if not path:
                causes.append(field_required(f"{where}.path"))
            elif not path.startswith("/"):
                causes.append(field_invalid(f"{where}.path", path, "must be an absolute path"))
            return causes
        case "csi":
            return [] if source.get("driver") else [field_required(f"{where}.driver")]
        case _:
            pass
    return []


def _mode_causes(field: str, mode: Any) -> list[Cause]:
    return [] if mode is None or 0 <= mode <= _LARGEST_MODE else [field_invalid(field, mode, _MODE_PROBLEM)]


def _files_causes(source: Mapping[str, Any], where: str) -> list[Cause]:
    causes = _mode_causes(f"{where}.defaultMode", source.get("defaultMode"))
    for index, item in enumerate(list_at(source, "items")):
        field = f"{where}.items[{index}]"
        if not item.get("key"):
            causes.append(field_required(f"{field}.key"))
        path = item.get("path", "")
        causes += path_causes(f"{field}.path", path) if path else [field_required(f"{field}.path")]
        causes += _mode_causes(f"{field}.mode", item.get("mode"))
    return causes


def path_causes(field: str, path: str) -> list[Cause]:
    """A path is one within a volume."""
    causes: list[Cause] = []
    if path.startswith("/"):
        causes.append(field_invalid(field, path, "must be a relative path"))
    if ".." in path.split("/"):
        causes.append(field_invalid(field, path, "must not contain '..'"))
    if path.startswith(".."):
        causes.append(field_invalid(field, path, "must not start with '..'"))
    return causes


def _downward_causes(source: Mapping[str, Any], where: str) -> list[Cause]:
    causes = _mode_causes(f"{where}.defaultMode", source.get("defaultMode"))
    for item in list_at(source, "items"):
        path = item.get("path", "")
        # As the server has it: without the index of the item.
        causes += path_causes(f"{where}.path", path) if path else [field_required(f"{where}.path")]
        if item.get("fieldRef") is not None:
            causes += field_reference_causes(item["fieldRef"], f"{where}.fieldRef", _FIELDS)
        elif item.get("resourceFieldRef") is None:
            causes.append(field_required(f"{where}.fieldRef", "one of fieldRef and resourceFieldRef is required"))
        causes += _mode_causes(f"{where}.mode", item.get("mode"))
    return causes


def _projected_causes(source: Mapping[str, Any], where: str) -> list[Cause]:
    causes = _mode_causes(f"{where}.defaultMode", source.get("defaultMode"))
    for index, own in enumerate(list_at(source, "sources")):
        field = f"{where}.sources[{index}]"
        given = [each for each in own if own[each] is not None]
        why = "may not specify more than 1 volume type per source"
        causes += [field_forbidden(f"{field}.{extra}", why) for extra in given[1:]]
        for kind in ("secret", "configMap"):
            if kind in given:
                name = own[kind].get("name", "")
                name_field = f"{field}.{kind}.name"
                causes += subdomain_causes(name_field, name) if name else [field_required(name_field)]
                causes += _files_causes(own[kind], f"{field}.{kind}")
        if "downwardAPI" in given:
            causes += _downward_causes(own["downwardAPI"], f"{field}.downwardAPI")
        if "serviceAccountToken" in given and not object_at(own, "serviceAccountToken").get("path"):
            causes.append(field_required(f"{field}.serviceAccountToken.path"))
    return causes
