"""`kubernetes_asyncio`: the asyncio edition of the official client."""

from __future__ import annotations

import asyncio
from functools import cache
from types import SimpleNamespace

from kubernetes_asyncio import client, config, watch

from benchmarks.cluster_client import ClusterClient, snake_case
from benchmarks.cluster_workloads import serve_cluster_client


class KubernetesAsyncio(ClusterClient):
    naming = staticmethod(snake_case)

    async def open(self, kubeconfig):
        await config.load_kube_config(config_file=kubeconfig)
        self.client = client.ApiClient()
        self.api = client.CoreV1Api(self.client)

    async def close(self):
        await self.client.close()

    async def get(self, namespace, name):
        return await self.api.read_namespaced_pod(name, namespace)

    async def list(self, namespace):
        return (await self.api.list_namespaced_pod(namespace)).items

    async def list_by_pages(self, namespace, size):
        page = await self.api.list_namespaced_pod(namespace, limit=size)
        pods = page.items
        while page.metadata._continue:
            page = await self.api.list_namespaced_pod(namespace, limit=size, _continue=page.metadata._continue)
            pods += page.items
        return pods

    async def create(self, namespace, manifest):
        return await self.api.create_namespaced_pod(namespace, manifest)

    async def delete(self, namespace, name):
        await self.api.delete_namespaced_pod(name, namespace)

    async def patch(self, namespace, name, patch):
        return await self.api.patch_namespaced_pod(name, namespace, patch)

    async def watch(self, namespace, count, seen):
        async with watch.Watch().stream(self.api.list_namespaced_pod, namespace) as stream:
            async for event in stream:
                seen(event["object"])
                count -= 1
                if not count:
                    break

    async def get_at_once(self, namespace, names):
        return await asyncio.gather(*(self.get(namespace, name) for name in names))

    def decode_list(self, body):
        answer = SimpleNamespace(data=body.decode())
        return self.decoder().deserialize(answer, "V1PodList").items

    @cache  # noqa: B019 - one for the process
    def decoder(self):
        return client.ApiClient()


if __name__ == "__main__":
    serve_cluster_client(KubernetesAsyncio)
