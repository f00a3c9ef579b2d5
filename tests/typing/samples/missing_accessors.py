"""Accessors where the resource does not carry their marker: an error, which users may have ignores for."""

from __future__ import annotations

from kubex.api import Api
from kubex.client import BaseClient
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.k8s.v1_35.core.v1 import ConfigMap, Pod
from kubex_core.models.eviction import Eviction
from kubex_core.models.scale import Scale


async def missing(client: BaseClient, maps: Api[ConfigMap]) -> None:
    await Api(ConfigMap, client).logs.get("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await maps.logs.get("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await maps.status.get("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await maps.scale.get("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await maps.eviction.create("a", Eviction())  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await maps.ephemeral_containers.get("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await maps.resize.get("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await maps.token.create("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await maps.binding.create("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await maps.approval.get("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await maps.finalize.get("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await maps.exec.run("a", command=["ls"])  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    maps.exec.stream("a", command=["ls"])  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    maps.attach.stream("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await maps.copy.to_pod("a", "b", "c")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    await Api(Pod, client).scale.replace("a", Scale())  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    maps.portforward.open("a", 80)  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    lines = Api(Deployment, client).logs.stream("a")  # E: mypy[attr-defined] pyright[reportAttributeAccessIssue]
    async for line in lines:  # E: pyright[reportUnknownVariableType]
        print(line)  # E: pyright[reportUnknownArgumentType]


async def ignored(maps: Api[ConfigMap]) -> None:
    await maps.logs.get("a")  # type: ignore[attr-defined]
    await maps.scale.get("a")  # type: ignore[attr-defined]
    await maps.status.get("a")  # type: ignore[attr-defined]
    await maps.eviction.create("a", Eviction())  # type: ignore[attr-defined]
