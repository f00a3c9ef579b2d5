"""Writes parts of objects as refusals show them: in the names, and the order, of the server's internal types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple, TypeAlias

from kubex.core._go_text import go_json
from kubex.core._json_value import is_array, is_object

__all__ = ["SECURITY_CONTEXT", "Member", "Shape", "shown_part"]


class Member(NamedTuple):
    """A member of a type: what it is called there, what stands for none, and of what type it is if that has members."""

    name: str
    none: Any = None
    shape: Mapping[str, Member] | None = None


Shape: TypeAlias = Mapping[str, Member]


def shown_part(part: Mapping[str, Any], shape: Shape) -> str:
    """Write a part of an object: `{"Type":"RuntimeDefault","LocalhostProfile":null}`."""
    members = (f'"{each.name}":{_shown(part.get(name), each)}' for name, each in shape.items())
    return f"{{{','.join(members)}}}"


def _shown(value: Any, member: Member) -> str:
    if value is None:
        value = member.none
    if member.shape is not None and is_object(value):
        return shown_part(value, member.shape)
    if member.shape is not None and is_array(value):
        shape = member.shape
        return f"[{','.join(shown_part(each, shape) for each in value)}]"
    return go_json(value)


_PROFILE: Final[Shape] = {"type": Member("Type", ""), "localhostProfile": Member("LocalhostProfile")}
SECURITY_CONTEXT: Final[Shape] = {
    "capabilities": Member("Capabilities", None, {"add": Member("Add"), "drop": Member("Drop")}),
    "privileged": Member("Privileged"),
    "seLinuxOptions": Member(
        "SELinuxOptions", None, {name.lower(): Member(name, "") for name in ("User", "Role", "Type", "Level")}
    ),
    "windowsOptions": Member(
        "WindowsOptions",
        None,
        {
            "gmsaCredentialSpecName": Member("GMSACredentialSpecName"),
            "gmsaCredentialSpec": Member("GMSACredentialSpec"),
            "runAsUserName": Member("RunAsUserName"),
            "hostProcess": Member("HostProcess"),
        },
    ),
    "runAsUser": Member("RunAsUser"),
    "runAsGroup": Member("RunAsGroup"),
    "runAsNonRoot": Member("RunAsNonRoot"),
    "readOnlyRootFilesystem": Member("ReadOnlyRootFilesystem"),
    "allowPrivilegeEscalation": Member("AllowPrivilegeEscalation"),
    "procMount": Member("ProcMount"),
    "seccompProfile": Member("SeccompProfile", None, _PROFILE),
    "appArmorProfile": Member("AppArmorProfile", None, _PROFILE),
}
"""Of a container."""
