"""A program as users write it, for type checkers that see nothing of kubex but what is installed."""

from __future__ import annotations

from typing import ClassVar, Self, assert_type

import anyio
from pydantic import BaseModel

import kubex
import kubex.sync
from kubex.core.exceptions import NotFound
from kubex.core.patch import MergePatch
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.k8s.v1_35.core.v1 import ConfigMap, Pod
from kubex.runtime import Context, Controller, Requeue
from kubex_core.models import BaseEntity, HasStatusSubresource, NamespaceScopedEntity, ObjectMetadata, ResourceConfig


class BackupSpec(BaseModel):
    """What is wanted."""

    schedule: str


class Backup(BaseEntity, NamespaceScopedEntity, HasStatusSubresource):
    """A resource of the program's own."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")
    spec: BackupSpec


controller = Controller(Backup, name="backups", owns=[ConfigMap])


@controller.reconcile
async def reconcile(backup: Backup, ctx: Context) -> Requeue | None:
    """Write down when."""
    wanted = ConfigMap(metadata=ObjectMetadata(name=backup.metadata.name), data={"schedule": backup.spec.schedule})
    assert_type(await ctx.api(ConfigMap).apply(wanted), ConfigMap)
    return None


async def main() -> None:
    """Do a bit of everything."""
    async with await kubex.create_client() as client:
        pods = kubex.Api(Pod, client, namespace="shop")
        assert_type(pods, kubex.Api[Pod])
        async for pod in pods.iterate(label_selector="app=web"):
            assert_type(pod, Pod)
            assert_type(pod.metadata.name, str | None)
        async for line in pods.logs.stream("web-0"):
            assert_type(line, str)
        assert_type((await pods.exec.run("web-0", command=["uptime"])).stdout, bytes)
        deployments = kubex.Api(Deployment, client, namespace="shop")
        scale = await deployments.scale.patch("web", MergePatch({"spec": {"replicas": 3}}))
        assert_type(scale.spec.replicas if scale.spec else None, int | None)
        try:
            assert_type(await kubex.Api(Backup, client, namespace="shop").get("nightly"), Backup)
        except NotFound as error:
            print(error.reason)
        async with kubex.Informer(pods, indexers={"node": lambda pod: pod.spec and pod.spec.node_name}) as cache:
            assert_type(cache.by_index("node", "node-7"), list[Pod])


def blocking() -> None:
    """Do the same without `await`."""
    with kubex.sync.create_client() as client:
        for pod in kubex.sync.Api(Pod, client, namespace="shop").iterate():
            assert_type(pod, Pod)


if __name__ == "__main__":
    anyio.run(main)
