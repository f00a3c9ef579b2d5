"""What the server refuses in what pods share with their node: its users, its network, its name.

https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from kubex.testing.failures import Cause, field_forbidden, field_too_long
from kubex.testing.lifecycle.pod_parts import containers_of
from kubex.testing.lifecycle.validation.values import subdomain_causes

__all__ = ["host_name_causes", "host_user_causes"]

_Spec: TypeAlias = Mapping[str, Any]
_OWN_USERS: Final = "when `hostUsers` is false"
_LONGEST_NAME: Final = 64


def host_user_causes(spec: _Spec, where: str) -> list[Cause]:
    """Say what else of the node a pod with users of its own shares."""
    if spec.get("hostUsers") is not False:
        return []
    # As the server has it: the one is spelled as it is given, the others are not.
    places = {"hostNetwork": "hostNetwork", "hostPID": "HostPID", "hostIPC": "HostIPC"}
    causes = [field_forbidden(f"{where}.{place}", _OWN_USERS) for name, place in places.items() if spec.get(name)]
    return causes + [
        field_forbidden(f"{place}.volumeDevices", _OWN_USERS)
        for container, place in containers_of(spec, where)
        if container.get("volumeDevices")
    ]


def host_name_causes(spec: _Spec, where: str) -> list[Cause]:
    """Say what is wrong with the name that a pod has in place of its own."""
    name = spec.get("hostnameOverride")
    if name is None:
        return []
    field = f"{where}.hostnameOverride"
    causes = [
        field_forbidden(field, f"may not be specified when {other} is true")
        for other in ("setHostnameAsFQDN", "hostNetwork")
        if spec.get(other)
    ]
    if len(name.encode()) > _LONGEST_NAME:
        causes.append(field_too_long(field, _LONGEST_NAME))
    return causes + subdomain_causes(field, name)
