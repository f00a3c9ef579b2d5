"""Manifests: Kubernetes objects in YAML or JSON files, as kubectl takes them.

https://kubernetes.io/docs/concepts/overview/working-with-objects/
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO, Any, Final

from kubex.core._json_value import is_object
from kubex.manifests.errors import ManifestError
from kubex.manifests.files import Document, documents_of, read_open_file, read_path

__all__ = ["Manifest", "in_dependency_order", "manifests_of", "read_manifests"]

# What others need to be there when they are created, and, last, what has a say in their creation.
_FIRST: Final = (
    ("Namespace",),
    ("CustomResourceDefinition",),
    ("PriorityClass", "RuntimeClass", "StorageClass", "IngressClass", "ResourceQuota", "LimitRange"),
    ("ServiceAccount", "Secret", "ConfigMap", "PersistentVolume", "PersistentVolumeClaim"),
    ("ClusterRole", "Role", "ClusterRoleBinding", "RoleBinding"),
    ("Service",),
)
_LAST: Final = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "APIService")
_RANKS: Final = {kind: rank for rank, kinds in enumerate(_FIRST) for kind in kinds} | dict.fromkeys(_LAST, 99)


@dataclass(frozen=True)
class Manifest:
    """One object of a file."""

    object: dict[str, Any]
    source: str
    """Where it is from: `web.yaml`, or `web.yaml, document 2` where the file has several."""

    @property
    def kind(self) -> str:
        """The object's `kind`."""
        kind: str = self.object["kind"]
        return kind

    @property
    def api_version(self) -> str:
        """The object's `apiVersion`."""
        version: str = self.object["apiVersion"]
        return version

    def __str__(self) -> str:
        metadata = self.object["metadata"]
        shown = f'{self.kind} "{metadata.get("name") or metadata.get("generateName")}"'
        return f"{self.source} ({shown})" if self.source else shown


def read_manifests(*paths: str | os.PathLike[str]) -> list[Manifest]:
    """Read files, and the files below folders.

    Args:
        paths: files of YAML (with any number of documents) or JSON; and folders, of which every `.yaml`, `.yml` and
            `.json` file is read, in the order of their names. Hidden files and folders are left out, links are
            followed. Lists are taken apart.

    Raises:
        ManifestError: a file is missing or unreadable, not YAML (with line and column), or a document in it is not a
            Kubernetes object.
    """
    return [_manifest(document) for path in paths for document in read_path(path)]


def manifests_of(content: bytes | str | IO[bytes] | IO[str], shown: str) -> list[Manifest]:
    """Read the manifests of a file's content.

    Args:
        content: YAML, with any number of documents, or JSON; or an open file of it, which is read to its end.
        shown: the file's name, for errors; an open file's own goes before it.

    Raises:
        ManifestError: as of `read_manifests`.
    """
    if isinstance(content, bytes | str):
        return [_manifest(document) for document in documents_of(content, shown)]
    return [_manifest(document) for document in read_open_file(content, shown)]


def in_dependency_order(manifests: Iterable[Manifest]) -> list[Manifest]:
    """Sort manifests so that each comes after what it needs: namespaces and CustomResourceDefinitions first.

    Those of the same kind stay in their order.
    """
    return sorted(manifests, key=lambda manifest: _RANKS.get(manifest.kind, len(_FIRST)))


def _manifest(document: Document) -> Manifest:
    content, source = document.content, document.source
    for name in ("apiVersion", "kind"):
        value = content.get(name)
        if not isinstance(value, str) or not value:
            raise ManifestError(f"{source} is not a Kubernetes object: it has no {name}")
    metadata = content.get("metadata")
    if not is_object(metadata) or not any(
        isinstance(metadata.get(name), str) and metadata[name] for name in ("name", "generateName")
    ):
        raise ManifestError(f"{source} ({content['kind']}) has no metadata.name")
    return Manifest(content, source)
