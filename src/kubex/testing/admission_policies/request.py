"""`AdmissionRequest`: a change, before it is stored, as admission sees it.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from kubex.testing.access.users import User
from kubex.testing.failures import ResourceName
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["AdmissionRequest", "Operation"]

Operation: TypeAlias = Literal["CREATE", "UPDATE", "DELETE"]
_OPTIONS: Final[Mapping[Operation, str]] = {
    "CREATE": "CreateOptions",
    "UPDATE": "UpdateOptions",
    "DELETE": "DeleteOptions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionRequest:
    """A change of an object, or of a part of it."""

    operation: Operation
    resource: Resource
    user: User
    object: JsonObject | None = None
    """What it makes; `None` for a deletion."""
    old: JsonObject | None = None
    """What was there; `None` for what is created."""
    name: str = ""
    """As it is asked for: `""` for one that is generated."""
    namespace: str = ""
    subresource: str = ""
    dry_run: bool = False
    field_manager: str = ""

    @property
    def resource_name(self) -> ResourceName:
        """The resource as refusals name it."""
        return self.resource.name

    @property
    def shown_name(self) -> str:
        """The object's name as refusals give it."""
        metadata: Any = (self.object or {}).get("metadata") or {}
        return self.name or metadata.get("name") or metadata.get("generateName") or "Unknown"

    @property
    def is_of_namespace(self) -> bool:
        """Whether it is about a namespace itself."""
        return (self.resource.name.group, self.resource.name.plural) == ("", "namespaces")

    @property
    def place(self) -> str:
        """The namespace that it is about: of a namespace, its own name; `""` at the cluster scope."""
        return self.name if self.is_of_namespace else self.namespace

    def as_variable(self, matched: Resource) -> JsonObject:
        """Give the request as expressions see it, without what is empty.

        Args:
            matched: the version of the resource that a policy is about.
        """
        return {
            **_identity(matched, self.subresource, ""),
            **_identity(self.resource, self.subresource, "request"),
            **({"name": self.name} if self.name else {}),
            **({"namespace": self.place} if self.place else {}),
            "operation": self.operation,
            "userInfo": self.user.as_user_info(),
            "dryRun": self.dry_run,
            "options": self._options(),
        }

    def _options(self) -> JsonObject:
        return {
            "kind": _OPTIONS[self.operation],
            "apiVersion": "meta.k8s.io/v1",
            **({"dryRun": ["All"]} if self.dry_run else {}),
            **({"fieldManager": self.field_manager} if self.field_manager else {}),
        }


def _identity(resource: Resource, subresource: str, prefix: str) -> JsonObject:
    group, plural, kind = resource.name
    of = resource.subresources.get(subresource)
    of_kind = (of.group, of.version, of.kind) if of is not None else (group, resource.version, kind)
    parts: JsonObject = {
        "kind": dict(zip(("group", "version", "kind"), of_kind, strict=True)),
        "resource": {"group": group, "version": resource.version, "resource": plural},
    }
    if subresource:
        parts["subResource"] = subresource
    return {f"{prefix}{name[0].upper()}{name[1:]}" if prefix else name: part for name, part in parts.items()}
