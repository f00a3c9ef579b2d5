"""What the server refuses in how containers use the volumes of their pod: mounted, or as devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.values import one_of, unsupported

__all__ = ["Volumes", "volume_use_causes"]

_Use: TypeAlias = Mapping[str, Any]

Volumes: TypeAlias = Mapping[str | None, Mapping[str, Any]]
"""The volumes of a pod, by name."""

_PROPAGATIONS: Final = ("Bidirectional", "HostToContainer", "None")
_RECURSIONS: Final = ("Disabled", "Enabled", "IfPossible")
_BLOCKS: Final = ("persistentVolumeClaim", "ephemeral")
_NO_BLOCK: Final = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"


def volume_use_causes(container: _Use, where: str, volumes: Volumes) -> list[Cause]:
    """Say what is wrong with the mounts and the devices of a container.

    Args:
        container: the container.
        where: its path.
        volumes: of the pod.
    """
    mounts, devices = list_at(container, "volumeMounts"), list_at(container, "volumeDevices")
    causes: list[Cause] = []
    if mounts:
        causes += _mounts_causes(container, mounts, devices, f"{where}.volumeMounts", volumes)
    if devices:
        causes += _devices_causes(devices, mounts, f"{where}.volumeDevices", volumes)
    return causes


def _places(uses: Sequence[_Use], member: str) -> dict[str, str]:
    """Give where volumes are used, by their names."""
    return {use.get("name", ""): use.get(member, "") for use in uses}


def _mounts_causes(
    container: _Use, mounts: Sequence[_Use], devices: Sequence[_Use], where: str, volumes: Volumes
) -> list[Cause]:
    causes: list[Cause] = []
    seen: set[str] = set()
    others = _places(devices, "devicePath")
    for index, mount in enumerate(mounts):
        name, path, field = mount.get("name", ""), mount.get("mountPath", ""), f"{where}[{index}]"
        causes += _name_causes(name, f"{field}.name", volumes)
        if not path:
            causes.append(field_required(f"{field}.mountPath"))
        if path in seen:
            causes.append(field_invalid(f"{field}.mountPath", path, "must be unique"))
        seen.add(path)
        if name in others:
            causes.append(field_invalid(f"{field}.name", name, "must not already exist in volumeDevices"))
        if path in others.values():
            why = "must not already exist as a path in volumeDevices"
            causes.append(field_invalid(f"{field}.mountPath", path, why))
        causes += _inner_path_causes(mount, where, field)
        if mount.get("mountPropagation") is not None:
            causes += _propagation_causes(mount["mountPropagation"], container, f"{where}.mountPropagation")
        if mount.get("recursiveReadOnly") is not None:
            causes += _recursion_causes(mount, f"{where}.recursiveReadOnly")
    return causes


def _name_causes(name: str, field: str, volumes: Volumes) -> list[Cause]:
    causes = [] if name else [field_required(field)]
    return causes if name in volumes else [*causes, Cause("FieldValueNotFound", f'Not found: "{name}"', field)]


def _inner_path_causes(mount: _Use, where: str, field: str) -> list[Cause]:
    causes: list[Cause] = []
    for member in ("subPath", "subPathExpr"):
        inner = mount.get(member)
        if not inner:
            continue
        if member == "subPathExpr" and mount.get("subPath"):
            why = "subPathExpr and subPath are mutually exclusive"
            causes.append(field_invalid(f"{field}.subPathExpr", inner, why))
        # As the server has it: without the index of the mount, here and for what follows.
        if inner.startswith("/"):
            causes.append(field_invalid(f"{where}.{member}", inner, "must be a relative path"))
        if ".." in inner.split("/"):
            causes.append(field_invalid(f"{where}.{member}", inner, "must not contain '..'"))
    return causes


def _propagation_causes(propagation: str, container: _Use, field: str) -> list[Cause]:
    causes = one_of(field, propagation, _PROPAGATIONS)
    if propagation == "Bidirectional" and not object_at(container, "securityContext").get("privileged"):
        why = "Bidirectional mount propagation is available only to privileged containers"
        causes.append(field_forbidden(field, why))
    return causes


def _recursion_causes(mount: _Use, field: str) -> list[Cause]:
    recursion = mount["recursiveReadOnly"]
    if recursion not in _RECURSIONS:
        return [unsupported(field, recursion, _RECURSIONS)]
    causes: list[Cause] = []
    if recursion != "Disabled":
        if not mount.get("readOnly"):
            causes.append(field_forbidden(field, "may only be specified when readOnly is true"))
        if mount.get("mountPropagation") not in (None, "None"):
            why = "may only be specified when mountPropagation is None or not specified"
            causes.append(field_forbidden(field, why))
    return causes


def _devices_causes(devices: Sequence[_Use], mounts: Sequence[_Use], where: str, volumes: Volumes) -> list[Cause]:
    causes: list[Cause] = []
    names: set[str] = set()
    paths: set[str] = set()
    others = _places(mounts, "mountPath")
    for index, device in enumerate(devices):
        name, path = device.get("name", ""), device.get("devicePath", "")
        name_field, path_field = f"{where}[{index}].name", f"{where}[{index}].devicePath"
        volume = volumes.get(name)
        if name in names:
            causes.append(field_invalid(name_field, name, "must be unique"))
        if volume is not None and all(volume.get(each) is None for each in _BLOCKS):
            causes.append(field_invalid(name_field, name, _NO_BLOCK))
        causes += _name_causes(name, name_field, volumes)
        if not path:
            causes.append(field_required(path_field))
        if path in paths:
            causes.append(field_invalid(path_field, path, "must be unique"))
        if ".." in path.split("/"):
            causes.append(field_invalid(path_field, path, "can not contain backsteps ('..')"))
        else:
            paths.add(path)
        if name in others:
            causes.append(field_invalid(name_field, name, "must not already exist in volumeMounts"))
        if path in others.values():
            causes.append(field_invalid(path_field, path, "must not already exist as a path in volumeMounts"))
        if name:
            names.add(name)
    return causes
