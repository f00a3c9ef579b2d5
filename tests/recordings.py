"""Recordings written by hand, and what watches tell, for tests that record and play."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anyio

from kubex import Api
from kubex.api import DynamicObject
from kubex.api.dynamic import dynamic_api
from kubex.client.base import BaseClient

__all__ = ["MAPS", "Seen", "Watching", "config_map", "written"]

MAPS: dict[str, Any] = {"apiVersion": "v1", "kind": "ConfigMap", "plural": "configmaps", "namespaced": True}

Seen = tuple[str, dict[str, Any]]
"""Type of an event, and its object without its resource version."""


def config_map(name: str, uid: str, namespace: str = "shop", **metadata: Any) -> dict[str, Any]:
    """Give a config map as another cluster has it."""
    given = {"name": name, "namespace": namespace, "uid": uid, "creationTimestamp": "2026-01-01T00:00:00Z", **metadata}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": given}


def written(path: Path, *entries: tuple[Any, ...], resources: Sequence[dict[str, Any]] = (MAPS,)) -> Path:
    """Write a recording: entries are time, event and object, and a place among the resources if it is not the first."""
    header = {
        "format": "kubex/recording",
        "formatVersion": 1,
        "startedAt": "2026-01-01T00:00:00Z",
        "kubernetesVersion": "v1.35.4",
        "secretData": "masked",
        "resources": list(resources),
    }
    lines = [header]
    for at, event, *rest in entries:
        object_, place = [*rest, None, 0][:2] if len(rest) < 2 else rest
        lines.append({"at": at, "event": event, "resource": place or 0, **({"object": object_} if object_ else {})})
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


class Watching:
    """What watches of some kinds tell, from now on, each in its own order.

    Args:
        client: of the cluster.
        namespace: whose objects.
        kinds: `apiVersion` and kind of each.
    """

    def __init__(self, client: BaseClient, namespace: str, *kinds: tuple[str, str]) -> None:
        self.seen: dict[str, list[Seen]] = {kind: [] for _, kind in kinds}
        self._client = client
        self._namespace = namespace
        self._kinds = kinds
        self._group = anyio.create_task_group()

    async def __aenter__(self) -> Watching:
        await self._group.__aenter__()
        for api_version, kind in self._kinds:
            api = await dynamic_api(self._client, api_version, kind, namespace=self._namespace)
            version = (await api.list()).metadata.resource_version
            self._group.start_soon(self._follow, api, kind, version)
        return self

    async def __aexit__(self, *_: Any) -> None:
        self._group.cancel_scope.cancel()
        await self._group.__aexit__(None, None, None)

    async def _follow(self, api: Api[DynamicObject], kind: str, version: str | None) -> None:
        async for event in api.watch(resource_version=version):
            content = json.loads(json.dumps(event.object.content))  # type: ignore[union-attr]  # a bookmark has none
            content["metadata"].pop("resourceVersion")
            self.seen[kind].append((event.type.value, content))

    async def until(self, *counts: int, seconds: float = 60.0) -> None:
        """Wait until so many events of each kind have come."""
        with anyio.fail_after(seconds):
            while any(len(seen) < count for seen, count in zip(self.seen.values(), counts, strict=True)):  # noqa: ASYNC110  # nobody tells of it
                await anyio.sleep(0.01)

    def summary(self, kind: str) -> list[tuple[str, str]]:
        """Give types and names of the events of a kind."""
        return [(type_, object_["metadata"]["name"]) for type_, object_ in self.seen[kind]]
