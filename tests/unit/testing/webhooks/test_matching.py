"""Which webhooks a request concerns."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.testing.lifecycle.matching import Rule, is_exempt, matched_resource, matches_rule
from kubex.testing.lifecycle.submission import Operation, Submission
from kubex.testing.webhooks.configurations import ConfiguredWebhooks
from tests.unit.testing.clusters import Cluster

CONFIGURATIONS = "admissionregistration.k8s.io/v1/validatingwebhookconfigurations"


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    return Cluster()


def submission(
    cluster: Cluster, place: str, operation: Operation = "CREATE", subresource: str = "", **more: Any
) -> Submission:
    given: dict[str, Any] = {"namespace": "shop", "name": "a", "object": {"metadata": {}}, **more}
    resource = cluster.resource(place)
    return Submission(operation=operation, resource=resource, subresource=subresource, **given)


@pytest.mark.parametrize(
    ("rule", "matches"),
    [
        (Rule(["CREATE"], [""], ["v1"], ["pods"], "*"), True),
        (Rule(["*"], ["*"], ["*"], ["*"], "Namespaced"), True),
        (Rule(["*"], ["*"], ["*"], ["*/*"], "*"), True),
        (Rule(["*"], ["*"], ["*"], ["pods/*"], "*"), True),
        (Rule(["UPDATE", "DELETE"], [""], ["v1"], ["pods"], "*"), False),
        (Rule(["CREATE"], ["apps"], ["v1"], ["pods"], "*"), False),
        (Rule(["CREATE"], [""], ["v2"], ["pods"], "*"), False),
        (Rule(["CREATE"], [""], ["v1"], ["pods/status", "secrets"], "*"), False),
        (Rule(["*"], ["*"], ["*"], ["*"], "Cluster"), False),
        (Rule([], [""], ["v1"], ["pods"], "*"), False),
    ],
)
def test_a_rule_is_about_a_new_pod_or_not(cluster: Cluster, rule: Rule, matches: bool) -> None:
    asked = submission(cluster, "v1/pods")
    assert matches_rule(rule, asked, asked.resource) is matches


@pytest.mark.parametrize(
    ("resources", "matches"),
    [(["pods"], False), (["pods/status"], True), (["*/status"], True), (["pods/*"], True), (["*"], False)],
)
def test_a_subresource_is_meant_by_its_name(cluster: Cluster, resources: list[str], matches: bool) -> None:
    asked = submission(cluster, "v1/pods", "UPDATE", "status")
    assert matches_rule(Rule(["*"], ["*"], ["*"], resources, "*"), asked, asked.resource) is matches


def test_a_namespace_is_outside_of_namespaces_and_has_labels_of_its_own(cluster: Cluster) -> None:
    labels = {"metadata": {"labels": {"team": "red"}}}
    asked = submission(cluster, "v1/namespaces", name="red", namespace="red", object=labels)
    assert matches_rule(Rule(["*"], ["*"], ["*"], ["*"], "Cluster"), asked, asked.resource)
    assert not matches_rule(Rule(["*"], ["*"], ["*"], ["*"], "Namespaced"), asked, asked.resource)
    webhook = configured(namespaceSelector={"matchLabels": {"team": "red"}})
    assert matches(webhook, asked)
    assert not matches(webhook, submission(cluster, "v1/pods"))
    assert matches(webhook, submission(cluster, "v1/nodes", namespace=""))


def test_labels_before_or_after_a_change_are_enough(cluster: Cluster) -> None:
    webhook = configured(objectSelector={"matchExpressions": [{"key": "watched", "operator": "Exists"}]})
    watched = {"metadata": {"labels": {"watched": ""}}}
    plain: dict[str, Any] = {"metadata": {}}
    for object_, old, expected in [
        (watched, plain, True),
        (plain, watched, True),
        (None, watched, True),
        (plain, plain, False),
        (plain, None, False),
    ]:
        asked = submission(cluster, "v1/pods", "UPDATE", object=object_, old=old)
        assert matches(webhook, asked) is expected


def test_what_configures_admission_is_exempt(cluster: Cluster) -> None:
    assert is_exempt(cluster.resource(CONFIGURATIONS))
    assert not is_exempt(cluster.resource("v1/pods"))


def test_other_versions_of_a_resource_are_the_same(cluster: Cluster) -> None:
    asked = submission(cluster, "autoscaling/v2/horizontalpodautoscalers")
    rule = {"apiGroups": ["autoscaling"], "apiVersions": ["v1"], "resources": ["*"], "operations": ["*"]}
    for policy, version in (("Equivalent", "v1"), ("Exact", None)):
        found = matched(configured(matchPolicy=policy, rules=[rule]), asked)
        assert (found.version if found is not None else None) == version
    assert (
        matched(configured(matchPolicy="Equivalent", rules=[{**rule, "apiVersions": ["v2"]}]), asked) is asked.resource
    )


def test_what_is_configured_is_read_once_and_again_after_a_change() -> None:
    cluster = Cluster()
    webhooks = ConfiguredWebhooks(cluster.operations.cluster.storage)
    assert webhooks.is_empty
    for name in ("b", "a"):
        cluster.create(CONFIGURATIONS, {"metadata": {"name": name}, "webhooks": [HOOK]}, namespace=None)
    assert [each.configuration for each in webhooks.of("validating")] == ["a", "b"]
    assert webhooks.of("validating") is webhooks.of("validating")
    assert webhooks.of("mutating") == ()
    cluster.delete(CONFIGURATIONS, "a")
    (left,) = webhooks.of("validating")
    assert (left.configuration, left.fails_closed, left.timeout_seconds, left.takes_dry_run) == ("b", True, 10, True)


HOOK: dict[str, Any] = {
    "name": "a.example.com",
    "sideEffects": "None",
    "admissionReviewVersions": ["v7", "v1beta1", "v1"],
    "clientConfig": {"url": "https://127.0.0.1:1/"},
    "rules": [{"apiGroups": ["*"], "apiVersions": ["*"], "resources": ["*"], "operations": ["*"]}],
}


class Configured:
    """A cluster with one webhook."""

    def __init__(self, changes: dict[str, Any]) -> None:
        self.cluster = Cluster()
        body = {"metadata": {"name": "a"}, "webhooks": [{**HOOK, **changes}]}
        self.cluster.create(CONFIGURATIONS, body, namespace=None)
        (self.webhook,) = ConfiguredWebhooks(self.cluster.operations.cluster.storage).of("validating")


def configured(**changes: Any) -> Configured:
    return Configured(changes)


def matched(each: Configured, asked: Submission) -> Any:
    return matched_resource(each.webhook.matching, asked, each.cluster.operations.cluster)


def matches(each: Configured, asked: Submission) -> bool:
    return matched(each, asked) is not None
