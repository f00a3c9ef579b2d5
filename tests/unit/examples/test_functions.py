"""The examples that work and end, and the functions that they are made of, on a server in memory."""

from __future__ import annotations

import ast
import inspect
import json
import os
import re
import signal
import socket
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import uvicorn
from rich.console import Console

import kubex
from examples import browse, dashboard, deploy, drain_node, pods_table, rolling_restart
from kubex.client.base import BaseClient
from kubex.core.patch import MergePatch
from kubex.k8s.v1_35.apps.v1 import Deployment, DeploymentSpec
from kubex.k8s.v1_35.core.v1 import ConfigMap, Container, Node, Pod, PodSpec, PodTemplateSpec
from kubex.k8s.v1_35.meta.v1 import LabelSelector
from kubex.k8s.v1_35.policy.v1 import PodDisruptionBudget, PodDisruptionBudgetSpec
from kubex.testing import ApiServer
from kubex_core.models.metadata import ObjectMetadata
from tests.unit.examples.test_examples import EXAMPLES, PATIENCE, end, line_of, program

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client(kube_api_server: ApiServer, no_leaks: None) -> Any:
    async with await kubex.create_client(kube_api_server.configuration) as client:
        yield client


def run(name: str, server: ApiServer, *arguments: str) -> list[str]:
    """Run an example to its end, and give its lines."""
    environment = {**os.environ, "KUBECONFIG": str(server.kubeconfig)}
    command = [sys.executable, "-W", "error", str(EXAMPLES / f"{name}.py"), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def pod(name: str, **annotations: str) -> Pod:
    return Pod(
        metadata=ObjectMetadata(name=name, namespace="default", labels={"app": name}, annotations=annotations),
        spec=PodSpec(containers=[Container(name="main", image="busybox")], node_name="node-1"),
    )


def deployment(name: str) -> Deployment:
    labels = {"app": name}
    template = PodTemplateSpec(
        metadata=ObjectMetadata(labels=labels), spec=PodSpec(containers=[Container(name="main", image="busybox")])
    )
    return Deployment(
        metadata=ObjectMetadata(name=name, labels=labels),
        spec=DeploymentSpec(selector=LabelSelector(match_labels=labels), template=template),
    )


async def test_browse(client: BaseClient) -> None:
    assert "apps/v1 Deployment" in await browse.kinds(client)
    await kubex.Api(Deployment, client, namespace="default").create(deployment("web"))
    assert await browse.browse(client, "deploy", "default") == [
        "default/web ['apiVersion', 'kind', 'metadata', 'spec', 'status']"
    ]


async def test_crd_from_class(kube_api_server: ApiServer) -> None:
    applied, made, refused = await anyio.to_thread.run_sync(run, "crd_from_class", kube_api_server)
    assert "backups.examples.kubex.dev" in applied
    assert made == "nightly: incremental, 7 are kept"
    assert "spec.keep" in refused


async def test_dashboard(client: BaseClient) -> None:
    deployments = kubex.Api(Deployment, client, namespace="default")
    await deployments.create(deployment("web"))
    output = StringIO()
    with anyio.fail_after(PATIENCE):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(dashboard.show, client, Console(file=output, force_terminal=True, width=80))
            while "web" not in output.getvalue():  # noqa: ASYNC110 - there is nothing else to wait for
                await anyio.sleep(0.01)
            await deployments.create(deployment("second"))
            while "second" not in output.getvalue():  # noqa: ASYNC110
                await anyio.sleep(0.01)
            tasks.cancel_scope.cancel()
    assert "0/1" in output.getvalue()


async def test_deploy(client: BaseClient, tmp_path: Path) -> None:
    def write(name: str) -> None:
        labels = {"part-of": "shop"}
        metadata = {"name": name, "labels": labels}
        (tmp_path / f"{name}.json").write_text(
            json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {}})
        )

    config_maps = kubex.Api(ConfigMap, client, namespace="default")
    write("a")
    write("b")
    assert len(await deploy.deploy(client, tmp_path, "part-of=shop")) == 2
    (tmp_path / "a.json").unlink()
    await deploy.deploy(client, tmp_path, "part-of=shop")
    assert [each.metadata.name for each in (await config_maps.list()).items] == ["b"]


async def test_drain_node(client: BaseClient, capsys: pytest.CaptureFixture[str]) -> None:
    nodes, pods = kubex.Api(Node, client), kubex.Api(Pod, client, namespace="default")
    await nodes.create(Node(metadata=ObjectMetadata(name="node-1")))
    for each in (pod("a"), pod("guarded"), pod("agent", **{"kubernetes.io/config.mirror": "a"})):
        await pods.create(each)
    # Pods that are not ready yet are under no budget's protection.
    ready = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    await pods.status.patch("guarded", MergePatch({"status": ready}))
    budgets = kubex.Api(PodDisruptionBudget, client, namespace="default")
    await budgets.create(
        PodDisruptionBudget(
            metadata=ObjectMetadata(name="guard"),
            spec=PodDisruptionBudgetSpec(min_available=1, selector=LabelSelector(match_labels={"app": "guarded"})),
        )
    )
    with anyio.fail_after(PATIENCE):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(drain_node.drain, client, "node-1", 0.01)
            seen = ""
            while "guarded has to wait" not in seen:
                await anyio.sleep(0.01)
                seen += capsys.readouterr().out
            await budgets.delete("guard")
    node = await nodes.get("node-1")
    assert node.spec is not None
    assert node.spec.unschedulable is True
    left = [each.metadata.name for each in (await pods.list()).items if each.metadata.deletion_timestamp is None]
    assert left == ["agent"]


async def test_lead(kube_api_server: ApiServer) -> None:
    with program("lead.py", kube_api_server) as first:
        assert (await line_of(first)).endswith(" leads")
        assert await line_of(first) == "1"
        with program("lead.py", kube_api_server) as second:
            assert (await line_of(second)).endswith(" leads")  # the other one
            first.send_signal(signal.SIGINT)
            assert (await line_of(second)).endswith(" leads")
            assert int(await line_of(second)) > 1
            await end(second, signal.SIGINT)


async def test_pods_table(client: BaseClient) -> None:
    pods = kubex.Api(Pod, client, namespace="default")
    for number in range(3):
        await pods.create(pod(f"a{number}"))
    lines = [line.split() async for line in pods_table.rows(client, page_size=2)]
    assert lines[0] == ["NAMESPACE", "NAME", "PHASE", "NODE"]
    assert [line[1] for line in lines[1:]] == ["a0", "a1", "a2"]


async def test_rolling_restart(client: BaseClient) -> None:
    deployments = kubex.Api(Deployment, client, namespace="default")
    await deployments.create(deployment("web"))
    await deployments.create(deployment("other"))
    assert await rolling_restart.restart(client, "default", "app=web") == ["web"]
    web, other = await deployments.get("web"), await deployments.get("other")
    assert web.metadata.generation == 2
    assert other.metadata.generation == 1


async def test_script(kube_api_server: ApiServer, client: BaseClient) -> None:
    await kubex.Api(ConfigMap, client, namespace="default").create(ConfigMap(metadata=ObjectMetadata(name="a")))
    (line,) = await anyio.to_thread.run_sync(run, "script", kube_api_server, "0")
    assert line.startswith("a: 20")
    assert await anyio.to_thread.run_sync(run, "script", kube_api_server, "1") == []


async def test_service(kube_api_server: ApiServer, client: BaseClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kube_api_server.kubeconfig))
    await kubex.Api(Pod, client, namespace="default").create(pod("a"))
    from examples.service import app

    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=5))
        async with anyio.create_task_group() as tasks, httpx.AsyncClient(base_url=address, timeout=PATIENCE) as service:
            tasks.start_soon(server.serve, [listening])
            assert (await service.get("/nodes")).json() == {"node-1": 1}
            assert (await service.get("/nodes/node-1")).json() == ["default/a"]
            assert (await service.get("/nodes/other")).json() == []
            server.should_exit = True


@pytest.mark.parametrize(("name", "tests"), [("test_mirror", 2), ("test_worker_operator", 3)])
def test_suites(name: str, tests: int) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(EXAMPLES / f"{name}.py")]
    done = subprocess.run(command, cwd=EXAMPLES.parent, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout
    assert f"{tests} passed" in done.stdout


def test_every_program_is_in_the_list_and_short() -> None:
    listed = re.findall(r"^\| `(\S+)` \|", (EXAMPLES.parent / "docs" / "examples.md").read_text(), re.MULTILINE)
    programs = {path.name: path for path in EXAMPLES.iterdir() if path.suffix in (".py", ".ipynb")}
    assert sorted(listed) == sorted(programs)
    assert len(programs) >= 15
    lines = {name: len(path.read_text().splitlines()) for name, path in programs.items() if name.endswith(".py")}
    assert [name for name, count in lines.items() if not 20 <= count <= 80] == ["demo.py"]


async def test_notebook() -> None:
    """Run the cells as a notebook does: one after the other, in a running event loop, `await` outside of functions."""
    cells = json.loads((EXAMPLES / "notebook.ipynb").read_text())["cells"]
    names: dict[str, Any] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            code = compile("".join(cell["source"]), "notebook", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            result = eval(code, names)
            if inspect.iscoroutine(result):
                await result
    assert [name for name, _ in names["rows"]] == ["blue", "green", "red"]
    assert names["names"] == ["blue", "green", "red"]
