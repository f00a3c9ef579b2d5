"""Equal specs of pods are one, as long as nobody changes them."""

from __future__ import annotations

from typing import Any

from tests.unit.testing.clusters import Cluster

PODS = "v1/pods"


def pod(name: str, image: str = "i") -> dict[str, Any]:
    spec = {"containers": [{"name": "c", "image": image}], "automountServiceAccountToken": False}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def test_a_change_of_one_pod_is_none_of_another() -> None:
    cluster = Cluster()
    first, second = (cluster.create(PODS, pod(name))["spec"] for name in ("a", "b"))
    assert first is second
    assert cluster.create(PODS, pod("c", "j"))["spec"] != first
    changed = cluster.patch(PODS, "a", {"spec": {"activeDeadlineSeconds": 5}})
    assert changed["spec"]["activeDeadlineSeconds"] == 5
    unchanged = cluster.get(PODS, "b")
    assert unchanged is not None
    assert "activeDeadlineSeconds" not in unchanged["spec"]
