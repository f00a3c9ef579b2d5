"""What an eviction leaves in a budget, and budgets that only controllers make so."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.testing.failures import ApiFailure
from kubex.testing.storage import JsonObject
from tests.unit.testing.clusters import Cluster, pod

BUDGETS = "policy/v1/poddisruptionbudgets"
READY = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}


@pytest.fixture
def cluster() -> Cluster:
    made = Cluster()
    for name in "ab":
        made.create("v1/pods", pod(name, labels={"app": "web"}))
        made.patch("v1/pods", name, {"status": READY}, subresource="status")
    made.create(BUDGETS, {"metadata": {"name": "b"}, "spec": {"selector": {"matchLabels": {"app": "web"}}}})
    return made


def keep(cluster: Cluster, **status: Any) -> None:
    """Write the status of the budget as no request may."""
    budget = cluster.get(BUDGETS, "b")
    assert budget is not None
    told = {"observedGeneration": 1, "currentHealthy": 2, "desiredHealthy": 1, "expectedPods": 2, **status}
    cluster.operations.cluster.put(cluster.resource(BUDGETS), cluster.key(BUDGETS, "b"), {**budget, "status": told})


def evict(cluster: Cluster, name: str = "a", **options: Any) -> None:
    body = {"metadata": {"name": name}, "deleteOptions": options}
    cluster.operations.connect(cluster.resource("v1/pods"), cluster.key("v1/pods", name), "eviction", "create", body)


def status(cluster: Cluster) -> JsonObject:
    budget = cluster.get(BUDGETS, "b")
    assert budget is not None
    found: JsonObject = budget["status"]
    return found


def test_a_budget_tells_who_goes_and_that_nobody_else_may(cluster: Cluster) -> None:
    keep(cluster, disruptionsAllowed=2)
    evict(cluster, "a", dryRun=["All"])
    assert "disruptedPods" not in status(cluster)
    evict(cluster, "a")
    found = status(cluster)
    assert (found["disruptionsAllowed"], list(found["disruptedPods"])) == (1, ["a"])
    assert "conditions" not in found
    evict(cluster, "b")
    found = status(cluster)
    assert (found["disruptionsAllowed"], list(found["disruptedPods"])) == (0, ["a", "b"])
    (condition,) = found["conditions"]
    assert (condition["type"], condition["status"]) == ("DisruptionAllowed", "False")
    assert condition["reason"] == "InsufficientPods"
    budget = cluster.get(BUDGETS, "b")
    assert budget is not None
    managers = [(each["manager"], each.get("subresource")) for each in budget["metadata"]["managedFields"]]
    assert ("kube-apiserver", "status") in managers


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("SyncFailed", "does not allow evicting pods currently because it failed sync: no such thing"),
        ("Odd", "does not allow evicting pods currently (Odd): no such thing"),
    ],
)
def test_a_budget_tells_what_is_the_matter(cluster: Cluster, reason: str, why: str) -> None:
    condition = {"type": "DisruptionAllowed", "status": "False", "reason": reason, "message": "no such thing"}
    keep(cluster, disruptionsAllowed=0, conditions=[condition])
    with pytest.raises(ApiFailure) as refused:
        evict(cluster)
    assert refused.value.code == 429
    assert refused.value.status["details"]["causes"][0]["message"] == f"The disruption budget b {why}"


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"disruptionsAllowed": -1}, "pdb disruptions allowed is negative"),
        (
            {
                "disruptionsAllowed": 1,
                "disruptedPods": {f"p{number}": "2026-03-01T12:00:00Z" for number in range(2001)},
            },
            "DisruptedPods map too big - too many evictions not confirmed by PDB controller",
        ),
    ],
)
def test_a_budget_that_makes_no_sense(cluster: Cluster, told: dict[str, Any], why: str) -> None:
    keep(cluster, **told)
    with pytest.raises(ApiFailure) as refused:
        evict(cluster)
    assert (refused.value.code, str(refused.value)) == (403, f'poddisruptionbudget.policy "b" is forbidden: {why}')
    assert refused.value.status["details"] == {"name": "b", "group": "policy", "kind": "poddisruptionbudget"}
