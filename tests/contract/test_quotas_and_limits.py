"""What a namespace may hold: ResourceQuotas and LimitRanges, their words and what they count."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, Answer, ask

pytestmark = pytest.mark.anyio

# On a real cluster a controller counts first, and every namespace gets its account some time after it was made.
_NOT_YET = ("status unknown for quota", "error looking up service account")
_PATIENCE = 60.0


def place(namespace: str, plural: str) -> str:
    return f"/api/v1/namespaces/{namespace}/{plural}"


def pod(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    named = [
        {"name": name, "image": "example.com/none:1", "resources": resources}
        for name, resources in zip(("main", "side"), containers or ({},), strict=False)
    ]
    return {"metadata": {"name": "web"}, "spec": {"containers": named, **spec}}


async def post(client: BaseClient, path: str, body: dict[str, Any], **query: str) -> Answer:
    """Create something, once the cluster is ready for it."""
    with anyio.fail_after(_PATIENCE):
        while True:
            answer = await ask(client, "POST", path, body, **query)
            if not any(each in answer.message for each in _NOT_YET):
                return answer
            await anyio.sleep(0.1)


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
    assert (await post(client, secrets, {"metadata": {"name": "a"}})).code == 201
    await until_used(client, namespace, {"secrets": "1", "count/secrets": "1"})
    refused = await post(client, secrets, {"metadata": {"name": "b"}})
    why = "exceeded quota: few, requested: secrets=1, used: secrets=1, limited: secrets=1"
    assert (refused.code, refused.message) == (403, f'secrets "b" is forbidden: {why}')
    assert refused.body["reason"] == "Forbidden"
    assert refused.body["details"] == {"name": "b", "kind": "secrets"}
    assert (await ask(client, "DELETE", f"{secrets}/a")).code == 200
    await until_used(client, namespace, {"secrets": "0", "count/secrets": "0"})
    assert (await post(client, secrets, {"metadata": {"name": "b"}})).code == 201


async def test_any_kind_is_counted_by_its_name(client: BaseClient, namespace: str) -> None:
    await have_quota(client, namespace, hard={"count/deployments.apps": "0"})
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod()["spec"]}
    body = {
        "metadata": {"name": "web"},
        "spec": {"replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "template": template},
    }
    refused = await post(client, f"/apis/apps/v1/namespaces/{namespace}/deployments", body)
    counts = ("requested", 1), ("used", 0), ("limited", 0)
    why = ", ".join(f"{word}: count/deployments.apps={number}" for word, number in counts)
    assert (refused.code, refused.message) == (
        403,
        f'deployments.apps "web" is forbidden: exceeded quota: few, {why}',
    )


async def test_pods_tell_what_is_limited(client: BaseClient, namespace: str) -> None:
    await have_quota(client, namespace, hard={"requests.cpu": "1", "limits.memory": "1Gi", "pods": "2"})
    pods = place(namespace, "pods")
    refused = await post(client, pods, pod({"requests": {"cpu": "1"}}, {"limits": {"memory": "1Gi"}}))
    missing = "limits.memory for: main; requests.cpu for: side"
    assert refused.message == f'pods "web" is forbidden: failed quota: few: must specify {missing}'
    big = {"requests": {"cpu": "800m"}, "limits": {"memory": "256Mi"}}
    refused = await post(client, pods, pod(big, big))
    why = "requested: requests.cpu=1600m, used: requests.cpu=0, limited: requests.cpu=1"
    assert refused.message == f'pods "web" is forbidden: exceeded quota: few, {why}'
    assert (await post(client, pods, pod(big), dryRun="All")).code == 201


async def test_a_quota_is_about_the_pods_of_its_scopes(client: BaseClient, namespace: str) -> None:
    await have_quota(client, namespace, hard={"pods": "0"}, scopes=["BestEffort"])
    match = [{"scopeName": "Terminating", "operator": "Exists"}]
    await have_quota(client, namespace, "short", hard={"pods": "0"}, scopeSelector={"matchExpressions": match})
    pods, asking = place(namespace, "pods"), {"requests": {"cpu": "1m"}}
    none = "requested: pods=1, used: pods=0, limited: pods=0"
    refused = await post(client, pods, pod())
    assert refused.message == f'pods "web" is forbidden: exceeded quota: few, {none}'
    refused = await post(client, pods, pod(asking, activeDeadlineSeconds=10))
    assert refused.message == f'pods "web" is forbidden: exceeded quota: short, {none}'
    assert (await post(client, pods, pod(asking), dryRun="All")).code == 201


async def test_changes_of_services_and_claims_are_counted(client: BaseClient, namespace: str) -> None:
    of_gold = "gold.storageclass.storage.k8s.io/persistentvolumeclaims"
    hard = {"services": "2", "services.nodeports": "1", "requests.storage": "2Gi", of_gold: "0"}
    await have_quota(client, namespace, hard=hard)
    services = place(namespace, "services")
    ports = [{"name": "a", "port": 1}, {"name": "b", "port": 2}]
    body: dict[str, Any] = {"metadata": {"name": "web"}, "spec": {"selector": {"a": "b"}, "ports": ports}}
    assert (await post(client, services, body)).code == 201
    refused = await ask(client, "PATCH", f"{services}/web", {"spec": {"type": "NodePort"}}, MERGE)
    why = "requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1"
    assert (refused.code, refused.message) == (403, f'services "web" is forbidden: exceeded quota: few, {why}')
    claims = place(namespace, "persistentvolumeclaims")

    def claim(size: str, **spec: Any) -> dict[str, Any]:
        asked = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}, **spec}
        return {"metadata": {"name": "data"}, "spec": asked}

    refused = await post(client, claims, claim("3Gi", storageClassName="silver"))
    why = "requested: requests.storage=3Gi, used: requests.storage=0, limited: requests.storage=2Gi"
    assert refused.message == f'persistentvolumeclaims "data" is forbidden: exceeded quota: few, {why}'
    refused = await post(client, claims, claim("1Gi", storageClassName="gold"))
    why = f"requested: {of_gold}=1, used: {of_gold}=0, limited: {of_gold}=0"
    assert refused.message == f'persistentvolumeclaims "data" is forbidden: exceeded quota: few, {why}'
    assert (await post(client, claims, claim("1Gi", storageClassName="silver"), dryRun="All")).code == 201


async def have_limits(client: BaseClient, namespace: str, *limits: dict[str, Any]) -> None:
    path = place(namespace, "limitranges")
    created = await ask(client, "POST", path, {"metadata": {"name": "usual"}, "spec": {"limits": list(limits)}})
    assert created.code == 201, created


async def test_limit_ranges_give_containers_what_they_lack(client: BaseClient, namespace: str) -> None:
    usual = {"default": {"cpu": "500m"}, "defaultRequest": {"cpu": "100m", "memory": "1Mi"}}
    await have_limits(client, namespace, {"type": "Container", **usual})
    body = pod({}, {"limits": {"cpu": "200m", "memory": "2Mi"}}, initContainers=[{"name": "first", "image": "none:1"}])
    made = await post(client, place(namespace, "pods"), body, dryRun="All")
    spec = made.body["spec"]
    both = {"requests": {"cpu": "100m", "memory": "1Mi"}, "limits": {"cpu": "500m"}}
    assert [each["resources"] for each in spec["containers"]] == [
        both,
        {"requests": {"cpu": "200m", "memory": "2Mi"}, "limits": {"cpu": "200m", "memory": "2Mi"}},
    ]
    assert spec["initContainers"][0]["resources"] == both
    assert made.body["status"]["qosClass"] == "Burstable"
    who = ("container main", "init container first")
    told = [f"cpu, memory request for {each}; cpu limit for {each}" for each in who]
    assert made.body["metadata"]["annotations"] == {
        "kubernetes.io/limit-ranger": f"LimitRanger plugin set: {'; '.join(told)}"
    }


CONTAINER: dict[str, Any] = {
    "type": "Container",
    "min": {"memory": "10Mi"},
    "max": {"cpu": "1"},
    "maxLimitRequestRatio": {"cpu": "4"},
}
MEMORY: dict[str, Any] = {"memory": "10Mi"}


@pytest.mark.parametrize(
    ("containers", "why"),
    [
        (
            [{"requests": {"memory": "1Mi", "cpu": "1"}, "limits": {"cpu": "1"}}],
            "minimum memory usage per Container is 10Mi, but request is 1Mi",
        ),
        (
            [{"requests": MEMORY, "limits": {"cpu": "2"}}],
            "[maximum cpu usage per Container is 1, but limit is 2, "
            "maximum cpu usage per Pod is 1500m, but limit is 2]",
        ),
        (
            [{"requests": {**MEMORY, "cpu": "100m"}, "limits": {"cpu": "1"}}],
            "cpu max limit to request ratio per Container is 4, but provided ratio is 10.000000",
        ),
        (
            [{"requests": MEMORY, "limits": {"cpu": "1"}}] * 2,
            "maximum cpu usage per Pod is 1500m, but limit is 2",
        ),
    ],
)
async def test_limit_ranges_refuse(
    client: BaseClient, namespace: str, containers: list[dict[str, Any]], why: str
) -> None:
    await have_limits(client, namespace, CONTAINER, {"type": "Pod", "max": {"cpu": "1500m"}})
    refused = await post(client, place(namespace, "pods"), pod(*containers))
    assert (refused.code, refused.message) == (403, f'pods "web" is forbidden: {why}')


async def test_limit_ranges_want_what_they_limit(client: BaseClient, namespace: str) -> None:
    limits = {"type": "Pod", "min": {"memory": "10Mi"}, "max": {"cpu": "1"}, "maxLimitRequestRatio": {"memory": "2"}}
    await have_limits(client, namespace, limits)
    refused = await post(client, place(namespace, "pods"), pod())
    problems = (
        "maximum cpu usage per Pod is 1.  No limit is specified",
        "minimum memory usage per Pod is 10Mi.  No request is specified",
        "memory max limit to request ratio per Pod is 2, but no request is specified or request is 0",
    )
    assert refused.code == 403
    assert all(each in refused.message for each in problems), refused.message


async def test_limit_ranges_of_claims(client: BaseClient, namespace: str) -> None:
    limits = {"type": "PersistentVolumeClaim", "min": {"storage": "1Gi"}, "max": {"storage": "2Gi"}}
    await have_limits(client, namespace, limits)
    for size, why in (("1Mi", "minimum storage usage per {} is 1Gi"), ("3Gi", "maximum storage usage per {} is 2Gi")):
        spec = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}
        body = {"metadata": {"name": "data"}, "spec": spec}
        refused = await post(client, place(namespace, "persistentvolumeclaims"), body)
        why = f"{why.format('PersistentVolumeClaim')}, but request is {size}"
        assert (refused.code, refused.message) == (403, f'persistentvolumeclaims "data" is forbidden: {why}')
