"""What the server refuses in pods for one operating system: what only another one has.

https://kubernetes.io/docs/concepts/workloads/pods/#pod-os
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.pod_parts import CONTAINER_KINDS, containers_of
from kubex.testing.lifecycle.validation.values import unsupported

__all__ = ["host_process_causes", "operating_system_causes"]

_Object: TypeAlias = Mapping[str, Any]
_SYSTEMS: Final = ("linux", "windows")
_FOR_LINUX: Final = "windows options cannot be set for a linux pod"
_FOR_WINDOWS: Final = "cannot be set for a windows pod"
_CONTEXT: Final = "securityContext"
# In the server's order. What is not to be there at all, and what is only not to be on.
_NOT_OF_WINDOWS_PODS: Final = (
    "securityContext.appArmorProfile",
    "securityContext.seLinuxOptions",
    "hostUsers",
    "hostPID",
    "hostIPC",
    "securityContext.seccompProfile",
    "securityContext.fsGroup",
    "securityContext.fsGroupChangePolicy",
    "securityContext.sysctls",
    "shareProcessNamespace",
    "securityContext.runAsUser",
    "securityContext.runAsGroup",
    "securityContext.supplementalGroups",
    "securityContext.supplementalGroupsPolicy",
    "securityContext.seLinuxChangePolicy",
)
_MAY_BE_EMPTY: Final = frozenset({"hostPID", "hostIPC", "sysctls"})
_NOT_OF_WINDOWS_CONTAINERS: Final = (
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
)


def operating_system_causes(spec: _Object, where: str) -> list[Cause]:
    """Say what is wrong with the operating system of a pod, or with the pod for that system."""
    if spec.get("os") is None:
        return []
    system = spec["os"].get("name", "")
    if not system:
        return [field_required(f"{where}.os.name")]
    if system not in _SYSTEMS:
        return [unsupported(f"{where}.os", system, _SYSTEMS)]
    return list(_linux_causes(spec, where) if system == "linux" else _windows_causes(spec, where))


def _linux_causes(spec: _Object, where: str) -> Iterator[Cause]:
    for holder, place in _holders(spec, where):
        if object_at(holder, _CONTEXT).get("windowsOptions") is not None:
            yield field_forbidden(f"{place}.{_CONTEXT}.windowsOptions", _FOR_LINUX)


def _windows_causes(spec: _Object, where: str) -> Iterator[Cause]:
    for path in _NOT_OF_WINDOWS_PODS:
        holder, _, name = path.rpartition(".")
        value = (object_at(spec, holder) if holder else spec).get(name)
        if value if name in _MAY_BE_EMPTY else value is not None:
            yield field_forbidden(f"{where}.{path}", _FOR_WINDOWS)
    for container, place in containers_of(spec, where):
        context = object_at(container, _CONTEXT)
        for name in _NOT_OF_WINDOWS_CONTAINERS:
            if context.get(name) is not None:
                yield field_forbidden(f"{place}.{_CONTEXT}.{name}", _FOR_WINDOWS)


def host_process_causes(spec: _Object, where: str) -> list[Cause]:
    """Say what is wrong with a pod whose containers are processes of a Windows node."""
    if not _has_windows_options(spec):
        return []
    whole = _is_host_process(spec)
    causes: list[Cause] = []
    found: list[bool] = []
    for container, place in containers_of(spec, where):
        own = _is_host_process(container)
        if None not in (whole, own) and whole != own:
            why = f"pod hostProcess value must be identical if both are specified, was {go_json(whole)}"
            causes.append(field_invalid(f"{place}.{_CONTEXT}.windowsOptions.hostProcess", own, why))
        found.append(bool(whole if own is None else own))
    if not any(found):
        return causes
    if not all(found):
        why = "If pod contains any hostProcess containers then all containers must be HostProcess containers"
        causes.append(field_invalid(where, "", why))
    if not spec.get("hostNetwork"):
        why = "hostNetwork must be true if pod contains any hostProcess containers"
        causes.append(field_invalid(f"{where}.hostNetwork", False, why))
    return causes


def _has_windows_options(spec: _Object) -> bool:
    """Whether any part of a pod has them; of most pods, all that is asked of them is this."""
    for kind in ("", *CONTAINER_KINDS):
        for holder in list_at(spec, kind) if kind else (spec,):
            context = holder.get(_CONTEXT)
            if context and context.get("windowsOptions"):
                return True
    return False


def _is_host_process(holder: _Object) -> bool | None:
    found: bool | None = object_at(object_at(holder, _CONTEXT), "windowsOptions").get("hostProcess")
    return found


def _holders(spec: _Object, where: str) -> Iterator[tuple[_Object, str]]:
    """Give all that has a security context: the pod itself and its containers."""
    yield spec, where
    yield from containers_of(spec, where)
