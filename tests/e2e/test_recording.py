"""A rollout in the real cluster, recorded, and seen again on a server in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import pytest

import kubex
from kubex import Api, create_client
from kubex.client.base import BaseClient
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.recording import Recorder, Recording
from kubex.testing import ApiServer
from tests.cluster import TRANSPORTS
from tests.e2e.pods import IMAGE
from tests.recordings import Watching

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("transport", [TRANSPORTS["httpx-trio"]], indirect=True, ids=["httpx-trio"]),
]

KINDS = (("apps/v1", "Deployment"), ("apps/v1", "ReplicaSet"), ("v1", "Pod"))
LABELS = {"app": "web"}


def deployment(version: str) -> Deployment:
    container = {
        "name": "main",
        "image": IMAGE,
        "imagePullPolicy": "Never",
        "command": ["sleep", "1000"],
        "env": [{"name": "VERSION", "value": version}],
    }
    spec = {"containers": [container], "terminationGracePeriodSeconds": 0}
    template = {"metadata": {"labels": LABELS}, "spec": spec}
    body = {"replicas": 2, "selector": {"matchLabels": LABELS}, "template": template}
    return Deployment.model_validate({"metadata": {"name": "web"}, "spec": body})


def gone(watching: Watching) -> bool:
    """Whether everything that was there is gone again."""
    there: dict[str, set[str]] = {kind: set() for kind in watching.seen}
    for kind, seen in watching.seen.items():
        for type_, object_ in seen:
            uid: str = object_["metadata"]["uid"]
            (there[kind].discard if type_ == "DELETED" else there[kind].add)(uid)
    return all(watching.seen.values()) and not any(there.values())


async def test_a_rollout_is_seen_again(client: BaseClient, namespace: str, tmp_path: Path) -> None:
    path = tmp_path / "rollout.jsonl"
    deployments = Api(Deployment, client, namespace=namespace)
    async with (
        Recorder(client, path, ["deployments", "replicasets", "pods"], namespace=namespace) as recorder,
        Watching(client, namespace, *KINDS) as watching,
    ):
        for version in ("1", "2"):
            await deployments.apply(deployment(version), field_manager="test", force=True)
            await kubex.wait_for(deployments, "web", kubex.conditions.rollout_complete, timeout=120)
        await deployments.delete("web", propagation_policy="Foreground")
        with anyio.fail_after(120):
            while not gone(watching):  # noqa: ASYNC110  # nobody tells of it
                await anyio.sleep(0.05)
            happened = watching.seen
            while recorder.entries < 6 + sum(map(len, happened.values())):  # noqa: ASYNC110  # nobody tells of it
                await anyio.sleep(0.05)
    times: list[float] = []
    with Recording(path) as recording:
        times = [entry.at for entry in recording]
    assert times == sorted(times)
    assert times[-1] > 1, "a rollout takes seconds, and so the recording says"

    async with (
        ApiServer() as server,
        await create_client(server.configuration) as replayed,
        Watching(replayed, namespace, *KINDS) as again,
    ):
        replay = server.replay(path, speed=100)
        await anyio.to_thread.run_sync(replay.wait)
        await again.until(*(len(seen) for seen in happened.values()))
    for kind, seen in happened.items():
        assert again.summary(kind) == watching.summary(kind)
        for (_, before), (_, after) in zip(seen, again.seen[kind], strict=True):
            assert after == before, differing(before, after)


def differing(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {
        name: (before.get(name), after.get(name)) for name in {*before, *after} if before.get(name) != after.get(name)
    }
