"""What servers refuse and warn of in accounts, secrets, config maps, roles, quotas, limits and their namespaces."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from kubex.client.base import BaseClient
from kubex.testing.certificates import Authority
from tests.contract.answers import MERGE, Answer, ask, ask_warned, causes

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

ENFORCED = "kubernetes.io/enforce-mountable-secrets"
CONFIG_KEY = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
LARGEST = 1024 * 1024
PROOF = Authority().client_certificate("someone")
NO_CERTIFICATE = "tls: failed to find any PEM data in certificate input"
NOT_STANDARD = "name is neither a standard finalizer name nor is it fully qualified"


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


async def tried(client: BaseClient, namespace: str, plural: str, body: Part) -> Answer:
    """Create an object for show."""
    path = f"/api/v1/namespaces/{namespace}/{plural}"
    return (await ask_warned(client, "POST", path, {"metadata": {"name": "a"}, **body}, dryRun="All"))[0]


async def test_accounts_have_names_of_secrets_alone(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    secrets = [{"name": "a", "kind": "Secret", "namespace": "b"}, {"name": "b"}]
    body = {"metadata": {"name": "a", "annotations": {ENFORCED: "true"}}, "secrets": secrets}
    made, told = await ask_warned(client, "POST", path, body)
    assert made.body["secrets"] == [{"name": "a"}, {"name": "b"}]
    why = "deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets"
    assert told == [f"metadata.annotations[{ENFORCED}]: {why}"]
    answer, told = await ask_warned(client, "PATCH", f"{path}/a", {"secrets": [{"name": "c", "uid": "d"}]}, MERGE)
    assert (answer.body["secrets"], told) == ([{"name": "c"}], [])


@pytest.mark.parametrize(
    ("certificate", "key", "told"),
    [
        (PROOF.certificate, PROOF.key, []),
        (b"a", b"b", [NO_CERTIFICATE]),
        (PROOF.certificate, b"b", ["tls: failed to find any PEM data in key input"]),
        (
            PROOF.key,
            PROOF.certificate,
            [
                "tls: failed to find certificate PEM data in certificate input, but did find a private key; "
                "PEM inputs may have been switched"
            ],
        ),
        (
            PROOF.certificate,
            PROOF.certificate,
            ["tls: found a certificate rather than a key in the PEM for the private key"],
        ),
    ],
)
async def test_secrets_for_tls(
    client: BaseClient, namespace: str, certificate: bytes, key: bytes, told: list[str]
) -> None:
    data = {"tls.crt": encoded(certificate), "tls.key": encoded(key)}
    body = {"metadata": {"name": "a"}, "type": "kubernetes.io/tls", "data": data}
    path = f"/api/v1/namespaces/{namespace}/secrets"
    answer, found = await ask_warned(client, "POST", path, body, dryRun="All")
    assert (answer.code, found) == (201, told)


@pytest.mark.parametrize(
    ("key", "problems"),
    [
        ("a" * 254, ["must be no more than 253 characters"]),
        ("../x", [CONFIG_KEY, "must not start with '..'"]),
        ("..", ["must not be '..'"]),
    ],
)
async def test_keys(client: BaseClient, namespace: str, key: str, problems: list[str]) -> None:
    for plural in ("configmaps", "secrets"):
        answer = await tried(client, namespace, plural, {"data": {key: "YQ=="}})
        assert causes(answer) == [f'data[{key}]: Invalid value: "{key}": {each}' for each in problems]


@pytest.mark.parametrize(("size", "is_taken"), [(LARGEST, True), (LARGEST + 1, False)])
async def test_sizes(client: BaseClient, namespace: str, size: int, is_taken: bool) -> None:
    data = {"a": encoded(bytes(size))}
    for plural, body, field in (("configmaps", {"binaryData": data}, "[]"), ("secrets", {"data": data}, "data")):
        answer = await tried(client, namespace, plural, body)
        assert answer.code == (201 if is_taken else 422)
        if not is_taken:
            (cause,) = answer.body["details"]["causes"]
            assert cause["message"] == f"Too long: may not be more than {LARGEST} bytes"
            assert cause.get("field", "") == field


async def test_names_of_roles(client: BaseClient, namespace: str) -> None:
    path = f"/apis/rbac.authorization.k8s.io/v1/namespaces/{namespace}/rolebindings"
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "a/b"}
    refused = await ask(client, "POST", path, {"metadata": {"name": "a"}, "roleRef": role}, dryRun="All")
    assert causes(refused) == ["roleRef.name: Invalid value: \"a/b\": may not contain '/'"]


@pytest.mark.parametrize(
    ("hard", "told"),
    [
        ({"requests.cpu": "2", "limits.cpu": "1"}, ["requests.cpu (2) should be less than limits.cpu (1)"]),
        (
            {"cpu": "1500m", "limits.cpu": "1", "memory": "2Gi", "limits.memory": "1Gi"},
            ["cpu (1500m) should be less than limits.cpu (1)", "memory (2Gi) should be less than limits.memory (1Gi)"],
        ),
        ({"requests.cpu": "1", "cpu": "2", "limits.cpu": "1"}, []),
        ({"ephemeral-storage": "2", "limits.ephemeral-storage": "1"}, []),
    ],
)
async def test_warnings_of_quotas(client: BaseClient, namespace: str, hard: Part, told: list[str]) -> None:
    body = {"metadata": {"name": "a"}, "spec": {"hard": hard}}
    path = f"/api/v1/namespaces/{namespace}/resourcequotas"
    answer, found = await ask_warned(client, "POST", path, body, dryRun="All")
    assert (answer.code, found) == (201, [f"ResourceQuota {each}" for each in told])


async def test_huge_pages_have_no_scope(client: BaseClient, namespace: str) -> None:
    for scope in ("BestEffort", "NotTerminating"):
        spec = {"scopes": [scope], "hard": {"hugepages-2Mi": "1", "pods": "1"}}
        why = f'spec.scopes: Invalid value: ["{scope}"]: unsupported scope applied to resource'
        assert causes(await tried(client, namespace, "resourcequotas", {"spec": spec})) == [why]


@pytest.mark.parametrize(
    ("limit", "why"),
    [
        (
            {"max": {"requests.example.com/gpu": "1"}},
            'spec.limits[0].max[requests.example.com/gpu]: Invalid value: "requests.example.com/gpu": '
            "doesn't follow extended resource name standard",
        ),
        (
            {"max": {"cpu": "1"}, "default": {"cpu": "2"}},
            "spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'",
        ),
    ],
)
async def test_limits_of_pods(client: BaseClient, namespace: str, limit: Part, why: str) -> None:
    spec = {"limits": [{"type": "Pod", **limit}]}
    assert causes(await tried(client, namespace, "limitranges", {"spec": spec})) == [why]


async def test_controllers_run_pods_forever(client: BaseClient, namespace: str) -> None:
    path, labels = f"/api/v1/namespaces/{namespace}/replicationcontrollers", {"a": "b"}
    pods: Part = {"schedulerName": "nobody", "containers": [{"name": "a", "image": "example.com/none:1"}]}
    template: Part = {"metadata": {"labels": labels}, "spec": {**pods, "restartPolicy": "Never"}}
    body = {"spec": {"replicas": 0, "selector": labels, "template": template}}
    assert causes(await tried(client, namespace, "replicationcontrollers", body)) == [
        'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'
    ]
    template["spec"] = pods
    await ask(client, "POST", path, {"metadata": {"name": "a"}, **body})
    status = {"replicas": 1, "readyReplicas": 2, "availableReplicas": -1, "fullyLabeledReplicas": 1}
    assert causes(await ask(client, "PATCH", f"{path}/a/status", {"status": status}, MERGE)) == [
        "status.availableReplicas: Invalid value: -1: must be greater than or equal to 0",
        "status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas",
    ]


async def test_the_status_of_a_quota(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/resourcequotas"
    await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": {"hard": {"example.com/none": "1"}}})
    status = {"hard": {"pods": "500m"}, "used": {"a": "1", "example.com/none": "-1"}}
    found = causes(await ask(client, "PATCH", f"{path}/a/status", {"status": status}, MERGE))
    assert sorted(found) == [
        'status.hard[pods]: Invalid value: "500m": must be an integer',
        'status.used[a]: Invalid value: "a": must be a standard resource for quota',
        'status.used[a]: Invalid value: "a": must be a standard resource type or fully qualified',
        'status.used[example.com/none]: Invalid value: "-1": must be greater than or equal to 0',
    ]


async def test_finalizers_of_namespaces(client: BaseClient, namespace: str) -> None:
    body: Part = {"metadata": {"name": f"{namespace}-a"}, "spec": {"finalizers": ["a", "example.com/b"]}}
    refused = await ask(client, "POST", "/api/v1/namespaces", body, dryRun="All")
    assert causes(refused) == [f'spec.finalizers: Invalid value: "a": {NOT_STANDARD}']
    body = {"metadata": {"name": namespace}, "spec": {"finalizers": ["kubernetes", "a", "example.com/"]}}
    found = causes(await ask(client, "PUT", f"/api/v1/namespaces/{namespace}/finalize", body, dryRun="All"))
    assert found[:2] == [
        f'spec.finalizers[1]: Invalid value: "a": {NOT_STANDARD}',
        'spec.finalizers[2]: Invalid value: "example.com/": name part must be non-empty',
    ]


async def test_the_phase_of_a_namespace(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/status"
    refused = await ask(client, "PATCH", path, {"status": {"phase": "Terminating"}}, MERGE, dryRun="All")
    why = "may only be 'Active' if `deletionTimestamp` is empty"
    assert causes(refused) == [f'status.Phase: Invalid value: "Terminating": {why}']
    answer = await ask(client, "PATCH", path, {"status": {"phase": None}}, MERGE, dryRun="All")
    assert answer.body["status"]["phase"] == "Active"


async def test_tokens_are_bound_to_what_is_known(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    await ask(client, "POST", path, {"metadata": {"name": "a"}})
    bound = {"apiVersion": "apps/v1", "kind": "Pod", "name": "b"}
    refused = await ask(client, "POST", f"{path}/a/token", {"spec": {"audiences": [], "boundObjectRef": bound}})
    assert (refused.code, refused.message) == (400, "cannot bind token to object of type apps/v1, Kind=Pod")
