"""What the server does not look at in pods, each with its row in the guide."""

from __future__ import annotations

import pytest

from tests.unit.testing.clusters import Cluster, pod


@pytest.mark.differs("validation-of-common-kinds")
def test_references_to_resources_may_name_any() -> None:
    odd = pod("web")
    reference = {"resource": "limits.moons", "containerName": "other"}
    odd["spec"]["containers"][0]["env"] = [{"name": "A", "valueFrom": {"resourceFieldRef": reference}}]
    cluster = Cluster()
    made = cluster.create("v1/pods", odd)
    assert made["spec"]["containers"][0]["env"][0]["valueFrom"]["resourceFieldRef"]["resource"] == "limits.moons"
