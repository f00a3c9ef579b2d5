"""How much memory a client and its libraries hold, by where it was allocated."""

from __future__ import annotations

import functools
import gc
import sys
import tracemalloc
from collections.abc import Generator
from contextlib import contextmanager
from typing import NamedTuple

__all__ = ["Held", "held_by_the_client", "traced_memory"]

_LIBRARIES = ("aiohttp", "anyio", "h11", "httpcore", "httpx", "httpx_ws", "multidict", "trio", "wsproto", "yarl")
_OF_THE_CLIENT = (
    tracemalloc.Filter(True, "*/src/kubex/*"),
    *(tracemalloc.Filter(True, f"*/site-packages/{library}/*") for library in _LIBRARIES),
)
_SHOWN = 15


class Held(NamedTuple):
    """What a client and its libraries hold at a moment."""

    size: int
    places: tracemalloc.Snapshot

    def more_than(self, before: Held) -> str:
        """Say where that grew which is more than before."""
        grown = self.places.compare_to(before.places, "lineno")[:_SHOWN]
        return "\n".join([f"{self.size - before.size} bytes more:", *map(str, grown)])


@contextmanager
def traced_memory() -> Generator[None]:
    """Note where memory is allocated."""
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


def held_by_the_client() -> Held:
    """Give what kubex and its libraries have allocated since the beginning and still hold.

    What they remember of the last calls is forgotten before: yarl has the last 128 addresses in each of seven caches,
    which fill as long as there are new ones.
    """
    _forget_what_is_remembered()
    gc.collect()
    places = tracemalloc.take_snapshot().filter_traces(_OF_THE_CLIENT)
    return Held(sum(trace.size for trace in places.traces), places)


def _forget_what_is_remembered() -> None:
    for name, module in tuple(sys.modules.items()):
        if name.partition(".")[0] in _LIBRARIES:
            for found in tuple(vars(module).values()):
                if isinstance(found, functools._lru_cache_wrapper):
                    found.cache_clear()
