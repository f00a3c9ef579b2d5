"""Who may do what: roles, bindings, impersonation, and refusals in the server's words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.cluster import Transport
from tests.contract.answers import MERGE, ask
from tests.contract.users import RBAC, Users, until

pytestmark = pytest.mark.anyio

READ_PODS: dict[str, Any] = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}


@pytest.fixture(scope="module")
def kubeconfig(guarded_kubeconfig: Path) -> Path:
    """Of a cluster that looks at roles."""
    return guarded_kubeconfig


@pytest.fixture
def users(client: BaseClient, transport: Transport) -> Users:
    return Users(client, transport)


def group_subject(name: str) -> dict[str, str]:
    return {"kind": "Group", "name": name, "apiGroup": "rbac.authorization.k8s.io"}


@pytest.mark.parametrize(
    ("method", "path", "message", "details"),
    [
        (
            "GET",
            "/api/v1/namespaces/{}/pods",
            'pods is forbidden: User "{}" cannot list resource "pods" in API group "" in the namespace "{}"',
            {"kind": "pods"},
        ),
        (
            "GET",
            "/api/v1/namespaces/{}/pods/web-0",
            'pods "web-0" is forbidden: User "{}" cannot get resource "pods" in API group "" in the namespace "{}"',
            {"name": "web-0", "kind": "pods"},
        ),
        (
            "GET",
            "/api/v1/namespaces/{}/pods/web-0/log",
            'pods "web-0" is forbidden: User "{}" cannot get resource "pods/log" in API group "" in the namespace "{}"',
            {"name": "web-0", "kind": "pods"},
        ),
        (
            "POST",
            "/apis/apps/v1/namespaces/{}/deployments",
            'deployments.apps is forbidden: User "{}" cannot create resource "deployments" in API group "apps" '
            'in the namespace "{}"',
            {"group": "apps", "kind": "deployments"},
        ),
        (
            "DELETE",
            "/api/v1/namespaces/{}/secrets",
            'secrets is forbidden: User "{}" cannot deletecollection resource "secrets" in API group "" '
            'in the namespace "{}"',
            {"kind": "secrets"},
        ),
        (
            "GET",
            "/api/v1/namespaces/{}",
            'namespaces "{1}" is forbidden: User "{0}" cannot get resource "namespaces" in API group "" '
            'in the namespace "{1}"',
            {"kind": "namespaces"},
        ),
        (
            "GET",
            "/apis/example.com/v1/namespaces/{}/unheard-ofs/x",
            'unheard-ofs.example.com "x" is forbidden: User "{}" cannot get resource "unheard-ofs" '
            'in API group "example.com" in the namespace "{}"',
            {"name": "x", "group": "example.com", "kind": "unheard-ofs"},
        ),
    ],
)
async def test_who_has_no_role_is_refused(
    users: Users, namespace: str, method: str, path: str, message: str, details: dict[str, str]
) -> None:
    name = f"jane-{namespace}"
    async with users.acting(name) as jane:
        answer = await ask(jane, method, path.format(namespace))
    said = message.format(name, namespace)
    if details["kind"] == "namespaces":
        details = {"name": namespace, **details}
    expected = {"status": "Failure", "message": said, "reason": "Forbidden", "details": details, "code": 403}
    assert {key: answer.body.get(key) for key in expected} == expected


async def test_paths_that_are_no_resources(users: Users, namespace: str) -> None:
    async with users.acting("jane") as jane, users.acting("system:anonymous") as nobody:
        for path in ("/version", "/healthz", "/readyz"):
            assert (await ask(jane, "GET", path)).code == (await ask(nobody, "GET", path)).code == 200
        for path in ("/api", "/apis", "/api/v1", "/openapi/v3"):
            assert (await ask(jane, "GET", path)).code == 200
            assert (await ask(nobody, "GET", path)).code == 403
        refused = await ask(jane, "GET", "/metrics/<a>")
    assert refused.message == 'forbidden: User "jane" cannot get path "/metrics/&lt;a&gt;"'
    assert "details" not in refused.body or not refused.body["details"]


async def test_a_role_allows_its_verbs_in_its_namespace(users: Users, namespace: str) -> None:
    name, path = f"jane-{namespace}", f"/api/v1/namespaces/{namespace}/pods"
    await users.role(namespace, name, READ_PODS)
    async with users.acting(name) as jane:
        await until(jane, 200, "GET", path)
        assert (await ask(jane, "GET", f"{path}/web-0")).code == 404
        assert (await ask(jane, "GET", f"{path}/web-0/log")).code == 403
        assert (await ask(jane, "GET", path, watch="1")).code == 403
        assert (await ask(jane, "DELETE", f"{path}/web-0")).code == 403
        assert (await ask(jane, "GET", "/api/v1/pods")).code == 403
        assert (await ask(jane, "GET", "/api/v1/namespaces/default/pods")).code == 403


async def test_names_of_resources(users: Users, namespace: str) -> None:
    name, path = f"jane-{namespace}", f"/api/v1/namespaces/{namespace}/configmaps"
    rule = {"apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["a"], "verbs": ["*"]}
    await users.role(namespace, name, rule)
    await users.make(path, {"metadata": {"name": "a"}})
    async with users.acting(name) as jane:
        await until(jane, 200, "GET", f"{path}/a")
        assert (await ask(jane, "GET", f"{path}/b")).code == 403
        assert (await ask(jane, "GET", path)).code == 403
        assert (await ask(jane, "GET", path, fieldSelector="metadata.name=a")).code == 200
        assert (await ask(jane, "GET", path, fieldSelector="metadata.name=b")).code == 403
        assert (await ask(jane, "POST", path, {"metadata": {"name": "a"}})).code == 403  # a creation has no name yet
        assert (await ask(jane, "PATCH", f"{path}/a", {"data": {"x": "1"}}, MERGE)).code == 200
        assert (await ask(jane, "DELETE", path)).code == 403


async def test_subresources_are_named(users: Users, namespace: str) -> None:
    name, path = f"jane-{namespace}", f"/apis/apps/v1/namespaces/{namespace}/deployments/web"
    rules = (
        {"apiGroups": ["apps"], "resources": ["*/scale"], "verbs": ["get"]},
        {"apiGroups": ["apps"], "resources": ["deployments/status"], "verbs": ["get"]},
    )
    await users.role(namespace, name, *rules)
    async with users.acting(name) as jane:
        await until(jane, 404, "GET", f"{path}/scale")
        assert (await ask(jane, "GET", f"{path}/status")).code == 404
        assert (await ask(jane, "GET", path)).code == 403
        assert (await ask(jane, "PUT", f"{path}/scale", {})).code == 403


async def test_groups_and_service_accounts_are_subjects(users: Users, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods"
    view = {"kind": "ClusterRole", "name": "view"}
    account = {"kind": "ServiceAccount", "name": "bot", "namespace": namespace}
    await users.bind(namespace, "readers", view, group_subject(f"readers-{namespace}"), account)
    async with users.acting("jane", [f"readers-{namespace}"]) as jane:
        await until(jane, 200, "GET", path)
        assert (await ask(jane, "GET", f"/api/v1/namespaces/{namespace}/secrets")).code == 403
    async with users.acting(f"system:serviceaccount:{namespace}:bot") as bot:
        assert (await ask(bot, "GET", path)).code == 200
    async with users.acting(f"system:serviceaccount:{namespace}:other") as other:
        assert (await ask(other, "GET", path)).code == 403
    async with users.acting("jane", ["readers", "system:unauthenticated"]) as jane:
        assert (await ask(jane, "GET", "/api")).code == 403  # system:authenticated is not added


async def test_a_binding_to_a_role_that_is_not_there_is_told(users: Users, namespace: str) -> None:
    name = f"jane-{namespace}"
    await users.bind(namespace, "broken", {"kind": "Role", "name": "gone"}, group_subject(name))
    async with users.acting("jane", [name]) as jane:
        path = f"/api/v1/namespaces/{namespace}/pods"
        asked = 'pods is forbidden: User "jane" cannot list resource "pods" in API group ""'
        answer = await until(jane, lambda answer: "RBAC" in answer.message, "GET", path)
        why = 'RBAC: role.rbac.authorization.k8s.io "gone" not found'
        assert answer.message == f'{asked} in the namespace "{namespace}": {why}'


async def test_cluster_roles_gather_the_rules_of_others(users: Users, namespace: str) -> None:
    label = f"example.com/{namespace}"
    selector = {"matchLabels": {label: "true"}}
    roles = f"{RBAC}/clusterroles"
    gathering = {"metadata": {"name": f"{namespace}-all"}, "aggregationRule": {"clusterRoleSelectors": [selector]}}
    other = {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"]}
    try:
        await users.make(roles, gathering)
        for part, rules in (("b", [READ_PODS]), ("a", [other, READ_PODS])):
            metadata = {"name": f"{namespace}-{part}", "labels": {label: "true"}}
            await users.make(roles, {"metadata": metadata, "rules": rules})
        path = f"{roles}/{namespace}-all"
        gathered = await until(users.administrator, lambda found: len(found.body["rules"] or ()) == 2, "GET", path)
        assert gathered.body["rules"] == [other, READ_PODS]
        await ask(users.administrator, "DELETE", f"{roles}/{namespace}-a")
        gathered = await until(users.administrator, lambda found: len(found.body["rules"] or ()) == 1, "GET", path)
        assert gathered.body["rules"] == [READ_PODS]
    finally:
        for part in ("all", "a", "b"):
            await ask(users.administrator, "DELETE", f"{roles}/{namespace}-{part}")


async def test_a_change_that_creates_takes_both_verbs(users: Users, namespace: str) -> None:
    name, path = f"jane-{namespace}", f"/api/v1/namespaces/{namespace}/services/web"
    await users.role(namespace, name, {"apiGroups": [""], "resources": ["services"], "verbs": ["update", "patch"]})
    service = {"metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}}
    applied = {"apiVersion": "v1", "kind": "Service", **service}
    refused = 'services "web" is forbidden: User "{}" cannot create resource "services" in API group "" in the {}'
    said = refused.format(name, f'namespace "{namespace}"')
    async with users.acting(name) as jane:
        answer = await until(jane, lambda answer: "cannot create" in answer.message, "PUT", path, service)
        assert (answer.code, answer.message) == (403, said)
        apply = await ask(jane, "PATCH", path, applied, "application/apply-patch+yaml", fieldManager="test")
        assert (apply.code, apply.message) == (403, said)


IMPERSONATED_IN_VAIN: list[tuple[dict[str, Any], str, str]] = [
    ({"user": "john"}, 'users "john"', 'resource "users" in API group ""'),
    ({"user": "jane", "groups": ["ops"]}, 'groups "ops"', 'resource "groups" in API group ""'),
    (
        {"user": "jane", "uid": "7"},
        'uids.authentication.k8s.io "7"',
        'resource "uids" in API group "authentication.k8s.io"',
    ),
    (
        {"user": "jane", "extra": {"other": ["x"]}},
        'userextras.authentication.k8s.io "x"',
        'resource "userextras/other" in API group "authentication.k8s.io"',
    ),
]


async def test_impersonation_takes_its_verb(users: Users, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods"
    rules: list[dict[str, Any]] = [
        {
            "apiGroups": [""],
            "resources": ["users", "groups"],
            "verbs": ["impersonate"],
            "resourceNames": ["jane", "dev"],
        },
        {"apiGroups": ["authentication.k8s.io"], "resources": ["userextras/scopes"], "verbs": ["impersonate"]},
        {"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["impersonate"]},
    ]
    roles, bindings = f"{RBAC}/clusterroles", f"{RBAC}/clusterrolebindings"
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": namespace}
    subject = {"kind": "ServiceAccount", "name": "bot", "namespace": namespace}
    bot = f"system:serviceaccount:{namespace}:bot"
    token = await users.account_token(namespace, "bot")
    try:
        await users.make(roles, {"metadata": {"name": namespace}, "rules": rules})
        await users.make(bindings, {"metadata": {"name": namespace}, "roleRef": reference, "subjects": [subject]})
        async with users.with_token(token, user="jane", groups=["dev"], extra={"scopes": ["a", "b"]}) as jane:
            answer = await until(jane, lambda answer: "impersonate" not in answer.message, "GET", path)
            assert answer.message.startswith('pods is forbidden: User "jane" cannot list resource "pods"')
            review = await ask(jane, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {})
            assert review.body["status"]["userInfo"] == {
                "username": "jane",
                "groups": ["dev", "system:authenticated"],
                "extra": {"scopes": ["a", "b"]},
            }
        for who, what, rest in IMPERSONATED_IN_VAIN:
            async with users.with_token(token, **who) as other:
                answer = await ask(other, "GET", path)
            assert answer.message == f'{what} is forbidden: User "{bot}" cannot impersonate {rest} at the cluster scope'
        async with users.with_token(token, user="system:serviceaccount:shop:web") as other:
            assert 'User "system:serviceaccount:shop:web" cannot' in (await ask(other, "GET", path)).message
    finally:
        for place in (roles, bindings):
            await ask(users.administrator, "DELETE", f"{place}/{namespace}")


async def test_nobody_gives_what_they_do_not_have(users: Users, namespace: str) -> None:
    name = f"jane-{namespace}"
    roles, bindings = f"{RBAC}/namespaces/{namespace}/roles", f"{RBAC}/namespaces/{namespace}/rolebindings"
    write = {
        "apiGroups": ["rbac.authorization.k8s.io"],
        "resources": ["roles", "rolebindings"],
        "verbs": ["create", "update", "patch", "get"],
    }
    await users.role(namespace, name, write, READ_PODS)
    more = {"apiGroups": ["", "apps"], "resources": ["pods", "secrets"], "verbs": ["get", "list", "delete"]}
    who = f'user "{name}" (groups=["dev" "system:authenticated"])'
    missing = [
        '{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}',
        '{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list" "delete"]}',
        '{APIGroups:["apps"], Resources:["pods"], Verbs:["get" "list" "delete"]}',
        '{APIGroups:["apps"], Resources:["secrets"], Verbs:["get" "list" "delete"]}',
    ]
    why = f"{who} is attempting to grant RBAC permissions not currently held:\n" + "\n".join(missing)
    async with users.acting(name, ["dev"]) as jane:
        await until(jane, 201, "POST", roles, {"metadata": {"name": "same"}, "rules": [READ_PODS]})
        answer = await ask(jane, "POST", roles, {"metadata": {"name": "more"}, "rules": [more]})
        assert (answer.code, answer.message) == (
            403,
            f'roles.rbac.authorization.k8s.io "more" is forbidden: {why}',
        )
        changed = await ask(jane, "PATCH", f"{roles}/same", {"rules": [more]}, MERGE)
        assert changed.message == f'roles.rbac.authorization.k8s.io "same" is forbidden: {why}'
        labelled = await ask(jane, "PATCH", f"{roles}/same", {"metadata": {"labels": {"a": "b"}}}, MERGE)
        assert labelled.code == 200

        reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
        body: dict[str, Any] = {"metadata": {"name": "all"}, "roleRef": reference, "subjects": []}
        answer = await ask(jane, "POST", bindings, body)
        assert answer.code == 403
        assert 'rolebindings.rbac.authorization.k8s.io "all" is forbidden' in answer.message
        assert '{APIGroups:["*"], Resources:["*"], Verbs:["*"]}' in answer.message
        assert '{NonResourceURLs:["*"], Verbs:["*"]}' in answer.message
        own = {**reference, "kind": "Role", "name": "same"}
        assert (await ask(jane, "POST", bindings, {**body, "roleRef": own})).code == 201
        gone = await ask(jane, "POST", bindings, {"metadata": {"name": "x"}, "roleRef": {**own, "name": "gone"}})
        assert (gone.code, gone.message) == (404, 'rolebindings.rbac.authorization.k8s.io "gone" not found')


async def test_who_may_bind_or_escalate_may(users: Users, namespace: str) -> None:
    name = f"jane-{namespace}"
    group = "rbac.authorization.k8s.io"
    rules = (
        {"apiGroups": [group], "resources": ["roles", "rolebindings"], "verbs": ["create", "patch"]},
        {"apiGroups": [group], "resources": ["roles"], "verbs": ["escalate"]},
        {"apiGroups": [group], "resources": ["clusterroles"], "verbs": ["bind"], "resourceNames": ["view"]},
    )
    await users.role(namespace, name, *rules)
    secrets = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["*"]}
    bindings = f"{RBAC}/namespaces/{namespace}/rolebindings"
    view = {"apiGroup": group, "kind": "ClusterRole", "name": "view"}
    async with users.acting(name) as jane:
        role = {"metadata": {"name": "secrets"}, "rules": [secrets]}
        await until(jane, 201, "POST", f"{RBAC}/namespaces/{namespace}/roles", role)
        assert (await ask(jane, "POST", bindings, {"metadata": {"name": "a"}, "roleRef": view})).code == 201
        edit = await ask(jane, "POST", bindings, {"metadata": {"name": "b"}, "roleRef": {**view, "name": "edit"}})
        assert edit.code == 403
