"""Deployments and their ReplicaSets: rollouts, scaling, pauses, failures, revisions."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.storage import Change
from kubex.testing.workloads import PodRule
from tests.unit.testing.workloads.moving import MovingCluster, conditions, images, names, phases, template, workload

DEPLOYMENTS = "apps/v1/deployments"
SETS = "apps/v1/replicasets"
PODS = "v1/pods"
REVISION = "deployment.kubernetes.io/revision"


def deployed(*rules: PodRule, **spec: Any) -> MovingCluster:
    cluster = MovingCluster(*rules)
    cluster.create(DEPLOYMENTS, workload(replicas=3, **spec))
    cluster.advance(5)
    return cluster


def image(name: str) -> dict[str, Any]:
    return {"spec": {"template": template(name)}}


def test_a_deployment_becomes_available() -> None:
    cluster = MovingCluster()
    cluster.create(DEPLOYMENTS, workload(replicas=3))
    begun = cluster.there(DEPLOYMENTS, "web")
    assert conditions(begun)["Available"] == ("False", "MinimumReplicasUnavailable")
    assert conditions(begun)["Progressing"] == ("True", "ReplicaSetUpdated")
    cluster.advance(5)
    deployment = cluster.there(DEPLOYMENTS, "web")
    status = deployment["status"]
    assert {name: status[name] for name in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")} == {
        "replicas": 3,
        "updatedReplicas": 3,
        "readyReplicas": 3,
        "availableReplicas": 3,
    }
    assert status["observedGeneration"] == deployment["metadata"]["generation"] == 1
    assert conditions(deployment) == {
        "Available": ("True", "MinimumReplicasAvailable"),
        "Progressing": ("True", "NewReplicaSetAvailable"),
    }
    assert deployment["metadata"]["annotations"][REVISION] == "1"
    (set_,) = cluster.all(SETS)
    hash_ = set_["metadata"]["labels"]["pod-template-hash"]
    assert set_["metadata"]["name"] == f"web-{hash_}"
    pods = cluster.all(PODS)
    assert phases(pods) == ["Running"] * 3
    assert all(pod["metadata"]["labels"] == {"app": "web", "pod-template-hash": hash_} for pod in pods)
    assert sorted(pod["spec"]["nodeName"] for pod in pods) == ["node-1", "node-2", "node-3"]
    assert cluster.events("web") == [("ScalingReplicaSet", f"Scaled up replica set web-{hash_} from 0 to 3")]
    assert cluster.events(f"web-{hash_}") == [
        ("SuccessfulCreate", f"Created pod: {each}") for each in sorted(names(pods), key=cluster.created)
    ]


def test_what_owns_which_fields() -> None:
    cluster = deployed()
    managers = {
        (each["manager"], each.get("subresource", ""))
        for pod in cluster.all(PODS)
        for each in pod["metadata"]["managedFields"]
    }
    assert managers == {("kube-controller-manager", ""), ("kubelet", "status")}
    deployment = cluster.there(DEPLOYMENTS, "web")
    owners = {(each["manager"], each.get("subresource", "")) for each in deployment["metadata"]["managedFields"]}
    assert owners == {("tests", ""), ("kube-controller-manager", "status")}


def test_a_rolling_update_goes_step_by_step() -> None:
    cluster = deployed()
    (old,) = names(cluster.all(SETS))
    cluster.update(DEPLOYMENTS, "web", image("example.com/web:2"))
    cluster.advance(10)
    new = next(name for name in names(cluster.all(SETS)) if name != old)
    assert cluster.events("web")[1:] == [
        ("ScalingReplicaSet", f"Scaled {way} replica set {name} from {before} to {after}")
        for way, name, before, after in (
            ("up", new, 0, 1),
            ("down", old, 3, 2),
            ("up", new, 1, 2),
            ("down", old, 2, 1),
            ("up", new, 2, 3),
            ("down", old, 1, 0),
        )
    ]
    assert images(cluster.all(PODS)) == ["web:2"] * 3
    assert cluster.there(DEPLOYMENTS, "web")["metadata"]["annotations"][REVISION] == "2"


def test_recreate_has_no_two_versions_side_by_side() -> None:
    cluster = deployed(PodRule(stops_after=4), strategy={"type": "Recreate"})
    seen: set[tuple[str, ...]] = set()
    cluster.operations.cluster.storage.subscribe(
        "pods", lambda _: seen.add(tuple(sorted(set(images(cluster.all(PODS))))))
    )
    cluster.update(DEPLOYMENTS, "web", image("example.com/web:2"))
    cluster.advance(3)
    assert images(cluster.all(PODS)) == ["web:1"] * 3
    cluster.advance(30)
    assert images(cluster.all(PODS)) == ["web:2"] * 3
    assert ("web:1", "web:2") not in seen


def test_a_rollout_that_does_not_get_on_is_told_of() -> None:
    cluster = deployed(PodRule(image="*:2", ready_after=None), progressDeadlineSeconds=60)
    cluster.update(DEPLOYMENTS, "web", image("example.com/web:2"))
    cluster.advance(59)
    assert conditions(cluster.there(DEPLOYMENTS, "web"))["Progressing"] == ("True", "ReplicaSetUpdated")
    cluster.advance(3)
    deployment = cluster.there(DEPLOYMENTS, "web")
    assert conditions(deployment) == {
        "Available": ("True", "MinimumReplicasAvailable"),
        "Progressing": ("False", "ProgressDeadlineExceeded"),
    }
    assert images(cluster.all(PODS)) == ["web:1"] * 3 + ["web:2"]
    cluster.movement.rules = []
    cluster.update(DEPLOYMENTS, "web", image("example.com/web:3"))
    cluster.advance(30)
    assert conditions(cluster.there(DEPLOYMENTS, "web"))["Progressing"] == ("True", "NewReplicaSetAvailable")


def test_an_earlier_template_is_an_earlier_replica_set() -> None:
    cluster = deployed()
    (first,) = names(cluster.all(SETS))
    for version in ("2", "1"):
        cluster.update(DEPLOYMENTS, "web", image(f"example.com/web:{version}"))
        cluster.advance(30)
    assert len(cluster.all(SETS)) == 2
    set_ = cluster.there(SETS, first)
    assert set_["spec"]["replicas"] == 3
    assert set_["metadata"]["annotations"][REVISION] == "3"
    assert set_["metadata"]["annotations"]["deployment.kubernetes.io/revision-history"] == "1"
    assert cluster.there(DEPLOYMENTS, "web")["metadata"]["annotations"][REVISION] == "3"


def test_old_revisions_are_forgotten() -> None:
    cluster = deployed(revisionHistoryLimit=2)
    for version in range(2, 7):
        cluster.update(DEPLOYMENTS, "web", image(f"example.com/web:{version}"))
        cluster.advance(30)
    revisions = sorted(int(each["metadata"]["annotations"][REVISION]) for each in cluster.all(SETS))
    assert revisions == [4, 5, 6]


def test_scaling_is_no_rollout() -> None:
    cluster = deployed()
    cluster.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 5}}, subresource="scale")
    cluster.advance(5)
    assert len(cluster.all(PODS)) == 5
    cluster.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 1}}, subresource="scale")
    cluster.advance(5)
    assert len(cluster.all(PODS)) == 1
    assert len(cluster.all(SETS)) == 1
    (set_,) = cluster.all(SETS)
    assert set_["metadata"]["annotations"]["deployment.kubernetes.io/desired-replicas"] == "1"
    assert conditions(cluster.there(DEPLOYMENTS, "web"))["Progressing"] == ("True", "NewReplicaSetAvailable")


def test_a_paused_rollout_waits_and_scales_in_proportion() -> None:
    cluster = MovingCluster(PodRule(image="*:2", ready_after=None))
    cluster.create(DEPLOYMENTS, workload(replicas=10, strategy={"rollingUpdate": {"maxSurge": 3, "maxUnavailable": 2}}))
    cluster.advance(10)
    cluster.update(DEPLOYMENTS, "web", image("example.com/web:2"))
    cluster.advance(10)
    assert images(cluster.all(PODS)) == ["web:1"] * 8 + ["web:2"] * 5
    cluster.update(DEPLOYMENTS, "web", {"spec": {"replicas": 15}})
    cluster.advance(10)
    # The example of the documentation: 5 more replicas are spread over both, the surge stays.
    assert images(cluster.all(PODS)) == ["web:1"] * 11 + ["web:2"] * 7
    cluster.update(DEPLOYMENTS, "web", {"spec": {"paused": True}})
    cluster.advance(1)
    assert conditions(cluster.there(DEPLOYMENTS, "web"))["Progressing"] == ("Unknown", "DeploymentPaused")


def test_a_name_that_is_taken_is_told_apart_by_a_count() -> None:
    cluster = deployed()
    (set_,) = cluster.all(SETS)
    cluster.delete(DEPLOYMENTS, "web", propagationPolicy="Background")
    cluster.advance(5)
    assert cluster.all(PODS) == cluster.all(SETS) == []
    spec = workload(replicas=1)["spec"]
    labels = {"app": "other"}
    other = {"selector": {"matchLabels": labels}, "template": {**spec["template"], "metadata": {"labels": labels}}}
    cluster.create(SETS, {"metadata": {"name": set_["metadata"]["name"]}, "spec": {**other, "replicas": 0}})
    cluster.create(DEPLOYMENTS, workload(replicas=1))
    cluster.advance(10)
    status = cluster.status(DEPLOYMENTS, "web")
    assert (status["collisionCount"], status["availableReplicas"]) == (1, 1)


def test_orphaned_replica_sets_and_pods_are_taken_over() -> None:
    cluster = deployed()
    cluster.delete(DEPLOYMENTS, "web", propagationPolicy="Orphan")
    (set_,) = cluster.all(SETS)
    assert "ownerReferences" not in set_["metadata"]
    before = names(cluster.all(PODS))
    cluster.create(DEPLOYMENTS, workload(replicas=3))
    cluster.advance(5)
    assert names(cluster.all(SETS)) == [set_["metadata"]["name"]]
    assert cluster.all(SETS)[0]["metadata"]["ownerReferences"][0]["kind"] == "Deployment"
    assert names(cluster.all(PODS)) == before


def test_a_pod_whose_labels_change_is_let_go_and_replaced() -> None:
    cluster = deployed()
    lost = names(cluster.all(PODS))[0]
    cluster.patch(PODS, lost, {"metadata": {"labels": {"app": "debug"}}})
    cluster.advance(5)
    assert len(cluster.all(PODS)) == 4
    assert "ownerReferences" not in cluster.there(PODS, lost)["metadata"]


def test_pods_that_may_not_be_made_are_told_of() -> None:
    cluster = MovingCluster()
    body = workload(replicas=2)
    body["spec"]["template"]["spec"]["serviceAccountName"] = "nobody"
    cluster.create(DEPLOYMENTS, body)
    cluster.advance(1)
    (set_,) = cluster.all(SETS)
    assert conditions(set_)["ReplicaFailure"] == ("True", "FailedCreate")
    assert conditions(cluster.there(DEPLOYMENTS, "web"))["ReplicaFailure"] == ("True", "FailedCreate")
    reason, message = cluster.events(set_["metadata"]["name"])[0]
    assert reason == "FailedCreate"
    assert message.startswith("Error creating: pods ")
    cluster.create("v1/serviceaccounts", {"metadata": {"name": "nobody"}})
    cluster.advance(60)
    assert conditions(cluster.there(DEPLOYMENTS, "web")) == {
        "Available": ("True", "MinimumReplicasAvailable"),
        "Progressing": ("True", "NewReplicaSetAvailable"),
    }


def test_pods_count_as_available_only_after_their_time() -> None:
    cluster = MovingCluster()
    cluster.create(DEPLOYMENTS, workload(replicas=2, minReadySeconds=30))
    cluster.advance(20)
    status = cluster.status(DEPLOYMENTS, "web")
    assert (status["readyReplicas"], status.get("availableReplicas", 0)) == (2, 0)
    cluster.advance(15)
    assert cluster.status(DEPLOYMENTS, "web")["availableReplicas"] == 2


def test_unready_pods_go_first_when_there_are_too_many() -> None:
    cluster = deployed(PodRule(labels="slow=yes", ready_after=None))
    (set_,) = cluster.all(SETS)
    ready = names(cluster.all(PODS))
    cluster.movement.rules = [PodRule(ready_after=None)]
    cluster.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 5}}, subresource="scale")
    cluster.advance(5)
    cluster.patch(DEPLOYMENTS, "web", {"spec": {"replicas": 3}}, subresource="scale")
    cluster.advance(5)
    assert names(cluster.all(PODS)) == ready
    assert cluster.status(SETS, set_["metadata"]["name"])["readyReplicas"] == 3


def test_the_same_steps_take_the_same_time() -> None:
    def history(seed: int) -> list[tuple[str, int]]:
        cluster = MovingCluster(PodRule(starts_after=(1, 50)), seed=seed)
        seen: list[tuple[str, int]] = []

        def note(change: Change) -> None:
            seen.append(
                (cluster.clock.now().isoformat(), object_at(change.entry.object, "status").get("availableReplicas", 0))
            )

        cluster.operations.cluster.storage.subscribe("apps/deployments", note)
        cluster.create(DEPLOYMENTS, workload(replicas=5))
        cluster.advance(100)
        return seen

    assert history(1) == history(1) != history(2)


@pytest.mark.parametrize("steps", list(itertools.permutations(["scale", "image", "label"], 2)))
def test_changes_in_any_order_come_to_rest(steps: tuple[str, ...]) -> None:
    changes: dict[str, dict[str, Any]] = {
        "scale": {"spec": {"replicas": 4}},
        "image": image("example.com/web:2"),
        "label": {"metadata": {"labels": {"team": "red"}}},
    }
    cluster = deployed()
    for step in steps:
        cluster.update(DEPLOYMENTS, "web", changes[step])
        cluster.advance(0.07)
    cluster.advance(60)
    deployment = cluster.there(DEPLOYMENTS, "web")
    assert deployment["status"]["availableReplicas"] == deployment["spec"]["replicas"]
    revision = cluster.revision
    cluster.advance(3600)
    assert cluster.revision == revision


def test_a_replication_controller_keeps_its_pods() -> None:
    cluster = MovingCluster()
    spec = {"selector": {"app": "web"}, "template": template(), "replicas": 2}
    place = "v1/replicationcontrollers"
    cluster.create(place, {"metadata": {"name": "web"}, "spec": spec})
    cluster.advance(5)
    assert cluster.status(place, "web") == {
        "replicas": 2,
        "fullyLabeledReplicas": 2,
        "readyReplicas": 2,
        "availableReplicas": 2,
        "observedGeneration": 1,
    }
    first, *_ = names(cluster.all("v1/pods"))
    cluster.delete("v1/pods", first)
    cluster.update(place, "web", {"spec": {"replicas": 3}})
    cluster.advance(60)
    pods = names(cluster.all("v1/pods"))
    assert len(pods) == 3
    assert first not in pods
    cluster.delete(place, "web", propagationPolicy="Foreground")
    cluster.advance(60)
    assert cluster.all("v1/pods") == []
