"""The examples that need pods that run, as one starts them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from anyio.from_thread import start_blocking_portal

from examples.worker_operator import Worker, WorkerSpec
from kubex import conditions, crd_for, wait_for
from kubex.api import Api
from kubex.client import ClientChoise, create_client
from kubex.configuration import configure_from_kubeconfig
from kubex.core.patch import MergePatch
from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.manifests import apply_manifests, load_manifests
from kubex_core.models.metadata import ObjectMetadata
from tests.e2e.pods import IMAGE, PATIENCE, pod, shell, start
from tests.e2e.workbench import Workbench
from tests.unit.api.test_archive import described, make_tree

EXAMPLES = Path(__file__).parents[2] / "examples"

# Answers each request with the same value, as far as the example can see a Redis.
REDIS = r"""
nc -ll -p 6379 -e sh -c 'read words; printf "\$5\r\namber\r\n"; cat > /dev/null' &
wait
"""


@pytest.fixture
def transport() -> None:
    """None for all: the examples choose theirs."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def own_kubeconfig(kubeconfig: Path, workbench: Workbench, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A kubeconfig file whose namespace is the workbench's, in which a pod `redis` runs, too."""
    configuration = yaml.safe_load(kubeconfig.read_text())
    for context in configuration["contexts"]:
        context["context"]["namespace"] = workbench.namespace
    path = tmp_path_factory.mktemp("examples") / "kubeconfig"
    path.write_text(json.dumps(configuration))

    async def set_up() -> None:
        async with await create_client(await configure_from_kubeconfig(path=path), ClientChoise.HTTPX) as client:
            await start(workbench.pods(client), pod("redis", shell(REDIS)))

    with start_blocking_portal() as portal:
        portal.call(set_up)
    return path


def run(example: str, kubeconfig: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an example to its end."""
    command = [sys.executable, "-W", "error", str(EXAMPLES / f"{example}.py"), *arguments]
    environment = {**os.environ, "KUBECONFIG": str(kubeconfig)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE)


def test_a_script(own_kubeconfig: Path, workbench: Workbench, tmp_path: Path) -> None:
    script = tmp_path / "script.sh"
    script.write_text("echo one\necho two >&2\nexit 3\n")
    done = run("run_script", own_kubeconfig, workbench.name, str(script), "main")
    assert (done.stdout, done.stderr, done.returncode) == ("one\n", "two\n", 3)


def test_a_database(own_kubeconfig: Path) -> None:
    done = run("ask_redis", own_kubeconfig, "redis", "GET", "colour")
    assert (done.stdout, done.stderr, done.returncode) == ("amber\n", "", 0)


def test_a_tree(own_kubeconfig: Path, tmp_path: Path) -> None:
    tree = make_tree(tmp_path)
    remote = "redis:/tmp/example"
    for source, target in ((str(tree), remote), (remote, str(tmp_path / "back"))):
        done = run("copy_tree", own_kubeconfig, source, target)
        assert done.returncode == 0, done.stderr
        assert " files, " in done.stderr
    assert described(tmp_path / "back") == described(tree)
    done = run("copy_tree", own_kubeconfig, "redis:/nothing", str(tmp_path / "nothing"))
    assert done.returncode == 1
    assert "No such file or directory" in done.stderr


def test_logs_of_many_pods(own_kubeconfig: Path, workbench: Workbench) -> None:
    async def set_up() -> None:
        async with await create_client(
            await configure_from_kubeconfig(path=own_kubeconfig), ClientChoise.HTTPX
        ) as client:
            for name in ("talker-a", "talker-b"):
                await start(workbench.pods(client), pod(name, shell(f"echo hello from {name}"), app="talker"))

    with start_blocking_portal() as portal:
        portal.call(set_up)
    done = run("tail_pods", own_kubeconfig, workbench.namespace, "app=talker")
    assert (sorted(done.stdout.splitlines()), done.stderr) == (
        ["talker-a/main: hello from talker-a", "talker-b/main: hello from talker-b"],
        "",
    )


def test_a_rolling_restart(own_kubeconfig: Path, workbench: Workbench, tmp_path: Path) -> None:
    labels = {"app": "rolling"}
    spec = {"containers": [{"name": "main", "image": IMAGE, "command": ["sh", "-c", "sleep 3600"]}]}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "rolling", "labels": labels},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {**spec, "terminationGracePeriodSeconds": 0}},
        },
    }
    (tmp_path / "deployment.json").write_text(json.dumps(deployment))

    async def set_up() -> None:
        configuration = await configure_from_kubeconfig(path=own_kubeconfig)
        async with await create_client(configuration, ClientChoise.HTTPX) as client:
            objects = load_manifests(tmp_path)
            applied = await apply_manifests(
                client, objects, field_manager="test", namespace=workbench.namespace, wait=PATIENCE
            )
            applied.check()

    with start_blocking_portal() as portal:
        portal.call(set_up)
    done = run("rolling_restart", own_kubeconfig, workbench.namespace, "app=rolling")
    assert (done.stdout, done.stderr, done.returncode) == ("rolling restarted\n", "", 0)


async def until_ready(workers: Api[Worker], count: int) -> None:
    await wait_for(workers, "mill", lambda each: each.status and each.status.ready_replicas == count, timeout=PATIENCE)


def test_an_operator(own_kubeconfig: Path, workbench: Workbench) -> None:
    async def work() -> None:
        configuration = await configure_from_kubeconfig(path=own_kubeconfig)
        async with await create_client(configuration, ClientChoise.HTTPX) as client:
            applied = await apply_manifests(client, [crd_for(Worker)], field_manager="test", wait=PATIENCE)
            applied.check()
            workers = Api(Worker, client, namespace=workbench.namespace)
            command = ["sh", "-c", "trap exit TERM; sleep 1000000 & wait"]
            try:
                spec = WorkerSpec(image=IMAGE, command=command, replicas=2)
                await workers.create(Worker(metadata=ObjectMetadata(name="mill"), spec=spec))
                await until_ready(workers, 2)
                await workers.patch("mill", MergePatch({"spec": {"replicas": 1}}))
                await until_ready(workers, 1)
                await workers.delete("mill")
                await wait_for(workers, "mill", conditions.deleted, timeout=PATIENCE)
                deployments = Api(Deployment, client, namespace=workbench.namespace)
                await wait_for(deployments, "mill", conditions.deleted, timeout=PATIENCE)
            finally:
                await Api(CustomResourceDefinition, client).delete(str(crd_for(Worker).metadata.name))

    environment = {**os.environ, "KUBECONFIG": str(own_kubeconfig)}
    command = [sys.executable, "-W", "error", str(EXAMPLES / "worker_operator.py")]
    with subprocess.Popen(command, env=environment) as process:
        try:
            with start_blocking_portal() as portal:
                portal.call(work)
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
