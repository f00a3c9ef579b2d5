"""What each method of an Api gives."""

from __future__ import annotations

from typing import assert_type, reveal_type

from kubex.api import Api, create_api
from kubex.client import BaseClient
from kubex.core.diff import diff
from kubex.core.params import DryRun, PropagationPolicy, Timeout, VersionMatch
from kubex.core.patch import JsonPatch
from kubex.core.watch_event import WatchEvent
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.k8s.v1_35.core.v1 import ConfigMap, Pod
from kubex_core.models.list_entity import ListEntity
from kubex_core.models.status import Status


def touch(pod: Pod) -> None:
    pod.metadata.labels = {"touched": "yes"}


async def calls(client: BaseClient) -> None:
    pods = Api(Pod, client, namespace="shop")
    reveal_type(pods)  # R: Api[Pod]
    reveal_type(await create_api(Deployment, client=client))  # R: Api[Deployment]
    reveal_type(await create_api(Deployment, namespace="shop"))  # R: Api[Deployment]

    pod = await pods.get("web-0", namespace="other", request_timeout=5, resource_version="0")
    reveal_type(pod)  # R: Pod
    reveal_type(await pods.create(pod, dry_run=True, field_manager="me"))  # R: Pod
    reveal_type(await pods.replace("web-0", pod, dry_run=DryRun.ALL))  # R: Pod
    reveal_type(await pods.get_or_none("web-0"))  # R: Pod | None
    reveal_type(await pods.apply(pod, field_manager="me", force=True))  # R: Pod
    reveal_type(await pods.create_or_replace(pod))  # R: Pod
    reveal_type(await pods.edit("web-0", touch))  # R: Pod
    reveal_type(await pods.status.edit("web-0", touch))  # R: Pod
    await pods.apply(pod)  # E: mypy[call-arg] pyright[reportCallIssue]
    await Api(Deployment, client).edit("web", touch)  # E: mypy[arg-type] pyright[reportArgumentType]
    reveal_type(diff(pod, {}))  # R: MergePatch
    reveal_type(diff(pod, pod, JsonPatch))  # R: JsonPatch

    page = await pods.list(label_selector="app=web", limit=5, version_match=VersionMatch.EXACT, resource_version="7")
    reveal_type(page)  # R: ListEntity[Pod]
    reveal_type(page.items)  # R: list[Pod]
    reveal_type(page.metadata.continue_)  # R: str | None

    reveal_type(await pods.delete("web-0", propagation_policy="Background"))  # R: Status | Pod
    reveal_type(await pods.delete("web-0", propagation_policy=PropagationPolicy.ORPHAN))  # R: Status | Pod
    reveal_type(await pods.delete_collection(label_selector="app=web"))  # R: Status | ListEntity[Pod]

    async for event in pods.watch(allow_bookmarks=True, request_timeout=Timeout(read=300)):
        assert_type(event, WatchEvent[Pod])
        reveal_type(event)  # R: WatchEvent[Pod]
    async for each in pods.iterate(page_size=100):
        reveal_type(each)  # R: Pod
    async for several in pods.pages():
        reveal_type(several)  # R: ListEntity[Pod]

    async with pods as opened:
        reveal_type(opened)  # R: Api[Pod]


async def arguments(client: BaseClient, config_map: ConfigMap) -> None:
    pods = Api(Pod, client, namespace="shop")
    await pods.create(config_map)  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.replace("web-0", config_map)  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.get(5)  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.get("web-0", "shop")  # E: mypy[call-arg] pyright[reportCallIssue]
    await pods.get("web-0", namespace=...)
    await pods.get("web-0", namespace=None, request_timeout=None)
    await pods.get("web-0", request_timeout=...)
    await pods.get("web-0", request_timeout="5s")  # E: mypy[arg-type] pyright[reportArgumentType]
    await pods.list(limit="5")  # E: mypy[arg-type] pyright[reportArgumentType]
    Api(Pod, client, "shop")  # E: mypy[call-arg] pyright[reportCallIssue]
    Api(str, client)  # E: mypy[type-var] pyright[reportArgumentType]
    Api(Status, client)  # E: mypy[type-var] pyright[reportArgumentType]


def a_function_of_the_user_s(page: ListEntity[Pod]) -> list[str | None]:
    return [pod.metadata.name for pod in page.items]
