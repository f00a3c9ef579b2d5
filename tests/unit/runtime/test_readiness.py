"""When an object has become what was asked for."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.runtime._readiness import is_ready

OUT = {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 2, "observedGeneration": 3}


def condition(type_: str, status: str) -> dict[str, Any]:
    return {"conditions": [{"type": "Other", "status": "False"}, {"type": type_, "status": status}]}


@pytest.mark.parametrize(
    ("kind", "spec", "status", "expected"),
    [
        ("Deployment", {"replicas": 2}, OUT, True),
        ("Deployment", {"replicas": 2}, {**OUT, "observedGeneration": 2}, False),
        ("Deployment", {"replicas": 2}, {**OUT, "replicas": 3}, False),
        ("Deployment", {"replicas": 2}, {**OUT, "availableReplicas": 1}, False),
        ("Deployment", {"replicas": 0}, {"observedGeneration": 3}, True),
        ("Deployment", {}, {}, False),
        ("StatefulSet", {"replicas": 1}, {"readyReplicas": 1, "updatedReplicas": 1, "observedGeneration": 3}, True),
        ("StatefulSet", {"replicas": 1}, {"readyReplicas": 1, "updateRevision": "b", "observedGeneration": 3}, False),
        ("StatefulSet", {"replicas": 1}, {"observedGeneration": 3}, False),
        (
            "DaemonSet",
            {},
            {"desiredNumberScheduled": 1, "updatedNumberScheduled": 1, "numberAvailable": 1, "observedGeneration": 3},
            True,
        ),
        ("DaemonSet", {}, {"desiredNumberScheduled": 1, "observedGeneration": 3}, False),
        ("DaemonSet", {}, {}, False),
        ("Job", {}, condition("Complete", "True"), True),
        ("Job", {}, {}, False),
        ("Pod", {}, condition("Ready", "True"), True),
        ("Pod", {}, {"phase": "Succeeded"}, True),
        ("Pod", {}, {"phase": "Running"}, False),
        ("Namespace", {}, {"phase": "Active"}, True),
        ("Namespace", {}, {"phase": "Terminating"}, False),
        ("PersistentVolumeClaim", {}, {"phase": "Pending"}, False),
        ("CustomResourceDefinition", {}, condition("Established", "True"), True),
        ("CustomResourceDefinition", {}, {}, False),
        ("ConfigMap", {}, {}, True),
        ("Gadget", {}, condition("Ready", "False"), False),
        ("Gadget", {}, condition("Ready", "Unknown"), False),
        ("Gadget", {}, condition("Available", "True"), True),
        ("Gadget", {}, {"observedGeneration": 2}, False),
        ("Gadget", {}, {"conditions": "odd"}, True),
        ("Gadget", "odd", "odd", True),
    ],
)
def test_readiness(kind: str, spec: Any, status: Any, expected: bool) -> None:
    content = {"kind": kind, "metadata": {"generation": 3}, "spec": spec, "status": status}
    assert is_ready(content) is expected
