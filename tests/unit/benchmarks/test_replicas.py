"""The pods that caches are measured with: alike where a workload's pods are, and different where they are."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.replicas import make_replicas

Json = dict[str, Any]
WORKLOADS, REPLICAS = 10, 4


def pods_by_workload() -> dict[tuple[str, str], list[Json]]:
    found: dict[tuple[str, str], list[Json]] = {}
    for pod in make_replicas(WORKLOADS * REPLICAS, workloads=WORKLOADS):
        env = json.dumps(pod["spec"]["containers"][0]["env"])
        found.setdefault((pod["metadata"]["labels"]["app.kubernetes.io/name"], env), []).append(pod)
    return found


def test_pods_of_a_workload_have_its_template_in_common() -> None:
    found = pods_by_workload()
    assert [len(pods) for pods in found.values()] == [REPLICAS] * WORKLOADS
    for pods in found.values():
        for name in ("image", "env", "resources", "livenessProbe"):
            assert len({json.dumps(pod["spec"]["containers"][0].get(name)) for pod in pods}) == 1


def test_and_differ_in_what_is_a_pods_own() -> None:
    every = [pod for pods in pods_by_workload().values() for pod in pods]
    for path in (("metadata", "name"), ("metadata", "uid"), ("status", "podIP")):
        assert len({pod[path[0]][path[1]] for pod in every}) == len(every)
    tokens = [pod["spec"]["volumes"][-1]["name"] for pod in every]
    assert len(set(tokens)) == len(every)
    for pod, token in zip(every, tokens, strict=True):
        assert {each["volumeMounts"][-1]["name"] for each in pod["spec"]["containers"]} == {token}
        assert pod["status"]["podIP"] in json.dumps(pod["metadata"]["managedFields"][-1])


def test_they_are_the_same_each_time() -> None:
    assert make_replicas(5) == make_replicas(5)
