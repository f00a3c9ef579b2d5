"""lightkube: its client that blocks, which its documentation begins with, and its asynchronous one for gets at once."""

from __future__ import annotations

import asyncio
import json

from lightkube import AsyncClient, Client, KubeConfig
from lightkube.resources.core_v1 import Pod

from benchmarks.cluster_client import ClusterClient
from benchmarks.cluster_workloads import serve_cluster_client


class Lightkube(ClusterClient):
    async def open(self, kubeconfig):
        self.config = KubeConfig.from_file(kubeconfig)
        self.client = Client(config=self.config)
        self.async_client = None

    async def close(self):
        self.client.close()
        if self.async_client is not None:
            await self.async_client.close()

    async def get(self, namespace, name):
        return self.client.get(Pod, name, namespace=namespace)

    async def list(self, namespace):
        return list(self.client.list(Pod, namespace=namespace))

    async def list_by_pages(self, namespace, size):
        return list(self.client.list(Pod, namespace=namespace, chunk_size=size))

    async def create(self, namespace, manifest):
        return self.client.create(Pod.from_dict(manifest), namespace=namespace)

    async def delete(self, namespace, name):
        self.client.delete(Pod, name, namespace=namespace)

    async def patch(self, namespace, name, patch):
        return self.client.patch(Pod, name, patch, namespace=namespace)

    async def watch(self, namespace, count, seen):
        for _, pod in self.client.watch(Pod, namespace=namespace):
            seen(pod)
            count -= 1
            if not count:
                return

    async def get_at_once(self, namespace, names):
        if self.async_client is None:
            self.async_client = AsyncClient(config=self.config)
        gets = (self.async_client.get(Pod, name, namespace=namespace) for name in names)
        return await asyncio.gather(*gets)

    def decode_list(self, body):
        return [Pod.from_dict(item) for item in json.loads(body)["items"]]


if __name__ == "__main__":
    serve_cluster_client(Lightkube)
