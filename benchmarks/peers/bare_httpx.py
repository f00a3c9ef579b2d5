"""httpx alone: a request and its body, a stream and its lines, and `json.loads` where a workload wants it."""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator
from typing import Any

import httpx

from benchmarks.answers import digest, row_of_json
from benchmarks.peer import Measures, PeerWorkload, measured, serve


class _WithServer(PeerWorkload):
    async def prepare(self) -> object:
        ca_file = self.parameters["ca_file"]
        self._client = httpx.AsyncClient(
            base_url=self.parameters["url"],
            verify=ssl.create_default_context(cafile=ca_file) if ca_file is not None else False,
            headers={"Authorization": f"Bearer {self.parameters['token']}"},
        )
        return await self._answer()

    async def _answer(self) -> object:
        raise NotImplementedError

    async def close(self) -> None:
        await self._client.aclose()


class Get(_WithServer):
    """Reads one body, time and again, over one connection."""

    async def _body(self) -> bytes:
        response = await self._client.get(self.parameters["path"])
        return response.content

    async def _answer(self) -> object:
        return digest([row_of_json(json.loads(await self._body()))])

    async def round(self) -> Measures:
        await self._body()
        with measured() as measures:
            for _ in range(self.parameters["requests"]):
                await self._body()
        return measures


class Watch(_WithServer):
    """Reads all lines of a stream, and parses each."""

    async def _events(self) -> AsyncIterator[Any]:
        begun = b""
        async with self._client.stream("GET", self.parameters["list_path"], params={"watch": "true"}) as response:
            async for piece in response.aiter_raw():
                *lines, begun = (begun + piece).split(b"\n")
                for line in lines:
                    yield json.loads(line)

    async def _answer(self) -> object:
        events = [(event["type"], event["object"]["metadata"]["resourceVersion"]) async for event in self._events()]
        return [len(events), *map(list, events[-3:])]

    async def round(self) -> Measures:
        version = None
        with measured() as measures:
            async for event in self._events():
                version = event["object"]["metadata"]["resourceVersion"]
        assert version is not None
        return measures


if __name__ == "__main__":
    serve({"get": Get, "watch": Watch})
