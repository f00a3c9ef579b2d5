"""A pod that a module's tests share: starting one for each would take most of their time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import anyio
import pytest
from anyio.from_thread import start_blocking_portal

from kubex.api import Api
from kubex.client import ClientChoise, create_client
from kubex.client.base import BaseClient
from kubex.configuration import configure_from_kubeconfig
from kubex.core.exceptions import NotFound
from kubex.core.params import PropagationPolicy
from kubex.k8s.v1_35.core.v1 import Container, Namespace, Pod, ServiceAccount
from kubex_core.models.metadata import ObjectMetadata
from tests.e2e.pods import IMAGE, PATIENCE, pod, shell, start

WAIT = "trap exit TERM; sleep 1000000 & wait"


class Workbench(NamedTuple):
    """Where the pod is. Its containers: `main`, which waits; `shell` and `terminal`, which run a shell with stdin."""

    namespace: str
    name: str

    def pods(self, client: BaseClient) -> Api[Pod]:
        return Api(Pod, client, namespace=self.namespace)


def shell_with_stdin(name: str, *, tty: bool = False) -> Container:
    """A container whose process is a shell that reads its standard input."""
    return Container(name=name, image=IMAGE, image_pull_policy="Never", command=["sh"], stdin=True, tty=tty or None)


@pytest.fixture(scope="module")
def workbench(kubeconfig: Path) -> Iterator[Workbench]:
    """A running pod in a namespace of its own, for all tests of a module, whatever their event loop."""
    bench = Workbench(f"kubex-{uuid.uuid4().hex[:12]}", "bench")

    async def set_up() -> None:
        async with await create_client(await configure_from_kubeconfig(path=kubeconfig), ClientChoise.HTTPX) as client:
            await Api(Namespace, client).create(Namespace(metadata=ObjectMetadata(name=bench.namespace)))
            await until_accounts_are_there(client, bench.namespace)
            containers = [shell(WAIT), shell_with_stdin("shell"), shell_with_stdin("terminal", tty=True)]
            await start(bench.pods(client), pod(bench.name, *containers))

    async def tear_down() -> None:
        async with await create_client(await configure_from_kubeconfig(path=kubeconfig), ClientChoise.HTTPX) as client:
            await Api(Namespace, client).delete(bench.namespace, propagation_policy=PropagationPolicy.BACKGROUND)

    with start_blocking_portal() as portal:
        portal.call(set_up)
    yield bench
    with start_blocking_portal() as portal:
        portal.call(tear_down)


async def until_accounts_are_there(client: BaseClient, namespace: str) -> None:
    """Wait until a controller has given a namespace the account that pods run as."""
    accounts = Api(ServiceAccount, client, namespace=namespace)
    with anyio.fail_after(PATIENCE):
        while True:
            try:
                await accounts.get("default")
            except NotFound:
                await anyio.sleep(0.02)
            else:
                return
