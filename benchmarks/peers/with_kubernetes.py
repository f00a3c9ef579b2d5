"""The official client, `kubernetes`: calls that block, and its informer for the cache."""

from __future__ import annotations

import threading
from functools import cache

from kubernetes import client, config, watch
from kubernetes.informer import ADDED, SharedInformer

from benchmarks.cluster_client import ClusterClient, serve_cluster_client, snake_case


class Kubernetes(ClusterClient):
    naming = staticmethod(snake_case)

    async def open(self, kubeconfig):
        config.load_kube_config(config_file=kubeconfig)
        self.api = client.CoreV1Api()

    async def close(self):
        self.api.api_client.close()

    async def get(self, namespace, name):
        return self.api.read_namespaced_pod(name, namespace)

    async def list(self, namespace):
        return self.api.list_namespaced_pod(namespace).items

    async def list_by_pages(self, namespace, size):
        page = self.api.list_namespaced_pod(namespace, limit=size)
        pods = page.items
        while page.metadata._continue:
            page = self.api.list_namespaced_pod(namespace, limit=size, _continue=page.metadata._continue)
            pods += page.items
        return pods

    async def create(self, namespace, manifest):
        return self.api.create_namespaced_pod(namespace, manifest)

    async def delete(self, namespace, name):
        self.api.delete_namespaced_pod(name, namespace)

    async def patch(self, namespace, name, patch):
        return self.api.patch_namespaced_pod(name, namespace, patch)

    async def watch(self, namespace, count, seen):
        watcher = watch.Watch()
        for event in watcher.stream(self.api.list_namespaced_pod, namespace):
            seen(event["object"])
            count -= 1
            if not count:
                watcher.stop()

    async def get_at_once(self, namespace, names):
        threads = [self.api.read_namespaced_pod(name, namespace, async_req=True) for name in names]
        return [thread.get() for thread in threads]

    async def cached(self, namespace, count):
        filled, seen = threading.Event(), []
        informer = SharedInformer(list_func=self.api.list_namespaced_pod, namespace=namespace)

        def added(pod):
            seen.append(pod)
            if len(seen) == count:
                filled.set()

        informer.add_event_handler(ADDED, added)
        informer.start()
        assert filled.wait(120)
        # It is not stopped: `stop` waits for the next event, and none comes. Its thread ends with the process.
        return informer.cache.list()

    def decode_list(self, body):
        return self.decoder().deserialize(body.decode(), "V1PodList", "application/json").items

    @cache  # noqa: B019 - one for the process
    def decoder(self):
        return client.ApiClient()


if __name__ == "__main__":
    serve_cluster_client(Kubernetes)
