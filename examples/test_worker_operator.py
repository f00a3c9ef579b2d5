"""Tests of an operator, on the API server in memory and with Deployments that roll out there, in the time of a blink.

`pytest examples/test_worker_operator.py`
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import pytest

import kubex
from examples.worker_operator import Worker, WorkerSpec, controller
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.runtime import Manager
from kubex.testing import ApiServer
from kubex_core.models.metadata import ObjectMetadata

pytestmark = [pytest.mark.anyio, pytest.mark.kube_api_server(workloads=True)]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def workers(kube_client: kubex.BaseClient) -> AsyncIterator[kubex.Api[Worker]]:
    """Workers, with the operator at work."""
    applied = await kubex.apply_manifests(kube_client, [kubex.crd_for(Worker)], field_manager="test", wait=60)
    applied.check()
    manager = Manager(controller, client=kube_client, namespace="default", handle_signals=False)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(manager.run)
        yield kubex.Api(Worker, kube_client, namespace="default")
        manager.stop()


async def create(workers: kubex.Api[Worker], replicas: int) -> None:
    spec = WorkerSpec(image="shop/mill:1", replicas=replicas)
    await workers.create(Worker(metadata=ObjectMetadata(name="mill"), spec=spec))


async def wait_for_pods(workers: kubex.Api[Worker], ready: int) -> None:
    await kubex.wait_for(workers, "mill", lambda each: each.status and each.status.ready_replicas == ready, timeout=60)


async def test_it_says_when_its_pods_are_ready(workers: kubex.Api[Worker]) -> None:
    await create(workers, 2)
    await wait_for_pods(workers, 2)


async def test_it_tries_again(workers: kubex.Api[Worker], kube_api_server: ApiServer) -> None:
    kube_api_server.faults.status(500, verb="patch", kind="Deployment", count=3)
    await create(workers, 1)
    await wait_for_pods(workers, 1)


async def test_what_it_owns_goes_with_it(workers: kubex.Api[Worker], kube_client: kubex.BaseClient) -> None:
    await create(workers, 1)
    await wait_for_pods(workers, 1)
    await workers.delete("mill")
    await kubex.wait_for(workers, "mill", kubex.conditions.deleted, timeout=60)
    deployments = kubex.Api(Deployment, kube_client, namespace="default")
    await kubex.wait_for(deployments, "mill", kubex.conditions.deleted, timeout=60)
