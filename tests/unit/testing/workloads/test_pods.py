"""Pods on make-believe nodes: their phases, the rules that they run by, and their end."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from kubex.core.exceptions import InvalidArgument
from kubex.testing.storage import Change, JsonObject
from kubex.testing.workloads import PodRule, SimulatedNode
from tests.unit.testing.clusters import pod
from tests.unit.testing.workloads.moving import MovingCluster, conditions

PODS = "v1/pods"


def state(found: JsonObject, index: int = 0) -> dict[str, Any]:
    (name, value), *_ = found["status"]["containerStatuses"][index]["state"].items()
    return {"": name, **value}


def started(*rules: PodRule, **spec: Any) -> MovingCluster:
    cluster = MovingCluster(*rules)
    body = pod("web-0")
    body["spec"].update(spec)
    cluster.create(PODS, body)
    return cluster


def test_a_pod_goes_through_its_phases() -> None:
    cluster = started(PodRule(starts_after=2, ready_after=3))
    web = cluster.there(PODS, "web-0")
    assert (web["spec"]["nodeName"], web["status"]["phase"]) == ("node-1", "Pending")
    assert state(web) == {"": "waiting", "reason": "ContainerCreating"}
    assert [each["type"] for each in web["status"]["conditions"]] == [
        "PodReadyToStartContainers",
        "Initialized",
        "Ready",
        "ContainersReady",
        "PodScheduled",
    ]
    cluster.advance(2)
    web = cluster.there(PODS, "web-0")
    assert (web["status"]["phase"], state(web)) == ("Running", {"": "running", "startedAt": "2026-03-01T12:00:02Z"})
    assert conditions(web)["Ready"] == ("False", "ContainersNotReady")
    cluster.advance(3)
    web = cluster.there(PODS, "web-0")
    assert conditions(web)["Ready"] == ("True", "")
    ready = next(each for each in web["status"]["conditions"] if each["type"] == "Ready")
    assert ready["lastTransitionTime"] == "2026-03-01T12:00:05Z"
    assert (web["status"]["hostIP"], web["status"]["podIP"]) == ("172.18.0.2", "10.244.0.1")
    assert [reason for reason, _ in cluster.events("web-0")] == ["Scheduled", "Pulled", "Created", "Started"]


@pytest.mark.parametrize(
    ("policy", "code", "phase", "reason"),
    [
        ("Never", 0, "Succeeded", "Completed"),
        ("Never", 3, "Failed", "Error"),
        ("OnFailure", 0, "Succeeded", "Completed"),
    ],
)
def test_a_pod_ends(policy: str, code: int, phase: str, reason: str) -> None:
    cluster = started(PodRule(starts_after=0, ends_after=5, exit_code=code), restartPolicy=policy)
    cluster.advance(10)
    web = cluster.there(PODS, "web-0")
    assert web["status"]["phase"] == phase
    ended = state(web)
    assert (ended["exitCode"], ended["reason"], ended["finishedAt"]) == (code, reason, "2026-03-01T12:00:05Z")
    why = "PodCompleted" if phase == "Succeeded" else "PodFailed"
    assert conditions(web)["Ready"] == ("False", why)


def test_a_container_that_crashes_is_started_again_later_and_later() -> None:
    cluster = MovingCluster(PodRule(starts_after=0, ends_after=1, exit_code=1))
    starts: list[str] = []

    def note(change: Change) -> None:
        for each in change.entry.object["status"].get("containerStatuses", []):
            if at := each["state"].get("running", {}).get("startedAt"):
                starts.append(at)

    cluster.operations.cluster.storage.subscribe("pods", note)
    cluster.create(PODS, pod("web-0"))
    cluster.advance(900)
    seconds = [(int(each[14:16]) * 60 + int(each[17:19])) for each in dict.fromkeys(starts)]
    gaps = [after - before for before, after in pairwise(seconds)]
    assert gaps == [2, 11, 21, 41, 81, 161, 301]
    web = cluster.there(PODS, "web-0")
    told = web["status"]["containerStatuses"][0]
    assert (web["status"]["phase"], told["restartCount"]) == ("Running", len(gaps))
    waiting = state(web)
    assert waiting["reason"] == "CrashLoopBackOff"
    assert waiting["message"].startswith("back-off 5m0s restarting failed container=main pod=web-0_shop(")
    assert told["lastState"]["terminated"]["exitCode"] == 1
    (event,) = [each for each in cluster.all("v1/events") if each["reason"] == "BackOff"]
    assert (event["count"], event["type"]) == (len(gaps), "Warning")


def test_a_pod_that_crashes_twice_then_runs() -> None:
    cluster = started(PodRule(exit_code=1, ends=2))
    cluster.advance(60)
    web = cluster.there(PODS, "web-0")
    assert (conditions(web)["Ready"], web["status"]["containerStatuses"][0]["restartCount"]) == (("True", ""), 2)


def test_an_image_that_can_not_be_pulled() -> None:
    cluster = started(PodRule(pull_error="not found", pull_failures=2, starts_after=0))
    cluster.advance(0)
    assert state(cluster.there(PODS, "web-0"))["reason"] == "ErrImagePull"
    cluster.advance(2)
    waiting = state(cluster.there(PODS, "web-0"))
    assert waiting["reason"] == "ImagePullBackOff"
    assert waiting["message"].startswith('Back-off pulling image "example.com/none:1": ErrImagePull: ')
    assert cluster.there(PODS, "web-0")["status"]["phase"] == "Pending"
    cluster.advance(60)
    assert cluster.there(PODS, "web-0")["status"]["phase"] == "Running"
    reasons = [reason for reason, _ in cluster.events("web-0")]
    assert reasons == ["Scheduled", "Pulling", "Failed", "Failed", "BackOff", "Failed", "Pulled", "Created", "Started"]


def test_init_containers_come_first_and_sidecars_stay() -> None:
    inits: list[JsonObject] = [
        {"name": "fetch", "image": "example.com/fetch:1"},
        {"name": "proxy", "image": "example.com/proxy:1", "restartPolicy": "Always"},
    ]
    cluster = started(PodRule(starts_after=1, ends_after=...), initContainers=inits)
    cluster.advance(1.2)
    web = cluster.there(PODS, "web-0")
    assert conditions(web)["Initialized"] == ("False", "ContainersNotInitialized")
    assert state(web) == {"": "waiting", "reason": "PodInitializing"}
    assert "running" in web["status"]["initContainerStatuses"][0]["state"]
    cluster.advance(10)
    web = cluster.there(PODS, "web-0")
    fetch, proxy = web["status"]["initContainerStatuses"]
    assert fetch["state"]["terminated"]["exitCode"] == 0
    assert "running" in proxy["state"]
    assert (web["status"]["phase"], conditions(web)["Ready"]) == ("Running", ("True", ""))


def test_an_init_container_that_fails_keeps_the_others_from_starting() -> None:
    inits = [{"name": "fetch", "image": "example.com/fetch:1"}]
    cluster = started(PodRule(container="fetch", exit_code=1), initContainers=inits, restartPolicy="Never")
    cluster.advance(10)
    assert cluster.there(PODS, "web-0")["status"]["phase"] == "Failed"


def test_a_pod_is_given_time_to_stop() -> None:
    cluster = started(PodRule(stops_after=5))
    cluster.advance(1)
    cluster.delete(PODS, "web-0")
    cluster.advance(4)
    assert "deletionTimestamp" in cluster.there(PODS, "web-0")["metadata"]
    cluster.advance(2)
    assert cluster.get(PODS, "web-0") is None
    assert cluster.events("web-0")[-1] == ("Killing", "Stopping container main")


def test_a_pod_that_does_not_stop_is_killed() -> None:
    cluster = started(PodRule(stops_after=100))
    cluster.advance(1)
    last: list[JsonObject] = []
    cluster.operations.cluster.storage.subscribe("pods", lambda change: last.append(change.entry.object))
    cluster.delete(PODS, "web-0", gracePeriodSeconds=7)
    cluster.advance(6)
    assert cluster.get(PODS, "web-0") is not None
    cluster.advance(2)
    assert cluster.get(PODS, "web-0") is None
    assert state(last[-1])["exitCode"] == 137


def test_a_pod_that_was_to_be_over_by_now_fails() -> None:
    cluster = started(activeDeadlineSeconds=20)
    cluster.advance(30)
    status = cluster.status(PODS, "web-0")
    assert (status["phase"], status["reason"]) == ("Failed", "DeadlineExceeded")


def test_the_first_rule_that_fits_counts() -> None:
    body = pod("web-0", labels={"tier": "back"})
    body["spec"]["containers"].append({"name": "side", "image": "example.com/side:1"})
    cluster = MovingCluster(
        PodRule(labels="tier=front", exit_code=9),
        PodRule(image="*/side:*", ready_after=None),
        PodRule(container="m*", starts_after=0),
        PodRule(exit_code=7),
    )
    cluster.create(PODS, body)
    cluster.advance(1)
    main, side = cluster.status(PODS, "web-0")["containerStatuses"]
    assert ("running" in main["state"], main["ready"]) == (True, True)
    assert ("running" in side["state"], side["ready"]) == (True, False)


def test_readiness_gates_are_kept_by_rules() -> None:
    gates = [{"conditionType": "example.com/warm"}]
    cluster = started(PodRule(name="web-0"), readinessGates=gates)
    cluster.advance(1)
    assert conditions(cluster.there(PODS, "web-0"))["Ready"] == ("False", "ReadinessGatesNotReady")
    cluster = started(PodRule(conditions={"example.com/warm": True}), readinessGates=gates)
    cluster.advance(1)
    assert conditions(cluster.there(PODS, "web-0"))["Ready"] == ("True", "")


@pytest.mark.parametrize("bad", [{"starts_after": -1}, {"ready_after": (2, 1)}, {"labels": "a in"}])
def test_a_rule_that_makes_no_sense_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        PodRule(**bad)


def test_a_pod_waits_for_room() -> None:
    cluster = MovingCluster(nodes=[SimulatedNode(name="small", cpu="1")])
    for name in ("web-0", "web-1"):
        body = pod(name)
        body["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "600m"}}
        cluster.create(PODS, body)
    cluster.advance(1)
    waiting = cluster.there(PODS, "web-1")
    assert conditions(waiting)["PodScheduled"] == ("False", "Unschedulable")
    (event,) = cluster.events("web-1")
    assert event[0] == "FailedScheduling"
    assert event[1].startswith("0/1 nodes are available: 1 Insufficient cpu. ")
    cluster.delete(PODS, "web-0")
    cluster.advance(1)
    assert cluster.there(PODS, "web-1")["status"]["phase"] == "Running"


def node(name: str, **given: Any) -> SimulatedNode:
    return SimulatedNode(name=name, **given)


@pytest.mark.parametrize(
    ("spec", "where"),
    [
        ({"nodeSelector": {"disk": "fast"}}, "fast"),
        ({"nodeSelector": {"disk": "none"}}, None),
        ({"tolerations": [{"key": "gpu", "operator": "Exists"}], "nodeSelector": {"gpu": "yes"}}, "gpu"),
        ({"nodeSelector": {"gpu": "yes"}}, None),
        (
            {
                "affinity": {
                    "nodeAffinity": {
                        "requiredDuringSchedulingIgnoredDuringExecution": {
                            "nodeSelectorTerms": [
                                {"matchExpressions": [{"key": "disk", "operator": "NotIn", "values": ["slow"]}]}
                            ]
                        }
                    }
                }
            },
            "fast",
        ),
        ({"schedulerName": "other"}, None),
    ],
)
def test_where_a_pod_runs(spec: JsonObject, where: str | None) -> None:
    taint = {"key": "gpu", "value": "yes", "effect": "NoSchedule"}
    nodes = [
        node("fast", labels={"disk": "fast"}),
        node("gpu", labels={"gpu": "yes", "disk": "slow"}, taints=[taint]),
        node("slow", labels={"disk": "slow"}),
    ]
    cluster = MovingCluster(nodes=nodes)
    body = pod("web-0")
    body["spec"].update(spec)
    cluster.create(PODS, body)
    assert cluster.there(PODS, "web-0")["spec"].get("nodeName") == where


def test_pods_that_repel_each_other_share_no_node() -> None:
    cluster = MovingCluster(nodes=2)
    term = {"labelSelector": {"matchLabels": {"app": "db"}}, "topologyKey": "kubernetes.io/hostname"}
    anti = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}
    for number in range(3):
        body = pod(f"db-{number}", labels={"app": "db"})
        body["spec"]["affinity"] = anti
        cluster.create(PODS, body)
    placed = [cluster.there(PODS, f"db-{number}")["spec"].get("nodeName") for number in range(3)]
    assert placed == ["node-1", "node-2", None]


def test_a_cluster_without_nodes_runs_nothing() -> None:
    cluster = MovingCluster(nodes=0)
    cluster.create(PODS, pod("web-0"))
    assert cluster.events("web-0") == [("FailedScheduling", "no nodes available to schedule pods")]


def test_a_pod_on_a_node_without_an_address_has_none_of_it() -> None:
    cluster = MovingCluster(nodes=0)
    for number, addresses in enumerate(([], [{"type": "InternalIP", "address": "nowhere"}])):
        name = f"bare-{number}"
        cluster.create("v1/nodes", {"metadata": {"name": name}}, namespace=None)
        cluster.patch("v1/nodes", name, {"status": {"addresses": addresses}}, subresource="status")
        cluster.create(PODS, pod(f"web-{number}", node=name))
    cluster.advance(5)
    for number in range(2):
        status = cluster.status(PODS, f"web-{number}")
        assert (status["phase"], status["podIP"] != "", "hostIP" in status) == ("Running", True, False)


@pytest.mark.parametrize(("policy", "phase", "restarts"), [("Never", "Running", 0), ("Always", "Running", 1)])
def test_a_container_has_a_restart_policy_of_its_own(policy: str, phase: str, restarts: int) -> None:
    rules = [PodRule(container="once", ends_after=1, ends=1)]
    cluster = MovingCluster(*rules)
    body = pod("web-0")
    body["spec"]["containers"].append({"name": "once", "image": "example.com/none:1", "restartPolicy": policy})
    body["spec"]["restartPolicy"] = "Always"
    cluster.create(PODS, body)
    cluster.advance(60)
    web = cluster.there(PODS, "web-0")
    assert (web["status"]["phase"], web["status"]["containerStatuses"][1]["restartCount"]) == (phase, restarts)
