"""A process with many informers: what they take while they are there, and what they leave behind.

`python -m tests.contract.many_informers KUBECONFIG NAMESPACE LIBRARY LOOP INFORMERS ROUNDS IDLE_SECONDS` prints JSON.
Each informer follows ten objects.
"""

from __future__ import annotations

import gc
import json
import os
import stat
import sys
import time
from pathlib import Path

import anyio

from kubex.api import Api
from kubex.client import ClientChoise, create_client
from kubex.client.base import BaseClient
from kubex.client.options import ClientOptions
from kubex.configuration import configure_from_kubeconfig
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex.runtime import InformerFactory
from kubex_core.models.metadata import ObjectMetadata
from tests.leaks import open_descriptors, open_tasks

OBJECTS_EACH = 10
WRITERS = 8
WARM_UP = 3
"""Rounds after which all that is made once has been made: decoders, contexts, connections."""


async def go(client: BaseClient, namespace: str, informers: int, seconds: float = 0.0) -> tuple[int, float]:
    """Start informers, wait until they are synced, stop them; give the connections and the share of CPU meanwhile."""
    before = sockets()
    async with InformerFactory(client, namespace=namespace) as factory:
        for number in range(informers):
            factory.get(ConfigMap, label_selector=f"informer=number-{number}")
        await factory.wait_synced(timeout=120)
        assert {len(informer) for informer in factory.informers} == {OBJECTS_EACH}
        if not seconds:
            return 0, 0.0
        await anyio.sleep(0.5)  # the last watches are being opened
        connections = sockets() - before
        began, spent = time.monotonic(), time.process_time()
        await anyio.sleep(seconds)
        return connections, (time.process_time() - spent) / (time.monotonic() - began)


async def fill(client: BaseClient, namespace: str, informers: int) -> None:
    """Create what the informers follow."""
    api = Api(ConfigMap, client, namespace=namespace)

    async def create(which: int) -> None:
        for number in range(which, informers * OBJECTS_EACH, WRITERS):
            labels = {"informer": f"number-{number % informers}"}
            await api.create(ConfigMap(metadata=ObjectMetadata(name=f"object-{number}", labels=labels)))

    async with anyio.create_task_group() as tasks:
        for which in range(WRITERS):
            tasks.start_soon(create, which)


def sockets() -> int:
    return sum(stat.S_ISSOCK(os.fstat(number).st_mode) for number, *_ in open_descriptors())


async def main(kubeconfig: str, namespace: str, library: str, *numbers: str) -> None:
    informers, rounds, seconds = int(numbers[0]), int(numbers[1]), float(numbers[2])
    configuration = await configure_from_kubeconfig(path=Path(kubeconfig))
    options = ClientOptions(pool_size=informers + 5)
    tasks, descriptors = open_tasks(), open_descriptors()
    async with await create_client(configuration, ClientChoise(library), options) as client:
        await fill(client, namespace, informers)
        connections, share = await go(client, namespace, informers, seconds)
        for _ in range(WARM_UP):
            await go(client, namespace, informers)
        gc.collect()
        blocks, sockets_before = sys.getallocatedblocks(), sockets()
        for _ in range(rounds):
            await go(client, namespace, informers)
        gc.collect()
        grown, sockets_after = sys.getallocatedblocks() - blocks, sockets()
    gc.collect()
    with anyio.move_on_after(5):  # transports close in the background of the loop
        while open_tasks() - tasks or open_descriptors() - descriptors:  # noqa: ASYNC110
            await anyio.sleep(0.01)
    found = {
        "connections": connections,
        "idle_share_of_cpu": share,
        "tasks": len(open_tasks() - tasks),
        "descriptors": len(open_descriptors() - descriptors),
        "more_sockets": sockets_after - sockets_before,
        "more_blocks_a_start": grown / (rounds * informers),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    kubeconfig, namespace, library, loop, *numbers = sys.argv[1:]
    anyio.run(main, kubeconfig, namespace, library, *numbers, backend=loop)
