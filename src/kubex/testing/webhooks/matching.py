"""Which webhooks a request concerns: rules, scopes, selectors, and other versions of its resource.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kubex.testing.failures import not_found
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.submission import Submission
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject, Key
from kubex.testing.webhooks.configurations import Rule, Webhook

__all__ = ["is_exempt", "matched_resource", "matches_rule"]

_GROUP: Final = "admissionregistration.k8s.io"
_ANY: Final = "*"


def is_exempt(resource: Resource) -> bool:
    """Whether no webhook is ever asked: about what configures admission itself."""
    return resource.name.group == _GROUP


def matched_resource(webhook: Webhook, asked: Submission, cluster: Cluster) -> Resource | None:
    """Give the version of its resource in which a webhook is shown a request; `None` if it is not asked.

    Args:
        webhook: that may be asked.
        asked: what is to be done.
        cluster: where.

    Raises:
        ApiFailure: its namespace is not there, which the labels of are needed (404).
    """
    shown = _by_rules(webhook, asked, cluster)
    if shown is None or not _matches_objects(webhook, asked):
        return None
    return shown if _matches_namespace(webhook, asked, cluster) else None


def _by_rules(webhook: Webhook, asked: Submission, cluster: Cluster) -> Resource | None:
    own = asked.resource
    if any(matches_rule(rule, asked, own) for rule in webhook.rules):
        return own
    if not webhook.matches_equivalents:
        return None
    others = [each for each in cluster.registry.every() if each.storage == own.storage and each is not own]
    others = [each for each in others if not asked.subresource or asked.subresource in each.subresources]
    for rule in webhook.rules:
        for other in others:
            if matches_rule(rule, asked, other):
                return other
    return None


def matches_rule(rule: Rule, asked: Submission, resource: Resource) -> bool:
    """Say whether a rule is about a request, seen as one for a resource."""
    is_namespace = (resource.name.group, resource.name.plural) == ("", "namespaces")
    in_namespace = bool(asked.namespace) and not is_namespace
    return (
        rule.scope in (_ANY, "Namespaced" if in_namespace else "Cluster")
        and _has(rule.operations, asked.operation)
        and _has(rule.groups, resource.name.group)
        and _has(rule.versions, resource.version)
        and any(_is_of(text, resource.name.plural, asked.subresource) for text in rule.resources)
    )


def _has(texts: Sequence[str], text: str) -> bool:
    return _ANY in texts or text in texts


def _is_of(text: str, plural: str, subresource: str) -> bool:
    wanted, _, part = text.partition("/")
    return wanted in (_ANY, plural) and part in (_ANY, subresource)


def _matches_objects(webhook: Webhook, asked: Submission) -> bool:
    if not webhook.objects.requirements:
        return True
    return any(each is not None and webhook.objects.matches(_labels(each)) for each in (asked.object, asked.old))


def _matches_namespace(webhook: Webhook, asked: Submission, cluster: Cluster) -> bool:
    if not asked.namespace or not webhook.namespaces.requirements:
        return True
    is_namespace = (asked.resource.name.group, asked.resource.name.plural) == ("", "namespaces")
    if is_namespace and not asked.subresource and asked.operation in ("CREATE", "UPDATE") and asked.object is not None:
        return webhook.namespaces.matches(_labels(asked.object))
    namespaces = cluster.registry.storage_version("namespaces")
    entry = cluster.get(namespaces, Key("", asked.namespace))
    if entry is None:
        raise not_found(namespaces.name, asked.namespace)
    return webhook.namespaces.matches(_labels(entry.object))


def _labels(object_: JsonObject) -> dict[str, str]:
    return object_at(object_at(object_, "metadata"), "labels")
