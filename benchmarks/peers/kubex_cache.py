"""kubex' caches: what they hold, and what they need while they list anew.

Parameters: `strip` and `intern`, whether caches drop `managedFields`, and keep equal parts of objects once.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import anyio

from benchmarks.answers import digest
from benchmarks.cluster_client import POD, known_paths, row_of, snake_case
from benchmarks.peer import Measures, PeerWorkload, serve
from kubex.api import Api
from kubex.client import create_client
from kubex.configuration import configure_from_kubeconfig
from kubex.core.exceptions import Gone
from kubex.core.patch import MergePatch
from kubex.core.watch_event import WatchEvent
from kubex.k8s.v1_35.core.v1.pod import Pod
from kubex.runtime import Informer, without_managed_fields
from kubex.runtime._watch_driver import Source

_WRITERS = 8


class Keep(PeerWorkload):
    """Counts the memory that the pods of a cache hold, and all that it needs besides, by `tracemalloc`."""

    async def prepare(self) -> object:
        configuration = await configure_from_kubeconfig(path=self.parameters["kubeconfig"])
        self._client = await create_client(configuration)
        self._pods = Api(Pod, self._client, namespace=self.parameters["namespace"])
        async with self._filled(self._pods) as cache:
            return digest(sorted(_row(pod) for pod in cache))

    @asynccontextmanager
    async def _filled(self, source: Source[Pod]) -> AsyncGenerator[Informer[Pod], None]:
        transform = without_managed_fields if self.parameters["strip"] else None
        async with Informer(source, transform=transform, intern_parts=self.parameters["intern"]) as cache:
            await cache.wait_synced(timeout=300)
            assert len(cache) == self.parameters["count"]
            yield cache

    async def round(self) -> Measures:
        gc.collect()
        tracemalloc.start()
        async with self._filled(self._pods) as cache:
            kept = _kept()
            count = len(cache)
        tracemalloc.stop()
        return {"kept_bytes": kept / count}

    async def close(self) -> None:
        await self._client.close()


class Relist(Keep):
    """Lists anew, because the history is lost, when one pod of `changed_share` has changed."""

    _number = 0

    async def round(self) -> Measures:
        gc.collect()
        tracemalloc.start()
        pods = _WithoutHistory(self._pods)
        async with self._filled(pods) as cache:
            names = [pod.metadata.name or "" for pod in cache]
            await self._change(names[:: self.parameters["changed_share"]])
            steady = _kept()
            tracemalloc.reset_peak()
            pods.lose()
            await pods.is_listed_again.wait()
            _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return {"kept_bytes": steady / len(names), "peak_to_steady": peak / steady}

    async def _change(self, names: list[str]) -> None:
        self._number += 1
        patch = MergePatch({"metadata": {"labels": {"change": str(self._number)}}})

        async def change_some(some: list[str]) -> None:
            for name in some:
                await self._pods.patch(name, patch)

        async with anyio.create_task_group() as tasks:
            for number in range(_WRITERS):
                tasks.start_soon(change_some, names[number::_WRITERS])


class _WithoutHistory:
    """The pods of a cluster that tells of no changes, until it says that it has forgotten them."""

    def __init__(self, pods: Api[Pod]) -> None:
        self._pods = pods
        self.list = pods.list
        self._is_lost = anyio.Event()
        self._was_lost = False
        self.is_listed_again = anyio.Event()

    def lose(self) -> None:
        self._is_lost.set()

    async def watch(self, **selection: Any) -> AsyncGenerator[WatchEvent[Pod], None]:
        if not self._was_lost:
            await self._is_lost.wait()
            self._was_lost = True
            raise Gone("too old resource version")
        self.is_listed_again.set()
        async with aclosing(self._pods.watch(**selection)) as events:
            async for event in events:
                yield event


def _row(pod: Pod) -> tuple[str, ...]:
    fields = pod.metadata.managed_fields
    paths = known_paths(POD, () if fields else ("managedFields",))
    row = row_of(pod, paths, snake_case)
    at = next(index for index, path in enumerate(POD) if "managedFields" in path)
    return row if fields else (*row[:at], "", *row[at:])


def _kept() -> int:
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    return kept


if __name__ == "__main__":
    serve({"keep-cached": Keep, "relist": Relist})
