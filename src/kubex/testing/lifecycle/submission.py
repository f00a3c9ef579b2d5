"""What a request submits to admission before anything is stored, and who decides about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias

from kubex.testing.access.users import ADMINISTRATOR, User
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["Admission", "Operation", "Submission"]

Operation: TypeAlias = Literal["CREATE", "UPDATE", "DELETE", "CONNECT"]
"""What is done to an object, in the words of admission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What is to be done to an object.

    https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
    """

    operation: Operation
    resource: Resource
    subresource: str = ""
    namespace: str
    """That it is about: of a Namespace it is its own name."""
    name: str
    """`""` where nobody knows it: of an object whose name is generated, of those of a collection."""
    object: JsonObject | None
    """As it is to be, in the version of the resource; `None` for one that is deleted."""
    old: JsonObject | None = None
    """As it is; `None` for one that is created."""
    options: JsonObject | None = None
    """Parameters of the request, as an object."""
    dry_run: bool = False
    user: User = ADMINISTRATOR
    """Who asks for it."""

    @property
    def is_of_namespace(self) -> bool:
        """Whether it is about a namespace itself."""
        return (self.resource.name.group, self.resource.name.plural) == ("", "namespaces")

    @property
    def shown_name(self) -> str:
        """The object's name as refusals give it."""
        metadata: Any = (self.object or {}).get("metadata") or {}
        return self.name or metadata.get("name") or metadata.get("generateName") or "Unknown"

    def as_request(self, shown: Resource) -> JsonObject:
        """Give what is told of it, its objects aside and without what is empty.

        Args:
            shown: the version of the resource that is asked for.
        """
        return {
            **_identity(shown, self.subresource),
            **_identity(self.resource, self.subresource, "request"),
            **({"name": self.name} if self.name else {}),
            **({"namespace": self.namespace} if self.namespace else {}),
            "operation": self.operation,
            "userInfo": self.user.as_user_info(),
            "dryRun": self.dry_run,
            "options": self.options,
        }


def _identity(resource: Resource, subresource: str, prefix: str = "") -> JsonObject:
    group, plural, kind = resource.name
    part = resource.subresources.get(subresource)
    of_kind = (part.group, part.version, part.kind) if part is not None else (group, resource.version, kind)
    parts: JsonObject = {
        "kind": dict(zip(("group", "version", "kind"), of_kind, strict=True)),
        "resource": {"group": group, "version": resource.version, "resource": plural},
    }
    if subresource:
        parts["subResource"] = subresource
    return {f"{prefix}{name[0].upper()}{name[1:]}" if prefix else name: part for name, part in parts.items()}


class Admission(Protocol):
    """Decides about the submissions of one request, which may be carried out several times until all is decided."""

    def mutated(self, asked: Submission) -> JsonObject | None:
        """Give the object as it is admitted.

        Raises:
            ApiFailure: it isn't.
        """
        ...

    def validate(self, asked: Submission) -> None:
        """Let an object pass that nothing will change any more.

        Raises:
            ApiFailure: it isn't admitted.
        """
        ...

    def once(self, what: str, make: Callable[[], str]) -> str:
        """Give what was made when the request was carried out for the first time; make it if this is the first."""
        ...
