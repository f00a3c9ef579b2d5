"""How much memory a client and its libraries hold, by where it was allocated."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Generator
from contextlib import contextmanager

__all__ = ["held_by_the_client", "traced_memory"]

_LIBRARIES = ("aiohttp", "anyio", "h11", "httpcore", "httpx", "httpx_ws", "multidict", "trio", "wsproto", "yarl")
_OF_THE_CLIENT = (
    tracemalloc.Filter(True, "*/src/kubex/*"),
    *(tracemalloc.Filter(True, f"*/site-packages/{library}/*") for library in _LIBRARIES),
)


@contextmanager
def traced_memory() -> Generator[None]:
    """Note where memory is allocated."""
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


def held_by_the_client() -> int:
    """Give the bytes that kubex and its libraries have allocated since the beginning and still hold."""
    gc.collect()
    snapshot = tracemalloc.take_snapshot().filter_traces(_OF_THE_CLIENT)
    return sum(trace.size for trace in snapshot.traces)
