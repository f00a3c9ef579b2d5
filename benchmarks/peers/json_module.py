"""The standard library's `json.loads`: what decoding costs where nothing is made of the answer but dicts."""

from __future__ import annotations

import gc
import json
import tracemalloc

from benchmarks.answers import digest, row_of_json
from benchmarks.peer import Measures, PeerWorkload, measured, serve


class Decode(PeerWorkload):
    """Decodes a list of pods."""

    async def prepare(self) -> object:
        self._body = self.file("body_file")
        return digest(map(row_of_json, json.loads(self._body)["items"]))

    async def round(self) -> Measures:
        with measured() as measures:
            pods = json.loads(self._body)
        assert pods["items"]
        return measures


class Keep(Decode):
    """Counts the memory that decoded pods hold, by `tracemalloc`."""

    async def round(self) -> Measures:
        gc.collect()
        tracemalloc.start()
        pods = json.loads(self._body)["items"]
        kept, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return {"kept_bytes": kept / len(pods)}


if __name__ == "__main__":
    serve({"decode": Decode, "keep": Keep})
