"""StatefulSets: order, identity, claims, updates."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.testing.storage import Change
from kubex.testing.workloads import PodRule
from tests.unit.testing.workloads.moving import MovingCluster, images, names, template, workload

SETS = "apps/v1/statefulsets"
PODS = "v1/pods"
CLAIM = {
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "2Gi"}}},
}


def begun(*rules: PodRule, **spec: Any) -> MovingCluster:
    cluster = MovingCluster(*rules)
    given: dict[str, Any] = {"replicas": 3, "serviceName": "db", **spec}
    cluster.create(SETS, {"metadata": {"name": "db"}, "spec": {**workload()["spec"], **given}})
    return cluster


def order(cluster: MovingCluster) -> list[str]:
    return [message for _, message in cluster.events("db")]


def test_pods_come_one_after_the_other() -> None:
    cluster = begun(PodRule(starts_after=1, ready_after=2))
    for second, count in ((1, 1), (2, 1), (3, 2), (5, 2), (6, 3), (9, 3)):
        cluster.advance(second - (cluster.clock.monotonic()))
        assert len(cluster.all(PODS)) == count, second
    assert names(cluster.all(PODS)) == ["db-0", "db-1", "db-2"]
    assert order(cluster) == [f"Create Pod db-{number} in StatefulSet db successful" for number in range(3)]
    last = cluster.there(PODS, "db-2")
    assert (last["spec"]["hostname"], last["spec"]["subdomain"]) == ("db-2", "db")
    status = cluster.status(SETS, "db")
    revision = status["updateRevision"]
    assert last["metadata"]["labels"] == {
        "app": "web",
        "apps.kubernetes.io/pod-index": "2",
        "controller-revision-hash": revision,
        "statefulset.kubernetes.io/pod-name": "db-2",
    }
    assert status == {
        "observedGeneration": 1,
        "replicas": 3,
        "readyReplicas": 3,
        "currentReplicas": 3,
        "updatedReplicas": 3,
        "availableReplicas": 3,
        "currentRevision": revision,
        "updateRevision": revision,
        "collisionCount": 0,
    }


def test_a_pod_that_does_not_get_ready_holds_the_others_up() -> None:
    cluster = begun(PodRule(name="db-1", ready_after=None))
    cluster.advance(100)
    assert names(cluster.all(PODS)) == ["db-0", "db-1"]


def test_pods_may_come_all_at_once() -> None:
    cluster = begun(podManagementPolicy="Parallel")
    assert names(cluster.all(PODS)) == ["db-0", "db-1", "db-2"]


def test_pods_go_from_the_last_one_on() -> None:
    cluster = begun(PodRule(stops_after=2))
    cluster.advance(10)
    cluster.patch(SETS, "db", {"spec": {"replicas": 1}}, subresource="scale")
    cluster.advance(1)
    assert [each for each in cluster.all(PODS) if "deletionTimestamp" in each["metadata"]] == [
        cluster.there(PODS, "db-2")
    ]
    cluster.advance(10)
    assert names(cluster.all(PODS)) == ["db-0"]
    assert order(cluster)[3:] == [f"Delete Pod db-{number} in StatefulSet db successful" for number in (2, 1)]


def test_each_pod_keeps_its_claim() -> None:
    cluster = begun(volumeClaimTemplates=[CLAIM])
    cluster.advance(10)
    claims = cluster.all("v1/persistentvolumeclaims")
    assert names(claims) == ["data-db-0", "data-db-1", "data-db-2"]
    assert [each["status"]["phase"] for each in claims] == ["Bound"] * 3
    assert claims[0]["status"]["capacity"] == {"storage": "2Gi"}
    volume = cluster.there("v1/persistentvolumes", claims[0]["spec"]["volumeName"])
    assert volume["status"]["phase"] == "Bound"
    uid = claims[1]["metadata"]["uid"]
    cluster.delete(PODS, "db-1")
    cluster.advance(10)
    pod = cluster.there(PODS, "db-1")
    assert pod["status"]["phase"] == "Running"
    assert {"name": "data", "persistentVolumeClaim": {"claimName": "data-db-1"}} in pod["spec"]["volumes"]
    assert cluster.there("v1/persistentvolumeclaims", "data-db-1")["metadata"]["uid"] == uid
    cluster.delete(SETS, "db")
    cluster.advance(10)
    cluster.delete("v1/persistentvolumeclaims", "data-db-1")
    cluster.advance(10)
    assert len(list(cluster.movement.state.every("persistentvolumes"))) == 2


def test_updates_roll_from_the_last_pod_on() -> None:
    cluster = begun(PodRule(starts_after=1))
    cluster.advance(10)
    replaced: list[str] = []

    def note(change: Change) -> None:
        if change.type == "DELETED":
            replaced.append(change.key.name)

    cluster.operations.cluster.storage.subscribe("pods", note)
    cluster.update(SETS, "db", {"spec": {"template": template("example.com/web:2")}})
    cluster.advance(2)
    status = cluster.status(SETS, "db")
    assert status["currentRevision"] != status["updateRevision"]
    cluster.advance(30)
    assert replaced == ["db-2", "db-1", "db-0"]
    assert images(cluster.all(PODS)) == ["web:2"] * 3
    status = cluster.status(SETS, "db")
    assert status["currentRevision"] == status["updateRevision"]
    assert (status["currentReplicas"], status["observedGeneration"]) == (3, 2)
    assert [each["revision"] for each in cluster.all("apps/v1/controllerrevisions")] in ([1, 2], [2, 1])


def test_a_partition_keeps_the_first_pods_as_they_are() -> None:
    cluster = begun(updateStrategy={"rollingUpdate": {"partition": 2}})
    cluster.advance(10)
    cluster.update(SETS, "db", {"spec": {"template": template("example.com/web:2")}})
    cluster.advance(30)
    assert images(cluster.all(PODS)) == ["web:1", "web:1", "web:2"]
    cluster.delete(PODS, "db-0")
    cluster.advance(10)
    assert images([cluster.there(PODS, "db-0")]) == ["web:1"]
    status = cluster.status(SETS, "db")
    assert (status["currentReplicas"], status["updatedReplicas"]) == (2, 1)
    cluster.update(SETS, "db", {"spec": {"updateStrategy": {"rollingUpdate": {"partition": 0}}}})
    cluster.advance(30)
    assert images(cluster.all(PODS)) == ["web:2"] * 3


def test_updates_may_wait_for_somebody_to_delete_the_pods() -> None:
    cluster = begun(updateStrategy={"type": "OnDelete"})
    cluster.advance(10)
    cluster.update(SETS, "db", {"spec": {"template": template("example.com/web:2")}})
    cluster.advance(30)
    assert images(cluster.all(PODS)) == ["web:1"] * 3
    cluster.delete(PODS, "db-1")
    cluster.advance(30)
    assert images(cluster.all(PODS)) == ["web:1", "web:1", "web:2"]


@pytest.mark.parametrize("start", [0, 5])
def test_numbers_begin_where_they_are_to(start: int) -> None:
    cluster = begun(ordinals={"start": start}, replicas=2)
    cluster.advance(10)
    assert names(cluster.all(PODS)) == [f"db-{start}", f"db-{start + 1}"]


def test_a_pod_that_failed_is_made_again() -> None:
    cluster = begun(replicas=1)
    cluster.advance(10)
    before = cluster.there(PODS, "db-0")["metadata"]["uid"]
    cluster.patch(PODS, "db-0", {"status": {"phase": "Failed"}}, subresource="status")
    cluster.advance(10)
    assert cluster.there(PODS, "db-0")["metadata"]["uid"] != before
    assert ("RecreatingFailedPod", "StatefulSet shop/db is recreating failed Pod db-0") in cluster.events("db")
