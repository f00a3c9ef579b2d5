"""Manifests: Kubernetes objects in YAML or JSON files, as kubectl takes them.

https://kubernetes.io/docs/concepts/overview/working-with-objects/
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kubex.configuration._files import read_bounded
from kubex.configuration._yaml import parse_yaml_documents
from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import ConfigurationError, KubexException

__all__ = ["Manifest", "ManifestError", "in_dependency_order", "manifests_of", "read_manifests"]

_SUFFIXES: Final = (".yaml", ".yml", ".json")
_LARGEST: Final = 64 * 2**20

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


class ManifestError(KubexException, ValueError):
    """A manifest can't be read or used; the text names the file, and the document in it."""


@dataclass(frozen=True)
class Manifest:
    """One object of a file."""

    object: dict[str, Any]
    source: str
    """Where it is from: `web.yaml, document 2`."""

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
        return f'{self.source} ({self.kind} "{metadata.get("name") or metadata.get("generateName")}")'


def read_manifests(*paths: str | os.PathLike[str]) -> list[Manifest]:
    """Read files, and the files below folders.

    Args:
        paths: files of YAML (with any number of documents) or JSON; and folders, of which every `.yaml`, `.yml` and
            `.json` file is read, in the order of their names. Hidden files and folders are left out. Lists are taken
            apart.

    Raises:
        ManifestError: a file is missing or unreadable, not YAML (with line and column), or a document in it is not a
            Kubernetes object.
    """
    found: list[Manifest] = []
    for path in paths:
        if os.path.isdir(path):
            files = list(_files_of(Path(path)))
            if not files:
                raise ManifestError(f"{os.fspath(path)} has no {', '.join(_SUFFIXES)} file")
        else:
            files = [Path(path)]
        for file in files:
            try:
                content = read_bounded(file, "manifest", _LARGEST)
            except ConfigurationError as error:
                raise ManifestError(str(error)) from None
            found += manifests_of(content, os.fspath(file))
    return found


def manifests_of(content: bytes, shown: str) -> list[Manifest]:
    """Read the manifests of a file's content.

    Args:
        content: YAML, with any number of documents, or JSON.
        shown: the file's name, for errors.

    Raises:
        ManifestError: as of `read_manifests`.
    """
    try:
        documents = parse_yaml_documents(content, shown)
    except ConfigurationError as error:
        raise ManifestError(str(error)) from None
    found: list[Manifest] = []
    for number, document in enumerate(documents, 1):
        if document is not None:  # between two separators there may be nothing
            source = f"{shown}, document {number}"
            found += _objects(_with_text_keys(document, source), source)
    return found


def in_dependency_order(manifests: Iterable[Manifest]) -> list[Manifest]:
    """Sort manifests so that each comes after what it needs: namespaces and CustomResourceDefinitions first.

    Those of the same kind stay in their order.
    """
    return sorted(manifests, key=lambda manifest: _RANKS.get(manifest.kind, len(_FIRST)))


def _files_of(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _files_of(entry)
        elif entry.suffix in _SUFFIXES:
            yield entry


def _text_key(key: Any, source: str) -> str:
    if key is None:
        raise ManifestError(f"{source} has a mapping with an empty key: write it in quotes")
    return key if isinstance(key, str) else json.dumps(key)


def _with_text_keys(value: Any, source: str) -> Any:
    """Give a value of YAML as JSON can have it: keys are text, written as kubectl writes them."""
    if is_object(value):
        return {_text_key(key, source): _with_text_keys(value[key], source) for key in value}
    if is_array(value):
        return [_with_text_keys(item, source) for item in value]
    return value


def _objects(document: Any, source: str) -> Iterator[Manifest]:
    if not is_object(document):
        raise ManifestError(f"{source} is not a Kubernetes object: it is not a mapping")
    for name in ("apiVersion", "kind"):
        value = document.get(name)
        if not isinstance(value, str) or not value:
            raise ManifestError(f"{source} is not a Kubernetes object: it has no {name}")
    kind: str = document["kind"]
    items = document.get("items")
    if kind.endswith("List") and is_array(items):
        # The API leaves the kind of a list's items to the list.
        own = {} if kind == "List" else {"apiVersion": document["apiVersion"], "kind": kind.removesuffix("List")}
        for number, item in enumerate(items, 1):
            yield from _objects({**own, **item} if is_object(item) else item, f"{source}, item {number}")
        return
    metadata = document.get("metadata")
    if not is_object(metadata) or not any(
        isinstance(metadata.get(name), str) and metadata[name] for name in ("name", "generateName")
    ):
        raise ManifestError(f"{source} ({kind}) has no metadata.name")
    yield Manifest(document, source)
