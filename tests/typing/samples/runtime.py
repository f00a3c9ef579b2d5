"""The runtime: what follows objects keeps their type."""

from __future__ import annotations

from typing import reveal_type

from kubex import Api, BaseClient, Controller, Informer, Manager, Watcher, conditions, dynamic_api, wait_for
from kubex.k8s.v1_35.apps.v1 import DaemonSet, Deployment, StatefulSet
from kubex.k8s.v1_35.batch.v1 import Job
from kubex.k8s.v1_35.core.v1 import ConfigMap, Pod
from kubex.runtime import (
    Added,
    Applied,
    Context,
    Deleted,
    InformerFactory,
    LeaderElector,
    Listed,
    ObjectKey,
    Removed,
    Requeue,
    Updated,
    without_managed_fields,
)
from kubex.runtime.conditions import Condition, condition


async def follow(client: BaseClient) -> None:
    pods = Api(Pod, client, namespace="shop")
    async with Watcher(pods, label_selector="app=web") as events:
        reveal_type(events)  # R: Watcher[Pod]
        async for event in events:
            match event:
                case Applied(obj) | Listed(obj) | Deleted(obj):
                    reveal_type(obj)  # R: Pod
                case _:
                    pass
    reveal_type(Watcher(pods.metadata))  # R: Watcher[PartialObjectMetadata]
    Watcher(Pod)  # E: mypy[arg-type] pyright[reportArgumentType]


async def keep(client: BaseClient) -> None:
    pods = Api(Pod, client, namespace="shop")
    async with Informer(pods, indexers={"node": lambda pod: pod.spec and pod.spec.node_name}) as cache:
        await cache.wait_synced(timeout=30)
        reveal_type(cache.by_index("node", "node-7"))  # R: list[Pod]
        reveal_type(cache.get("web-0"))  # R: Pod | None
        with cache.subscribe() as changes:
            async for change in changes:
                match change:
                    case Added(obj) | Removed(obj):
                        reveal_type(obj)  # R: Pod
                    case Updated(before, obj):
                        reveal_type(before)  # R: Pod
    reveal_type(Informer(pods, transform=without_managed_fields))  # R: Informer[Pod]
    async with InformerFactory(client) as informers:
        reveal_type(informers.get(Pod))  # R: Informer[Pod]


async def wait(client: BaseClient) -> None:
    pods = Api(Pod, client, namespace="shop")
    reveal_type(await wait_for(pods, "web-0", conditions.pod_ready, timeout=60))  # R: Pod
    reveal_type(await wait_for(pods, "web-0", conditions.deleted, timeout=None))  # R: Pod | None
    await wait_for(pods, "web-0", lambda pod: pod.status and pod.status.phase == "Running", timeout=60)
    await wait_for(pods, "a", lambda p: p.x, timeout=1)  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]


async def wait_for_kinds(client: BaseClient, pods: Api[Pod], jobs: Api[Job], sets: Api[DaemonSet]) -> None:
    await wait_for(sets, "agent", conditions.rollout_complete, timeout=60)
    await wait_for(Api(StatefulSet, client), "db", conditions.rollout_complete, timeout=60)
    await wait_for(Api(Deployment, client), "web", condition("Available") & conditions.rollout_complete, timeout=60)
    await wait_for(jobs, "backup", conditions.job_finished, timeout=60)
    reveal_type(conditions.pod_ready | conditions.deleted)  # R: Condition[HasExec]
    dynamic = await dynamic_api(client, "v1", "Pod", namespace="shop")
    await wait_for(dynamic, "web-0", conditions.pod_ready, timeout=60)
    maps = Api(ConfigMap, client)
    await wait_for(maps, "a", conditions.ready, timeout=1)
    await wait_for(maps, "a", conditions.deleted, timeout=1)
    reveal_type(await wait_for(Api(Pod, client), "task", conditions.pod_finished, timeout=60))  # R: Pod
    own: Condition = Condition(lambda content: content is not None, "its being there")
    await wait_for(maps, "a", own, timeout=1)
    rollout, job, pod = conditions.rollout_complete, conditions.job_complete, conditions.pod_ready
    await wait_for(maps, "a", rollout, timeout=1)  # E: mypy[arg-type] pyright[reportCallIssue,reportArgumentType]
    await wait_for(maps, "a", job, timeout=1)  # E: mypy[arg-type] pyright[reportCallIssue,reportArgumentType]
    await wait_for(jobs, "a", pod, timeout=1)  # E: mypy[arg-type] pyright[reportCallIssue,reportArgumentType]
    await wait_for(pods.metadata, "a", pod, timeout=1)  # E: mypy[arg-type] pyright[reportCallIssue,reportArgumentType]


controller = Controller(Pod, name="pods", owns=[ConfigMap])
reveal_type(controller)  # R: Controller[Pod]


@controller.reconcile
async def reconcile(pod: Pod, ctx: Context) -> Requeue | None:
    reveal_type(ctx.api(ConfigMap))  # R: ManagedApi[ConfigMap]
    reveal_type(ctx.cache(ConfigMap).values())  # R: list[ConfigMap]
    await ctx.event(pod, "Seen", "it is there")
    await ctx.api(ConfigMap).apply(ConfigMap())
    return Requeue(after=60)


@controller.finalize("example.com/cleanup")
async def cleanup(pod: Pod, ctx: Context) -> None: ...


@controller.reconcile  # E: mypy[arg-type] pyright[reportArgumentType]
async def of_another_kind(obj: ConfigMap, ctx: Context) -> None: ...


controller.watches(ConfigMap, lambda config_map: [ObjectKey.of(config_map)])
Manager(controller, leader_election="pods", namespace="shop", health_port=8080)


async def lead(client: BaseClient) -> None:
    async def work() -> int:
        return 1

    reveal_type(await LeaderElector(client, "work").run(work))  # R: int
