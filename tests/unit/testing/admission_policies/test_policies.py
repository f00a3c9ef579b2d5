"""ValidatingAdmissionPolicies, asked before changes are stored."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.testing.access.users import User
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.requests import ChangeOptions, ListOptions
from kubex.testing.storage import Key
from kubex.testing.workloads.event_recorder import EventRecorder
from kubex.testing.workloads.writes import Event
from tests.unit.testing.clusters import OPTIONS, Cluster, config_map, pod

GROUP = "admissionregistration.k8s.io/v1"
POLICIES = f"{GROUP}/validatingadmissionpolicies"
BINDINGS = f"{GROUP}/validatingadmissionpolicybindings"
MAPS = "v1/configmaps"
NAMESPACE_LABEL = "kubernetes.io/metadata.name"
Spec = dict[str, Any]


def rule(resource: str = "configmaps", group: str = "", *, operations: str = "*", **more: Any) -> Spec:
    return {"apiGroups": [group], "apiVersions": ["v1"], "operations": [operations], "resources": [resource], **more}


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def enforce(cluster: Cluster, *expressions: str | Spec, binding: Spec | None = None, **spec: Any) -> None:
    """Create a policy, and bind it."""
    validations = [{"expression": each} if isinstance(each, str) else each for each in expressions]
    whole = {"matchConstraints": {"resourceRules": [rule()]}, "validations": validations, **spec}
    cluster.create(POLICIES, {"metadata": {"name": "p"}, "spec": whole}, namespace=None)
    bound = {"policyName": "p", "validationActions": ["Deny"], **(binding or {})}
    cluster.create(BINDINGS, {"metadata": {"name": "b"}, "spec": bound}, namespace=None)


def denied(cluster: Cluster, body: Spec, place: str = MAPS, options: ChangeOptions = OPTIONS) -> str:
    """Give why a policy does not admit an object; `""` if it does."""
    try:
        cluster.create(place, body, options)
    except ApiFailure as failure:
        intro = f'{cluster.resource(place).name.qualified} "{body["metadata"]["name"]}" is forbidden: '
        intro += "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: "
        return str(failure).removeprefix(intro)
    return ""


def test_events_come_from_who_tells_them(cluster: Cluster) -> None:
    about = cluster.create("v1/pods", pod("web"))
    enforce(
        cluster,
        "request.userInfo.username == 'system:node'",
        matchConstraints={"resourceRules": [rule("events")]},
    )
    recorder = EventRecorder(cluster.operations.cluster, cluster.resource("v1/events"))
    for _ in range(2):
        recorder.record(Event(about, "Started", "by the node"), "kubelet")
        recorder.record(Event(about, "Started", "by another"), "job-controller")
        recorder.record(Event(about, "Started", "for the node", component="kubelet"), "job-controller")
    page = cluster.operations.list(cluster.resource("v1/events"), "shop", ListOptions())
    told = {each.object["message"]: each.object["count"] for each in page.entries}
    assert told == {"by the node": 2, "for the node": 2}


def test_a_refusal(cluster: Cluster) -> None:
    enforce(cluster, "object.data.a == 'b'")
    cluster.create(MAPS, {**config_map("good"), "data": {"a": "b"}})
    with pytest.raises(ApiFailure) as caught:
        cluster.create(MAPS, {**config_map("bad"), "data": {"a": "c"}})
    why = "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: failed expression: object.data.a == 'b'"
    assert caught.value.status == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": f'configmaps "bad" is forbidden: {why}',
        "reason": "Invalid",
        "details": {"name": "bad", "kind": "configmaps", "causes": [{"message": why}]},
        "code": 422,
    }
    assert cluster.get(MAPS, "bad") is None


@pytest.mark.parametrize(
    ("validation", "why"),
    [
        ({"message": " no "}, "no"),
        ({"messageExpression": "'no ' + object.metadata.name"}, "no a"),
        ({"message": "m", "messageExpression": "string(object.none)"}, "m"),
        ({"message": "m", "messageExpression": "'a\\nb'"}, "m"),
        ({}, "failed expression: false"),
    ],
)
def test_messages(cluster: Cluster, validation: Spec, why: str) -> None:
    enforce(cluster, {"expression": "false", **validation})
    assert denied(cluster, config_map("a")) == why


@pytest.mark.parametrize(("reason", "code"), [("Forbidden", 403), ("Invalid", 422), ("RequestEntityTooLarge", 413)])
def test_reasons(cluster: Cluster, reason: str, code: int) -> None:
    enforce(cluster, {"expression": "false", "reason": reason})
    with pytest.raises(ApiFailure) as caught:
        cluster.create(MAPS, config_map("a"))
    assert (caught.value.code, caught.value.status["reason"]) == (code, reason)


def test_what_can_t_be_evaluated_is_refused_unless_it_is_to_be_ignored(cluster: Cluster) -> None:
    enforce(cluster, "object.data.a == 'b'")
    assert denied(cluster, config_map("a")) == (
        "expression 'object.data.a == 'b'' resulted in error: no such key: data"
    )
    cluster.patch(POLICIES, "p", {"spec": {"failurePolicy": "Ignore"}})
    assert denied(cluster, config_map("a")) == ""


def test_variables_are_worked_out_in_order(cluster: Cluster) -> None:
    variables = [
        {"name": "size", "expression": "size(object.metadata.name)"},
        {"name": "twice", "expression": "variables.size * 2"},
        {"name": "data", "expression": "object.data"},
    ]
    enforce(cluster, "variables.twice < 6", "has(variables.data.a)", variables=variables)
    assert denied(cluster, {**config_map("ab"), "data": {"a": "b"}}) == ""
    assert denied(cluster, {**config_map("abc"), "data": {"a": "b"}}) == "failed expression: variables.twice < 6"
    assert denied(cluster, config_map("a")) == (
        "expression 'has(variables.data.a)' resulted in error: composited variable \"data\" fails to evaluate: "
        "no such key: data"
    )


def test_conditions(cluster: Cluster) -> None:
    conditions = [{"name": "one", "expression": "!object.metadata.name.startsWith('x')"}]
    enforce(cluster, "false", matchConditions=conditions)
    assert denied(cluster, config_map("xa")) == ""
    assert denied(cluster, config_map("a")) != ""
    broken = [*conditions, {"name": "two", "expression": "object.data.a == 'b'"}]
    cluster.patch(POLICIES, "p", {"spec": {"matchConditions": broken}})
    assert denied(cluster, config_map("xb")) == ""
    assert denied(cluster, config_map("a")) == (
        "expression 'object.data.a == 'b'' resulted in error: no such key: data"
    )
    cluster.patch(POLICIES, "p", {"spec": {"failurePolicy": "Ignore"}})
    assert denied(cluster, config_map("a")) == ""


def test_operations_and_what_was_there(cluster: Cluster) -> None:
    cluster.create(MAPS, {**config_map("kept"), "data": {"a": "b"}})
    enforce(
        cluster,
        "request.operation != 'CREATE' || oldObject == null",
        "request.operation != 'DELETE' || object == null && oldObject.metadata.name != 'kept'",
        {"expression": "request.operation != 'UPDATE' || object.data == oldObject.data", "message": "unchanged"},
    )
    cluster.create(MAPS, config_map("free"))
    cluster.delete(MAPS, "free")
    with pytest.raises(ApiFailure, match="oldObject"):
        cluster.delete(MAPS, "kept")
    cluster.patch(MAPS, "kept", {"metadata": {"labels": {"a": "b"}}})
    with pytest.raises(ApiFailure, match="unchanged"):
        cluster.patch(MAPS, "kept", {"data": {"a": "c"}})


def test_a_collection_is_deleted_up_to_what_is_refused(cluster: Cluster) -> None:
    for name in ("a", "b"):
        cluster.create(MAPS, config_map(name))
    enforce(cluster, "request.operation != 'DELETE' || oldObject.metadata.name != 'b'")
    with pytest.raises(ApiFailure, match='configmaps "Unknown" is forbidden'):
        cluster.operations.delete_collection(cluster.resource(MAPS), "shop", ListOptions(), {})
    assert (cluster.get(MAPS, "a"), cluster.get(MAPS, "b") is None) == (None, False)


def test_the_request(cluster: Cluster) -> None:
    enforce(
        cluster,
        "request.kind.kind == 'ConfigMap' && request.resource.resource == 'configmaps' && request.kind.group == ''",
        "request.namespace == 'shop' && request.name == object.metadata.name && request.requestKind == request.kind",
        "request.userInfo.username == 'jane' && 'dev' in request.userInfo.groups && !has(request.subResource)",
        "request.userInfo.extra['k'] == ['v'] && request.options.fieldManager == 'm' && request.dryRun",
    )
    jane = User("jane", groups=["dev"], extra={"k": ["v"]})
    assert denied(cluster, config_map("a"), options=ChangeOptions(user=jane, field_manager="m", dry_run=True)) == ""
    assert "username == 'jane'" in denied(cluster, config_map("a"))


def test_generated_names_are_there(cluster: Cluster) -> None:
    enforce(cluster, "request.name == object.metadata.name && object.metadata.name.startsWith('a-')")
    assert cluster.create(MAPS, {"metadata": {"generateName": "a-"}})["metadata"]["name"].startswith("a-")


def test_the_namespace(cluster: Cluster) -> None:
    enforce(cluster, "namespaceObject.metadata.labels['kubernetes.io/metadata.name'] == 'shop'")
    assert denied(cluster, config_map("a")) == ""
    constraints = {"resourceRules": [rule("namespaces")]}
    spec = {"matchConstraints": constraints, "validations": [{"expression": "namespaceObject == null"}]}
    cluster.patch(POLICIES, "p", {"spec": spec})
    cluster.create("v1/namespaces", {"metadata": {"name": "other"}}, namespace=None)


def test_what_the_user_may_do(cluster: Cluster) -> None:
    enforce(
        cluster,
        "authorizer.group('').resource('secrets').namespace('shop').check('get').allowed()",
        "authorizer.requestResource.check('create').allowed() && authorizer.path('/healthz').check('get').allowed()",
        "authorizer.serviceAccount('shop', 'bot').group('apps').resource('deployments').check('list').reason() == ''",
    )
    assert denied(cluster, config_map("a")) == ""


@pytest.mark.parametrize(
    ("constraints", "matches"),
    [
        ({"resourceRules": [rule("*")]}, True),
        ({"resourceRules": [rule("pods"), rule("configmaps")]}, True),
        ({"resourceRules": [rule("configmaps/status")]}, False),
        ({"resourceRules": [rule("configmaps", "apps")]}, False),
        ({"resourceRules": [rule(operations="UPDATE")]}, False),
        ({"resourceRules": [rule(scope="Cluster")]}, False),
        ({"resourceRules": [rule(scope="Namespaced")]}, True),
        ({"resourceRules": [rule(resourceNames=["b"])]}, False),
        ({"resourceRules": [rule()], "excludeResourceRules": [rule(resourceNames=["a"])]}, False),
        ({"resourceRules": [rule()], "objectSelector": {"matchLabels": {"app": "web"}}}, True),
        ({"resourceRules": [rule()], "objectSelector": {"matchLabels": {"app": "db"}}}, False),
        ({"resourceRules": [rule()], "namespaceSelector": {"matchLabels": {NAMESPACE_LABEL: "shop"}}}, True),
        ({"resourceRules": [rule()], "namespaceSelector": {"matchLabels": {"a": "b"}}}, False),
    ],
)
def test_what_a_policy_is_about(cluster: Cluster, constraints: Spec, matches: bool) -> None:
    enforce(cluster, "false", matchConstraints=constraints)
    assert bool(denied(cluster, config_map("a", labels={"app": "web"}))) == matches


def test_what_a_binding_is_about(cluster: Cluster) -> None:
    binding = {"matchResources": {"objectSelector": {"matchLabels": {"app": "web"}}}}
    enforce(cluster, "false", binding=binding)
    assert denied(cluster, config_map("a")) == ""
    assert denied(cluster, config_map("b", labels={"app": "web"})) == "failed expression: false"


def test_another_version_is_equivalent(cluster: Cluster) -> None:
    constraints = {"resourceRules": [{**rule("horizontalpodautoscalers", "autoscaling"), "apiVersions": ["v1"]}]}
    enforce(
        cluster,
        "object.spec.targetCPUUtilizationPercentage < 50 && request.kind.version == 'v1' && "
        "request.requestKind.version == 'v2'",
        matchConstraints=constraints,
    )
    metric = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 60}}
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"maxReplicas": 3, "scaleTargetRef": target, "metrics": [{"type": "Resource", "resource": metric}]}
    autoscaler = {"metadata": {"name": "a"}, "spec": spec}
    place = "autoscaling/v2/horizontalpodautoscalers"
    assert denied(cluster, autoscaler, place).startswith("failed expression: object.spec.target")
    cluster.patch(POLICIES, "p", {"spec": {"matchConstraints": {"matchPolicy": "Exact"}}})
    assert denied(cluster, autoscaler, place) == ""


def test_parts_of_objects_have_names_of_their_own(cluster: Cluster) -> None:
    template = {"metadata": {"labels": {"a": "b"}}, "spec": pod("x")["spec"]}
    spec = {"selector": {"matchLabels": {"a": "b"}}, "template": template}
    cluster.create("apps/v1/deployments", {"metadata": {"name": "web"}, "spec": spec})
    enforce(
        cluster,
        "request.?subResource.orValue('') != 'scale' || object.kind == 'Scale' && object.spec.replicas < 5",
        matchConstraints={"resourceRules": [rule("deployments/*", "apps")]},
    )
    cluster.patch("apps/v1/deployments", "web", {"spec": {"replicas": 4}}, subresource="scale")
    with pytest.raises(ApiFailure, match="denied request"):
        cluster.patch("apps/v1/deployments", "web", {"spec": {"replicas": 5}}, subresource="scale")
    cluster.patch("apps/v1/deployments", "web", {"status": {"replicas": 1}}, subresource="status")
    cluster.patch("apps/v1/deployments", "web", {"spec": {"replicas": 9}})


def test_params(cluster: Cluster) -> None:
    for name, value in (("low", "1"), ("high", "5")):
        cluster.create(MAPS, {**config_map(name, labels={"limits": name}), "data": {"most": value}})
    reference: Spec = {"name": "low", "namespace": "shop", "parameterNotFoundAction": "Deny"}
    limit = "size(object.metadata.name) <= int(params.data.most)"
    enforce(
        cluster,
        {"expression": limit, "messageExpression": "'' + params.metadata.name"},
        paramKind={"apiVersion": "v1", "kind": "ConfigMap"},
        binding={"paramRef": reference},
    )
    assert denied(cluster, config_map("a")) == ""
    assert denied(cluster, config_map("ab")) == "low"
    cluster.patch(BINDINGS, "b", {"spec": {"paramRef": {"name": None, "selector": {}}}})  # of all, a map without data
    assert denied(cluster, config_map("ab")).endswith("resulted in error: no such key: data")
    both = {"matchExpressions": [{"key": "limits", "operator": "Exists"}]}
    cluster.patch(BINDINGS, "b", {"spec": {"paramRef": {"selector": both}}})
    assert denied(cluster, config_map("abc")) == "low"
    assert denied(cluster, config_map("abcdef")) in ("high", "low")
    high = {"matchLabels": {"limits": "high"}, "matchExpressions": None}
    cluster.patch(BINDINGS, "b", {"spec": {"paramRef": {"selector": high}}})
    assert denied(cluster, config_map("abc")) == ""
    nothing = {"selector": None, "name": "none", "parameterNotFoundAction": "Deny"}
    cluster.patch(BINDINGS, "b", {"spec": {"paramRef": nothing}})
    assert denied(cluster, config_map("x")) == (
        "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction"
    )
    cluster.patch(BINDINGS, "b", {"spec": {"paramRef": {"parameterNotFoundAction": "Allow"}}})
    assert denied(cluster, config_map("abcdefgh")) == ""


def test_a_kind_of_params_that_there_is_not(cluster: Cluster) -> None:
    enforce(cluster, "true", paramKind={"apiVersion": "example.com/v1", "kind": "Limit"})
    with pytest.raises(ApiFailure) as caught:
        cluster.create(MAPS, config_map("a"))
    assert caught.value.status["message"] == (
        "configmaps \"a\" is forbidden: ValidatingAdmissionPolicy 'p' denied request: failed to configure policy: "
        "failed to find resource referenced by paramKind: 'example.com/v1, Kind=Limit'"
    )


def test_warnings(cluster: Cluster) -> None:
    enforce(cluster, {"expression": "false", "message": "no"}, binding={"validationActions": ["Warn"]})
    outcome = cluster.operations.create(cluster.resource(MAPS), "shop", config_map("a"), OPTIONS)
    told = "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': no"
    assert outcome.warnings == (told,)
    with pytest.raises(ApiFailure) as caught:
        cluster.create(MAPS, config_map("a"))
    assert (caught.value.code, caught.value.warnings) == (409, (told,))
    deleted = cluster.operations.delete(cluster.resource(MAPS), Key("shop", "a"), {})
    assert deleted.warnings == (told,)


def test_audits_let_pass(cluster: Cluster) -> None:
    enforce(cluster, "false", binding={"validationActions": ["Audit"]})
    assert denied(cluster, config_map("a")) == ""


def test_policies_are_no_matter_of_policies(cluster: Cluster) -> None:
    enforce(cluster, "false", matchConstraints={"resourceRules": [{**rule("*", "*"), "apiVersions": ["*"]}]})
    cluster.patch(BINDINGS, "b", {"spec": {"validationActions": ["Warn"]}})
    cluster.delete(BINDINGS, "b")
    cluster.create(MAPS, config_map("a"))


def test_rules_of_the_kind_come_first(cluster: Cluster) -> None:
    enforce(cluster, "false")
    with pytest.raises(ApiFailure, match="is invalid: data"):
        cluster.create(MAPS, {**config_map("a"), "data": {"a b": "c"}})
