"""What is done on both servers: workloads that come, change, fail and go."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from kubex.testing import PodRule
from kubex.testing.lifecycle.json_members import list_at, object_at
from tests.e2e.pods import IMAGE, PATIENCE
from tests.e2e.raw_server import RawServer

__all__ = ["RULES", "SCENARIOS", "Scenario", "Stage"]

Object = dict[str, Any]

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
APPS = "/apis/apps/v1"
BATCH = "/apis/batch/v1"

_LASTS = "trap exit TERM; while true; do sleep 0.1; done"
RULES = (
    PodRule(container="ends", ends_after=1),
    PodRule(container="fails", ends_after=1, exit_code=3),
    PodRule(container="never-ready", ready_after=None),
    PodRule(image="localhost/missing:1", pull_error="there is no such image"),
    PodRule(ends_after=None),
)
"""What the containers below do, for the server in memory."""


class Stage:
    """A namespace on a server."""

    def __init__(self, server: RawServer) -> None:
        self.server = server
        self.namespace = f"kubex-{uuid.uuid4().hex[:12]}"
        metadata = {"name": self.namespace}
        answer = server.send("POST", "/api/v1/namespaces", {"metadata": metadata}).object
        self.since: str = answer["metadata"]["resourceVersion"]
        self.until("/api/v1", "serviceaccounts", "default", lambda _: True)

    def path(self, group: str, plural: str, name: str = "") -> str:
        return f"{group}/namespaces/{self.namespace}/{plural}{'/' if name else ''}{name}"

    def create(self, group: str, plural: str, body: Object) -> None:
        answer = self.server.send("POST", self.path(group, plural), body)
        assert answer.code == 201, answer.content

    def patch(self, group: str, plural: str, name: str, body: Object, content_type: str = STRATEGIC) -> None:
        answer = self.server.send("PATCH", self.path(group, plural, name), body, content_type)
        assert answer.code == 200, answer.content

    def delete(self, group: str, plural: str, name: str, **options: Any) -> None:
        answer = self.server.send("DELETE", self.path(group, plural, name), options)
        assert answer.code == 200, answer.content

    def until(self, group: str, plural: str, name: str, holds: Callable[[Object], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while True:
            answer = self.server.ask("GET", self.path(group, plural, name))
            if answer.code == 200 and holds(answer.object):
                return
            assert time.monotonic() < end, f"{plural} {name} did not become what was waited for: {answer.content!r}"
            time.sleep(0.05)

    def until_pods(self, count: int) -> None:
        """Wait until there are no more pods than these: the others are gone for good, and that has been told."""
        end = time.monotonic() + PATIENCE
        while len(self.server.ask("GET", self.path("/api/v1", "pods")).object["items"]) != count:
            assert time.monotonic() < end, f"there are not {count} pods"
            time.sleep(0.05)

    def until_gone(self, group: str, plural: str, name: str) -> None:
        end = time.monotonic() + PATIENCE
        while self.server.ask("GET", self.path(group, plural, name)).code != 404:
            assert time.monotonic() < end, f"{plural} {name} is still there"
            time.sleep(0.05)

    def close(self) -> None:
        self.server.send("DELETE", f"/api/v1/namespaces/{self.namespace}", {})


class Scenario(NamedTuple):
    """Something that is done on both servers."""

    name: str
    play: Callable[[Stage], None]


def container(name: str = "main", script: str = _LASTS, image: str = IMAGE, **more: Any) -> Object:
    return {"name": name, "image": image, "imagePullPolicy": "Never", "command": ["sh", "-c", script], **more}


def template(*containers: Object, app: str = "web", **spec: Any) -> Object:
    given = {"terminationGracePeriodSeconds": 5, "containers": list(containers), **spec}
    return {"metadata": {"labels": {"app": app}}, "spec": given}


def workload(name: str, body: Object, **spec: Any) -> Object:
    return {"metadata": {"name": name}, "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": body, **spec}}


def condition(type_: str, status: str = "True", reason: str = "") -> Callable[[Object], bool]:
    def holds(object_: Object) -> bool:
        conditions: Sequence[Object] = object_.get("status", {}).get("conditions") or []
        return any(
            each["type"] == type_ and each["status"] == status and reason in ("", each.get("reason"))
            for each in conditions
        )

    return holds


def rolled_out(object_: Object) -> bool:
    status, wanted = object_.get("status", {}), object_["spec"]["replicas"]
    counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas")]
    current = status.get("observedGeneration") == object_["metadata"]["generation"]
    return current and counts == [wanted] * 3


def a_deployment(stage: Stage) -> None:
    rolling = {"maxSurge": 1, "maxUnavailable": 0}
    body = workload("web", template(container()), replicas=2, strategy={"rollingUpdate": rolling})
    stage.create(APPS, "deployments", body)
    stage.until(APPS, "deployments", "web", rolled_out)
    new = {"metadata": {"labels": {"version": "2"}}}
    stage.patch(APPS, "deployments", "web", {"spec": {"template": new}})
    stage.until(APPS, "deployments", "web", rolled_out)
    stage.until(APPS, "deployments", "web", condition("Progressing", reason="NewReplicaSetAvailable"))
    stage.until_pods(2)
    stage.patch(APPS, "deployments", "web", {"spec": {"replicas": 1}})
    stage.until(APPS, "deployments", "web", rolled_out)
    stage.until_pods(1)


def a_replication_controller(stage: Stage) -> None:
    def has(count: int) -> Callable[[Object], bool]:
        def holds(object_: Object) -> bool:
            status, generation = object_.get("status", {}), object_["metadata"]["generation"]
            counts = [status.get(name, 0) for name in ("replicas", "availableReplicas")]
            return status.get("observedGeneration") == generation and counts == [count] * 2

        return holds

    spec = {"replicas": 2, "selector": {"app": "web"}, "template": template(container())}
    stage.create("/api/v1", "replicationcontrollers", {"metadata": {"name": "web"}, "spec": spec})
    stage.until("/api/v1", "replicationcontrollers", "web", has(2))
    stage.patch("/api/v1", "replicationcontrollers", "web", {"spec": {"replicas": 1}})
    stage.until("/api/v1", "replicationcontrollers", "web", has(1))
    stage.until_pods(1)


def a_late_deployment(stage: Stage) -> None:
    probe = {"exec": {"command": ["false"]}, "periodSeconds": 1}
    body = template(container("never-ready", readinessProbe=probe))
    stage.create(APPS, "deployments", workload("web", body, replicas=1, progressDeadlineSeconds=3))
    stage.until(APPS, "deployments", "web", condition("Progressing", "False", "ProgressDeadlineExceeded"))
    stage.patch(APPS, "deployments", "web", {"spec": {"paused": True}}, MERGE)
    time.sleep(0.5)


def a_recreation(stage: Stage) -> None:
    body = workload("web", template(container()), replicas=1, strategy={"type": "Recreate"})
    stage.create(APPS, "deployments", body)
    stage.until(APPS, "deployments", "web", rolled_out)
    stage.patch(APPS, "deployments", "web", {"spec": {"template": {"metadata": {"labels": {"version": "2"}}}}})
    stage.until(APPS, "deployments", "web", rolled_out)
    stage.until_pods(1)


def a_stateful_set(stage: Stage) -> None:
    stage.create(APPS, "statefulsets", workload("db", template(container()), replicas=2, serviceName="db"))
    stage.until(APPS, "statefulsets", "db", rolled_out)
    stage.patch(APPS, "statefulsets", "db", {"spec": {"template": {"metadata": {"labels": {"version": "2"}}}}})
    stage.until(APPS, "statefulsets", "db", rolled_out)
    stage.patch(APPS, "statefulsets", "db", {"spec": {"replicas": 1}})
    stage.until(APPS, "statefulsets", "db", rolled_out)
    stage.until_gone("/api/v1", "pods", "db-1")


def a_daemon_set(stage: Stage) -> None:
    stage.create(APPS, "daemonsets", workload("agent", template(container())))
    stage.until(APPS, "daemonsets", "agent", lambda each: each["status"].get("numberAvailable", 0) > 0)


def a_job(stage: Stage) -> None:
    body = template(container("ends", "sleep 1"), restartPolicy="Never")
    stage.create(BATCH, "jobs", {"metadata": {"name": "once"}, "spec": {"template": body, "completions": 2}})
    stage.until(BATCH, "jobs", "once", condition("Complete"))


def a_job_by_index(stage: Stage) -> None:
    body = template(container("ends", "sleep 1"), restartPolicy="OnFailure")
    spec = {"template": body, "completions": 2, "parallelism": 2, "completionMode": "Indexed"}
    stage.create(BATCH, "jobs", {"metadata": {"name": "once"}, "spec": spec})
    stage.until(BATCH, "jobs", "once", condition("Complete"))


def a_job_that_fails(stage: Stage) -> None:
    body = template(container("fails", "sleep 1; exit 3"), restartPolicy="Never")
    stage.create(BATCH, "jobs", {"metadata": {"name": "once"}, "spec": {"template": body, "backoffLimit": 0}})
    stage.until(BATCH, "jobs", "once", condition("Failed"))


def a_suspended_job(stage: Stage) -> None:
    body = template(container("ends", "sleep 1"), restartPolicy="Never")
    stage.create(BATCH, "jobs", {"metadata": {"name": "once"}, "spec": {"template": body, "suspend": True}})
    stage.until(BATCH, "jobs", "once", condition("Suspended"))
    stage.patch(BATCH, "jobs", "once", {"spec": {"suspend": False}})
    stage.until(BATCH, "jobs", "once", condition("Complete"))


def a_job_that_takes_too_long(stage: Stage) -> None:
    body = template(container(), restartPolicy="Never")
    stage.create(BATCH, "jobs", {"metadata": {"name": "once"}, "spec": {"template": body, "activeDeadlineSeconds": 3}})
    stage.until(BATCH, "jobs", "once", condition("Failed"))


def pods_alone(stage: Stage) -> None:
    pods: Sequence[tuple[str, Object]] = (
        ("lasts", {"containers": [container()]}),
        ("ends", {"containers": [container("ends", "sleep 1")], "restartPolicy": "Never"}),
        ("fails", {"containers": [container("fails", "sleep 1; exit 3")], "restartPolicy": "Never"}),
        ("first", {"containers": [container()], "initContainers": [container("ends", "sleep 1")]}),
        ("nowhere", {"containers": [container()], "nodeSelector": {"example.com/none": "yes"}}),
    )
    for name, spec in pods:
        given = {"terminationGracePeriodSeconds": 5, **spec}
        stage.create("/api/v1", "pods", {"metadata": {"name": name}, "spec": given})
    for name in ("lasts", "first"):
        stage.until("/api/v1", "pods", name, condition("Ready"))
    stage.until("/api/v1", "pods", "ends", condition("Ready", "False", "PodCompleted"))
    stage.until("/api/v1", "pods", "fails", condition("Ready", "False", "PodFailed"))
    stage.until("/api/v1", "pods", "nowhere", condition("PodScheduled", "False"))
    stage.delete("/api/v1", "pods", "lasts")
    stage.until_gone("/api/v1", "pods", "lasts")


def a_pod_that_crashes(stage: Stage) -> None:
    spec = {"containers": [container("fails", "sleep 1; exit 3")]}
    stage.create("/api/v1", "pods", {"metadata": {"name": "crashes"}, "spec": spec})
    stage.until("/api/v1", "pods", "crashes", _waits("CrashLoopBackOff"))


def _waits(reason: str) -> Callable[[Object], bool]:
    def holds(pod: Object) -> bool:
        statuses: list[Object] = list_at(pod["status"], "containerStatuses")
        return any(object_at(each["state"], "waiting").get("reason") == reason for each in statuses)

    return holds


def a_budget(stage: Stage) -> None:
    stage.create(APPS, "deployments", workload("web", template(container()), replicas=2))
    spec = {"selector": {"matchLabels": {"app": "web"}}, "minAvailable": 1}
    stage.create("/apis/policy/v1", "poddisruptionbudgets", {"metadata": {"name": "web"}, "spec": spec})
    stage.until(APPS, "deployments", "web", rolled_out)
    stage.until("/apis/policy/v1", "poddisruptionbudgets", "web", condition("DisruptionAllowed"))
    stage.until("/apis/policy/v1", "poddisruptionbudgets", "web", lambda each: each["status"]["currentHealthy"] == 2)


SCENARIOS = tuple(
    Scenario(play.__name__, play)
    for play in (
        a_deployment,
        a_replication_controller,
        a_late_deployment,
        a_recreation,
        a_stateful_set,
        a_daemon_set,
        a_job,
        a_job_by_index,
        a_job_that_fails,
        a_suspended_job,
        a_job_that_takes_too_long,
        pods_alone,
        a_pod_that_crashes,
        a_budget,
    )
)
