"""What is asked: by whom, which verb, on what; and the refusal of it.

https://kubernetes.io/docs/reference/access-authn-authz/authorization/#review-your-request-attributes
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from kubex.core._go_text import go_quoted
from kubex.testing.access.users import User
from kubex.testing.failures import ApiFailure, ResourceName

__all__ = ["Attributes", "Decision", "forbidden"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """A request as authorization sees it."""

    user: User
    verb: str
    """`get`, `list`, …; the method in lower case where a path is asked for that is no resource's."""
    group: str = ""
    version: str = ""
    resource: str = ""
    """Plural: `pods`; `""` where a path is asked for."""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    path: str = ""
    is_path: bool = False
    """Whether a path is asked for that is no resource's."""

    @property
    def full_resource(self) -> str:
        """`pods`, `pods/log`."""
        return f"{self.resource}/{self.subresource}" if self.subresource else self.resource

    def __str__(self) -> str:
        who = f"User {go_quoted(self.user.name)} cannot {self.verb}"
        if self.is_path:
            return f"{who} path {go_quoted(self.path)}"
        what = f"{who} resource {go_quoted(self.full_resource)} in API group {go_quoted(self.group)}"
        where = f"in the namespace {go_quoted(self.namespace)}" if self.namespace else "at the cluster scope"
        return f"{what} {where}"


class Decision(NamedTuple):
    """Whether something is allowed, and why."""

    allowed: bool
    reason: str = ""


def forbidden(attributes: Attributes, reason: str = "") -> ApiFailure:
    """Give the refusal of a request (403)."""
    # What could be read as HTML is not sent back.
    why = str(attributes).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    why = f"{why}: {reason}" if reason else why
    if attributes.is_path:
        return ApiFailure(403, "Forbidden", f"forbidden: {why}", details={})
    resource = ResourceName(attributes.group, attributes.resource, "")
    what = f"{resource.qualified} {go_quoted(attributes.name)}" if attributes.name else resource.qualified
    return ApiFailure(403, "Forbidden", f"{what} is forbidden: {why}", details=resource.details(attributes.name))
