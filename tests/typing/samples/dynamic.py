"""Objects without a class of their own: what type checkers know of them."""

from __future__ import annotations

from pathlib import Path
from typing import reveal_type

import kubex
import kubex.k8s.v1_35
from kubex.api import Api, DynamicObject, discover, dynamic_api
from kubex.client.base import BaseClient
from kubex.core.extract import extract
from kubex.k8s.v1_35.apps.v1 import Deployment


async def dynamic(client: BaseClient) -> None:
    deployments = await dynamic_api(client, "apps/v1", "Deployment", namespace="shop")
    reveal_type(deployments)  # R: Api[DynamicObject]
    web = await deployments.get("web")
    reveal_type(web)  # R: DynamicObject
    reveal_type(web.metadata)  # R: ObjectMetadata
    reveal_type(web["spec"])  # R: Any
    reveal_type(await deployments.scale.get("web"))  # R: Scale
    reveal_type(await deployments.status.get("web"))  # R: DynamicObject
    reveal_type(await deployments.logs.get("web"))  # R: str
    reveal_type((await deployments.list()).items)  # R: list[DynamicObject]
    web.metadata.labels = {"app": "web"}
    web.metadata.labels = 5  # E: mypy[assignment] pyright[reportAttributeAccessIssue]
    await kubex.dynamic_api(client, "apps/v1", "Deployment")


async def extracted(client: BaseClient) -> None:
    deployments = Api(Deployment, client, namespace="shop")
    web = extract(await deployments.get("web"), "bot")
    reveal_type(web)  # R: DynamicObject
    reveal_type(await deployments.apply(web, field_manager="bot"))  # R: Deployment
    await deployments.create(web)  # E: mypy[arg-type] pyright[reportArgumentType]


async def discovered(client: BaseClient) -> None:
    discovery = await discover(client, refresh=True)
    reveal_type(discovery.find("deploy"))  # R: DiscoveredResource
    reveal_type(discovery.get("v1", "Pod"))  # R: DiscoveredResource | None
    for resource in discovery:
        reveal_type(resource.scope)  # R: Scope
        reveal_type(resource.short_names)  # R: tuple[str, ...]
    DynamicObject([])  # E: mypy[arg-type] pyright[reportArgumentType]


async def manifests(client: BaseClient) -> None:
    objects = kubex.load_manifests(Path("manifests"), models=[kubex.k8s.v1_35, Deployment])
    reveal_type(objects)  # R: list[Entity]
    reveal_type(kubex.dump_manifests([*objects, {"kind": "Pod"}]))  # R: str
    applied = await kubex.apply_manifests(client, objects, field_manager="bot", prune="app=shop", wait=60)
    for each in applied:
        reveal_type(each.outcome)  # R: Outcome
        reveal_type(each.error)  # R: KubexException | None
    await kubex.apply_manifests(client, objects)  # E: mypy[call-arg] pyright[reportCallIssue]
    kubex.load_manifests(Path("manifests"), models=[str])  # E: mypy[list-item] pyright[reportArgumentType]
