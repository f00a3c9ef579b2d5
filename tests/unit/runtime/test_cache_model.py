"""A cache against a model: whatever happens, and in whatever order, it ends as a fresh list and has told all of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core.exceptions import ConnectionFailed, InternalServerError
from kubex.runtime import Informer
from tests.unit.api.resources import Widget
from tests.unit.runtime.fake_cluster import FakeCluster
from tests.unit.runtime.observer import Observer
from tests.unit.runtime.virtual_time import LOOPS, run
from tests.unit.runtime.widgets import WIDGETS, put, remove, widgets

Step: TypeAlias = tuple[str, int]

NAMES: Final = ("a", "b", "c", "d", "e")
PAUSES: Final = (0.0, 0.01, 0.7, 5.0, 31.0, 300.0)
PORTIONS: Final = 5  # of as many examples as the profile has, on each loop and in each mode: 1,000 in the ordinary run


def _toggle(cluster: FakeCluster, name: str) -> None:
    """Delete an object, or create it, which is another one of the same name then."""
    if ("shop", name) in cluster.objects.get(WIDGETS, {}):
        remove(cluster, name)
    else:
        put(cluster, name)


def _recreate(cluster: FakeCluster, name: str) -> None:
    for _ in range(2):
        _toggle(cluster, name)


def _go_down(cluster: FakeCluster) -> None:
    cluster.is_down = True
    cluster.cut()


FAULTS: Final[dict[str, Callable[[FakeCluster], None]]] = {
    "compact": FakeCluster.compact,
    "cut": FakeCluster.cut,
    "end": FakeCluster.end_streams,
    "stall": FakeCluster.stall,
    "expire": FakeCluster.expire,
    "garble": FakeCluster.garble,
    "bookmark": FakeCluster.bookmark,
    "lose bookmarks": lambda cluster: setattr(cluster, "sends_bookmarks", not cluster.sends_bookmarks),
    "lose marks": lambda cluster: setattr(
        cluster, "marks_end_of_initial_events", not cluster.marks_end_of_initial_events
    ),
    "go down": _go_down,
    "come up": lambda cluster: setattr(cluster, "is_down", False),
    "be slow": lambda cluster: setattr(cluster, "latency", 0.5 - cluster.latency),
    "fail": lambda cluster: cluster.faults.append(InternalServerError("etcd has no leader")),
    "break": lambda cluster: cluster.faults.append(ConnectionFailed("reset")),
    "answer nothing": lambda cluster: cluster.faults.append(b""),
    "answer a page": lambda cluster: cluster.faults.append(b"<html>Bad Gateway</html>"),
}

CHANGES: Final[dict[str, Callable[[FakeCluster, str], object]]] = {
    "put": lambda cluster, name: put(cluster, name, size=cluster.revision),
    "toggle": _toggle,
    "recreate": _recreate,
}


def sequences(longest: int) -> st.SearchStrategy[list[Step]]:
    change = st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, len(NAMES) - 1))
    fault = st.tuples(st.sampled_from(sorted(FAULTS)), st.just(0))
    pause = st.tuples(st.just("pause"), st.integers(0, len(PAUSES) - 1))
    return st.lists(st.one_of(change, change, fault, pause), max_size=longest)


async def play(cluster: FakeCluster, steps: list[Step]) -> None:
    for what, which in steps:
        if what == "pause":
            await anyio.sleep(PAUSES[which])
        elif what in CHANGES:
            CHANGES[what](cluster, NAMES[which])
        else:
            FAULTS[what](cluster)


async def check(steps: list[Step], *, streaming: bool, page_size: int) -> None:
    cluster, observer = FakeCluster(), Observer[Widget]()
    for name in NAMES[:3]:
        put(cluster, name)
    informer = Informer(widgets(cluster), streaming_list=streaming, page_size=page_size, indexers={"size": _size})
    informer.store.listen(observer.take)
    async with informer as cache:
        await play(cluster, steps)
        # From here on all is well; what is stalled is found out at the end of its time at the latest.
        cluster.is_down, cluster.latency = False, 0.0
        cluster.faults.clear()
        last = put(cluster, "last")
        await cache.wait_for(last["metadata"]["resourceVersion"], timeout=400)
        fresh = {key[1]: each for key, each in cluster.objects[WIDGETS].items()}
        kept = {each.metadata.name or "": each for each in cache}
        assert _told(kept) == {
            name: (each["metadata"]["uid"], each["metadata"]["resourceVersion"]) for name, each in fresh.items()
        }
        assert all(observer.objects[name] is each for name, each in kept.items())
        assert observer.objects.keys() == kept.keys(), "a deletion was missed"
        by_size = {
            each.metadata.name for size in cache.store.index_values("size") for each in cache.by_index("size", size)
        }
        assert by_size == kept.keys()
    assert cluster.streams == []


def _told(objects: dict[str, Widget]) -> dict[str, tuple[str | None, str | None]]:
    return {name: (each.metadata.uid, each.metadata.resource_version) for name, each in objects.items()}


def _size(widget: Widget) -> str | None:
    return str(widget.spec.size) if widget.spec else None


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("streaming", [False, True], ids=["paged", "streaming"])
@pytest.mark.parametrize("portion", range(PORTIONS))
def test_a_cache_ends_as_a_fresh_list_and_has_told_how(loop: str, streaming: bool, portion: int) -> None:
    @given(sequences(longest=10 + 10 * portion))
    def body(steps: list[Step]) -> None:
        async def main() -> None:
            await check(steps, streaming=streaming, page_size=1 + portion)

        run(loop, main)

    body()
