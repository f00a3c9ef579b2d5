"""kube-apiserver stopped and started, and etcd killed, under a load of reads, writes and watches."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from kubex.api import Api
from kubex.client import create_client
from kubex.client.options import ClientOptions
from kubex.configuration import configure_from_kubeconfig
from kubex.k8s.v1_35.core.v1 import ConfigMap, Namespace
from kubex.runtime import Informer
from kubex_core.models.metadata import ObjectMetadata
from testbed.cluster import Cluster
from tests.cluster import TRANSPORTS, Transport
from tests.e2e.own_cluster import own_cluster, restart
from tests.faults.load import PATIENCE, Load
from tests.faults.memory import held_by_the_client, traced_memory

BOUND = 10.0
"""Seconds in which each caller wants an answer, and of a watch's silence."""
SLACK = 10.0
"""Seconds that a loaded machine may take longer."""
OPTIONS = ClientOptions(timeout=BOUND, log_api_warnings=False)
RESTARTS = 10
LARGEST_GROWTH = 2**17
"""Bytes, of thousands of calls: a hundred bytes for each of them are more."""


@pytest.fixture
def anyio_backend() -> str:
    """That of the leak check: the loads have event loops of their own."""
    return "asyncio"


class Worker:
    """A load on one transport, in a thread and an event loop of its own."""

    def __init__(self, transport: Transport, kubeconfig: Path, namespace: str) -> None:
        self.transport = transport
        self.load: Load | None = None
        self.problems: list[str] = []
        self._kubeconfig = kubeconfig
        self._namespace = namespace
        self._is_to_end = threading.Event()

    def run(self) -> None:
        anyio.run(self._run, backend=self.transport.loop)

    def end(self) -> None:
        self._is_to_end.set()

    @property
    def done(self) -> int:
        """How much has gone well so far."""
        load = self.load
        return 0 if load is None else load.reads["done"] + sum(write.is_done for write in load.writes)

    async def _run(self) -> None:
        configuration = await configure_from_kubeconfig(path=self._kubeconfig)
        async with await create_client(configuration, self.transport.library, OPTIONS) as client:
            await Api(Namespace, client).create(Namespace(metadata=ObjectMetadata(name=self._namespace)))
            maps = Api(ConfigMap, client, namespace=self._namespace)
            self.load = load = Load(client, self._namespace, silence=BOUND)
            async with Informer(maps) as cache, anyio.create_task_group() as tasks:
                tasks.start_soon(self._wait_for_the_end, load)
                await load.run(pause=0.05, checked_by=client)
                self.problems = await load.problems(client)
                names = names_of((await maps.list()).items)
                with anyio.move_on_after(PATIENCE):
                    while names_of(cache) != names:  # noqa: ASYNC110 - in the end it is to be all of them
                        await anyio.sleep(0.05)
                if names_of(cache) != names:
                    self.problems.append(f"the cache differs in {names_of(cache) ^ names}")

    async def _wait_for_the_end(self, load: Load) -> None:
        await anyio.to_thread.run_sync(self._is_to_end.wait, abandon_on_cancel=True)
        load.is_over = True


def names_of(maps: Iterable[ConfigMap]) -> set[str | None]:
    return {found.metadata.name for found in maps}


@contextmanager
def at_work(cluster: Cluster, round_: int) -> Generator[list[Worker]]:
    """Have a load on each transport."""
    workers = [
        Worker(transport, cluster.settings.kubeconfig, f"load-{round_}-{name}")
        for name, transport in TRANSPORTS.items()
    ]
    with ThreadPoolExecutor(len(workers)) as pool:
        runs: list[Future[None]] = [pool.submit(worker.run) for worker in workers]
        try:
            until_more_is_done(workers)
            yield workers
            until_more_is_done(workers)
        finally:
            for worker in workers:
                worker.end()
        for run in runs:
            run.result()


def until(what: str, happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"{what} did not come"
        time.sleep(0.05)


def until_more_is_done(workers: list[Worker]) -> None:
    """Wait until every load has got on."""
    before = [worker.done for worker in workers]
    until("a call that goes well", lambda: all(w.done > n + 20 for w, n in zip(workers, before, strict=True)))


def play(cluster: Cluster, round_: int, restarts: int) -> None:
    """Stop and start servers under load."""
    with at_work(cluster, round_) as workers:
        for number in range(restarts):
            restart(cluster, at_once=bool(number % 2))
            until_more_is_done(workers)
            if number == restarts // 2:
                restart(cluster, "etcd", at_once=True)
                until_more_is_done(workers)
    for worker in workers:
        check(worker, restarts)


@pytest.mark.timeout(400)
def test_servers_that_end_and_come_back(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "kubex")  # pytest keeps each line with the error that it tells of
    with own_cluster() as cluster, traced_memory():
        # What is made once is made in the first half, which sees all that the second one does.
        play(cluster, 0, RESTARTS // 2)
        before = held_by_the_client()
        play(cluster, 1, RESTARTS // 2)
        after = held_by_the_client()
        assert after.size - before.size < LARGEST_GROWTH, after.more_than(before)


def check(worker: Worker, restarts: int) -> None:
    load = worker.load
    assert load is not None
    assert worker.problems == [], worker.transport
    assert load.slowest < BOUND + SLACK
    assert max(follower.longest_wait for follower in load.followers) < BOUND + SLACK
    # Each restart has ended the streams, and each was gone on with.
    assert all(follower.failures.total() + follower.endings >= restarts for follower in load.followers)
