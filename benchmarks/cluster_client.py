"""What a client library does with a cluster in the `peers-*` workloads, and how what it does is measured.

A library is a subclass of `ClusterClient` in a file of its own, `peers/with_*.py`: only calls that its documentation
teaches, so that its author would find them fair. A library whose calls block does the same from the same methods, as
nothing else runs meanwhile. What is here needs the standard library alone.
"""

from __future__ import annotations

import gc
import re
import tracemalloc
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, cast

from benchmarks.answers import digest
from benchmarks.peer import Measures, PeerWorkload, measured, serve

__all__ = [
    "METADATA",
    "POD",
    "ClusterClient",
    "FieldPath",
    "known_paths",
    "row_of",
    "serve_cluster_client",
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


def serve_cluster_client(client: Callable[[], ClusterClient]) -> None:
    """Do what standard input says with one library."""
    serve({name: partial(workload, client()) for name, workload in _WORKLOADS.items()})


def _at(value: Any, path: FieldPath, naming: Callable[[str], str]) -> Any:
    for part in path:
        value = _part_of(value, part, naming)
    return value


def _part_of(value: Any, part: str | int, naming: Callable[[str], str]) -> Any:
    if isinstance(part, int):
        return value[part]
    return cast("Mapping[str, Any]", value)[part] if isinstance(value, Mapping) else getattr(value, naming(part))


def _read(pods: Iterable[Any]) -> int:
    """Read some fields of each pod, as whoever lists them will: some libraries decode only what is read."""
    return sum(map(_read_one, pods))


def _read_one(pod: Any) -> int:
    return len(pod.metadata.name) + len(pod.status.phase) + len(pod.spec.containers[0].image)


class _ClusterWorkload(PeerWorkload):
    def __init__(self, client: ClusterClient, parameters: Mapping[str, Any]) -> None:
        super().__init__(parameters)
        self.client = client
        self.namespace: str = parameters["namespace"]

    async def prepare(self) -> object:
        await self.client.open(self.parameters["kubeconfig"])
        return await self.answer()

    @abstractmethod
    async def answer(self) -> object:
        """Do the work once, and give what it read."""

    async def round(self) -> Measures:
        with measured() as measures:
            await self.work()
        return measures

    @abstractmethod
    async def work(self) -> None:
        """Do the work."""

    async def close(self) -> None:
        await self.client.close()

    def digest(self, pods: Iterable[Any], paths: Iterable[FieldPath] = POD) -> object:
        """Give the digest of pods, whatever their order."""
        known = known_paths(paths, self.parameters["ignores"])
        return digest(sorted(row_of(self.client.fields(pod), known, self.client.naming) for pod in pods))


class _Get(_ClusterWorkload):
    async def answer(self) -> object:
        return self.digest([await self.client.get(self.namespace, self.parameters["name"])])

    async def work(self) -> None:
        for _ in range(self.parameters["count"]):
            _read_one(await self.client.get(self.namespace, self.parameters["name"]))


class _List(_ClusterWorkload):
    async def pods(self) -> Sequence[Any]:
        return await self.client.list(self.namespace)

    async def answer(self) -> object:
        return self.digest(await self.pods())

    async def work(self) -> None:
        for _ in range(self.parameters.get("times", 1)):
            assert _read(await self.pods())


class _Pages(_List):
    async def pods(self) -> Sequence[Any]:
        return await self.client.list_by_pages(self.namespace, self.parameters["page_size"])


class _Metadata(_ClusterWorkload):
    async def answer(self) -> object:
        return self.digest(await self.client.list_metadata(self.namespace), METADATA)

    async def work(self) -> None:
        for each in await self.client.list_metadata(self.namespace):
            assert each.metadata.name


class _Write(_ClusterWorkload):
    """Creates pods one after the other, and deletes them."""

    async def answer(self) -> object:
        await self._create(few := 5)
        created = [self.client.fields(pod) for pod in await self.client.list(self.namespace)]
        await self._delete(few)
        left = await self.client.list(self.namespace)
        names = [row_of(pod, [("metadata", "name")], self.client.naming)[0] for pod in created]
        return [*sorted(names), len(left)]

    async def work(self) -> None:
        await self._create(self.parameters["count"])
        await self._delete(self.parameters["count"])

    async def _create(self, count: int) -> None:
        manifest = self.parameters["manifest"]
        for number in range(count):
            metadata = {**manifest["metadata"], "name": f"pod-{number}"}
            await self.client.create(self.namespace, {**manifest, "metadata": metadata})

    async def _delete(self, count: int) -> None:
        for number in range(count):
            await self.client.delete(self.namespace, f"pod-{number}")


class _Patch(_ClusterWorkload):
    """Sets a label of a pod, time and again to something else."""

    _number = 0

    async def answer(self) -> object:
        pod = self.client.fields(await self._patched("first"))
        return row_of(pod, [("metadata", "name"), ("metadata", "labels", "patched")], self.client.naming)

    async def work(self) -> None:
        for _ in range(self.parameters["count"]):
            self._number += 1
            _read_one(await self._patched(f"{self.parameters['tag']}-{self._number}"))

    async def _patched(self, value: str) -> Any:
        patch = {"metadata": {"labels": {"patched": value}}}
        return await self.client.patch(self.namespace, self.parameters["name"], patch)


class _Watch(_ClusterWorkload):
    async def answer(self) -> object:
        pods: list[Any] = []
        await self.client.watch(self.namespace, self.parameters["count"], pods.append)
        return self.digest(pods)

    async def work(self) -> None:
        await self.client.watch(self.namespace, self.parameters["count"], _read_one)


class _AtOnce(_ClusterWorkload):
    async def answer(self) -> object:
        return self.digest(await self.client.get_at_once(self.namespace, self.parameters["names"]))

    async def work(self) -> None:
        assert _read(await self.client.get_at_once(self.namespace, self.parameters["names"]))


class _Cache(_ClusterWorkload):
    async def answer(self) -> object:
        return self.digest(await self.client.cached(self.namespace, self.parameters["count"]))

    async def work(self) -> None:
        assert _read(await self.client.cached(self.namespace, self.parameters["count"]))


class _Keep(_ClusterWorkload):
    """Counts the memory that listed pods hold when the client is closed; see `benchmarks.workloads.keep`."""

    async def answer(self) -> object:
        return self.digest(await self._listed())

    async def _listed(self) -> Sequence[Any]:
        pods = await self.client.list(self.namespace)
        assert _read(pods)
        return pods

    async def round(self) -> Measures:
        gc.collect()
        tracemalloc.start()
        pods = await self._listed()
        await self.client.close()
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        await self.client.open(self.parameters["kubeconfig"])
        return {"kept_bytes": kept / len(pods)}

    async def work(self) -> None:
        raise NotImplementedError


class _Decode(_ClusterWorkload):
    async def prepare(self) -> object:
        self._body = self.file("body_file")
        return self.digest(self.client.decode_list(self._body))

    async def answer(self) -> object:
        raise NotImplementedError

    async def work(self) -> None:
        assert _read(self.client.decode_list(self._body))

    async def close(self) -> None:
        """Nothing was opened."""


_WORKLOADS: dict[str, type[_ClusterWorkload]] = {
    "get": _Get,
    "list": _List,
    "pages": _Pages,
    "metadata": _Metadata,
    "write": _Write,
    "patch": _Patch,
    "watch": _Watch,
    "at-once": _AtOnce,
    "cache": _Cache,
    "keep": _Keep,
    "decode": _Decode,
}
