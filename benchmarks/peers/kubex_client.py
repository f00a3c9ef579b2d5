"""kubex itself."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterable
from typing import TypeVar

from benchmarks.answers import Row, digest
from benchmarks.peer import Measures, PeerWorkload, measured, serve
from kubex.api import Api
from kubex.client import BaseClient, ClientChoice, create_client
from kubex.configuration import ClientConfiguration
from kubex.core.codec import codec_for
from kubex.k8s.v1_35.core.v1.pod import Pod

T = TypeVar("T")

_LARGE = 2**16


class Decode(PeerWorkload):
    """Decodes a list of pods."""

    async def prepare(self) -> object:
        self._codec = codec_for(Pod)
        self._body = self.file("body_file")
        return digest(map(_row, self._codec.decode_list(self._body).items))

    async def round(self) -> Measures:
        with measured() as measures:
            pods = self._codec.decode_list(self._body)
        assert pods.items
        return measures


class _WithServer(PeerWorkload):
    """Talks to the server as the documentation teaches."""

    async def _connected(self) -> BaseClient:
        configuration = ClientConfiguration(
            url=self.parameters["url"], server_ca_file=self.parameters["ca_file"], token=self.parameters["token"]
        )
        return await create_client(configuration, ClientChoice(self.parameters["library"]))

    async def prepare(self) -> object:
        self._client = await self._connected()
        self._pods = Api(Pod, self._client, namespace=self.parameters["namespace"])
        return await self._answer()

    async def _answer(self) -> object:
        raise NotImplementedError

    async def close(self) -> None:
        await self._client.close()


class Get(_WithServer):
    """Reads one pod, time and again, over one connection."""

    async def _answer(self) -> object:
        return digest([_row(await self._pods.get(self.parameters["name"]))])

    async def round(self) -> Measures:
        name, count = self.parameters["name"], self.parameters["requests"]
        await self._pods.get(name)  # where the connection was closed meanwhile, this one opens another
        with measured() as measures:
            for _ in range(count):
                await self._pods.get(name)
        return measures


class Watch(_WithServer):
    """Reads all events of a watch."""

    async def _answer(self) -> object:
        events = [(event.type, event.object.metadata.resource_version) async for event in self._pods.watch()]
        return [len(events), *map(list, events[-3:])]

    async def round(self) -> Measures:
        version = None
        with measured() as measures:
            async for event in self._pods.watch():
                version = event.object.metadata.resource_version
        assert version is not None
        return measures


class Keep(_WithServer):
    """Lists pods, drops everything but them, and counts the memory that they hold.

    By `tracemalloc`, which sees every allocation that goes through Python, strings' too; the client is closed before,
    so that its own buffers don't count.
    """

    async def _answer(self) -> object:
        pods = await self._pods.list()
        await self._client.close()
        return digest(map(_row, pods.items))

    async def round(self) -> Measures:
        gc.collect()
        tracemalloc.start()
        client = await self._connected()
        pods = (await Api(Pod, client).list()).items
        await client.close()
        del client
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
        large = sum(trace.size for trace in tracemalloc.take_snapshot().traces if trace.size > _LARGE)
        tracemalloc.stop()
        return {"kept_bytes": kept / len(pods), "large_blocks_bytes": large}


def _row(pod: Pod) -> Row:
    metadata, spec, status = pod.metadata, pod.spec, pod.status
    assert spec is not None
    assert status is not None
    resources = spec.containers[0].resources
    assert resources is not None
    values = (
        metadata.namespace,
        metadata.name,
        metadata.uid,
        metadata.resource_version,
        _last(metadata.owner_references).name,
        _last(metadata.managed_fields).manager,
        (metadata.labels or {})["app.kubernetes.io/name"],
        spec.node_name,
        spec.containers[-1].image,
        (resources.requests or {})["memory"],
        _last(spec.tolerations).key,
        _last(spec.volumes).name,
        status.phase,
        status.pod_ip,
        _last(status.conditions).type,
        (status.container_statuses or [])[0].container_id,
    )
    return tuple(map(str, values))


def _last(values: Iterable[T] | None) -> T:
    return [*(values or ())][-1]


if __name__ == "__main__":
    serve({"decode": Decode, "get": Get, "watch": Watch, "keep": Keep})
