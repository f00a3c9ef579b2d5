"""The official client, `kubernetes`: calls that block, and its informer for the cache."""

from __future__ import annotations

import threading
from functools import cache

from kubernetes import client, config, watch
from kubernetes.informer import ADDED, MODIFIED, SharedInformer

from benchmarks.cluster_client import ClusterClient, snake_case
from benchmarks.cluster_workloads import serve_cluster_client


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
        return self.informed(namespace, count, None)

    async def follow(self, namespace, count, told):
        return self.informed(namespace, count, told)

    def informed(self, namespace, count, told):
        seen, filled, followed = [], threading.Event(), threading.Event()
        informer = SharedInformer(list_func=self.api.list_namespaced_pod, namespace=namespace)

        def added(pod):
            seen.append(pod)
            if len(seen) == count:
                filled.set()

        def modified(pod):
            if told():
                followed.set()

        informer.add_event_handler(ADDED, added)
        if told is not None:
            informer.add_event_handler(MODIFIED, modified)
        informer.start()
        assert filled.wait(120)
        if told is not None:
            told()
            assert followed.wait(300)
        # `stop` waits for the next event, which comes with the next round or not at all.
        threading.Thread(target=informer.stop, daemon=True).start()
        return informer.cache.list()

    def decode_list(self, body):
        return self.decoder().deserialize(body.decode(), "V1PodList", "application/json").items

    @cache  # noqa: B019 - one for the process
    def decoder(self):
        return client.ApiClient()


if __name__ == "__main__":
    serve_cluster_client(Kubernetes)
