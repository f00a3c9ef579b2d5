"""Show the logs of all pods of a selector as one, each line with the name of its pod.

python examples/tail_pods.py NAMESPACE SELECTOR [LINES]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import anyio

import kubex
from kubex.core.exceptions import KubexClientException
from kubex.k8s.v1_35.core.v1 import Pod


async def tail(pods: kubex.Api[Pod], name: str, container: str, lines: int, show: Callable[[str], None]) -> None:
    try:
        async for line in pods.logs.stream(name, container=container, tail_lines=lines):
            show(f"{name}/{container}: {line}")
    except KubexClientException as error:  # one pod that has no log yet doesn't end the others
        show(f"{name}/{container}: {error}")


async def tail_all(
    client: kubex.BaseClient, namespace: str, selector: str, lines: int = 10, show: Callable[[str], None] = print
) -> None:
    """Follow the logs of every container of every pod, to the end of them all."""
    pods = kubex.Api(Pod, client, namespace=namespace)
    async with anyio.create_task_group() as tasks:
        async for pod in pods.iterate(label_selector=selector):
            for container in pod.spec.containers if pod.spec else ():
                tasks.start_soon(tail, pods, pod.metadata.name or "", container.name, lines, show)


async def main(namespace: str, selector: str, lines: int = 10) -> None:
    # Each open log takes a connection: no bound on them but the number of containers.
    async with await kubex.create_client(options=kubex.ClientOptions(pool_size=None)) as client:
        await tail_all(client, namespace, selector, lines)


if __name__ == "__main__":
    anyio.run(partial(main, sys.argv[1], sys.argv[2], *map(int, sys.argv[3:4])))
