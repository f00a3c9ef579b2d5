"""kr8s: its asynchronous part. Its objects are dicts that can be read by attributes."""

from __future__ import annotations

import asyncio
import json

import kr8s
from kr8s.asyncio.objects import Pod

from benchmarks.cluster_client import ClusterClient
from benchmarks.cluster_workloads import serve_cluster_client


class Kr8s(ClusterClient):
    async def open(self, kubeconfig):
        self.api = await kr8s.asyncio.api(kubeconfig=kubeconfig)
        self.patched = None

    async def close(self):
        """kr8s has no call that closes a client."""

    async def get(self, namespace, name):
        return await Pod.get(name, namespace=namespace, api=self.api)

    async def list(self, namespace):
        return [pod async for pod in self.api.get("pods", namespace=namespace)]

    async def create(self, namespace, manifest):
        pod = await Pod(manifest, namespace=namespace, api=self.api)
        await pod.create()
        return pod

    async def delete(self, namespace, name):
        pod = await Pod({"metadata": {"name": name}}, namespace=namespace, api=self.api)
        await pod.delete()

    async def patch(self, namespace, name, patch):
        if self.patched is None:
            self.patched = await self.get(namespace, name)
        await self.patched.patch(patch)
        return self.patched

    async def watch(self, namespace, count, seen):
        async for _, pod in self.api.watch("pods", namespace=namespace):
            seen(pod)
            count -= 1
            if not count:
                return

    async def get_at_once(self, namespace, names):
        return await asyncio.gather(*(self.get(namespace, name) for name in names))

    def decode_list(self, body):
        return [Pod(item, api=None) for item in json.loads(body)["items"]]

    def fields(self, pod):
        return pod.raw


if __name__ == "__main__":
    serve_cluster_client(Kr8s)
