"""How many replicas old and new ReplicaSets have in a rollout: the bounds are kept, whenever pods become ready."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kubex.core.int_or_string import rollout_bounds
from kubex.testing.storage import JsonObject
from kubex.testing.workloads.deployment_scaling import proportional, rolling
from kubex.testing.workloads.revisions import History

SURGES = st.sampled_from([0, 1, 3, "25%", "100%"])
UNAVAILABLE = st.sampled_from([0, 1, 2, "50%"])


class Rollout:
    """A Deployment with an old ReplicaSet and a new one, without pods: only their numbers."""

    def __init__(self, replicas: int, surge: Any, unavailable: Any) -> None:
        strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}
        self.deployment: JsonObject = {
            "metadata": {"name": "web"},
            "spec": {"replicas": replicas, "strategy": strategy},
        }
        self.old = self._set("old", replicas, replicas)
        self.new = self._set("new", 0, 0)

    def _set(self, name: str, replicas: int, available: int) -> JsonObject:
        metadata: JsonObject = {"name": name, "creationTimestamp": "2026-03-01T12:00:00Z", "annotations": {}}
        return {"metadata": metadata, "spec": {"replicas": replicas}, "status": {"availableReplicas": available}}

    @property
    def history(self) -> History:
        return History(self.deployment, self.new, [self.old])

    def settle(self, ready: int) -> None:
        """Let pods that are not wanted go, and some of the new ones become available."""
        wanted, has = self.old["spec"]["replicas"], self.old["status"]["availableReplicas"]
        self.old["status"]["availableReplicas"] = min(wanted, has)
        wanted, has = self.new["spec"]["replicas"], self.new["status"]["availableReplicas"]
        self.new["status"]["availableReplicas"] = min(wanted, has + ready)

    def step(self) -> bool:
        """Do what the controller does once; say whether something changed."""
        wanted = self.history.new_replicas()
        if wanted != self.new["spec"]["replicas"]:
            self.new["spec"]["replicas"] = wanted
            return True
        changed = False
        for scaling in rolling(self.history):
            changed |= scaling.replica_set["spec"]["replicas"] != scaling.replicas
            scaling.replica_set["spec"]["replicas"] = scaling.replicas
        return changed


@given(
    replicas=st.integers(1, 30), surge=SURGES, unavailable=UNAVAILABLE, ready=st.lists(st.integers(0, 5), max_size=60)
)
def test_a_rollout_keeps_its_bounds_and_comes_to_its_end(
    replicas: int, surge: Any, unavailable: Any, ready: list[int]
) -> None:
    rollout = Rollout(replicas, surge, unavailable)
    more, fewer = rollout_bounds(surge, unavailable, replicas)
    for number in [*ready, *([1] * (4 * replicas + 10))]:
        rollout.step()
        rollout.settle(number)
        history = rollout.history
        assert history.wanted <= replicas + more
        assert history.total("availableReplicas") >= replicas - fewer
    assert (rollout.old["spec"]["replicas"], rollout.new["spec"]["replicas"]) == (0, replicas)


@given(
    before=st.tuples(st.integers(0, 20), st.integers(0, 20)),
    replicas=st.integers(0, 40),
    surge=SURGES,
    unavailable=UNAVAILABLE,
)
def test_scaling_in_a_rollout_comes_to_what_is_allowed(
    before: tuple[int, int], replicas: int, surge: Any, unavailable: Any
) -> None:
    rollout = Rollout(replicas, surge, unavailable)
    rollout.old["spec"]["replicas"], rollout.new["spec"]["replicas"] = before
    for each in (rollout.old, rollout.new):
        each["metadata"]["annotations"]["deployment.kubernetes.io/max-replicas"] = str(sum(before))
    history = rollout.history
    next_ = {each.replica_set["metadata"]["name"]: each.replicas for each in proportional(history)}
    assert all(size >= 0 for size in next_.values())
    if len(history.active) > 1:
        assert sum(next_.values()) == (replicas + history.bounds[0] if replicas else 0)
    elif history.active:
        assert list(next_.values()) == [replicas]
