"""What a server serves, read from its discovery documents by the tests' own few lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from kubex_core.models.struct_entity import StructEntity
from tests.e2e.real_server import RealServer
from tests.unit.k8s.version import Version

__all__ = ["Served", "definitions", "served"]


class Served(NamedTuple):
    """A resource in one version, with the subresources that it has."""

    api_version: str
    kind: str
    plural: str
    namespaced: bool
    verbs: frozenset[str]
    subresources: frozenset[str]

    @property
    def is_question(self) -> bool:
        """Whether nothing is kept of its objects: the server answers, and may leave the question out."""
        return self.verbs == frozenset({"create"})

    def collection(self, namespace: str) -> str:
        root = f"/apis/{self.api_version}" if "/" in self.api_version else f"/api/{self.api_version}"
        return f"{root}/namespaces/{namespace}/{self.plural}" if self.namespaced else f"{root}/{self.plural}"


def served(server: RealServer) -> list[Served]:
    """Give all that the server serves."""
    return [each for version, path in _versions(server) for each in _of_version(server, version, path)]


def _versions(server: RealServer) -> Iterator[tuple[str, str]]:
    for version in server.get("/api").content["versions"]:
        yield version, f"/api/{version}"
    for group in server.get("/apis").content["groups"]:
        for version in group["versions"]:
            yield version["groupVersion"], f"/apis/{version['groupVersion']}"


def _of_version(server: RealServer, version: str, path: str) -> Iterator[Served]:
    resources: list[dict[str, Any]] = server.get(path).content["resources"]
    for each in resources:
        name = each["name"]
        if "/" not in name:
            names = [other["name"].partition("/") for other in resources]
            below = {subresource for parent, slash, subresource in names if slash and parent == name}
            yield Served(version, each["kind"], name, each["namespaced"], frozenset(each["verbs"]), frozenset(below))


def definitions(generated: Version) -> dict[tuple[str, str], str]:
    """Name the definitions of a release's kinds, by their apiVersion and kind."""
    return {
        (each.__RESOURCE_CONFIG__.api_version, each.__RESOURCE_CONFIG__.kind): name
        for name, each in generated.classes.items()
        if issubclass(each, StructEntity) and each.__module__.startswith("kubex.k8s")
    }
