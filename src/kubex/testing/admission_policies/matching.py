"""Which changes a policy or a binding is about.

https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#match-resources-by-resource-rules
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from kubex.core.exceptions import InvalidArgument
from kubex.core.selectors import LabelSelector
from kubex.testing.admission_policies.request import AdmissionRequest
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject, Key

__all__ = ["is_exempt", "matched_resource", "namespace_of"]

_GROUP: Final = "admissionregistration.k8s.io"


def is_exempt(request: AdmissionRequest) -> bool:
    """Whether no policy is asked: of changes of policies and webhooks themselves."""
    return request.resource.name.group == _GROUP


def matched_resource(
    cluster: Cluster, matching: Mapping[str, Any] | None, request: AdmissionRequest
) -> Resource | None:
    """Give the version of the resource in which a change matches; `None` if it does not.

    Args:
        cluster: where.
        matching: `matchConstraints` of a policy, or `matchResources` of a binding.
        request: the change.
    """
    if matching is None:
        return request.resource
    if not _matches_namespace(cluster, matching.get("namespaceSelector"), request):
        return None
    if not _matches_object(matching.get("objectSelector"), request):
        return None
    versions = [request.resource]
    if matching.get("matchPolicy") == "Equivalent":
        versions += [each for each in cluster.registry.every() if _is_equivalent(each, request.resource)]
    if _first(list_at(matching, "excludeResourceRules"), versions, request) is not None:
        return None
    rules = list_at(matching, "resourceRules")
    return _first(rules, versions, request) if rules else request.resource


def _is_equivalent(other: Resource, resource: Resource) -> bool:
    return other is not resource and other.storage == resource.storage


def _first(
    rules: Sequence[Mapping[str, Any]], versions: Sequence[Resource], request: AdmissionRequest
) -> Resource | None:
    return next((each for each in versions if any(_matches_rule(rule, each, request) for rule in rules)), None)


def _matches_rule(rule: Mapping[str, Any], resource: Resource, request: AdmissionRequest) -> bool:
    group, plural, _ = resource.name
    names = list_at(rule, "resourceNames")
    return (
        _matches_scope(rule.get("scope") or "*", request)
        and _is_in(list_at(rule, "operations"), request.operation)
        and _is_in(list_at(rule, "apiGroups"), group)
        and _is_in(list_at(rule, "apiVersions"), resource.version)
        and any(_matches_resource(each, plural, request.subresource) for each in list_at(rule, "resources"))
        and (not names or request.name in names)
    )


def _is_in(items: Iterable[str], asked: str) -> bool:
    return any(each in ("*", asked) for each in items)


def _matches_resource(text: str, plural: str, subresource: str) -> bool:
    resource, _, sub = text.partition("/")
    return resource in ("*", plural) and sub in ("*", subresource)


def _matches_scope(scope: str, request: AdmissionRequest) -> bool:
    if scope == "*":
        return True
    return (scope == "Namespaced") == (bool(request.place) and not request.is_of_namespace)


def _matches_namespace(cluster: Cluster, selector: Any, request: AdmissionRequest) -> bool:
    if not selector or not (request.place or request.is_of_namespace):
        return True
    if request.is_of_namespace and not request.subresource and request.object is not None:
        labels = object_at(request.object["metadata"], "labels")
    else:
        namespace = _namespace(cluster, request.place)
        labels = object_at(namespace["metadata"], "labels") if namespace is not None else {}
    return _selects(selector, labels)


def _matches_object(selector: Any, request: AdmissionRequest) -> bool:
    if not selector:
        return True
    objects = (each for each in (request.object, request.old) if each is not None)
    return any(_selects(selector, object_at(object_at(each, "metadata"), "labels")) for each in objects)


def _selects(selector: Any, labels: Mapping[str, str]) -> bool:
    try:
        return LabelSelector.from_model(selector).matches(labels)
    except InvalidArgument:
        return False


def namespace_of(cluster: Cluster, request: AdmissionRequest) -> JsonObject | None:
    """Give the namespace that a change is in; `None` at the cluster scope, and for a namespace itself."""
    return None if request.is_of_namespace or not request.place else _namespace(cluster, request.place)


def _namespace(cluster: Cluster, name: str) -> JsonObject | None:
    namespaces = cluster.registry.find("", "v1", "namespaces")
    entry = cluster.get(namespaces, Key("", name)) if namespaces is not None else None
    return entry.object if entry is not None else None
