"""Who may write mutating policies and bindings with params, which a usual cluster of this release does not serve."""

from __future__ import annotations

from typing import Any

from kubex.testing import ApiServer, Authentication, User
from tests.unit.testing.access.test_guarded_server import Reply, ask

GROUP = "/apis/admissionregistration.k8s.io/v1beta1"
RBAC = "/apis/rbac.authorization.k8s.io/v1"
MAPS = {"apiVersion": "v1", "kind": "ConfigMap"}
WRITE = {"apiGroups": ["admissionregistration.k8s.io"], "resources": ["*"], "verbs": ["*"]}
READ = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}
WHO = "&{jane 7 [system:authenticated] map[]}"


def policy(kind: dict[str, str]) -> dict[str, Any]:
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["configmaps"]}
    applied = {"patchType": "JSONPatch", "jsonPatch": {"expression": "[]"}}
    matched = {"matchConstraints": {"resourceRules": [rule]}, "reinvocationPolicy": "Never"}
    return {"metadata": {"name": "p"}, "spec": {**matched, "mutations": [applied], "paramKind": kind}}


BINDING = {
    "metadata": {"name": "b"},
    "spec": {"policyName": "p", "paramRef": {"name": "a", "namespace": "x", "parameterNotFoundAction": "Allow"}},
}


def told(reply: Reply) -> str:
    assert reply.code == 422, reply
    message: str = reply.body["message"]
    return message.partition(" is invalid: ")[2]


def test_mutating_policies_take_the_right_to_read_params() -> None:
    jane = Authentication(tokens={"s3cret": User("jane", uid="7"), "root": User("root", groups=["system:masters"])})
    with ApiServer(tls=False, authentication=jane, authorization="RBAC", api_resources="all") as server:

        def post(path: str, body: dict[str, Any], token: str = "s3cret") -> Reply:
            return ask(server, path, "POST", body, Authorization=f"Bearer {token}")

        role = {"metadata": {"name": "w"}, "rules": [WRITE]}
        reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "w"}
        subject = {"kind": "User", "name": "jane", "apiGroup": "rbac.authorization.k8s.io"}
        bound = {"metadata": {"name": "w"}, "roleRef": reference, "subjects": [subject]}
        assert post(f"{RBAC}/clusterroles", role, "root").code == 201
        assert post(f"{RBAC}/clusterrolebindings", bound, "root").code == 201
        policies, bindings = f"{GROUP}/mutatingadmissionpolicies", f"{GROUP}/mutatingadmissionpolicybindings"
        must = f'user {WHO} must have "get" permission on all objects of the referenced paramKind'
        shown = "(kind=ConfigMap, apiVersion=v1)"
        assert told(post(policies, policy(MAPS))) == f"spec.paramKind: Forbidden: {must} {shown}"
        assert told(post(bindings, BINDING)).startswith("spec.paramRef: Forbidden: unable to get policy p to ")
        assert post(policies, policy(MAPS), "root").code == 201
        mixed_up = f'user get does not have "{WHO}" permission on the object referenced by paramRef'
        assert told(post(bindings, BINDING)) == f"spec.paramRef: Forbidden: {mixed_up}"
        assert post(bindings, BINDING, "root").code == 201
