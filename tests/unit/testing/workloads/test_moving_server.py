"""`ApiServer(workloads=…)`: workloads that move behind HTTP, on the machine's clock and on one that stands still."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kubex.core.exceptions import InvalidArgument
from kubex.testing import ApiServer, Clock, PodRule, SimulatedNode, VirtualClock, Workloads
from tests.unit.testing.workloads.moving import START, job, workload

DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments"
PODS = "/api/v1/namespaces/default/pods"
SECONDS = 60  # that a busy machine may take


def ask(server: ApiServer, path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(server.url + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


def available(server: ApiServer) -> int:
    count: int = ask(server, f"{DEPLOYMENTS}/web")["status"].get("availableReplicas", 0)
    return count


def test_workloads_move_by_themselves() -> None:
    with ApiServer(workloads=True) as server:
        ask(server, DEPLOYMENTS, workload(replicas=3))
        until(lambda: available(server) == 3)
        assert [node["metadata"]["name"] for node in ask(server, "/api/v1/nodes")["items"]] == [
            "node-1",
            "node-2",
            "node-3",
        ]
        assert server.requests[0].verb == "create"


def test_they_stand_still_by_default() -> None:
    with ApiServer() as server:
        ask(server, DEPLOYMENTS, workload(replicas=3))
        assert ask(server, PODS)["items"] == ask(server, "/api/v1/nodes")["items"] == []
        with pytest.raises(InvalidArgument, match="workloads=True"):
            _ = server.workloads
        with pytest.raises(InvalidArgument, match="VirtualClock"):
            server.clock.advance(1)


def test_time_passes_when_it_is_told_to() -> None:
    with ApiServer(
        workloads=Workloads(nodes=1, rules=[PodRule(starts_after=120)]), clock=VirtualClock(START)
    ) as server:
        ask(server, DEPLOYMENTS, workload(replicas=2))
        server.clock.advance(119)
        assert available(server) == 0
        server.clock.advance(1)
        assert available(server) == 2
        assert server.clock.now() == datetime(2026, 3, 1, 12, 2, tzinfo=UTC)
        started = {
            pod["status"]["containerStatuses"][0]["state"]["running"]["startedAt"] for pod in ask(server, PODS)["items"]
        }
        assert started == {"2026-03-01T12:02:00Z"}


def test_what_follows_a_request_is_done_before_its_answer_where_time_stands_still() -> None:
    with ApiServer(workloads=True, clock=VirtualClock()) as server:
        for number in range(20):
            ask(server, "/apis/batch/v1/namespaces/default/jobs", job(f"once-{number}"))
            assert len(ask(server, PODS)["items"]) == number + 1


def test_a_virtual_clock_is_one_without_workloads_too() -> None:
    with ApiServer(clock=VirtualClock(START)) as server:
        pod = {"metadata": {"name": "web-0"}, "spec": {"nodeName": "n", "containers": [{"name": "a", "image": "b"}]}}
        assert ask(server, PODS, pod)["metadata"]["creationTimestamp"] == "2026-03-01T12:00:00Z"
        request = urllib.request.Request(f"{server.url}{PODS}/web-0", method="DELETE")
        urllib.request.urlopen(request).close()
        assert len(ask(server, PODS)["items"]) == 1
        server.clock.advance(31)
        assert ask(server, PODS)["items"] == []


def test_a_reset_begins_anew_and_moves_too() -> None:
    with ApiServer(workloads=True) as server:
        ask(server, DEPLOYMENTS, workload(replicas=1))
        server.reset()
        assert ask(server, PODS)["items"] == []
        ask(server, DEPLOYMENTS, workload(replicas=2))
        until(lambda: available(server) == 2)


def test_workloads_go_on_where_they_were_saved(tmp_path: Path) -> None:
    with ApiServer(workloads=True, clock=VirtualClock(START)) as server:
        ask(server, DEPLOYMENTS, workload(replicas=2))
        server.clock.advance(10)
        names = [pod["metadata"]["name"] for pod in ask(server, PODS)["items"]]
        server.save(tmp_path / "snapshot.json")
    with ApiServer(workloads=True, clock=VirtualClock(START)) as server:
        server.load(tmp_path / "snapshot.json")
        server.clock.advance(600)
        pods = ask(server, PODS)["items"]
        assert [pod["metadata"]["name"] for pod in pods] == names
        assert [pod["status"]["phase"] for pod in pods] == ["Running"] * 2
        assert available(server) == 2
        assert len(ask(server, "/api/v1/nodes")["items"]) == 3


def test_a_test_can_make_trouble() -> None:
    with ApiServer(workloads=Workloads(nodes=1), clock=VirtualClock()) as server:
        ask(server, DEPLOYMENTS, workload(replicas=1))
        server.clock.advance(5)
        (pod,) = ask(server, PODS)["items"]
        name = pod["metadata"]["name"]
        server.workloads.end_container("default", name, exit_code=3)
        (status,) = ask(server, f"{PODS}/{name}")["status"]["containerStatuses"]
        assert status["state"]["terminated"]["exitCode"] == 3
        server.clock.advance(5)
        assert available(server) == 1
        server.workloads.add_rule(PodRule(pull_error="not found"))
        assert len(server.workloads.rules) == 1
        server.workloads.end_container("default", name)
        server.clock.advance(60)
        assert available(server) == 0
        server.workloads.rules = []
        server.clock.advance(600)
        assert available(server) == 1
        server.workloads.add_node(SimulatedNode(name="another"))
        server.workloads.lose_node("node-1")
        server.clock.advance(400)
        assert available(server) == 1
        server.workloads.restore_node("node-1")
        server.clock.advance(5)
        (pod,) = ask(server, PODS)["items"]
        assert pod["spec"]["nodeName"] == "another"
        for name, container in (("nobody", ""), (pod["metadata"]["name"], "none")):
            with pytest.raises(InvalidArgument):
                server.workloads.end_container("default", name, container=container)


def test_clocks() -> None:
    clock = VirtualClock(START)
    clock.advance(1.5)
    assert (clock.now() - START).total_seconds() == clock.monotonic() == 1.5
    clock.skew_seconds = -60
    assert (START - clock.now()).total_seconds() == 58.5
    with pytest.raises(InvalidArgument, match="below zero"):
        clock.advance(-1)
    with pytest.raises(InvalidArgument, match="time zone"):
        VirtualClock(datetime(2026, 1, 1))
    with pytest.raises(InvalidArgument, match="VirtualClock"):
        Clock().advance(1)


def test_a_reset_sets_a_clock_that_stands_still_to_its_start() -> None:
    clock = VirtualClock(START)
    with ApiServer(workloads=True, clock=clock) as server:
        ask(server, DEPLOYMENTS, workload(replicas=1))
        clock.advance(3600)
        server.reset()
        assert clock.now() == START
        made = ask(server, DEPLOYMENTS, workload(replicas=1))
        assert datetime.fromisoformat(made["metadata"]["creationTimestamp"]) == START
        clock.advance(60)
        assert available(server) == 1
