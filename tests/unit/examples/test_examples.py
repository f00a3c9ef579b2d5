"""The examples that run until they are told to end, as programs of their own on a server in memory."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

import kubex
from examples.worker_operator import Worker, WorkerSpec
from kubex import conditions, wait_for
from kubex.core.patch import MergePatch
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.k8s.v1_35.coordination.v1 import Lease
from kubex.k8s.v1_35.core.v1 import ConfigMap, Secret
from kubex.testing import ApiServer
from kubex_core.models.metadata import ObjectMetadata

pytestmark = pytest.mark.anyio

EXAMPLES = Path(__file__).parents[3] / "examples"
PATIENCE = 60.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@contextmanager
def program(name: str, server: ApiServer) -> Generator[subprocess.Popen[str], None, None]:
    environment = {**os.environ, "KUBECONFIG": str(server.kubeconfig), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, str(EXAMPLES / name)]
    out = subprocess.PIPE
    with subprocess.Popen(command, env=environment, text=True, stdout=out, stderr=subprocess.STDOUT) as process:
        try:
            yield process
        finally:
            process.kill()


async def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    read: Callable[[], str] = process.stdout.readline
    with anyio.fail_after(PATIENCE):
        return (await anyio.to_thread.run_sync(read, abandon_on_cancel=True)).strip()


async def end(process: subprocess.Popen[str], number: signal.Signals) -> str:
    process.send_signal(number)
    with anyio.fail_after(PATIENCE):
        output, _ = await anyio.to_thread.run_sync(process.communicate, abandon_on_cancel=True)
    assert process.returncode == 0, output
    return output


def config_map(name: str, **labels: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMetadata(name=name, labels=labels), data={"colour": "blue"})


async def test_cache(kube_api_server: ApiServer) -> None:
    async with await kubex.create_client(kube_api_server.configuration) as client:
        config_maps = kubex.Api(ConfigMap, client, namespace="default")
        with program("cache.py", kube_api_server) as process:
            assert await line_of(process) == "0 ConfigMaps"
            await config_maps.create(config_map("a", team="red"))
            assert await line_of(process) == "Added a {'red': 1}"
            await config_maps.patch("a", MergePatch({"metadata": {"labels": {"team": "blue"}}}))
            assert await line_of(process) == "Updated a {'blue': 1}"
            await config_maps.delete("a")
            assert await line_of(process) == "Removed a {}"
            assert await end(process, signal.SIGINT) == ""


async def test_controller(kube_api_server: ApiServer) -> None:
    async with await kubex.create_client(kube_api_server.configuration) as client:
        config_maps = kubex.Api(ConfigMap, client, namespace="default")
        leases = kubex.Api(Lease, client, namespace="default")
        secrets = kubex.Api(Secret, client, namespace="default")
        with program("controller.py", kube_api_server) as process:
            await config_maps.create(config_map("a", mirror="yes"))
            await config_maps.create(config_map("b"))
            mirrored = await wait_for(secrets, "a", lambda each: each.data is not None, timeout=PATIENCE)
            assert mirrored.data == {"colour": b"blue"}
            await secrets.delete("a")
            await wait_for(secrets, "a", lambda each: each.metadata.uid != mirrored.metadata.uid, timeout=PATIENCE)
            await config_maps.delete("a")
            assert await wait_for(config_maps, "a", conditions.deleted, timeout=PATIENCE) is None
            assert await wait_for(secrets, "a", conditions.deleted, timeout=PATIENCE) is None
            assert await secrets.get_or_none("b") is None
            output = await end(process, signal.SIGTERM)
            assert "kubex.controller.mirror: default/a is deleted" in output
            assert "SIGTERM: the end begins" in output
        lease = await leases.get("mirror")
        assert lease.spec is not None
        assert not lease.spec.holder_identity


async def until_ready(workers: kubex.Api[Worker], count: int) -> None:
    await wait_for(workers, "mill", lambda each: each.status and each.status.ready_replicas == count, timeout=PATIENCE)


@pytest.mark.kube_api_server(workloads=True)
async def test_worker_operator(kube_api_server: ApiServer) -> None:
    async with await kubex.create_client(kube_api_server.configuration) as client:
        workers = kubex.Api(Worker, client, namespace="default")
        deployments = kubex.Api(Deployment, client, namespace="default")
        definition = [kubex.crd_for(Worker)]
        (await kubex.apply_manifests(client, definition, field_manager="test", wait=PATIENCE)).check()
        with program("worker_operator.py", kube_api_server) as process:
            spec = WorkerSpec(image="shop/mill:1", replicas=2)
            await workers.create(Worker(metadata=ObjectMetadata(name="mill"), spec=spec))
            await until_ready(workers, 2)
            await workers.patch("mill", MergePatch({"spec": {"replicas": 3}}))
            await until_ready(workers, 3)
            await workers.delete("mill")
            assert await wait_for(workers, "mill", conditions.deleted, timeout=PATIENCE) is None
            assert await wait_for(deployments, "mill", conditions.deleted, timeout=PATIENCE) is None
            await end(process, signal.SIGTERM)
