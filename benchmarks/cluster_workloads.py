"""The `peers-*` workloads as the program of a library does them: what is measured of `ClusterClient`, and how.

What is here needs the standard library alone.
"""

from __future__ import annotations

import gc
import tracemalloc
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from benchmarks.answers import digest
from benchmarks.cluster_client import METADATA, POD, ClusterClient, FieldPath, known_paths, row_of
from benchmarks.peer import Measures, PeerWorkload, measured, say_ready, serve

__all__ = ["serve_cluster_client"]


def serve_cluster_client(client: Callable[[], ClusterClient]) -> None:
    """Do what standard input says with one library."""
    serve({name: partial(workload, client()) for name, workload in _WORKLOADS.items()})


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


class _Progress:
    """Is called when all that was there is known, and after each change: then says when the next changes may come.

    They come by batches, since a server ends the watch of a program that is too far behind.
    """

    def __init__(self, changes: int, batch: int, begin: Callable[[], object]) -> None:
        self._changes = changes
        self._batch = batch
        self._begin = begin
        self._count = 0

    def __call__(self) -> bool:
        """Take note, and give whether that was the last change."""
        if self._count == 0:
            self._begin()
        if self._count % self._batch == 0 and self._count < self._changes:
            say_ready()
        self._count += 1
        return self._count > self._changes


class _Following(_ClusterWorkload):
    """Is told of changes that another program makes, from when this one says that it is ready."""

    def progress(self, begin: Callable[[], object]) -> _Progress:
        return _Progress(self.parameters["changes"], self.parameters["batch"], begin)

    async def round(self) -> Measures:
        with ExitStack() as measuring:
            measures = Measures()

            def begin() -> None:
                nonlocal measures
                measures = measuring.enter_context(measured())

            await self.follow(self.progress(begin), _read_one)
        return measures

    @abstractmethod
    async def follow(self, progress: _Progress, seen: Callable[[Any], object]) -> None:
        """Follow all changes, and call `seen` with what has changed."""

    async def work(self) -> None:
        raise NotImplementedError


class _Watch(_Following):
    async def answer(self) -> object:
        pods: dict[str, Any] = {}

        def seen(pod: Any) -> None:
            (name,) = row_of(self.client.fields(pod), [("metadata", "name")], self.client.naming)
            pods[name] = pod

        await self.follow(self.progress(_do_nothing), seen)
        return self.digest(pods.values())

    async def follow(self, progress: _Progress, seen: Callable[[Any], object]) -> None:
        there = self.parameters["count"]
        count = 0

        def count_seen(pod: Any) -> None:
            nonlocal count
            count += 1
            seen(pod)
            if count >= there:
                progress()

        await self.client.watch(self.namespace, there + self.parameters["changes"], count_seen)


class _Updates(_Following):
    async def answer(self) -> object:
        return self.digest(await self._followed(self.progress(_do_nothing)))

    async def follow(self, progress: _Progress, seen: Callable[[Any], object]) -> None:
        assert _read(await self._followed(progress))

    async def _followed(self, progress: _Progress) -> Sequence[Any]:
        return await self.client.follow(self.namespace, self.parameters["count"], progress)


def _do_nothing() -> None:
    pass


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
    "updates": _Updates,
    "at-once": _AtOnce,
    "cache": _Cache,
    "keep": _Keep,
    "decode": _Decode,
}
