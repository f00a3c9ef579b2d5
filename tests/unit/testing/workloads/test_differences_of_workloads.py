"""In what workloads that move differ from real ones: rows of the table in docs/testing-server.md."""

from __future__ import annotations

import pytest

from kubex.testing.storage import Change
from tests.unit.testing.clusters import pod
from tests.unit.testing.workloads.moving import MovingCluster, job, workload

PODS = "v1/pods"


@pytest.mark.differs("pods-run-in-name")
def test_no_image_is_looked_at_and_no_probe_made() -> None:
    cluster = MovingCluster()
    body = pod("web-0")
    probe = {"exec": {"command": ["false"]}}
    body["spec"]["containers"][0] |= {"image": "example.com/nothing/of/the/kind:0", "readinessProbe": probe}
    cluster.create(PODS, body)
    cluster.advance(60)
    assert cluster.status(PODS, "web-0")["containerStatuses"][0]["ready"]


@pytest.mark.differs("fewer-controllers")
def test_some_kinds_stand_still() -> None:
    cluster = MovingCluster()
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    autoscaler = {"metadata": {"name": "web"}, "spec": {"scaleTargetRef": target, "maxReplicas": 3}}
    cluster.create("autoscaling/v2/horizontalpodautoscalers", autoscaler)
    cluster.advance(60)
    assert "currentReplicas" not in cluster.status("autoscaling/v2/horizontalpodautoscalers", "web")


@pytest.mark.differs("other-hashes")
def test_hashes_are_ten_letters_that_are_the_same_each_time() -> None:
    hashes: set[str] = set()
    for _ in range(2):
        cluster = MovingCluster()
        cluster.create("apps/v1/deployments", workload())
        hashes |= {each["metadata"]["labels"]["pod-template-hash"] for each in cluster.all("apps/v1/replicasets")}
    (hash_,) = hashes
    assert 8 <= len(hash_) <= 10
    assert set(hash_) <= set("bcdfghjklmnpqrstvwxz2456789")


@pytest.mark.differs("counted-at-once")
def test_pods_of_a_job_are_counted_in_one_step() -> None:
    cluster = MovingCluster()
    seen: list[object] = []

    def note(change: Change) -> None:
        seen.append(change.entry.object["status"].get("uncountedTerminatedPods"))

    cluster.create("batch/v1/jobs", job(completions=2))
    cluster.operations.cluster.storage.subscribe("batch/jobs", note)
    cluster.advance(60)
    assert seen
    assert all(each == {} for each in seen)


@pytest.mark.differs("scheduling-by-needs")
def test_preferences_and_priorities_count_for_nothing() -> None:
    cluster = MovingCluster(nodes=2)
    cluster.patch("v1/nodes", "node-2", {"metadata": {"labels": {"disk": "fast"}}})
    term = {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["fast"]}]}
    preferred = {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 100, "preference": term}]}
    body = pod("web-0")
    body["spec"]["affinity"] = {"nodeAffinity": preferred}
    cluster.create(PODS, body)
    assert cluster.there(PODS, "web-0")["spec"]["nodeName"] == "node-1"


@pytest.mark.differs("volumes-of-nothing")
def test_a_claim_of_any_class_is_bound() -> None:
    cluster = MovingCluster()
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "none-of-that-name",
        "resources": {"requests": {"storage": "1Gi"}},
    }
    cluster.create("v1/persistentvolumeclaims", {"metadata": {"name": "data"}, "spec": spec})
    assert cluster.status("v1/persistentvolumeclaims", "data")["phase"] == "Bound"
