"""What servers refuse in APIServices: their names, the services that answer for them, and their conditions."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, ask, causes
from tests.contract.test_cluster_object_rules import APIS

pytestmark = pytest.mark.anyio

Part = dict[str, Any]

BUNDLE = "aGVsbG8="
SERVICE: Part = {"namespace": "a", "name": "b"}
PORT = "must be between 1 and 65535, inclusive"


def api(group: str, **spec: Any) -> Part:
    whole = {"group": group, "version": "v1", "groupPriorityMinimum": 1, "versionPriority": 1, **spec}
    return {"metadata": {"name": f"v1.{group}"}, "spec": whole}


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({"service": SERVICE, "caBundle": BUNDLE}, []),
        (
            {"service": {}},
            ["spec.service.namespace: Required value", "spec.service.name: Required value"],
        ),
        (
            {"service": {**SERVICE, "port": 0}},
            [f"spec.service.port: Invalid value: 0: port is not valid: {PORT}"],
        ),
        (
            {"service": {**SERVICE, "port": 65536}},
            [f"spec.service.port: Invalid value: 65536: port is not valid: {PORT}"],
        ),
        (
            {"service": SERVICE, "caBundle": BUNDLE, "insecureSkipTLSVerify": True},
            ["spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present"],
        ),
        (
            {"caBundle": BUNDLE, "insecureSkipTLSVerify": True},
            [
                'spec.caBundle: Invalid value: "5 bytes": local APIServices may not have a caBundle',
                "spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify",
            ],
        ),
    ],
)
async def test_who_answers_for_an_api(client: BaseClient, namespace: str, spec: Part, why: list[str]) -> None:
    answer = await ask(client, "POST", APIS, api(f"{namespace}.example.com", **spec), dryRun="All")
    assert causes(answer) == why
    if not why:
        assert answer.body["spec"]["service"] == {**SERVICE, "port": 443}


async def test_names_of_apis_are_not_generated(client: BaseClient, namespace: str) -> None:
    group = f"{namespace}.example.com"
    body = api(group)
    body["metadata"]["generateName"] = "v1."
    refused = await ask(client, "POST", APIS, body, dryRun="All")
    why = f'must be `spec.version+"."+spec.group`: "v1.{group}"'
    assert causes(refused) == [f'metadata.generateName: Invalid value: "v1.": {why}']


async def test_conditions_of_apis(client: BaseClient, namespace: str) -> None:
    # A real server has APIs of its own, and tells everyone of another one.
    has_own = (await ask(client, "GET", f"{APIS}/v1.apps")).code == 200
    path = f"{APIS}/v1.apps" if has_own else f"{APIS}/v1.{namespace}.example.com"
    if not has_own:
        assert (await ask(client, "POST", APIS, api(f"{namespace}.example.com"))).code == 201
    status = {"conditions": [{"type": "Available", "status": "Unknown"}, {"type": "Else", "status": "a"}]}
    refused = await ask(client, "PATCH", f"{path}/status", {"status": status}, MERGE, dryRun="All")
    assert causes(refused) == [
        'status.conditions[1].status: Unsupported value: "a": supported values: "True", "False", "Unknown"'
    ]
    if not has_own:
        await ask(client, "DELETE", path)
