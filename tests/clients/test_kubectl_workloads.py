"""kubectl against workloads that move: rollouts, waits, drains, jobs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubex.testing import ApiServer, PodRule, Workloads
from tests.clients.kubectl import Shell, shell

pytestmark = [
    pytest.mark.timeout(300),  # the first test may have to make the environment
    pytest.mark.skipif(
        os.environ.get("KUBEX_TEST_SERVER") != "memory", reason="the images are make-believe, and so are the nodes"
    ),
]


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with ApiServer(workloads=Workloads(nodes=2, rules=[PodRule(image="example.com/bad:*", exit_code=1)])) as server:
        yield server


@pytest.fixture
def kubectl(server: ApiServer, tmp_path: Path) -> Iterator[Shell]:
    with shell(server.kubeconfig, tmp_path) as commands:
        yield commands


def says(kubectl: Shell, command: str) -> str:
    ended = kubectl.run(f"kubectl {command}")
    assert ended.code == 0, f"{command}\n{ended.output}"
    return ended.output


def test_a_rollout_and_its_undoing(kubectl: Shell) -> None:
    says(kubectl, "create deployment web --image example.com/web:1 --replicas 3")
    assert says(kubectl, "rollout status deployment/web --timeout 60s").endswith(
        'deployment "web" successfully rolled out\n'
    )
    says(kubectl, "set image deployment/web web=example.com/web:2")
    says(kubectl, "annotate deployment/web kubernetes.io/change-cause='the second'")
    says(kubectl, "rollout status deployment/web --timeout 60s")
    history = says(kubectl, "rollout history deployment/web").split("\n", 1)[1]
    assert [line.split() for line in history.splitlines() if line] == [
        ["REVISION", "CHANGE-CAUSE"],
        ["1", "<none>"],
        ["2", "the", "second"],
    ]
    assert "Image:\texample.com/web:1" in says(kubectl, "rollout history deployment/web --revision 1")
    assert says(kubectl, "rollout undo deployment/web") == "deployment.apps/web rolled back\n"
    says(kubectl, "rollout status deployment/web --timeout 60s")
    images = says(kubectl, "get pods -o jsonpath='{.items[*].spec.containers[0].image}'")
    assert "example.com/web:1" in images.split()
    says(kubectl, "rollout restart deployment/web")
    says(kubectl, "rollout status deployment/web --timeout 60s")
    says(kubectl, "rollout pause deployment/web")
    says(kubectl, "set image deployment/web web=example.com/web:3")
    says(kubectl, "rollout resume deployment/web")
    says(kubectl, "rollout status deployment/web --timeout 60s")
    says(kubectl, "scale deployment/web --replicas 5")
    says(kubectl, "wait deployment/web --for jsonpath='{.status.availableReplicas}'=5 --timeout 60s")


def test_a_rollout_of_a_stateful_set_and_a_daemon_set(kubectl: Shell, tmp_path: Path) -> None:
    template = """
  selector: {matchLabels: {app: %(name)s}}
  template:
    metadata: {labels: {app: %(name)s}}
    spec: {containers: [{name: main, image: "example.com/%(name)s:1"}]}
"""
    text = "\n---\n".join(
        f"apiVersion: apps/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:{template % {'name': name}}{more}"
        for kind, name, more in (
            ("StatefulSet", "db", "  replicas: 2\n  serviceName: db\n"),
            ("DaemonSet", "agent", ""),
        )
    )
    (tmp_path / "sets.yaml").write_text(text)
    says(kubectl, "apply -f sets.yaml")
    for kind in ("statefulset/db", "daemonset/agent"):
        says(kubectl, f"rollout status {kind} --timeout 60s")
        says(kubectl, f"set image {kind} main=example.com/other:2")
        says(kubectl, f"rollout status {kind} --timeout 60s")
        assert "2" in says(kubectl, f"rollout history {kind}")
        says(kubectl, f"rollout undo {kind}")
        says(kubectl, f"rollout status {kind} --timeout 60s")


def test_a_drain_heeds_budgets(kubectl: Shell) -> None:
    says(kubectl, "create deployment web --image example.com/web:1 --replicas 4")
    says(kubectl, "wait deployment/web --for condition=Available --timeout 60s")
    says(kubectl, "create poddisruptionbudget web --selector app=web --min-available 3")
    says(kubectl, "wait poddisruptionbudget/web --for jsonpath='{.status.disruptionsAllowed}'=1 --timeout 60s")
    output = says(kubectl, "drain node-1 --ignore-daemonsets --timeout 50s")
    assert output.endswith("node/node-1 drained\n")
    nodes = says(kubectl, "get pods -o jsonpath='{.items[*].spec.nodeName}'")
    assert set(nodes.split()) == {"node-2"}
    assert "Ready,SchedulingDisabled" in says(kubectl, "get nodes")
    says(kubectl, "uncordon node-1")
    assert "SchedulingDisabled" not in says(kubectl, "get nodes")


def test_jobs_are_made_and_awaited(kubectl: Shell) -> None:
    says(kubectl, "create job once --image example.com/job:1")
    says(kubectl, "wait job/once --for condition=Complete --timeout 60s")
    says(kubectl, "create cronjob tidy --image example.com/job:1 --schedule '0 3 * * *'")
    says(kubectl, "create job now --from cronjob/tidy")
    says(kubectl, "wait job/now --for condition=Complete --timeout 60s")
    says(kubectl, "run alone --image example.com/web:1")
    says(kubectl, "wait pod/alone --for condition=Ready --timeout 60s")
    assert "Running" in says(kubectl, "get pod alone")
    assert "Completed" in says(kubectl, "get pods")
    says(kubectl, "delete pod alone --timeout 30s")


def test_what_goes_wrong_is_shown(kubectl: Shell) -> None:
    says(kubectl, "run bad --image example.com/bad:1")
    reason = "jsonpath='{.status.containerStatuses[0].state.waiting.reason}'=CrashLoopBackOff"
    says(kubectl, f"wait pod/bad --for {reason} --timeout 60s")
    assert "CrashLoopBackOff" in says(kubectl, "get pod bad")
    assert "Back-off restarting failed container bad" in says(kubectl, "describe pod bad")


def test_there_are_no_metrics(kubectl: Shell) -> None:
    for command in ("top nodes", "top pods"):
        ended = kubectl.run(f"kubectl {command}")
        assert (ended.code, ended.output) == (1, "error: Metrics API not available\n")
