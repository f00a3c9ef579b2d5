"""Which submissions a webhook, a policy or a binding is about: rules, scopes, selectors, versions of a resource.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kubex.core.exceptions import InvalidArgument
from kubex.core.selectors import LabelSelector
from kubex.testing.failures import not_found
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.submission import Submission
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject, Key

__all__ = ["Matching", "Rule", "is_exempt", "matched_resource", "matches_rule", "namespace_of", "read_rules"]

_GROUP: Final = "admissionregistration.k8s.io"
_ANY: Final = "*"


@dataclass(frozen=True, slots=True)
class Rule:
    """Which requests somebody is asked about; `*` is any."""

    operations: Sequence[str]
    groups: Sequence[str]
    versions: Sequence[str]
    resources: Sequence[str]
    scope: str
    names: Sequence[str] = ()
    """Of objects; any if there are none."""


class Matching:
    """Which submissions somebody is asked about.

    Args:
        rules: of which one has to match.
        excluded: of which none may.
        namespaces: selects the namespace by its labels.
        objects: selects the object by its labels.
        equivalents: whether another version of the resource does as well.
    """

    def __init__(
        self, rules: Sequence[Rule], excluded: Sequence[Rule], *, namespaces: Any, objects: Any, equivalents: bool
    ) -> None:
        self.rules: Sequence[Rule] = rules
        self.excluded: Sequence[Rule] = excluded
        self.namespaces: LabelSelector = _selector(namespaces)
        self.objects: LabelSelector = _selector(objects)
        self.matches_equivalents: bool = equivalents


def read_rules(rules: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Read rules as configurations have them."""
    return tuple(_rule(each) for each in rules)


def _rule(rule: Mapping[str, Any]) -> Rule:
    fields = ("operations", "apiGroups", "apiVersions", "resources")
    operations, groups, versions, resources = (tuple(list_at(rule, name)) for name in fields)
    names = tuple(list_at(rule, "resourceNames"))
    return Rule(operations, groups, versions, resources, rule.get("scope") or _ANY, names)


def _selector(selector: Any) -> LabelSelector:
    try:
        return LabelSelector.from_model(selector or {})
    except InvalidArgument:  # which no server would have taken
        return LabelSelector.from_model({})


def is_exempt(resource: Resource) -> bool:
    """Whether nobody is ever asked: about what configures admission itself."""
    return resource.name.group == _GROUP


def matched_resource(matching: Matching, asked: Submission, cluster: Cluster) -> Resource | None:
    """Give the version of its resource in which a submission matches; `None` if it does not.

    Args:
        matching: of who may be asked.
        asked: what is to be done.
        cluster: where.

    Raises:
        ApiFailure: its namespace is not there, which the labels of are needed (404).
    """
    if matching.excluded and _by_rules(matching.excluded, matching, asked, cluster) is not None:
        return None
    shown = _by_rules(matching.rules, matching, asked, cluster)
    if shown is None or not _matches_objects(matching, asked):
        return None
    return shown if _matches_namespace(matching, asked, cluster) else None


def _by_rules(rules: Sequence[Rule], matching: Matching, asked: Submission, cluster: Cluster) -> Resource | None:
    own = asked.resource
    if any(matches_rule(rule, asked, own) for rule in rules):
        return own
    if not matching.matches_equivalents:
        return None
    others = [each for each in cluster.registry.every() if each.storage == own.storage and each is not own]
    others = [each for each in others if not asked.subresource or asked.subresource in each.subresources]
    for rule in rules:
        for other in others:
            if matches_rule(rule, asked, other):
                return other
    return None


def matches_rule(rule: Rule, asked: Submission, resource: Resource) -> bool:
    """Say whether a rule is about a submission, seen as one for a resource."""
    in_namespace = bool(asked.namespace) and not asked.is_of_namespace
    return (
        rule.scope in (_ANY, "Namespaced" if in_namespace else "Cluster")
        and _has(rule.operations, asked.operation)
        and _has(rule.groups, resource.name.group)
        and _has(rule.versions, resource.version)
        and any(_is_of(text, resource.name.plural, asked.subresource) for text in rule.resources)
        and (not rule.names or asked.name in rule.names)
    )


def _has(texts: Sequence[str], text: str) -> bool:
    return _ANY in texts or text in texts


def _is_of(text: str, plural: str, subresource: str) -> bool:
    wanted, _, part = text.partition("/")
    return wanted in (_ANY, plural) and part in (_ANY, subresource)


def _matches_objects(matching: Matching, asked: Submission) -> bool:
    if not matching.objects.requirements:
        return True
    return any(each is not None and matching.objects.matches(_labels(each)) for each in (asked.object, asked.old))


def _matches_namespace(matching: Matching, asked: Submission, cluster: Cluster) -> bool:
    if not asked.namespace or not matching.namespaces.requirements:
        return True
    changes = asked.operation in ("CREATE", "UPDATE") and not asked.subresource
    if asked.is_of_namespace and changes and asked.object is not None:
        return matching.namespaces.matches(_labels(asked.object))
    namespace = _namespace(cluster, asked.namespace)
    if namespace is None:
        raise not_found(cluster.registry.storage_version("namespaces").name, asked.namespace)
    return matching.namespaces.matches(_labels(namespace))


def _labels(object_: JsonObject) -> dict[str, str]:
    return object_at(object_at(object_, "metadata"), "labels")


def namespace_of(cluster: Cluster, asked: Submission) -> JsonObject | None:
    """Give the namespace that a submission is in; `None` at the cluster scope, and for a namespace itself."""
    return None if asked.is_of_namespace or not asked.namespace else _namespace(cluster, asked.namespace)


def _namespace(cluster: Cluster, name: str) -> JsonObject | None:
    entry = cluster.get(cluster.registry.storage_version("namespaces"), Key("", name))
    return entry.object if entry is not None else None
