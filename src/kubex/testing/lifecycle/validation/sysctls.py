"""What the server refuses in the parameters of the kernel that pods set.

https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.values import duplicate

__all__ = ["sysctl_causes"]

_LONGEST: Final = 253
_NAME: Final = re.compile(r"([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?")
_PROBLEM: Final = (
    rf"must have at most {_LONGEST} characters and match regex "
    r"^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$"
)
# Those that each pod has of its own, unless it shares those of its node.
_BETWEEN_PROCESSES: Final = frozenset(
    f"kernel.{each}"
    for each in ("sem", "shmall", "shmmax", "shmmni", "shm_rmid_forced", "shm", "msgmax", "msgmnb", "msgmni", "msg")
)
_SEPARATOR: Final = re.compile("[./]")
_SWAPPED: Final = str.maketrans("./", "/.")


def sysctl_causes(spec: Mapping[str, Any], where: str) -> Iterator[Cause]:
    """Say what is wrong with the parameters of the kernel that a pod sets."""
    seen: set[str] = set()
    for index, each in enumerate(list_at(object_at(spec, "securityContext"), "sysctls")):
        name, field = each.get("name", ""), f"{where}[{index}].name"
        if not name:
            yield field_required(field)
        elif len(name.encode()) > _LONGEST or not _NAME.fullmatch(name):
            yield field_invalid(field, name, _PROBLEM)
        elif name in seen:
            yield duplicate(field, name)
        shared = _shared_by(name)
        if shared and spec.get(shared):
            yield field_invalid(field, name, f"may not be specified when '{shared}' is true")
        seen.add(name)


def _shared_by(name: str) -> str:
    """Name what has a pod share a parameter with its node; nothing where there is no such thing."""
    first = _SEPARATOR.search(name)
    if first is not None and first[0] == "/":
        name = name.translate(_SWAPPED)
    name = name.partition("*")[0]
    if name.startswith("net."):
        return "hostNetwork"
    return "hostIPC" if name in _BETWEEN_PROCESSES or name.startswith("fs.mqueue.") else ""
