"""Clusters for tests below HTTP."""

from __future__ import annotations

from typing import Any

from kubex.testing.clock import Clock
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.operations import Operations
from kubex.testing.lifecycle.requests import ChangeOptions
from kubex.testing.registry import Registry, Resource, builtin_resources
from kubex.testing.schema.openapi_document import load_document
from kubex.testing.storage import Key, Storage

MERGE = "application/merge-patch+json"
OPTIONS = ChangeOptions(user_agent="tests/1")


class Cluster:
    """Operations with a namespace `shop`, and short ways to use them."""

    def __init__(self, *, history: int = 10_000, clock: Clock | None = None) -> None:
        registry = Registry(builtin_resources(load_document("1.35")))
        self.operations = Operations(Storage(history=history), registry, clock or Clock())
        self.create("v1/namespaces", {"metadata": {"name": "shop"}}, namespace=None)

    @property
    def revision(self) -> int:
        return self.operations.cluster.storage.revision

    def resource(self, place: str) -> Resource:
        """Find a resource: `v1/pods`, `apps/v1/deployments`."""
        *group, version, plural = place.split("/")
        found = self.operations.cluster.registry.find(group[0] if group else "", version, plural)
        assert found is not None, place
        return found

    def create(
        self, place: str, body: dict[str, Any], options: ChangeOptions = OPTIONS, *, namespace: str | None = "shop"
    ) -> dict[str, Any]:
        return self.operations.create(self.resource(place), namespace, body, options).entry.object

    def key(self, place: str, name: str, namespace: str = "shop") -> Key:
        return Key(namespace if self.resource(place).namespaced else "", name)

    def get(self, place: str, name: str) -> dict[str, Any] | None:
        try:
            return self.operations.get(self.resource(place), self.key(place, name)).object
        except ApiFailure as failure:
            if failure.code != 404:
                raise
            return None

    def patch(
        self, place: str, name: str, body: Any, *, patch_type: str = MERGE, subresource: str | None = None
    ) -> dict[str, Any]:
        resource, key = self.resource(place), self.key(place, name)
        return self.operations.patch(resource, key, patch_type, body, OPTIONS, subresource=subresource).entry.object

    def delete(self, place: str, name: str, **options: Any) -> dict[str, Any]:
        return self.operations.delete(self.resource(place), self.key(place, name), options).entry.object


def config_map(name: str, **metadata: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, **metadata}}


def pod(name: str, *, node: str = "", **metadata: Any) -> dict[str, Any]:
    spec: dict[str, Any] = {"containers": [{"name": "main", "image": "example.com/none:1"}]}
    if node:
        spec["nodeName"] = node
    return {"metadata": {"name": name, **metadata}, "spec": spec}


def owned_by(owner: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    metadata = owner["metadata"]
    reference = {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "name": metadata["name"]}
    return [{**reference, "uid": metadata["uid"], **more}]
