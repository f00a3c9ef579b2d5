"""Reviews: questions about users and what they may do, which are created, answered and never stored.

https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from kubex.core._go_text import go_json, go_quoted
from kubex.testing.access.attributes import Attributes
from kubex.testing.access.credentials import ISSUER, CredentialRefused
from kubex.testing.access.rbac import joined_errors
from kubex.testing.access.users import User
from kubex.testing.failures import Cause, ResourceName, bad_request, invalid
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.registry import Resource
from kubex.testing.storage import Entry, JsonObject

__all__ = ["is_review", "review"]

_GROUPS: Final = ("authentication.k8s.io", "authorization.k8s.io")
_EVERYTHING: Final[JsonObject] = {
    "resourceRules": [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}],
    "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
    "incomplete": False,
}
_RULE: Final = ("verbs", "apiGroups", "resources", "resourceNames")


def is_review(resource: Resource) -> bool:
    """Say whether objects of this resource are questions."""
    return resource.name.group in _GROUPS and resource.kind in _ANSWERS


def review(cluster: Cluster, resource: Resource, namespace: str | None, object_: JsonObject, user: User) -> Entry:
    """Answer a question.

    Args:
        cluster: where.
        resource: of the question.
        namespace: in which it is asked, of those that have one.
        object_: the question.
        user: who asks.

    Raises:
        ApiFailure: it asks for nothing, or for what it may not (400, 422).
    """
    if resource.kind.endswith("AccessReview"):
        _check_access_spec(resource.kind, object_, namespace or "")
    metadata = {name: value for name, value in object_["metadata"].items() if name != "managedFields"}
    answer: JsonObject = {
        **object_,
        "metadata": metadata if resource.kind == "TokenReview" else {},
        **_ANSWERS[resource.kind](cluster, object_at(object_, "spec"), user),
    }
    if resource.kind == "LocalSubjectAccessReview":
        answer["metadata"] = {"namespace": namespace}
    return Entry(answer, cluster.storage.revision)


def _review_own_access(cluster: Cluster, spec: JsonObject, user: User) -> JsonObject:
    return _reviewed(cluster, spec, user)


def _review_access(cluster: Cluster, spec: JsonObject, user: User) -> JsonObject:
    extra = {key: list_at(object_at(spec, "extra"), key) for key in object_at(spec, "extra")}
    return _reviewed(cluster, spec, User(spec.get("user", ""), spec.get("uid", ""), list_at(spec, "groups"), extra))


def _reviewed(cluster: Cluster, spec: JsonObject, user: User) -> JsonObject:
    given = spec.get("resourceAttributes")
    if given is None:
        path = spec["nonResourceAttributes"]
        asked = Attributes(user=user, verb=path.get("verb", ""), path=path.get("path", ""), is_path=True)
    else:
        names = ("verb", "group", "version", "resource", "subresource", "namespace", "name")
        asked = Attributes(user=user, **{name: given.get(name, "") for name in names})
    decision = cluster.access.authorize(asked)
    status: JsonObject = {"allowed": decision.allowed}
    if decision.reason:
        status["reason"] = decision.reason
    return {"status": status}


def _review_rules(cluster: Cluster, spec: JsonObject, user: User) -> JsonObject:
    namespace = spec.get("namespace", "")
    if not namespace:
        raise bad_request("no namespace on request")
    if cluster.access.rbac is None:
        return {"spec": {}, "status": _EVERYTHING}
    rules, errors = cluster.access.rbac.rules_for(user, namespace)
    status: JsonObject = {
        "resourceRules": [
            {name: rule[name] for name in _RULE if rule.get(name)} for rule in rules if rule.get("resources")
        ],
        "nonResourceRules": [
            {name: rule[name] for name in ("verbs", "nonResourceURLs")} for rule in rules if rule.get("nonResourceURLs")
        ],
        "incomplete": False,
    }
    if errors:
        status["evaluationError"] = joined_errors(errors)
    return {"spec": {}, "status": status}


def _review_self(cluster: Cluster, spec: JsonObject, user: User) -> JsonObject:
    return {"metadata": {"creationTimestamp": cluster.now()}, "status": {"userInfo": user.as_user_info()}}


def _review_token(cluster: Cluster, spec: JsonObject, user: User) -> JsonObject:
    token, authenticator = spec.get("token", ""), cluster.access.authenticator
    if not token:
        raise bad_request("token is required for TokenReview in authentication")
    audiences = list_at(spec, "audiences") or [ISSUER]
    try:
        if authenticator is None:
            raise CredentialRefused("invalid bearer token")
        found = authenticator.by_token(token, cluster.storage, cluster.clock.now(), audiences)
    except CredentialRefused as refusal:
        return {"status": {"user": {}, "error": str(refusal)}}
    status = {"authenticated": True, "user": found.user.as_user_info(), "audiences": list(found.audiences)}
    return {"status": status}


_ANSWERS: Final[Mapping[str, Callable[[Cluster, JsonObject, User], JsonObject]]] = {
    "SelfSubjectAccessReview": _review_own_access,
    "LocalSubjectAccessReview": _review_access,
    "SubjectAccessReview": _review_access,
    "SelfSubjectRulesReview": _review_rules,
    "SelfSubjectReview": _review_self,
    "TokenReview": _review_token,
}


def _check_access_spec(kind: str, object_: JsonObject, namespace: str) -> None:
    spec: JsonObject = object_at(object_, "spec")
    attributes, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    causes: list[Cause] = []
    if attributes is not None and path is not None:
        why = "cannot be specified in combination with resourceAttributes"
        causes.append(_invalid("spec.nonResourceAttributes", _shown(path), why))
    if attributes is None and path is None:
        why = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        causes.append(_invalid("spec.resourceAttributes", "null", why))
    if kind != "SelfSubjectAccessReview" and not spec.get("user") and not spec.get("groups"):
        causes.append(_invalid("spec.user", '""', "at least one of user or group must be specified"))
    is_local = kind == "LocalSubjectAccessReview"
    if {name for name in object_["metadata"] if name != "managedFields"} - ({"namespace"} if is_local else set()):
        why = f"must be empty{' except for namespace' if is_local else ''}"
        causes.append(_invalid("metadata", go_json(object_["metadata"]), why))
    if is_local:
        given: Any = object_["metadata"].get("namespace") or namespace
        asked = object_at(spec, "resourceAttributes").get("namespace", "")
        if attributes is not None and asked != given:
            where = "spec.resourceAttributes.namespace"
            causes.append(_invalid(where, go_quoted(asked), "must match metadata.namespace"))
        if path is not None:
            why = "disallowed on this kind of request"
            causes.append(_invalid("spec.nonResourceAttributes", _shown(path), why))
    if causes:
        raise invalid(ResourceName("authorization.k8s.io", "", ""), "", causes)


def _shown(path: JsonObject) -> str:
    """Show a path as the server's own type has it."""
    return go_json({"Path": path.get("path", ""), "Verb": path.get("verb", "")})


def _invalid(where: str, shown: str, why: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {shown}: {why}", where)
