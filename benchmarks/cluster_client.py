"""What a client library does with a cluster in the `peers-*` workloads; `cluster_workloads` measures it.

A library is a subclass of `ClusterClient` in a file of its own, `peers/with_*.py`: only calls that its documentation
teaches, so that its author would find them fair. A library whose calls block does the same from the same methods, as
nothing else runs meanwhile. What is here needs the standard library alone.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

__all__ = [
    "METADATA",
    "POD",
    "ClusterClient",
    "FieldPath",
    "known_paths",
    "row_of",
    "snake_case",
]

FieldPath = tuple[str | int, ...]

METADATA: tuple[FieldPath, ...] = (
    ("metadata", "namespace"),
    ("metadata", "name"),
    ("metadata", "uid"),
    ("metadata", "resourceVersion"),
    ("metadata", "labels", "app.kubernetes.io/name"),
    ("metadata", "managedFields", -1, "manager"),
)
POD: tuple[FieldPath, ...] = (
    *METADATA,
    ("spec", "containers", -1, "image"),
    ("spec", "containers", 0, "resources", "requests", "memory"),
    ("spec", "tolerations", -1, "key"),
    ("spec", "volumes", -1, "name"),
    ("status", "phase"),
    ("status", "podIP"),
    ("status", "conditions", -1, "type"),
    ("status", "containerStatuses", 0, "containerID"),
)


class ClusterClient(ABC):
    """One library. Which of the calls it has, `CALLS` of the workloads says; the others need not be there."""

    naming: Callable[[str], str] = staticmethod(str)
    """What the library calls a field of the API."""

    @abstractmethod
    async def open(self, kubeconfig: str) -> None:
        """Connect to the cluster of a kubeconfig file."""

    @abstractmethod
    async def close(self) -> None:
        """Close all connections."""

    async def get(self, namespace: str, name: str) -> Any:
        """Get a pod."""
        raise NotImplementedError

    async def list(self, namespace: str) -> Sequence[Any]:
        """List the pods of a namespace, in one answer where the library has that."""
        raise NotImplementedError

    async def list_by_pages(self, namespace: str, size: int) -> Sequence[Any]:
        """List the pods of a namespace, page by page."""
        raise NotImplementedError

    async def list_metadata(self, namespace: str) -> Sequence[Any]:
        """List the metadata of the pods of a namespace, and have the server send no more."""
        raise NotImplementedError

    async def create(self, namespace: str, manifest: dict[str, Any]) -> Any:
        """Create a pod."""
        raise NotImplementedError

    async def delete(self, namespace: str, name: str) -> None:
        """Delete a pod."""
        raise NotImplementedError

    async def patch(self, namespace: str, name: str, patch: dict[str, Any]) -> Any:
        """Patch a pod, and give it as it is then."""
        raise NotImplementedError

    async def watch(self, namespace: str, count: int, seen: Callable[[Any], object]) -> None:
        """Call `seen` with the pod of each of so many events of a watch that begins with all there is."""
        raise NotImplementedError

    async def get_at_once(self, namespace: str, names: Sequence[str]) -> Sequence[Any]:
        """Get pods, all of them at the same time."""
        raise NotImplementedError

    async def cached(self, namespace: str, count: int) -> Sequence[Any]:
        """Fill a cache that is kept up to date, give its so many pods, and close it."""
        raise NotImplementedError

    async def follow(self, namespace: str, count: int, told: Callable[[], bool]) -> Sequence[Any]:
        """Fill a cache with so many pods, follow changes, give the pods, and close it.

        `told` is called once when the cache is filled, and after each change; it is true after the last one.
        """
        raise NotImplementedError

    def decode_list(self, body: bytes) -> Sequence[Any]:
        """Make of the bytes of a list what `list` gives."""
        raise NotImplementedError

    def fields(self, pod: Any) -> Any:
        """Give what has the API's fields as its attributes, or is a mapping of them."""
        return pod


def row_of(value: Any, paths: Iterable[FieldPath], naming: Callable[[str], str] = str) -> tuple[str, ...]:
    """Give the fields at some paths, for `benchmarks.answers.digest`."""
    return tuple(str(_at(value, path, naming)) for path in paths)


def known_paths(paths: Iterable[FieldPath], ignores: Iterable[str]) -> list[FieldPath]:
    """Leave out the paths through fields that a library ignores."""
    return [path for path in paths if not {*path} & {*ignores}]


def snake_case(name: str) -> str:
    """Give the name that most libraries of Python have for a field."""
    return re.sub("(?<=[a-z])[A-Z]+", lambda capitals: f"_{capitals[0].lower()}", name)


def _at(value: Any, path: FieldPath, naming: Callable[[str], str]) -> Any:
    for part in path:
        value = _part_of(value, part, naming)
    return value


def _part_of(value: Any, part: str | int, naming: Callable[[str], str]) -> Any:
    if isinstance(part, int):
        return value[part]
    return cast("Mapping[str, Any]", value)[part] if isinstance(value, Mapping) else getattr(value, naming(part))
