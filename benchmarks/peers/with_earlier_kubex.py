"""The kubex that was on PyPI before, 0.1.0b3, on aiohttp."""

from __future__ import annotations

import asyncio
import os

from benchmarks.cluster_client import ClusterClient, snake_case
from benchmarks.cluster_workloads import serve_cluster_client
from kubex.api import Api
from kubex.client import create_client
from kubex.core.patch import MergePatch
from kubex.k8s.v1_35.core.v1.pod import Pod
from kubex_core.models.list_entity import ListEntity


def _naming(name):
    return "type_" if name == "type" else snake_case(name)


class EarlierKubex(ClusterClient):
    naming = staticmethod(_naming)

    async def open(self, kubeconfig):
        os.environ["KUBECONFIG"] = kubeconfig  # it has no parameter for the file
        self.client = await create_client()
        self.pods = Api(Pod, self.client)

    async def close(self):
        await self.client.close()

    async def get(self, namespace, name):
        return await self.pods.get(name, namespace=namespace)

    async def list(self, namespace):
        return (await self.pods.list(namespace=namespace)).items

    async def list_by_pages(self, namespace, size):
        page = await self.pods.list(namespace=namespace, limit=size)
        pods = page.items
        while page.metadata.continue_:
            page = await self.pods.list(namespace=namespace, limit=size, continue_token=page.metadata.continue_)
            pods += page.items
        return pods

    async def list_metadata(self, namespace):
        return (await self.pods.metadata.list(namespace=namespace)).items

    async def create(self, namespace, manifest):
        return await self.pods.create(Pod.model_validate(manifest), namespace=namespace)

    async def delete(self, namespace, name):
        await self.pods.delete(name, namespace=namespace)

    async def patch(self, namespace, name, patch):
        return await self.pods.patch(name, MergePatch(Pod.model_validate(patch)), namespace=namespace)

    async def watch(self, namespace, count, seen):
        async for event in self.pods.watch(namespace=namespace):
            seen(event.object)
            count -= 1
            if not count:
                return

    async def get_at_once(self, namespace, names):
        return await asyncio.gather(*(self.get(namespace, name) for name in names))

    def decode_list(self, body):
        return ListEntity[Pod].model_validate_json(body).items


if __name__ == "__main__":
    serve_cluster_client(EarlierKubex)
