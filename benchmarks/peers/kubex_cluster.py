"""kubex itself, with a cluster.

Parameters of the command line: the library under it, `aiohttp` or `httpx`; and `intern` for caches that keep equal
parts of objects once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Any

import anyio

from benchmarks.cluster_client import ClusterClient, snake_case
from benchmarks.cluster_workloads import serve_cluster_client
from kubex.api import Api
from kubex.client import ClientChoice, ClientOptions, create_client
from kubex.configuration import configure_from_kubeconfig
from kubex.core.codec import codec_for
from kubex.core.params import Timeout
from kubex.core.patch import MergePatch
from kubex.k8s.v1_35.core.v1.pod import Pod
from kubex.runtime import Informer, Updated
from kubex_core.models.partial_object_meta import PartialObjectMetadata


class Kubex(ClusterClient):
    """The calls that the README and the documentation teach."""

    naming = staticmethod(snake_case)

    async def open(self, kubeconfig: str) -> None:
        configuration = await configure_from_kubeconfig(path=kubeconfig)
        # Of a thousand requests at once the last wait for a connection for longer than httpx' own 5 s on a busy machine
        patient = ClientOptions(timeout=Timeout(connect=60, read=60, write=60, pool=60))
        self.client = await create_client(configuration, ClientChoice(sys.argv[1]), patient)
        self.pods = Api(Pod, self.client)

    async def close(self) -> None:
        await self.client.close()

    async def get(self, namespace: str, name: str) -> Pod:
        return await self.pods.get(name, namespace=namespace)

    async def list(self, namespace: str) -> Sequence[Pod]:
        return (await self.pods.list(namespace=namespace)).items

    async def list_by_pages(self, namespace: str, size: int) -> Sequence[Pod]:
        return [pod async for pod in self.pods.iterate(size, namespace=namespace)]

    async def list_metadata(self, namespace: str) -> Sequence[PartialObjectMetadata]:
        return (await self.pods.metadata.list(namespace=namespace)).items

    async def create(self, namespace: str, manifest: dict[str, Any]) -> Pod:
        return await self.pods.create(Pod.model_validate(manifest), namespace=namespace)

    async def delete(self, namespace: str, name: str) -> None:
        await self.pods.delete(name, namespace=namespace)

    async def patch(self, namespace: str, name: str, patch: dict[str, Any]) -> Pod:
        return await self.pods.patch(name, MergePatch(patch), namespace=namespace)

    async def watch(self, namespace: str, count: int, seen: Callable[[Any], object]) -> None:
        async with aclosing(self.pods.watch(namespace=namespace)) as events:
            async for event in events:
                seen(event.object)
                count -= 1
                if not count:
                    return

    async def get_at_once(self, namespace: str, names: Sequence[str]) -> Sequence[Pod]:
        found: list[Pod] = []

        async def get(name: str) -> None:
            found.append(await self.get(namespace, name))

        async with anyio.create_task_group() as tasks:
            for name in names:
                tasks.start_soon(get, name)
        return found

    async def cached(self, namespace: str, count: int) -> Sequence[Pod]:
        async with self.informer(namespace) as cache:
            await cache.wait_synced(timeout=120)
            assert len(cache) == count
            return cache.values()

    async def follow(self, namespace: str, count: int, told: Callable[[], bool]) -> Sequence[Pod]:
        async with self.informer(namespace) as cache:
            await cache.wait_synced(timeout=120)
            assert len(cache) == count
            with cache.subscribe() as changes:
                told()
                async for change in changes:
                    if isinstance(change, Updated) and told():
                        break
            return cache.values()

    def informer(self, namespace: str) -> Informer[Pod]:
        return Informer(self.pods, namespace=namespace, intern_parts="intern" in sys.argv)

    def decode_list(self, body: bytes) -> Sequence[Pod]:
        return codec_for(Pod).decode_list(body).items


if __name__ == "__main__":
    serve_cluster_client(Kubex)
