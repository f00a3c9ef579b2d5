"""Questions about what users may do, and who they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.cluster import Transport
from tests.contract.answers import Answer, ask
from tests.contract.users import Users, until

pytestmark = pytest.mark.anyio

REVIEWS = "/apis/authorization.k8s.io/v1"


@pytest.fixture(scope="module")
def kubeconfig(guarded_kubeconfig: Path) -> Path:
    """Of a cluster that looks at roles."""
    return guarded_kubeconfig


@pytest.fixture
def users(client: BaseClient, transport: Transport) -> Users:
    return Users(client, transport)


async def test_may_somebody_do_something(users: Users, namespace: str) -> None:
    name, administrator = f"jane-{namespace}", users.administrator
    await users.role(namespace, name, {"apiGroups": [""], "resources": ["pods/*", "pods"], "verbs": ["get"]})
    async with users.acting(name) as jane:
        await until(jane, 404, "GET", f"/api/v1/namespaces/{namespace}/pods/x")

    async def status(**spec: Any) -> Any:
        return (await ask(administrator, "POST", f"{REVIEWS}/subjectaccessreviews", {"spec": spec})).body["status"]

    attributes = {"verb": "get", "resource": "pods", "namespace": namespace}
    why = f'RBAC: allowed by RoleBinding "{name}/{namespace}" of Role "{name}" to User "{name}"'
    assert await status(user=name, resourceAttributes=attributes) == {"allowed": True, "reason": why}
    assert await status(user=name, resourceAttributes={**attributes, "name": "a"}) == {"allowed": True, "reason": why}
    for change in ({"verb": "list"}, {"namespace": "default"}, {"group": "apps"}, {"subresource": "log"}):
        assert await status(user=name, resourceAttributes={**attributes, **change}) == {"allowed": False}, change
    assert await status(user="x", groups=["system:masters"], resourceAttributes=attributes) == {"allowed": True}
    path = {"verb": "get", "path": "/healthz"}
    allowed = await status(groups=["system:unauthenticated"], nonResourceAttributes=path)
    role = '"system:public-info-viewer" of ClusterRole "system:public-info-viewer" to Group "system:unauthenticated"'
    assert allowed == {"allowed": True, "reason": f"RBAC: allowed by ClusterRoleBinding {role}"}
    assert await status(user="x", nonResourceAttributes={"verb": "get", "path": "/metrics"}) == {"allowed": False}


async def test_may_i(users: Users, namespace: str) -> None:
    name = f"jane-{namespace}"
    spec = {"resourceAttributes": {"verb": "get", "resource": "secrets", "namespace": namespace}}
    async with users.acting(name) as jane:
        answer = await ask(jane, "POST", f"{REVIEWS}/selfsubjectaccessreviews", {"spec": spec})
    assert (answer.code, answer.body["status"]) == (201, {"allowed": False})
    async with users.acting(name, ["system:masters"]) as jane:
        answer = await ask(jane, "POST", f"{REVIEWS}/selfsubjectaccessreviews", {"spec": spec})
    assert answer.body["status"] == {"allowed": True}
    assert answer.body["spec"] == spec


async def test_a_local_review_is_of_its_namespace(users: Users, namespace: str) -> None:
    path = f"{REVIEWS}/namespaces/{namespace}/localsubjectaccessreviews"
    spec: dict[str, Any] = {"user": "x", "resourceAttributes": {"verb": "get", "resource": "pods"}}

    def causes(answer: Answer) -> list[str]:
        return [f"{cause['field']}: {cause['message']}" for cause in answer.body["details"]["causes"]]

    async def local(attributes: dict[str, Any], metadata: dict[str, Any]) -> Answer:
        changed = {**spec, "resourceAttributes": {**spec["resourceAttributes"], **attributes}}
        return await ask(users.administrator, "POST", path, {"metadata": metadata, "spec": changed})

    fitting = await local({"namespace": namespace}, {"namespace": namespace})
    assert (fitting.code, fitting.body["status"]) == (201, {"allowed": False})
    unnamed = await local({"namespace": namespace}, {})
    assert unnamed.code == 201
    other = await local({"namespace": "default"}, {"namespace": namespace})
    where = "spec.resourceAttributes.namespace"
    assert causes(other) == [f'{where}: Invalid value: "default": must match metadata.namespace']
    path_of_no_resource = {"user": "x", "nonResourceAttributes": {"verb": "get", "path": "/x"}}
    refused = await ask(
        users.administrator, "POST", path, {"metadata": {"namespace": namespace}, "spec": path_of_no_resource}
    )
    assert refused.code == 422
    assert "disallowed on this kind of request" in refused.message


async def test_my_rules(users: Users, namespace: str) -> None:
    name = f"jane-{namespace}"
    rule = {"apiGroups": ["apps"], "resources": ["deployments"], "resourceNames": ["web"], "verbs": ["get"]}
    await users.role(namespace, name, rule)
    async with users.acting(name) as jane:
        await until(jane, 404, "GET", f"/apis/apps/v1/namespaces/{namespace}/deployments/web")
        answer = await ask(jane, "POST", f"{REVIEWS}/selfsubjectrulesreviews", {"spec": {"namespace": namespace}})
        refused = await ask(jane, "POST", f"{REVIEWS}/selfsubjectrulesreviews", {"spec": {}})
    status = answer.body["status"]
    assert rule in status["resourceRules"]
    own = {"verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"]}
    assert own in status["resourceRules"]
    assert len(status["resourceRules"]) == 3
    health = ["/healthz", "/livez", "/readyz", "/version", "/version/"]
    assert {"verbs": ["get"], "nonResourceURLs": health} in status["nonResourceRules"]
    assert (answer.body["spec"], status["incomplete"]) == ({}, False)
    assert (refused.code, refused.message) == (400, "no namespace on request")


async def test_who_am_i(users: Users) -> None:
    async with users.acting("jane", ["dev"], uid="7", extra={"scopes": ["a"]}) as jane:
        answer = await ask(jane, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {})
    assert answer.body["status"]["userInfo"] == {
        "username": "jane",
        "uid": "7",
        "groups": ["dev", "system:authenticated"],
        "extra": {"scopes": ["a"]},
    }
    assert set(answer.body["metadata"]) == {"creationTimestamp"}


@pytest.mark.parametrize(
    ("kind", "spec", "message"),
    [
        (
            "subjectaccessreviews",
            {"user": "x"},
            "spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes "
            "must be specified",
        ),
        (
            "selfsubjectaccessreviews",
            {"resourceAttributes": {"verb": "get"}, "nonResourceAttributes": {"verb": "get", "path": "/x"}},
            'spec.nonResourceAttributes: Invalid value: {"Path":"/x","Verb":"get"}: cannot be specified in '
            "combination with resourceAttributes",
        ),
        (
            "subjectaccessreviews",
            {"resourceAttributes": {"verb": "get"}},
            'spec.user: Invalid value: "": at least one of user or group must be specified',
        ),
    ],
)
async def test_questions_that_make_no_sense(users: Users, kind: str, spec: dict[str, Any], message: str) -> None:
    answer = await ask(users.administrator, "POST", f"{REVIEWS}/{kind}", {"spec": spec})
    assert answer.code == 422
    assert message in answer.message
