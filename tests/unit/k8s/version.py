"""A generated version beside the document that it was generated from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from tools.codegen.__main__ import SPECS
from tools.codegen.document import Document, read_document
from tools.codegen.intermediate import Api, Definition
from tools.codegen.openapi_v2 import read_api
from tools.codegen.shared import SHARED

METHODS = ("get", "put", "post", "patch", "delete", "head", "options")


@dataclass(frozen=True)
class Version:
    """One Kubernetes version."""

    name: str
    """Of its package, `v1_35`."""
    document: Document
    api: Api
    classes: dict[str, type[Any]]
    """The class of each definition, by the name in the document, as its group-version package gives it."""

    @property
    def package(self) -> str:
        """Dotted name of its package."""
        return f"kubex.k8s.{self.name}"

    def properties(self, definition: str) -> dict[str, Any]:
        """Give a definition's properties as the document has them."""
        properties: dict[str, Any] = self.document["definitions"][definition].get("properties", {})
        return properties

    def paths(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Give the paths that serve a kind, each with its operations; the deprecated watch paths are left out."""
        for path, item in self.document["paths"].items():
            operations = [item[method] for method in METHODS if method in item]
            if any("x-kubernetes-group-version-kind" in each for each in operations) and "/watch/" not in path:
                yield path, operations


@cache
def version(name: str) -> Version:
    """Read a version, once."""
    document = read_document(str(SPECS / f"{name}.json.gz"))
    api = read_api(document)
    return Version(name, document, api, {each.name: _class(name, each) for each in api.definitions.values()})


def _class(version_name: str, definition: Definition) -> type[Any]:
    package = import_module(f"kubex.k8s.{version_name}.{definition.package.group}.{definition.package.version}")
    shared = SHARED.get(definition.name)
    class_: type[Any] = getattr(package, shared.name if shared else definition.class_name)
    return class_
