"""Which pods disruption budgets let go, and in what words they keep the others.

What is written of a budget is what a controller, where there is one, makes of the same pods.
"""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, Answer, ask

pytestmark = pytest.mark.anyio

_PATIENCE = 30.0


async def pod(client: BaseClient, namespace: str, name: str, *, ready: bool) -> None:
    """Make a pod that no scheduler takes, and tell that it runs."""
    path = f"/api/v1/namespaces/{namespace}/pods"
    spec = {"schedulerName": "nobody", "containers": [{"name": "c", "image": "example.com/none:1"}]}
    body = {"metadata": {"name": name, "labels": {"app": "web"}}, "spec": spec}
    assert (await ask(client, "POST", path, body)).code == 201
    condition = {"type": "Ready", "status": "True" if ready else "False"}
    status = {"phase": "Running", "conditions": [condition]}
    assert (await ask(client, "PATCH", f"{path}/{name}/status", {"status": status}, MERGE)).code == 200


async def budget(client: BaseClient, namespace: str, status: dict[str, int], **spec: Any) -> None:
    """Make a budget of the pods, and see to it that its status tells this."""
    path = f"/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets"
    body = {"metadata": {"name": "b"}, "spec": {"selector": {"matchLabels": {"app": "web"}}, **spec}}
    assert (await ask(client, "POST", path, body)).code == 201
    told = {"observedGeneration": 1, **status}
    assert (await ask(client, "PATCH", f"{path}/b/status", {"status": told}, MERGE)).code == 200
    with anyio.fail_after(_PATIENCE):
        while (found := await told_of(client, namespace)) != status:
            assert found.keys() == status.keys(), found
            await anyio.sleep(0.1)


async def told_of(client: BaseClient, namespace: str) -> dict[str, int]:
    """What a budget allows, has and needs."""
    path = f"/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets/b"
    status = (await ask(client, "GET", path)).body["status"]
    return {name: status[name] for name in ("disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods")}


async def evict(client: BaseClient, namespace: str, name: str) -> Answer:
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": name}}
    return await ask(client, "POST", f"/api/v1/namespaces/{namespace}/pods/{name}/eviction", body)


async def is_there(client: BaseClient, namespace: str, name: str) -> bool:
    return (await ask(client, "GET", f"/api/v1/namespaces/{namespace}/pods/{name}")).code == 200


def counts(allowed: int, healthy: int, needed: int, expected: int) -> dict[str, int]:
    return {
        "disruptionsAllowed": allowed,
        "currentHealthy": healthy,
        "desiredHealthy": needed,
        "expectedPods": expected,
    }


def reasons(answer: Answer) -> tuple[int, list[tuple[str, str]]]:
    found = [(cause["reason"], cause["message"]) for cause in answer.body["details"]["causes"]]
    assert answer.message == "Cannot evict pod as it would violate the pod's disruption budget."
    return answer.code, found


async def test_a_pod_that_is_not_ready_goes_where_it_always_may(client: BaseClient, namespace: str) -> None:
    await pod(client, namespace, "a", ready=False)
    await budget(client, namespace, counts(0, 0, 1, 1), minAvailable=1, unhealthyPodEvictionPolicy="AlwaysAllow")
    assert (await evict(client, namespace, "a")).code == 201
    assert not await is_there(client, namespace, "a")
    assert (await told_of(client, namespace))["disruptionsAllowed"] == 0


@pytest.mark.parametrize("policy", [{}, {"unhealthyPodEvictionPolicy": "IfHealthyBudget"}])
async def test_a_pod_that_is_not_ready_goes_where_enough_are(
    client: BaseClient, namespace: str, policy: dict[str, str]
) -> None:
    await pod(client, namespace, "a", ready=False)
    await pod(client, namespace, "b", ready=True)
    await budget(client, namespace, counts(0, 1, 1, 2), minAvailable=1, **policy)
    assert (await evict(client, namespace, "a")).code == 201
    assert not await is_there(client, namespace, "a")
    why = ("DisruptionBudget", "The disruption budget b needs 1 healthy pods and has 1 currently")
    assert reasons(await evict(client, namespace, "b")) == (429, [why])


async def test_a_pod_that_is_not_ready_stays_where_too_few_are(client: BaseClient, namespace: str) -> None:
    await pod(client, namespace, "a", ready=False)
    await budget(client, namespace, counts(0, 0, 1, 1), minAvailable=1)
    why = ("DisruptionBudget", "The disruption budget b needs 1 healthy pods and has 0 currently")
    assert reasons(await evict(client, namespace, "a")) == (429, [why])
    assert await is_there(client, namespace, "a")


async def test_pods_go_as_long_as_there_are_enough(client: BaseClient, namespace: str) -> None:
    for name in "abc":
        await pod(client, namespace, name, ready=True)
    await budget(client, namespace, counts(1, 3, 2, 3), minAvailable=2)
    assert (await evict(client, namespace, "a")).code == 201
    answer = await evict(client, namespace, "b")
    assert (answer.code, answer.body["details"]["causes"][0]["reason"]) == (429, "DisruptionBudget")


async def test_a_budget_that_allows_nothing_though_enough_are_there(client: BaseClient, namespace: str) -> None:
    await pod(client, namespace, "a", ready=True)
    # Pods that nobody controls are no part of what a percentage is of.
    await budget(client, namespace, counts(0, 1, 0, 0), minAvailable="50%")
    why = ("DisruptionBudget", "The disruption budget b does not allow evicting pods currently")
    assert reasons(await evict(client, namespace, "a")) == (429, [why])


async def test_budgets_do_not_count_below_zero(client: BaseClient, namespace: str) -> None:
    await budget(client, namespace, counts(0, 0, 1, 0), minAvailable=1)
    path = f"/apis/policy/v1/namespaces/{namespace}/poddisruptionbudgets/b/status"
    refused = await ask(client, "PATCH", path, {"status": counts(-1, -1, -1, -1)}, MERGE)
    found = [f"{cause['field']}: {cause['message']}" for cause in refused.body["details"]["causes"]]
    below = "Invalid value: -1: must be greater than or equal to 0"
    assert found == [f"status.{name}: {below}" for name in counts(0, 0, 0, 0)]
