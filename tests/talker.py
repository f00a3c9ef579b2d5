"""A pod that answers: on a real cluster one that runs, on the server in memory one whose answers a test gives.

Both have the containers `main`, which waits, and `shell` and `terminal`, in which a shell reads standard input; `main`
has a server on port 7000 that sends back what it is sent.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import anyio
import pytest
from anyio.abc import ByteStream
from anyio.from_thread import start_blocking_portal

from kubex.api import Api
from kubex.client import ClientChoise, create_client
from kubex.client.base import BaseClient
from kubex.configuration import configure_from_kubeconfig
from kubex.core.params import PropagationPolicy
from kubex.core.patch import MergePatch
from kubex.k8s.v1_35.core.v1 import Namespace, Pod
from kubex.testing import ApiServer
from kubex_core.models.metadata import ObjectMetadata
from tests.e2e.pods import pod, shell, start
from tests.e2e.workbench import shell_with_stdin, until_accounts_are_there

__all__ = ("ECHO", "NOBODY", "Talker", "talker")

ECHO, NOBODY = 7000, 9  # ports: one with a server, and one without
MAIN = f"echo first; echo second; nc -ll -p {ECHO} -e cat & trap exit TERM; sleep 1000000 & wait"
STATES = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}


class Talker(NamedTuple):
    """Where the pod is.

    Args:
        namespace: of the pod.
        name: the pod's.
        folder: a folder that its commands can write to.
        server: the server in memory, where it is that.
    """

    namespace: str
    name: str
    folder: str
    server: ApiServer | None

    def pods(self, client: BaseClient) -> Api[Pod]:
        return Api(Pod, client, namespace=self.namespace)

    async def say(self, client: BaseClient, line: str) -> None:
        """Have the container `main` write a line to its log."""
        if self.server is not None:
            self.server.pods.log(self.name, f"{line}\n", namespace=self.namespace, container="main")
            return
        command = ["sh", "-c", f"echo '{line}' > /proc/1/fd/1"]
        (await self.pods(client).exec.run(self.name, command=command, container="main")).check()


@pytest.fixture(scope="module")
def talker(kubeconfig: Path, server_in_memory: ApiServer | None) -> Iterator[Talker]:
    """A pod that answers, for all tests of a module, whatever their event loop."""
    with tempfile.TemporaryDirectory() as folder, start_blocking_portal() as portal:
        where = Talker(
            f"kubex-{uuid.uuid4().hex[:12]}", "talker", folder if server_in_memory else "/tmp", server_in_memory
        )
        portal.call(_set_up, kubeconfig, where)
        yield where
        portal.call(_tear_down, kubeconfig, where)


async def _set_up(kubeconfig: Path, talker: Talker) -> None:
    async with await create_client(await configure_from_kubeconfig(path=kubeconfig), ClientChoise.HTTPX) as client:
        await Api(Namespace, client).create(Namespace(metadata=ObjectMetadata(name=talker.namespace)))
        new = pod(talker.name, shell(MAIN), shell_with_stdin("shell"), shell_with_stdin("terminal", tty=True))
        pods = talker.pods(client)
        if talker.server is None:
            await until_accounts_are_there(client, talker.namespace)
            await start(pods, new)
            with anyio.fail_after(30):
                while await pods.logs.get(talker.name, container="main") != "first\nsecond\n":  # noqa: ASYNC110
                    await anyio.sleep(0.1)
            return
        await pods.create(new)
        await _run(client, talker)


async def _run(client: BaseClient, talker: Talker) -> None:
    """Say of a pod what a kubelet would, and give what answers for it."""
    assert talker.server is not None
    namespace, name = talker.namespace, talker.name
    answers = talker.server.pods
    answers.log(name, "first\nsecond\n", namespace=namespace, container="main")
    answers.run_locally(namespace=namespace, pod=name, folder=talker.folder)
    for container in ("shell", "terminal"):
        answers.attach_locally(["sh"], namespace=namespace, pod=name, container=container, folder=talker.folder)
    answers.on_port(ECHO, _echo, namespace=namespace, pod=name)
    statuses = [
        {
            "name": container,
            "state": STATES,
            "lastState": {},
            "ready": True,
            "restartCount": 0,
            "image": "busybox",
            "imageID": "",
        }
        for container in ("main", "shell", "terminal")
    ]
    conditions = [{"type": type_, "status": "True"} for type_ in ("ContainersReady", "Ready")]
    status = {"phase": "Running", "conditions": conditions, "containerStatuses": statuses}
    await talker.pods(client).status.patch(talker.name, MergePatch({"status": status}))


async def _echo(stream: ByteStream) -> None:
    async for piece in stream:
        await stream.send(piece)


async def _tear_down(kubeconfig: Path, talker: Talker) -> None:
    async with await create_client(await configure_from_kubeconfig(path=kubeconfig), ClientChoise.HTTPX) as client:
        await Api(Namespace, client).delete(talker.namespace, propagation_policy=PropagationPolicy.BACKGROUND)
