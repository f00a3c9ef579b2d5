"""Workloads of kubex's server in memory that move, on a clock that stands still."""

from __future__ import annotations

import json
import urllib.request
from datetime import UTC, datetime
from typing import Any

from benchmarks.peer import Measures, PeerWorkload, measured, serve
from kubex.manifests.documents import Manifest
from kubex.testing import ApiServer, SimulatedNode, VirtualClock, Workloads

_START = datetime(2026, 3, 1, tzinfo=UTC)


def _template(policy: str, app: str) -> dict[str, Any]:
    container = {
        "name": "main",
        "image": "example.com/main:1",
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}},
    }
    return {"metadata": {"labels": {"app": app}}, "spec": {"restartPolicy": policy, "containers": [container]}}


def _deployment(number: int) -> dict[str, Any]:
    name = f"web-{number}"
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name},
        "spec": {"replicas": 3, "selector": {"matchLabels": {"app": name}}, "template": _template("Always", name)},
    }


def _cron_job(number: int) -> dict[str, Any]:
    name = f"tidy-{number}"
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": name},
        "spec": {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": _template("Never", name)}}},
    }


class _Moving(PeerWorkload):
    """Brings objects into a new cluster and lets time pass."""

    seconds: float

    async def prepare(self) -> Any:
        return (await self._run())[1]

    async def round(self) -> Measures:
        return (await self._run())[0]

    async def _run(self) -> tuple[Measures, list[int]]:
        objects = [self.object(number) for number in range(self.parameters["count"])]
        manifests = [Manifest(each, each["metadata"]["name"]) for each in objects]
        nodes = [SimulatedNode(name=f"node-{number}") for number in range(20)]
        with ApiServer(workloads=Workloads(nodes=nodes), clock=VirtualClock(_START)) as server:
            with measured() as measures:
                server.load_manifests(*manifests)
                server.clock.advance(self.seconds)
            return measures, self.answer(server)

    def object(self, number: int) -> dict[str, Any]:
        """Give one of the objects."""
        raise NotImplementedError

    def answer(self, server: ApiServer) -> list[int]:
        """Count what has become of them."""
        raise NotImplementedError


def _items(server: ApiServer, path: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(server.url + path) as answer:
        found: list[dict[str, Any]] = json.load(answer)["items"]
    return found


class Deployments(_Moving):
    """Has Deployments become available: how many are, and how many of their pods are ready."""

    seconds = 10.0

    def object(self, number: int) -> dict[str, Any]:
        return _deployment(number)

    def answer(self, server: ApiServer) -> list[int]:
        found = _items(server, "/apis/apps/v1/deployments")
        available = [each["status"].get("availableReplicas", 0) for each in found]
        return [available.count(3), sum(each["status"].get("readyReplicas", 0) for each in found)]


class CronJobs(_Moving):
    """Has an hour of CronJobs pass: how many Jobs they made, and how many are left of them."""

    seconds = 3600.0

    def object(self, number: int) -> dict[str, Any]:
        return _cron_job(number)

    def answer(self, server: ApiServer) -> list[int]:
        events = _items(server, "/api/v1/events")
        made = sum(each["reason"] == "SuccessfulCreate" and "Created job" in each["message"] for each in events)
        return [made, len(_items(server, "/apis/batch/v1/jobs"))]


if __name__ == "__main__":
    serve({"deployments": Deployments, "cron-jobs": CronJobs})
