"""Whether a CustomResourceDefinition of a group of the Kubernetes community says that it was approved.

https://github.com/kubernetes/enhancements/pull/1111
"""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import urlsplit

from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.storage import JsonObject

__all__ = ["APPROVED", "Approval", "approval_of"]

APPROVED: Final = "api-approved.kubernetes.io"
"""The annotation that says it."""
_PROTECTED: Final = ("k8s.io", "kubernetes.io")
_NEEDED: Final = f'protected groups must have approval annotation "{APPROVED}"'
_SEE: Final = ", see https://github.com/kubernetes/enhancements/pull/1111"


class Approval(NamedTuple):
    """What a definition says, as the condition of its status has it."""

    status: str
    reason: str
    message: str


def approval_of(definition: JsonObject) -> Approval | None:
    """Read what a definition says; `None` where its group needs nobody's approval."""
    group: str = definition["spec"].get("group", "")
    if group not in _PROTECTED and not group.endswith(tuple(f".{each}" for each in _PROTECTED)):
        return None
    text: str = object_at(definition["metadata"], "annotations").get(APPROVED, "")
    if not text:
        return Approval("False", "MissingAnnotation", f"{_NEEDED}{_SEE}")
    if text.startswith("unapproved"):
        return Approval("False", "UnapprovedAnnotation", f'not approved: "{text}"')
    if _is_url(text):
        return Approval("True", "ApprovedAnnotation", f"approved in {text}")
    either = f'{_NEEDED} with either a URL or a reason starting with "unapproved"{_SEE}'
    return Approval("False", "InvalidAnnotation", either)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc)
