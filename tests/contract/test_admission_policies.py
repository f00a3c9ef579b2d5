"""ValidatingAdmissionPolicies: which the server takes, and what they have against changes, word for word."""

from __future__ import annotations

import uuid
import warnings
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, Answer, ask

pytestmark = pytest.mark.anyio

GROUP = "/apis/admissionregistration.k8s.io/v1"
POLICIES = f"{GROUP}/validatingadmissionpolicies"
BINDINGS = f"{GROUP}/validatingadmissionpolicybindings"
Spec = dict[str, Any]


class Policies:
    """Policies about one namespace.

    Args:
        client: of the cluster.
        namespace: that they are about.
    """

    def __init__(self, client: BaseClient, namespace: str) -> None:
        self._client = client
        self._namespace = namespace
        self._made: list[str] = []
        self.maps = f"/api/v1/namespaces/{namespace}/configmaps"

    def spec(self, *operations: str, **spec: Any) -> Spec:
        """Make the spec of a policy about config maps."""
        rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": operations, "resources": ["configmaps"]}
        selector = {"matchLabels": {"kubernetes.io/metadata.name": self._namespace}}
        return {"matchConstraints": {"resourceRules": [rule], "namespaceSelector": selector}, **spec}

    async def enforce(self, spec: Spec, actions: list[str] | None = None, **binding: Any) -> str:
        """Create a policy with a binding, and give the name of both once the server goes by them."""
        name = f"p{uuid.uuid4().hex[:8]}"
        self._made.append(name)
        probe = {"expression": f"!has(request.name) || request.name != 'probe-{name}'", "message": "probed"}
        whole = {**spec, "validations": [probe, *spec["validations"]]}
        made = await ask(self._client, "POST", POLICIES, {"metadata": {"name": name}, "spec": whole})
        assert made.code == 201, made.body
        bound = {"policyName": name, "validationActions": actions or ["Deny"], **binding}
        made = await ask(self._client, "POST", BINDINGS, {"metadata": {"name": f"{name}-b"}, "spec": bound})
        assert made.code == 201, made.body
        return name

    async def wait(self, name: str) -> None:
        """Wait until the server goes by a policy that refuses."""
        body = {"metadata": {"name": f"probe-{name}"}}
        with anyio.fail_after(60):
            while True:
                if "denied request: probed" in (await ask(self._client, "POST", self.maps, body, dryRun="All")).message:
                    return
                await anyio.sleep(0.2)

    async def delete(self) -> None:
        """Delete them."""
        for name in self._made:
            await ask(self._client, "DELETE", f"{BINDINGS}/{name}-b")
            await ask(self._client, "DELETE", f"{POLICIES}/{name}")


@pytest.fixture
async def policies(client: BaseClient, namespace: str) -> AsyncIterator[Policies]:
    policies = Policies(client, namespace)
    try:
        yield policies
    finally:
        await policies.delete()


def config_map(name: str, case: str = "", **members: Any) -> Spec:
    labels = {"labels": {"case": case}} if case else {}
    return {"metadata": {"name": name, **labels}, **members}


def why(answer: Answer, policy: str) -> str:
    """Give what a policy says, where it refuses."""
    intro = "denied request: "
    assert f"ValidatingAdmissionPolicy '{policy}' with binding '{policy}-b' {intro}" in answer.message, answer.body
    return answer.message.partition(intro)[2]


async def test_what_policies_have_against_new_objects(client: BaseClient, policies: Policies) -> None:
    # Long because a policy takes a second to count, so that one is asked about everything.
    variables = [
        {"name": "case", "expression": "object.metadata.?labels['case'].orValue('')"},
        {"name": "length", "expression": "size(object.metadata.name)"},
        {"name": "data", "expression": "object.data"},
    ]
    validations = [
        {"expression": "variables.case != 'plain'"},
        {"expression": "variables.case != 'message'", "message": " not that ", "reason": "Forbidden"},
        {
            "expression": "variables.case != 'said'",
            "messageExpression": "'not ' + object.metadata.name + ' of ' + string(variables.length)",
            "reason": "RequestEntityTooLarge",
        },
        {"expression": "variables.case != 'key' || object.data.key == ''"},
        {"expression": "variables.case != 'variable' || variables.data.key == ''"},
        {"expression": "variables.case != 'namespace' || namespaceObject.metadata.name == 'none'"},
        {"expression": "variables.case != 'request' || request.namespace + request.operation == ''"},
    ]
    name = await policies.enforce(policies.spec("CREATE", variables=variables, validations=validations))
    await policies.wait(name)
    plain = await ask(client, "POST", policies.maps, config_map("a", "plain"))
    told = f"ValidatingAdmissionPolicy '{name}' with binding '{name}-b' denied request: failed expression: "
    told += "variables.case != 'plain'"
    assert plain == Answer(
        422,
        {
            **plain.body,
            "status": "Failure",
            "reason": "Invalid",
            "message": f'configmaps "a" is forbidden: {told}',
            "details": {"name": "a", "kind": "configmaps", "causes": [{"message": told}]},
            "code": 422,
        },
    )
    refused = {
        "message": (403, "Forbidden", "not that"),
        "said": (413, "RequestEntityTooLarge", "not a of 1"),
        "key": (
            422,
            "Invalid",
            "expression 'variables.case != 'key' || object.data.key == ''' resulted in error: no such key: data",
        ),
        "variable": (
            422,
            "Invalid",
            "expression 'variables.case != 'variable' || variables.data.key == ''' resulted in error: composited "
            "variable "
            '"data" fails to evaluate: no such key: data',
        ),
        "namespace": (
            422,
            "Invalid",
            "failed expression: variables.case != 'namespace' || namespaceObject.metadata.name == 'none'",
        ),
        "request": (
            422,
            "Invalid",
            "failed expression: variables.case != 'request' || request.namespace + request.operation == ''",
        ),
    }
    for case, (code, reason, text) in refused.items():
        answer = await ask(client, "POST", policies.maps, config_map("a", case))
        assert (answer.code, answer.body["reason"], why(answer, name)) == (code, reason, text)
    assert (await ask(client, "POST", policies.maps, config_map("a", "good"))).code == 201
    changed = await ask(client, "PATCH", f"{policies.maps}/a", {"metadata": {"labels": {"case": "plain"}}}, MERGE)
    assert changed.code == 200


async def test_what_policies_have_against_changes_and_deletions(client: BaseClient, policies: Policies) -> None:
    # Params are left to the unit tests: a real server sees no built-in ones once a policy with such is deleted.
    spec = policies.spec(
        "*",
        matchConditions=[{"name": "not-others", "expression": "request.name != 'other'"}],
        validations=[
            {
                "expression": "request.operation != 'UPDATE' || size(object.data) <= 2",
                "messageExpression": "'not ' + string(size(object.data))",
            },
            {"expression": "request.operation != 'UPDATE' || object.metadata.uid == oldObject.metadata.uid"},
            {"expression": "request.operation != 'DELETE' || object == null && !has(oldObject.data)"},
        ],
    )
    name = await policies.enforce(spec)
    await policies.wait(name)
    assert (await ask(client, "POST", policies.maps, config_map("a", data={"x": "1"}))).code == 201
    place = f"{policies.maps}/a"
    assert (await ask(client, "PATCH", place, {"data": {"y": "2"}}, MERGE)).code == 200
    more = await ask(client, "PATCH", place, {"data": {"z": "3"}}, MERGE)
    assert (more.code, why(more, name)) == (422, "not 3")
    kept = await ask(client, "DELETE", place)
    deletion = "failed expression: request.operation != 'DELETE' || object == null && !has(oldObject.data)"
    assert (kept.code, why(kept, name)) == (422, deletion)
    assert (await ask(client, "PATCH", place, {"data": None}, MERGE)).code == 422  # size(object.data) has no value
    assert (await ask(client, "POST", policies.maps, config_map("other", data={"x": "1"}))).code == 201
    assert (await ask(client, "DELETE", f"{policies.maps}/other")).code == 200


async def test_conditions_see_no_namespace_and_collections_no_names(client: BaseClient, policies: Policies) -> None:
    made = [await ask(client, "POST", policies.maps, config_map(name, "kept")) for name in ("a", "b")]
    assert [answer.code for answer in made] == [201, 201]
    spec = policies.spec(
        "CREATE",
        "DELETE",
        matchConditions=[{"name": "nothing", "expression": "namespaceObject == null"}],
        validations=[
            {"expression": "request.operation != 'DELETE' || oldObject.metadata.name != 'b'"},
            {
                "expression": "request.operation != 'CREATE' || request.name != object.metadata.name",
                "messageExpression": "namespaceObject.metadata.name + '/' + object.metadata.name",
            },
        ],
    )
    name = await policies.enforce(spec)
    await policies.wait(name)
    of_all = await ask(client, "DELETE", policies.maps, labelSelector="case=kept")
    assert (of_all.code, of_all.body["details"]["name"]) == (422, "Unknown")
    assert of_all.message.startswith('configmaps "Unknown" is forbidden: ')
    generated = await ask(client, "POST", policies.maps, {"metadata": {"generateName": "made-"}})
    assert generated.code == 422
    namespace, _, suffix = why(generated, name).partition("/made-")
    assert (f"/{namespace}/" in policies.maps, len(suffix)) == (True, 5)
    assert generated.message.startswith(f'configmaps "made-{suffix}" is forbidden: ')


async def test_policies_are_asked_about_what_is_carried_out_and_not_stored(
    client: BaseClient, policies: Policies, namespace: str
) -> None:
    """Bindings, evictions and connections before anybody looks whether there is such a pod."""
    shown = "request.resource.resource + '/' + (has(request.subResource) ? request.subResource : '')"
    validation = {
        "expression": "request.resource.resource == 'configmaps'",
        "messageExpression": f"{shown} + ' ' + request.operation + ' of ' + request.name + ': ' + object.kind",
        "reason": "Forbidden",
    }
    spec = policies.spec("CREATE", validations=[validation])
    parts = ["bindings", "pods/binding", "pods/eviction", "pods/exec", "serviceaccounts/token"]
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": parts}
    spec["matchConstraints"]["resourceRules"].append(rule)
    name = await policies.enforce(spec)
    await policies.wait(name)
    root, metadata = f"/api/v1/namespaces/{namespace}", {"metadata": {"name": "none"}}
    assert (await ask(client, "POST", f"{root}/serviceaccounts", {"metadata": {"name": "bot"}})).code == 201
    binding = {**metadata, "target": {"kind": "Node", "name": "n"}}
    answers = [
        await ask(client, "POST", f"{root}/bindings", binding),
        await ask(client, "POST", f"{root}/pods/none/binding", binding),
        await ask(client, "POST", f"{root}/pods/none/eviction", {"apiVersion": "policy/v1", **metadata}),
        await ask(client, "POST", f"{root}/serviceaccounts/bot/token", {"spec": {"audiences": ["a"]}}),
        await ask(client, "POST", f"{root}/pods/none/exec?command=ls&stdout=1"),
    ]
    assert [answer.code for answer in answers] == [403] * 5, answers
    assert [why(answer, name) for answer in answers] == [
        "bindings/ CREATE of none: Binding",
        "pods/binding CREATE of none: Binding",
        "pods/eviction CREATE of none: Eviction",
        "serviceaccounts/token CREATE of bot: TokenRequest",
        "pods/exec CONNECT of none: PodExecOptions",
    ]


async def test_warnings(client: BaseClient, policies: Policies) -> None:
    spec = policies.spec("CREATE", validations=[{"expression": "object.metadata.name != 'a'", "message": "no a"}])
    name = await policies.enforce(spec, ["Warn", "Audit"])
    told = f"Validation failed for ValidatingAdmissionPolicy '{name}' with binding '{name}-b': no a"
    with anyio.fail_after(60):
        while True:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                answer = await ask(client, "POST", policies.maps, config_map("a"), dryRun="All")
            assert answer.code == 201
            if caught:
                break
            await anyio.sleep(0.2)
    (warning,) = caught
    assert told in str(warning.message)


async def causes(client: BaseClient, place: str, spec: Spec) -> list[str]:
    answer = await ask(client, "POST", place, {"metadata": {"name": "p"}, "spec": spec})
    assert answer.code == 422, answer.body
    return sorted(f"{each['field']}: {each['message']}" for each in answer.body["details"]["causes"])


async def test_mistakes_in_policies(client: BaseClient, policies: Policies) -> None:
    # Long because it is a table.
    assert await causes(client, POLICIES, {}) == [
        "spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item",
        "spec.matchConstraints: Required value",
        "spec.validations: Required value: validations or auditAnnotations must contain at least one item",
    ]
    validations = [
        {"expression": "object"},
        {"expression": "1 + 1"},
        {"expression": "object.x ==", "message": " "},
        {"expression": " ", "message": "a\nb", "reason": "Other"},
        {"expression": "variables.none", "messageExpression": "1"},
        {"expression": "request.nothing == ''"},
        {"expression": "params.a == 1"},
        {"expression": "variables.known == 'a'"},
    ]
    spec = policies.spec(
        "CREATE",
        failurePolicy="Never",
        variables=[
            {"name": "known", "expression": "1"},
            {"name": "for", "expression": "2"},
            {"name": "x", "expression": ""},
        ],
        matchConditions=[{"name": "a b", "expression": "1"}],
        validations=validations,
    )
    field = "spec.validations"
    assert await causes(client, POLICIES, spec) == sorted(
        [
            'spec.failurePolicy: Unsupported value: "Never": supported values: "Fail", "Ignore"',
            'spec.matchConditions[0].expression: Invalid value: "1": must evaluate to bool but got int',
            'spec.matchConditions[0].name: Invalid value: "a b": name part must consist of alphanumeric characters, '
            "'-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or "
            "'123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
            'spec.variables[1].name: Invalid value: "for": must be a valid CEL identifier',
            "spec.variables[2].expression: Required value: expression is not specified",
            f'{field}[0].expression: Invalid value: "object": must evaluate to bool but got dyn',
            f'{field}[1].expression: Invalid value: "1 + 1": must evaluate to bool but got int',
            f'{field}[2].expression: Invalid value: "object.x ==": compilation failed: ERROR: <input>:1:12: Syntax '
            "error: "
            "mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, "
            "NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | object.x ==\n | ...........^",
            f'{field}[2].message: Invalid value: " ": must be non-empty if specified',
            f"{field}[3].expression: Required value: expression is not specified",
            f'{field}[3].message: Invalid value: "a\\nb": must not contain line breaks',
            f'{field}[3].reason: Unsupported value: "Other": supported values: "Forbidden", "Invalid", '
            '"RequestEntityTooLarge"',
            f'{field}[4].expression: Invalid value: "variables.none": compilation failed: ERROR: <input>:1:10: '
            "undefined "
            "field 'none'\n | variables.none\n | .........^",
            f'{field}[4].messageExpression: Invalid value: "1": must evaluate to string but got int',
            f"{field}[5].expression: Invalid value: \"request.nothing == ''\": compilation failed: ERROR: <input>:1:8: "
            "undefined field 'nothing'\n | request.nothing == ''\n | .......^",
            f'{field}[6].expression: Invalid value: "params.a == 1": compilation failed: ERROR: <input>:1:1: '
            "undeclared "
            "reference to 'params' (in container '')\n | params.a == 1\n | ^",
            f"{field}[7].expression: Invalid value: \"variables.known == 'a'\": compilation failed: ERROR: "
            "<input>:1:17: "
            "found no matching overload for '_==_' applied to '(int, string)'\n | variables.known == 'a'\n | "
            "................^",
        ]
    )


async def test_mistakes_in_what_is_matched(client: BaseClient) -> None:
    rule = {"apiGroups": ["*", "a"], "apiVersions": [""], "operations": ["*", "READ"], "resources": ["*/*", "x"]}
    constraints = {"resourceRules": [{**rule, "scope": "None", "resourceNames": ["a/b", "a/b"]}], "matchPolicy": "Near"}
    spec = {"matchConstraints": constraints, "validations": [{"expression": "true"}]}
    field = "spec.matchConstraints.resourceRules[0]"
    assert await causes(client, POLICIES, spec) == sorted(
        [
            'spec.matchConstraints.matchPolicy: Unsupported value: "Near": supported values: "Equivalent", "Exact"',
            f'{field}.apiGroups: Invalid value: ["*","a"]: if \'*\' is present, must not specify other API groups',
            f"{field}.apiVersions[0]: Required value",
            f'{field}.operations: Invalid value: ["*","READ"]: if \'*\' is present, must not specify other operations',
            f'{field}.operations[1]: Unsupported value: "READ": supported values: "*", "CONNECT", "CREATE", "DELETE", '
            '"UPDATE"',
            f"{field}.resourceNames[0]: Invalid value: \"a/b\": may not contain '/'",
            f'{field}.resourceNames[1]: Duplicate value: "a/b"',
            f"{field}.resourceNames[1]: Invalid value: \"a/b\": may not contain '/'",
            f'{field}.resources: Invalid value: ["*/*","x"]: if \'*/*\' is present, must not specify other resources',
            f'{field}.scope: Unsupported value: "None": supported values: "*", "Cluster", "Namespaced"',
        ]
    )


async def test_mistakes_in_bindings(client: BaseClient) -> None:
    assert await causes(client, BINDINGS, {}) == [
        "spec.policyName: Required value",
        "spec.validationActions: Required value: at least one validation action is required",
    ]
    spec = {
        "policyName": "A",
        "validationActions": ["Deny", "Warn", "Warn", "Log"],
        "paramRef": {"name": "a", "selector": {"matchLabels": {"a": "b"}}, "parameterNotFoundAction": "Ask"},
    }
    found = await causes(client, BINDINGS, spec)
    assert [each for each in found if not each.startswith("spec.policyName")] == sorted(
        [
            "spec.paramRef.name: Forbidden: name and selector are mutually exclusive",
            'spec.paramRef.parameterNotFoundAction: Unsupported value: "Ask": supported values: "Deny", "Allow"',
            "spec.paramRef.selector: Forbidden: name and selector are mutually exclusive",
            'spec.validationActions: Invalid value: ["Deny","Warn","Warn","Log"]: must not contain both Deny and Warn '
            "(repeating the same validation failure information in the API response and headers serves no purpose)",
            'spec.validationActions[2]: Duplicate value: "Warn"',
            'spec.validationActions[3]: Unsupported value: "Log": supported values: "Audit", "Deny", "Warn"',
        ]
    )
