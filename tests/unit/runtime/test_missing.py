"""What is said of an object that is not ready."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.runtime._missing import missing

PULLING = {"name": "main", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}
CRASHED = {"name": "main", "state": {"terminated": {"reason": "Error", "exitCode": 1}}}
UNSCHEDULED = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no node fits"}
NO_QUOTA = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "exceeded quota"}
GOES_ON = {"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"}
UNREADY = {"type": "Ready", "status": "False", "reason": "No", "message": "x" * 999}
FAILED_JOB = {"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded"}


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("ConfigMap", {}, ""),
        ("Pod", {}, "it has no status yet"),
        (
            "Pod",
            {"phase": "Pending", "conditions": [UNSCHEDULED]},
            "phase Pending; PodScheduled=False: Unschedulable,",
        ),
        (
            "Pod",
            {"phase": "Pending", "containerStatuses": [PULLING]},
            "phase Pending; container main waits: ImagePull",
        ),
        ("Pod", {"phase": "Running", "containerStatuses": [CRASHED]}, "phase Running; container main has ended: Error"),
        ("PersistentVolumeClaim", {"phase": "Pending"}, "phase Pending"),
        ("Deployment", {"observedGeneration": 1}, "its controller has not seen the last change yet"),
        (
            "Deployment",
            {
                "observedGeneration": 2,
                "updatedReplicas": 3,
                "availableReplicas": 1,
                "conditions": [GOES_ON, NO_QUOTA],
            },
            "1 of 3 available; ReplicaFailure=True: FailedCreate, exceeded quota",
        ),
        (
            "Deployment",
            {"observedGeneration": 2, "replicas": 4, "updatedReplicas": 3, "availableReplicas": 3},
            "1 of before are still there",
        ),
        ("StatefulSet", {"observedGeneration": 2, "updatedReplicas": 3}, "0 of 3 ready"),
        ("DaemonSet", {"observedGeneration": 2, "desiredNumberScheduled": 1}, "0 of 1 updated; 0 of 1 available"),
        ("Job", {"conditions": [FAILED_JOB]}, "Failed=True: BackoffLimitExceeded"),
        (
            "Gadget",
            {"conditions": [UNREADY]},
            "Ready=F",
        ),
        ("Gadget", {"conditions": [{"type": "Ready", "status": "True", "reason": "Fine"}]}, ""),
        ("Pod", {"phase": 1, "conditions": [1], "containerStatuses": [1, {"state": 1}]}, ""),
    ],
)
def test_what_an_object_lacks(kind: str, status: dict[str, Any], said: str) -> None:
    content = {"kind": kind, "metadata": {"generation": 2}, "spec": {"replicas": 3}, "status": status}
    found = missing(content)
    assert found.startswith(said)
    assert bool(found) == bool(said)
    assert len(found) < 400
