"""What a namespace may hold: ResourceQuotas, their words and what they count."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, ask, create_when_ready

pytestmark = pytest.mark.anyio

_PATIENCE = 60.0


def place(namespace: str, plural: str) -> str:
    return f"/api/v1/namespaces/{namespace}/{plural}"


def pod(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    named = [
        {"name": name, "image": "example.com/none:1", "resources": resources}
        for name, resources in zip(("main", "side"), containers or ({},), strict=False)
    ]
    return {"metadata": {"name": "web"}, "spec": {"containers": named, **spec}}


async def have_quota(client: BaseClient, namespace: str, name: str = "few", **spec: Any) -> None:
    path = place(namespace, "resourcequotas")
    created = await ask(client, "POST", path, {"metadata": {"name": name}, "spec": spec})
    assert created.code == 201, created
    await until_used(client, namespace, dict.fromkeys(spec["hard"], "0"), name)


async def until_used(client: BaseClient, namespace: str, used: dict[str, str], name: str = "few") -> None:
    with anyio.fail_after(_PATIENCE):
        while True:
            if await used_of(client, namespace, name) == used:
                return
            await anyio.sleep(0.1)


async def used_of(client: BaseClient, namespace: str, name: str = "few") -> Any:
    found = await ask(client, "GET", f"{place(namespace, 'resourcequotas')}/{name}")
    return found.body.get("status", {}).get("used")


async def test_a_quota_counts_and_refuses_what_is_more(client: BaseClient, namespace: str) -> None:
    await have_quota(client, namespace, hard={"secrets": "1", "count/secrets": "5"})
    secrets = place(namespace, "secrets")
    assert (await create_when_ready(client, secrets, {"metadata": {"name": "a"}})).code == 201
    await until_used(client, namespace, {"secrets": "1", "count/secrets": "1"})
    refused = await create_when_ready(client, secrets, {"metadata": {"name": "b"}})
    why = "exceeded quota: few, requested: secrets=1, used: secrets=1, limited: secrets=1"
    assert (refused.code, refused.message) == (403, f'secrets "b" is forbidden: {why}')
    assert refused.body["reason"] == "Forbidden"
    assert refused.body["details"] == {"name": "b", "kind": "secrets"}
    assert (await ask(client, "DELETE", f"{secrets}/a")).code == 200
    await until_used(client, namespace, {"secrets": "0", "count/secrets": "0"})
    assert (await create_when_ready(client, secrets, {"metadata": {"name": "b"}})).code == 201


async def test_any_kind_is_counted_by_its_name(client: BaseClient, namespace: str) -> None:
    await have_quota(client, namespace, hard={"count/deployments.apps": "0"})
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod()["spec"]}
    body = {
        "metadata": {"name": "web"},
        "spec": {"replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "template": template},
    }
    refused = await create_when_ready(client, f"/apis/apps/v1/namespaces/{namespace}/deployments", body)
    counts = ("requested", 1), ("used", 0), ("limited", 0)
    why = ", ".join(f"{word}: count/deployments.apps={number}" for word, number in counts)
    assert (refused.code, refused.message) == (
        403,
        f'deployments.apps "web" is forbidden: exceeded quota: few, {why}',
    )


async def test_pods_tell_what_is_limited(client: BaseClient, namespace: str) -> None:
    await have_quota(client, namespace, hard={"requests.cpu": "1", "limits.memory": "1Gi", "pods": "2"})
    pods = place(namespace, "pods")
    refused = await create_when_ready(client, pods, pod({"requests": {"cpu": "1"}}, {"limits": {"memory": "1Gi"}}))
    missing = "limits.memory for: main; requests.cpu for: side"
    assert refused.message == f'pods "web" is forbidden: failed quota: few: must specify {missing}'
    big = {"requests": {"cpu": "800m"}, "limits": {"memory": "256Mi"}}
    refused = await create_when_ready(client, pods, pod(big, big))
    why = "requested: requests.cpu=1600m, used: requests.cpu=0, limited: requests.cpu=1"
    assert refused.message == f'pods "web" is forbidden: exceeded quota: few, {why}'
    assert (await create_when_ready(client, pods, pod(big), dryRun="All")).code == 201


async def test_a_quota_is_about_the_pods_of_its_scopes(client: BaseClient, namespace: str) -> None:
    await have_quota(client, namespace, hard={"pods": "0"}, scopes=["BestEffort"])
    match = [{"scopeName": "Terminating", "operator": "Exists"}]
    await have_quota(client, namespace, "short", hard={"pods": "0"}, scopeSelector={"matchExpressions": match})
    pods, asking = place(namespace, "pods"), {"requests": {"cpu": "1m"}}
    none = "requested: pods=1, used: pods=0, limited: pods=0"
    refused = await create_when_ready(client, pods, pod())
    assert refused.message == f'pods "web" is forbidden: exceeded quota: few, {none}'
    refused = await create_when_ready(client, pods, pod(asking, activeDeadlineSeconds=10))
    assert refused.message == f'pods "web" is forbidden: exceeded quota: short, {none}'
    assert (await create_when_ready(client, pods, pod(asking), dryRun="All")).code == 201


async def test_changes_of_services_and_claims_are_counted(client: BaseClient, namespace: str) -> None:
    of_gold = "gold.storageclass.storage.k8s.io/persistentvolumeclaims"
    hard = {"services": "2", "services.nodeports": "1", "requests.storage": "2Gi", of_gold: "0"}
    await have_quota(client, namespace, hard=hard)
    services = place(namespace, "services")
    ports = [{"name": "a", "port": 1}, {"name": "b", "port": 2}]
    body: dict[str, Any] = {"metadata": {"name": "web"}, "spec": {"selector": {"a": "b"}, "ports": ports}}
    assert (await create_when_ready(client, services, body)).code == 201
    refused = await ask(client, "PATCH", f"{services}/web", {"spec": {"type": "NodePort"}}, MERGE)
    why = "requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1"
    assert (refused.code, refused.message) == (403, f'services "web" is forbidden: exceeded quota: few, {why}')
    claims = place(namespace, "persistentvolumeclaims")

    def claim(size: str, **spec: Any) -> dict[str, Any]:
        asked = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}, **spec}
        return {"metadata": {"name": "data"}, "spec": asked}

    refused = await create_when_ready(client, claims, claim("3Gi", storageClassName="silver"))
    why = "requested: requests.storage=3Gi, used: requests.storage=0, limited: requests.storage=2Gi"
    assert refused.message == f'persistentvolumeclaims "data" is forbidden: exceeded quota: few, {why}'
    refused = await create_when_ready(client, claims, claim("1Gi", storageClassName="gold"))
    why = f"requested: {of_gold}=1, used: {of_gold}=0, limited: {of_gold}=0"
    assert refused.message == f'persistentvolumeclaims "data" is forbidden: exceeded quota: few, {why}'
    assert (await create_when_ready(client, claims, claim("1Gi", storageClassName="silver"), dryRun="All")).code == 201
