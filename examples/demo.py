"""The main job, step by step: create, get, list, watch, patch and delete typed objects.

Run it with `make demo`, or `python examples/demo.py`. It works in a namespace of its own on the cluster of KUBECONFIG
where that is set, and otherwise on an API server in memory, which it starts.
"""

from __future__ import annotations

import os
import sys
import uuid
from contextlib import aclosing

import anyio

import kubex
from kubex.client.base import BaseClient
from kubex.configuration import ClientConfiguration
from kubex.core.exceptions import KubexException, NotFound
from kubex.core.patch import JsonPatch, JsonPatchReplace, MergePatch
from kubex.k8s.v1_35.apps.v1 import Deployment, DeploymentSpec
from kubex.k8s.v1_35.core.v1 import ConfigMap, Container, Namespace, PodSpec, PodTemplateSpec
from kubex.k8s.v1_35.meta.v1 import LabelSelector
from kubex.testing import ApiServer
from kubex_core.models.metadata import ObjectMetadata

COLOURS = ("amber", "beige", "coral", "denim", "ebony")


def step(what: str) -> None:
    print(f"\n• {what}")


def show(text: str) -> None:
    print(f"    {text}")


async def reading_and_writing(colours: kubex.Api[ConfigMap]) -> None:
    step("create five ConfigMaps")
    for number, name in enumerate(COLOURS):
        labels = {"tone": "warm" if number < 3 else "cold"}
        created = await colours.create(ConfigMap(metadata=ObjectMetadata(name=name, labels=labels), data={"rank": "0"}))
        show(f"{created.metadata.name} at version {created.metadata.resource_version}")

    step("get one")
    amber = await colours.get("amber")
    show(f"{amber.metadata.name}: {amber.data}, made {amber.metadata.creation_timestamp}")

    step("list the warm ones, then all of them in pages of two")
    warm = await colours.list(label_selector="tone=warm")
    show(", ".join(item.metadata.name or "" for item in warm.items))
    async for page in colours.pages(page_size=2):
        show(" | ".join(item.metadata.name or "" for item in page.items))

    step("patch: merge, and JSON with a typed path")
    merged = await colours.patch("amber", MergePatch({"data": {"rank": "1", "hex": "#ffbf00"}}))
    show(f"amber: {merged.data}")
    replaced = await colours.patch("amber", JsonPatch([JsonPatchReplace(path="/data/rank", value="2")]))
    show(f"amber: {replaced.data}")


async def watching(colours: kubex.Api[ConfigMap]) -> None:
    step("watch while another task creates, patches and deletes")
    version = (await colours.list()).metadata.resource_version

    async def change() -> None:
        await colours.create(ConfigMap(metadata=ObjectMetadata(name="fawn")))
        await colours.patch("fawn", MergePatch({"data": {"rank": "3"}}))
        await colours.delete("fawn")

    async with anyio.create_task_group() as tasks, aclosing(colours.watch(resource_version=version)) as events:
        tasks.start_soon(change)
        async for event in events:
            show(f"{event.type.value:8} {event.object.metadata.name} {getattr(event.object, 'data', None) or ''}")
            if event.type.value == "DELETED":
                break


async def scaling(deployments: kubex.Api[Deployment]) -> None:
    step("create a Deployment and scale it by its subresource")
    labels = {"app": "web"}
    template = PodTemplateSpec(
        metadata=ObjectMetadata(labels=labels), spec=PodSpec(containers=[Container(name="web", image="shop/web:1")])
    )
    spec = DeploymentSpec(replicas=1, selector=LabelSelector(match_labels=labels), template=template)
    await deployments.create(Deployment(metadata=ObjectMetadata(name="web"), spec=spec))
    scale = await deployments.scale.patch("web", MergePatch({"spec": {"replicas": 3}}))
    show(f"web: {scale.spec.replicas if scale.spec else '?'} replicas wanted")


async def deleting(colours: kubex.Api[ConfigMap]) -> None:
    step("delete one, then the rest at once")
    await colours.delete("amber")
    try:
        await colours.get("amber")
    except NotFound as error:
        show(f"{type(error).__name__}: {error}")
    await colours.delete_collection(label_selector="tone")
    left = await colours.list(label_selector="tone")
    show(f"{len(left.items)} left")


async def main(configuration: ClientConfiguration | None) -> None:
    """Run every step in a new namespace, and delete the namespace."""
    async with await kubex.create_client(configuration) as client:
        print(f"{type(client).__name__}, {client.configuration.base_url}")
        namespaces = kubex.Api(Namespace, client)
        namespace = f"kubex-demo-{uuid.uuid4().hex[:8]}"
        step(f"create the namespace {namespace}")
        created = await namespaces.create(Namespace(metadata=ObjectMetadata(name=namespace)))
        show(f"uid {created.metadata.uid}")
        try:
            await in_namespace(client, namespace)
        finally:
            step(f"delete the namespace {namespace}")
            await namespaces.delete(namespace)
    print("\nDone.")


async def in_namespace(client: BaseClient, namespace: str) -> None:
    colours = kubex.Api(ConfigMap, client, namespace=namespace)
    await reading_and_writing(colours)
    await watching(colours)
    await scaling(kubex.Api(Deployment, client, namespace=namespace))
    await deleting(colours)


if __name__ == "__main__":
    try:
        if "KUBECONFIG" in os.environ:
            anyio.run(main, None)
        else:
            with ApiServer() as server:
                anyio.run(main, server.configuration)
    except KubexException as error:
        sys.exit(f"{type(error).__name__}: {error}")
