"""Manifests of what runs: waited for until it does, until it can't be, and pruned."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.exceptions import WaitTimeout
from kubex.k8s.v1_35.core.v1 import Pod
from kubex.manifests import AppliedManifests, Outcome, apply_manifests
from tests.cluster import TRANSPORTS
from tests.e2e.pods import IMAGE, PATIENCE, until_gone

# What takes time here is the kubelet's.
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("transport", [TRANSPORTS["httpx-trio"]], indirect=True, ids=["httpx-trio"]),
]

Object = dict[str, Any]
LABELS = {"set": "ours"}


def template(image: str, command: str, **spec: Any) -> Object:
    container = {"name": "main", "image": image, "imagePullPolicy": "Never", "command": ["sh", "-c", command]}
    whole = {"containers": [container], "terminationGracePeriodSeconds": 0, **spec}
    return {"metadata": {"labels": {"app": "web"}}, "spec": whole}


def deployment(image: str) -> Object:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "labels": LABELS},
        "spec": {"selector": {"matchLabels": {"app": "web"}}, "template": template(image, "sleep 3600")},
    }


JOB: Object = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "once", "labels": LABELS},
    "spec": {"template": template(IMAGE, "true", restartPolicy="Never")},
}


async def test_waiting_for_what_runs(client: BaseClient, namespace: str) -> None:
    async def apply(*manifests: Object, **options: Any) -> AppliedManifests:
        return await apply_manifests(client, manifests, field_manager="bot", namespace=namespace, **options)

    both = await apply(deployment(IMAGE), JOB, wait=PATIENCE)
    both.check()
    web, job = (each.object for each in both)
    assert web is not None
    assert web["status"]["availableReplicas"] == 1
    assert job is not None
    assert job["status"]["succeeded"] == 1

    # The second time nothing changes, whatever controllers have written by now, and waiting is over at once.
    again = await apply(deployment(IMAGE), JOB, wait=0)
    assert [each.outcome for each in again] == [Outcome.UNCHANGED, Outcome.UNCHANGED]

    stuck = await apply(deployment("localhost/there-is-none:1"), JOB, wait=1)
    (failed,) = stuck.failed
    assert failed.name == "web"
    assert isinstance(failed.error, WaitTimeout)

    pruned = await apply(JOB, wait=0, prune="set=ours")
    pruned.check()
    assert [(each.name, each.outcome) for each in pruned] == [("once", Outcome.UNCHANGED), ("web", Outcome.PRUNED)]
    pods = Api(Pod, client, namespace=namespace)
    for each in (await pods.list(label_selector="app=web")).items:
        if (each.metadata.name or "").startswith("web-"):  # its pods follow it
            await until_gone(pods, each.metadata.name or "")
