"""What differs from kube-apiserver in expressions and in admission policies, each with its row in the guide."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.testing.clock import Clock
from kubex.testing.expressions.programs import EvaluationFailed, Program, Variables
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.operations import Operations
from kubex.testing.lifecycle.requests import ChangeOptions
from kubex.testing.lifecycle.validation.definition_rules import expression_causes
from kubex.testing.registry import Registry, builtin_resources
from kubex.testing.schema.openapi_document import load_document
from kubex.testing.storage import Storage
from tests.unit.testing.clusters import Cluster, pod

GROUP = "admissionregistration.k8s.io/v1"
TOO_LONG = "<string>.substring(<start>, <end>): <start> or <end> is greater than <string>.size()"


@pytest.mark.differs("no-costs-of-cel")
def test_an_expression_may_cost_what_it_does() -> None:
    texts: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
    rule = "self.all(x, self.all(y, self.all(z, x == y || y == z)))"
    ruled = {**texts, "x-kubernetes-validations": [{"rule": rule}]}
    assert expression_causes({"type": "object", "properties": {"texts": ruled}}, "schema", []) == []


@pytest.mark.differs("cel-in-other-words")
def test_some_mistakes_are_told_in_other_words_or_later() -> None:
    variables = Variables({"self": "dyn"})
    for expression, why in (
        ("self.name.first == 'x'", "no such overload"),
        ("format.uuid().validate(self.name).orValue([]).size() == 1", "no such overload"),
        ("self.name.substring(9) == 'x'", TOO_LONG),
    ):
        with pytest.raises(EvaluationFailed) as caught:
            Program(expression, variables).evaluate({"self": {"name": "a"}})
        assert str(caught.value) == why
    assert Program("[1, 'a'].size() == 2", variables).evaluate({"self": {}}) is True


@pytest.mark.differs("lists-in-their-order")
def test_lists_are_the_same_in_the_same_order_alone() -> None:
    program = Program("self.a == self.b", Variables({"self": "dyn"}))
    assert program.evaluate({"self": {"a": ["x", "y"], "b": ["y", "x"]}}) is False


def enforce(
    cluster: Cluster,
    resource: str,
    actions: list[str],
    *,
    expression: str = "false",
    spec: dict[str, Any] | None = None,
    binding: dict[str, Any] | None = None,
) -> None:
    rule = {"apiGroups": ["*"], "apiVersions": ["*"], "operations": ["*"], "resources": [resource]}
    whole = {"matchConstraints": {"resourceRules": [rule]}, "validations": [{"expression": expression}], **(spec or {})}
    cluster.create(f"{GROUP}/validatingadmissionpolicies", {"metadata": {"name": "p"}, "spec": whole}, namespace=None)
    bound = {"policyName": "p", "validationActions": actions, **(binding or {})}
    place = f"{GROUP}/validatingadmissionpolicybindings"
    cluster.create(place, {"metadata": {"name": "b"}, "spec": bound}, namespace=None)


@pytest.mark.differs("no-mutating-policies")
def test_policies_that_change_objects_change_nothing() -> None:
    operations = Operations(Storage(), Registry(builtin_resources(load_document("1.36"))), Clock())

    def create(group: str, plural: str, body: dict[str, Any]) -> Any:
        resource = operations.cluster.registry.find(group, "v1", plural)
        assert resource is not None
        namespace = "default" if resource.namespaced else None
        return operations.create(resource, namespace, body, ChangeOptions()).entry.object

    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": ["configmaps"]}
    change = {"expression": "Object{data: {'a': 'b'}}"}
    spec = {
        "matchConstraints": {"resourceRules": [rule]},
        "mutations": [{"patchType": "ApplyConfiguration", "applyConfiguration": change}],
        "reinvocationPolicy": "Never",
    }
    group = GROUP.partition("/")[0]
    create(group, "mutatingadmissionpolicies", {"metadata": {"name": "p"}, "spec": spec})
    create(group, "mutatingadmissionpolicybindings", {"metadata": {"name": "b"}, "spec": {"policyName": "p"}})
    assert "data" not in create("", "configmaps", {"metadata": {"name": "a"}})


@pytest.mark.differs("params-are-found")
def test_params_of_a_kind_are_found_after_a_policy_with_such_is_gone() -> None:
    cluster = Cluster()
    cluster.create("v1/configmaps", {"metadata": {"name": "limits"}, "data": {"most": "1"}})
    for name in ("first", "second"):
        enforce(
            cluster,
            "pods",
            ["Deny"],
            spec={"paramKind": {"apiVersion": "v1", "kind": "ConfigMap"}},
            binding={"paramRef": {"name": "limits", "namespace": "shop", "parameterNotFoundAction": "Deny"}},
            expression="params.data.most == '1'",
        )
        cluster.create("v1/pods", pod(name))
        for plural in ("validatingadmissionpolicies", "validatingadmissionpolicybindings"):
            cluster.delete(f"{GROUP}/{plural}", "p" if plural.endswith("policies") else "b")


@pytest.mark.differs("no-audit-of-policies")
def test_nothing_is_noted_where_a_policy_is_to_audit() -> None:
    cluster = Cluster()
    enforce(cluster, "pods", ["Audit"])
    outcome = cluster.operations.create(cluster.resource("v1/pods"), "shop", pod("web"), ChangeOptions())
    assert (outcome.code, outcome.warnings) == (201, ())


@pytest.mark.differs("order-of-warnings")
def test_what_policies_warn_of_comes_before_what_the_kind_does() -> None:
    cluster = Cluster()
    enforce(cluster, "pods", ["Warn"])
    odd = pod("web")
    odd["spec"]["imagePullSecrets"] = [{"name": ""}]
    outcome = cluster.operations.create(cluster.resource("v1/pods"), "shop", odd, ChangeOptions())
    of_policy, of_pod = outcome.warnings
    assert of_policy.startswith("Validation failed for ValidatingAdmissionPolicy 'p'")
    assert of_pod == 'spec.imagePullSecrets[0].name: invalid empty name ""'


@pytest.mark.differs("order-of-warnings")
def test_what_is_copied_from_an_annotation_is_warned_of_last_where_the_pod_is_there() -> None:
    cluster = Cluster()
    odd = pod("web")
    odd["spec"]["imagePullSecrets"] = [{"name": ""}]
    key = f"container.apparmor.security.beta.kubernetes.io/{odd['spec']['containers'][0]['name']}"
    odd["metadata"]["annotations"] = {key: "unconfined"}
    resource = cluster.resource("v1/pods")
    of_annotation, of_secret = cluster.operations.create(resource, "shop", odd, ChangeOptions()).warnings
    with pytest.raises(ApiFailure) as caught:
        cluster.operations.create(resource, "shop", odd, ChangeOptions())
    assert (caught.value.code, tuple(caught.value.warnings)) == (409, (of_secret, of_annotation))
