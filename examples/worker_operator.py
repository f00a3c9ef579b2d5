"""An operator: each Worker, a kind of its own, has a Deployment, and says in its status how many of its pods are ready.

`kubex crd examples.worker_operator:Worker | kubex apply -f -`, then `python examples/worker_operator.py [HEALTH_PORT]`.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import ClassVar, Self

import anyio

import kubex
from kubex.core.patch import MergePatch
from kubex.core.references import owner_reference
from kubex.k8s.v1_35.apps.v1 import Deployment, DeploymentSpec
from kubex.k8s.v1_35.core.v1 import Container, PodSpec, PodTemplateSpec
from kubex.k8s.v1_35.meta.v1 import LabelSelector
from kubex.runtime import Context, Controller, Manager
from kubex_core.models import BaseEntity, CamelModel, HasStatusSubresource, NamespaceScopedEntity, ResourceConfig
from kubex_core.models.metadata import ObjectMetadata


class WorkerSpec(CamelModel):
    """What is wanted."""

    image: str
    command: list[str] | None = None
    replicas: int = 1


class WorkerStatus(CamelModel):
    """How it is."""

    ready_replicas: int = 0


class Worker(BaseEntity, NamespaceScopedEntity, HasStatusSubresource):
    """Pods that work."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="examples.kubex.dev", version="v1")
    spec: WorkerSpec
    status: WorkerStatus | None = None


controller = Controller(Worker, name="worker-operator", owns=[Deployment])


def deployment_of(worker: Worker) -> Deployment:
    labels, owners = {"worker": worker.metadata.name or ""}, [owner_reference(worker, controller=True)]
    main = Container(name="main", image=worker.spec.image, command=worker.spec.command)
    template = PodTemplateSpec(metadata=ObjectMetadata(labels=labels), spec=PodSpec(containers=[main]))
    spec = DeploymentSpec(replicas=worker.spec.replicas, selector=LabelSelector(match_labels=labels), template=template)
    return Deployment(metadata=ObjectMetadata(name=worker.metadata.name, owner_references=owners), spec=spec)


@controller.reconcile
async def reconcile(worker: Worker, ctx: Context) -> None:
    deployment = await ctx.api(Deployment).apply(deployment_of(worker), force=True)
    status = WorkerStatus(ready_replicas=(deployment.status and deployment.status.ready_replicas) or 0)
    if status != worker.status:  # of which the object changes, so that this is called again
        await ctx.api(Worker).status.patch(ctx.key.name, MergePatch({"status": status.model_dump(by_alias=True)}))
        reason = "Ready" if status.ready_replicas == worker.spec.replicas else "Waiting"
        await ctx.event(worker, reason, f"{status.ready_replicas} of {worker.spec.replicas} pods are ready")


@controller.finalize("examples.kubex.dev/worker")
async def cleanup(worker: Worker, ctx: Context) -> None:
    await ctx.event(worker, "Stopped", "what it had outside of the cluster is gone")  # where there is such a thing


async def main(port: int = 0) -> None:
    async with await kubex.create_client() as client:
        where = client.configuration.namespace or "default"
        await Manager(controller, client=client, namespace=where, leader_election="worker", health_port=port).run()


if __name__ == "__main__":
    anyio.run(partial(main, *map(int, sys.argv[1:2])))
