"""Reviews: questions that are created, answered and never stored. Everybody may do everything here.

https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
"""

from __future__ import annotations

from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, ResourceName, invalid
from kubex.testing.lifecycle.administrator import ADMINISTRATOR
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.registry import Resource
from kubex.testing.storage import Entry, JsonObject

__all__ = ["is_review", "review"]

_EVERYTHING: Final[JsonObject] = {
    "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
    "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
    "incomplete": False,
}
_ALLOWED: Final[JsonObject] = {"allowed": True}
_STATUS: Final[dict[str, JsonObject]] = {
    "SelfSubjectAccessReview": _ALLOWED,
    "LocalSubjectAccessReview": _ALLOWED,
    "SubjectAccessReview": _ALLOWED,
    "SelfSubjectRulesReview": _EVERYTHING,
    "SelfSubjectReview": {"userInfo": ADMINISTRATOR},
    "TokenReview": {"user": {}, "error": "invalid bearer token"},
}
_GROUPS: Final = ("authentication.k8s.io", "authorization.k8s.io")


def is_review(resource: Resource) -> bool:
    """Say whether objects of this resource are questions."""
    return resource.name.group in _GROUPS and resource.kind in _STATUS


def review(cluster: Cluster, resource: Resource, object_: JsonObject) -> Entry:
    """Answer a question.

    Raises:
        ApiFailure: it asks for nothing (422).
    """
    if resource.kind.endswith("AccessReview"):
        _check_access_spec(resource.kind, object_)
    metadata: Any = {}
    if resource.kind == "SelfSubjectReview":
        metadata = {"creationTimestamp": cluster.now()}
    return Entry({**object_, "metadata": metadata, "status": _STATUS[resource.kind]}, cluster.storage.revision)


def _check_access_spec(kind: str, object_: JsonObject) -> None:
    spec: JsonObject = object_at(object_, "spec")
    attributes, place = spec.get("resourceAttributes"), "spec.resourceAttributes"
    causes: list[Cause] = []
    if (attributes is None) == (spec.get("nonResourceAttributes") is None):
        why = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        shown = "null" if attributes is None else go_json(attributes)
        causes.append(Cause("FieldValueInvalid", f"Invalid value: {shown}: {why}", place))
    if kind != "SelfSubjectAccessReview" and not spec.get("user") and not spec.get("groups"):
        why = "at least one of user or group must be specified"
        causes.append(Cause("FieldValueInvalid", f'Invalid value: "": {why}', "spec.user"))
    if causes:
        raise invalid(ResourceName("authorization.k8s.io", "", ""), "", causes)
