"""Drain a node as `kubectl drain` does: no new pods, then evictions, which wait for what disruption budgets allow.

python examples/drain_node.py NODE [SECONDS]
"""

from __future__ import annotations

import sys
from functools import partial

import anyio

import kubex
from kubex.core.exceptions import NotFound, TooManyRequests
from kubex.core.patch import MergePatch
from kubex.k8s.v1_35.core.v1 import Node, Pod
from kubex_core.models.eviction import Eviction
from kubex_core.models.metadata import ObjectMetadata

RETRY_SECONDS = 5.0


def stays(pod: Pod) -> bool:
    """Whether a drain leaves a pod alone: a DaemonSet would make it anew at once, and a mirror pod isn't the API's."""
    owners = pod.metadata.owner_references or []
    annotations = pod.metadata.annotations or {}
    return any(owner.kind == "DaemonSet" for owner in owners) or "kubernetes.io/config.mirror" in annotations


async def evict(pods: kubex.Api[Pod], pod: Pod, retry_seconds: float) -> None:
    name, namespace = pod.metadata.name or "", pod.metadata.namespace
    eviction = Eviction(metadata=ObjectMetadata(name=name, namespace=namespace))
    while True:
        try:
            await pods.eviction.create(name, eviction, namespace=namespace)
        except TooManyRequests as error:
            print(f"{namespace}/{name} has to wait: {error.message}")
            await anyio.sleep(retry_seconds)
        except NotFound:
            return
        else:
            print(f"{namespace}/{name} evicted")
            return


async def drain(client: kubex.BaseClient, node: str, retry_seconds: float = RETRY_SECONDS) -> None:
    """Evict all pods of a node that a drain concerns, side by side."""
    await kubex.Api(Node, client).patch(node, MergePatch({"spec": {"unschedulable": True}}))
    pods = kubex.Api(Pod, client)
    async with anyio.create_task_group() as tasks:
        async for pod in pods.iterate(field_selector=f"spec.nodeName={node}"):
            if not stays(pod):
                tasks.start_soon(evict, pods, pod, retry_seconds)


async def main(node: str, seconds: float = 300) -> None:
    async with await kubex.create_client() as client:
        with anyio.fail_after(seconds):
            await drain(client, node)


if __name__ == "__main__":
    anyio.run(partial(main, sys.argv[1], *map(float, sys.argv[2:3])))
