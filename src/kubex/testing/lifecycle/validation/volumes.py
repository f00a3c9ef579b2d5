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
_LEAST_SECONDS: Final = 600
_MOST_SECONDS: Final = 2**32
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
        causes += _file_causes(item, f"{where}.items[{index}]")
    return causes


def _file_causes(item: Mapping[str, Any], field: str) -> list[Cause]:
    causes = [] if item.get("key") else [field_required(f"{field}.key")]
    path = item.get("path", "")
    causes += path_causes(f"{field}.path", path) if path else [field_required(f"{field}.path")]
    return causes + _mode_causes(f"{field}.mode", item.get("mode"))


def path_causes(field: str, path: str) -> list[Cause]:
    """A path is one within a volume."""
    causes: list[Cause] = []
    if path.startswith("/"):
        causes.append(field_invalid(field, path, "must be a relative path"))
    if ".." in path.split("/"):
        causes.append(field_invalid(field, path, "must not contain '..'"))
    if path.startswith("..") and not path.startswith("../"):
        causes.append(field_invalid(field, path, "must not start with '..'"))
    return causes


def _downward_causes(source: Mapping[str, Any], where: str) -> list[Cause]:
    causes = _mode_causes(f"{where}.defaultMode", source.get("defaultMode"))
    for item in list_at(source, "items"):
        causes += _downward_file_causes(item, where)
    return causes


def _downward_file_causes(item: Mapping[str, Any], where: str) -> list[Cause]:
    path = item.get("path", "")
    # As the server has it: without the index of the item.
    causes = path_causes(f"{where}.path", path) if path else [field_required(f"{where}.path")]
    reference, of_container = item.get("fieldRef"), item.get("resourceFieldRef")
    if reference is not None:
        causes += field_reference_causes(reference, f"{where}.fieldRef", _FIELDS)
    if reference is not None and of_container is not None:
        why = "fieldRef and resourceFieldRef can not be specified simultaneously"
        causes.append(field_invalid(where, "resource", why))
    elif reference is None and of_container is None:
        causes.append(field_required(where, "one of fieldRef and resourceFieldRef is required"))
    return causes + _mode_causes(f"{where}.mode", item.get("mode"))


def _projected_causes(source: Mapping[str, Any], where: str) -> list[Cause]:
    causes = _mode_causes(f"{where}.defaultMode", source.get("defaultMode"))
    taken: set[str] = set()
    for index, own in enumerate(list_at(source, "sources")):
        field = f"{where}.sources[{index}]"
        for kind in ("secret", "configMap"):
            if own.get(kind) is not None:
                causes += _projected_files_causes(own[kind], f"{field}.{kind}", where, taken)
        for item in list_at(object_at(own, "downwardAPI"), "items"):
            path = item.get("path", "")
            causes += _downward_file_causes(item, f"{field}.downwardAPI")
            causes += _conflict_causes(path, path, where, taken)
        if own.get("serviceAccountToken") is not None:
            causes += _token_causes(own["serviceAccountToken"], f"{field}.serviceAccountToken", where)
        if sum(each is not None for each in own.values()) > 1:
            causes.append(field_forbidden(field, "may not specify more than 1 volume type per source"))
    return causes


def _projected_files_causes(source: Mapping[str, Any], field: str, where: str, taken: set[str]) -> list[Cause]:
    name = source.get("name", "")
    causes = [] if name else [field_required(f"{field}.name")]
    for index, item in enumerate(list_at(source, "items")):
        causes += _file_causes(item, f"{field}.items[{index}]")
        causes += _conflict_causes(item.get("path", ""), name, where, taken)
    return causes


def _conflict_causes(path: str, shown: str, where: str, taken: set[str]) -> list[Cause]:
    """No two files of a volume have one path, which is noted."""
    if path in taken:
        return [field_invalid(where, shown, "conflicting duplicate paths")]
    if path:
        taken.add(path)
    return []


def _token_causes(token: Mapping[str, Any], field: str, where: str) -> list[Cause]:
    seconds, path = token.get("expirationSeconds") or 0, token.get("path", "")
    causes: list[Cause] = []
    if seconds < _LEAST_SECONDS:
        why = "may not specify a duration less than 10 minutes"
        causes.append(field_invalid(f"{field}.expirationSeconds", seconds, why))
    if seconds > _MOST_SECONDS:
        why = "may not specify a duration larger than 2^32 seconds"
        causes.append(field_invalid(f"{field}.expirationSeconds", seconds, why))
    # As the server has it: the path is told to be the volume's.
    return causes + (path_causes(f"{where}.path", path) if path else [field_required(f"{where}.path")])
