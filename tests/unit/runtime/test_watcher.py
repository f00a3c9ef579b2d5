from __future__ import annotations

import logging
from collections.abc import AsyncIterator

import anyio
import pytest

from kubex.core.exceptions import (
    ConnectionFailed,
    Forbidden,
    Gone,
    InvalidArgument,
    InvalidResponse,
    RequestTimeout,
    ServiceUnavailable,
)
from kubex.runtime import (
    Applied,
    Bookmarked,
    Deleted,
    Failed,
    ListCompleted,
    Listed,
    ListStarted,
    Watcher,
    WatcherEvent,
)
from kubex_core.models.partial_object_meta import PartialObjectMetadata
from tests.unit.api.resources import Widget
from tests.unit.runtime.fake_cluster import FakeCluster
from tests.unit.runtime.virtual_time import anyio_backend
from tests.unit.runtime.widgets import put, remove, widgets

__all__ = ["anyio_backend"]

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]


def told(event: WatcherEvent[Widget]) -> str:
    match event:
        case Listed(obj) | Applied(obj) | Deleted(obj):
            return f"{type(event).__name__} {obj.metadata.name}"
        case ListCompleted(version) | Bookmarked(version):
            return f"{type(event).__name__} {version}"
        case Failed(error):
            return f"Failed {type(error).__name__}"
        case ListStarted():
            return "ListStarted"


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
async def watcher(cluster: FakeCluster) -> AsyncIterator[Watcher[Widget]]:
    async with Watcher(widgets(cluster), page_size=2) as watcher:
        yield watcher


async def take(watcher: Watcher[Widget], count: int) -> list[str]:
    return [told(await anext(watcher)) for _ in range(count)]


async def test_it_lists_by_pages_and_goes_on_with_the_changes(cluster: FakeCluster, watcher: Watcher[Widget]) -> None:
    for name in "abc":
        put(cluster, name)
    assert await take(watcher, 5) == ["ListStarted", "Listed a", "Listed b", "Listed c", "ListCompleted 4"]
    put(cluster, "a", size=2)
    remove(cluster, "b")
    assert await take(watcher, 2) == ["Applied a", "Deleted b"]
    cluster.bookmark()
    assert await take(watcher, 1) == ["Bookmarked 6"]
    pages = [dict(request.query) for request in cluster.requests]
    assert [query.get("limit") for query in pages] == ["2", "2", None]
    assert pages[2]["resourceVersion"] == "4"
    assert pages[2]["allowWatchBookmarks"] == "true"
    assert 240 <= int(pages[2]["timeoutSeconds"]) <= 290


async def test_an_ended_stream_is_opened_again_behind_the_last_event(
    cluster: FakeCluster, watcher: Watcher[Widget]
) -> None:
    await take(watcher, 2)
    put(cluster, "a")
    await take(watcher, 1)
    cluster.end_streams()
    put(cluster, "b")
    assert await take(watcher, 1) == ["Applied b"]
    assert dict(cluster.requests[-1].query)["resourceVersion"] == "2"
    assert watcher.last_error is None


@pytest.mark.parametrize("what", ["cut", "garble", "expire"])
async def test_a_stream_that_fails_is_told_and_nothing_is_lost(
    cluster: FakeCluster, watcher: Watcher[Widget], what: str, caplog: pytest.LogCaptureFixture
) -> None:
    await take(watcher, 2)
    put(cluster, "a")
    await take(watcher, 1)
    getattr(cluster, what)()
    expected = {"cut": ConnectionFailed, "garble": InvalidResponse, "expire": Gone}[what]
    with caplog.at_level(logging.WARNING, "kubex.runtime"):
        failed = await anext(watcher)
    assert isinstance(failed, Failed)
    assert type(failed.error) is expected
    assert watcher.last_error is failed.error
    assert "goes on in" in caplog.text
    put(cluster, "b")
    relisted = ["ListStarted", "Listed a", "Listed b", "ListCompleted 3"]
    assert await take(watcher, 4 if what == "expire" else 1) == (relisted if what == "expire" else ["Applied b"])


async def test_a_compacted_history_is_listed_anew(cluster: FakeCluster, watcher: Watcher[Widget]) -> None:
    put(cluster, "a")
    await take(watcher, 3)
    remove(cluster, "a")
    put(cluster, "b")
    cluster.compact()
    assert await take(watcher, 4) == ["Failed Gone", "ListStarted", "Listed b", "ListCompleted 4"]


async def test_a_token_that_expires_is_followed_by_a_whole_list(cluster: FakeCluster, watcher: Watcher[Widget]) -> None:
    for name in "abc":
        put(cluster, name)
    assert await take(watcher, 3) == ["ListStarted", "Listed a", "Listed b"]
    put(cluster, "d")
    cluster.compact()
    assert await take(watcher, 7) == [
        "Failed Gone",
        "ListStarted",
        "Listed a",
        "Listed b",
        "Listed c",
        "Listed d",
        "ListCompleted 5",
    ]
    assert "limit" not in dict(cluster.requests[-1].query)


async def test_silence_is_noticed(cluster: FakeCluster, watcher: Watcher[Widget]) -> None:
    await take(watcher, 2)
    began = anyio.current_time()
    async with anyio.create_task_group() as tasks:

        async def stall() -> None:
            await anyio.sleep(1)
            cluster.stall()
            put(cluster, "a")

        tasks.start_soon(stall)
        assert await take(watcher, 2) == ["Failed RequestTimeout", "Applied a"]
    assert isinstance(watcher.last_error, RequestTimeout)
    assert 245 <= anyio.current_time() - began <= 296


async def test_pauses_grow_while_a_server_is_away(cluster: FakeCluster, watcher: Watcher[Widget]) -> None:
    cluster.is_down = True
    began = anyio.current_time()
    pauses: list[float] = []
    for _ in range(8):
        failed = await anext(watcher)
        assert isinstance(failed, Failed)
        pauses.append(failed.retry_in)
    bounds = [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30]
    assert all(bound / 2 <= pause <= bound for bound, pause in zip(bounds, pauses, strict=True))
    assert anyio.current_time() - began == pytest.approx(sum(pauses[:-1]))
    cluster.is_down = False
    assert await take(watcher, 1) == ["ListStarted"]


async def test_empty_streams_are_not_opened_in_a_circle(cluster: FakeCluster, watcher: Watcher[Widget]) -> None:
    await take(watcher, 2)
    with anyio.move_on_after(60):
        async with anyio.create_task_group() as tasks:

            async def end_all() -> None:
                while True:
                    await anyio.sleep(0.001)
                    cluster.end_streams()

            tasks.start_soon(end_all)
            await take(watcher, 1)
    assert len(cluster.requests) < 12


async def test_empty_answers_and_lists_without_a_version_are_failures(
    cluster: FakeCluster, watcher: Watcher[Widget]
) -> None:
    cluster.faults += [b"", b'{"kind":"WidgetList","apiVersion":"example.com/v1","metadata":{},"items":[]}']
    assert await take(watcher, 3) == ["Failed InvalidResponse", "Failed InvalidResponse", "ListStarted"]
    assert "no resource version" in str(watcher.last_error)


async def test_a_version_that_the_server_has_not_reached_means_a_new_list(cluster: FakeCluster) -> None:
    async with Watcher(widgets(cluster), resource_version="99") as watcher:
        assert await take(watcher, 3) == ["Failed GatewayTimeout", "ListStarted", "ListCompleted 1"]


async def test_a_watch_can_begin_behind_a_version(cluster: FakeCluster) -> None:
    put(cluster, "a")
    put(cluster, "b")
    async with Watcher(widgets(cluster), resource_version="2") as watcher:
        assert await take(watcher, 1) == ["Applied b"]


async def test_a_streaming_list(cluster: FakeCluster) -> None:
    put(cluster, "a")
    async with Watcher(widgets(cluster), streaming_list=True) as watcher:
        assert await take(watcher, 3) == ["ListStarted", "Listed a", "ListCompleted 2"]
        put(cluster, "b")
        assert await take(watcher, 1) == ["Applied b"]
    assert [dict(request.query).get("sendInitialEvents") for request in cluster.requests] == ["true", None]


@pytest.mark.parametrize("setting", ["streams_initial_events", "marks_end_of_initial_events"])
async def test_a_server_without_streaming_lists_is_listed_by_pages(cluster: FakeCluster, setting: str) -> None:
    put(cluster, "a")
    setattr(cluster, setting, False)
    began = anyio.current_time()
    async with Watcher(widgets(cluster), streaming_list=True) as watcher:
        events = [told(await anext(watcher)) for _ in range(6 if setting.startswith("marks") else 4)]
    assert events[-3:] == ["ListStarted", "Listed a", "ListCompleted 2"]
    assert anyio.current_time() - began <= 10


async def test_metadata_alone(cluster: FakeCluster) -> None:
    put(cluster, "a")
    async with Watcher(widgets(cluster).metadata) as watcher:
        assert isinstance(await anext(watcher), ListStarted)
        listed = await anext(watcher)
        assert isinstance(listed, Listed)
        assert isinstance(listed.object, PartialObjectMetadata)
    assert "PartialObjectMetadataList" in (cluster.requests[0].headers or {})["Accept"]


async def test_errors_are_fatal_where_one_says_so(cluster: FakeCluster) -> None:
    cluster.faults += [ServiceUnavailable("starting"), Forbidden("not for you")]
    async with Watcher(widgets(cluster), is_fatal=lambda error: isinstance(error, Forbidden)) as watcher:
        assert await take(watcher, 1) == ["Failed ServiceUnavailable"]
        with pytest.raises(Forbidden, match="not for you"):
            await anext(watcher)
        with pytest.raises(StopAsyncIteration):
            await anext(watcher)


async def test_stop_ends_a_waiting_iteration_at_once(cluster: FakeCluster) -> None:
    watcher = Watcher(widgets(cluster))
    events: list[str] = []

    async def iterate() -> None:
        async for event in watcher:
            events.append(told(event))

    began = anyio.current_time()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(iterate)
        await anyio.wait_all_tasks_blocked()
        assert len(cluster.streams) == 1
        await watcher.stop()
        await watcher.stop()
    assert anyio.current_time() - began < 1
    assert events == ["ListStarted", "ListCompleted 1"]
    assert cluster.streams == []
    with pytest.raises(StopAsyncIteration):
        await anext(watcher)


async def test_stop_ends_a_pause_and_one_between_two_events(cluster: FakeCluster) -> None:
    cluster.is_down = True
    watcher = Watcher(widgets(cluster))
    async with anyio.create_task_group() as tasks:
        assert await take(watcher, 1) == ["Failed ConnectionFailed"]

        async def iterate() -> None:
            assert [event async for event in watcher] == []

        tasks.start_soon(iterate)
        await anyio.wait_all_tasks_blocked()
        await watcher.stop()
    unread = Watcher(widgets(FakeCluster()))
    await anext(unread)
    await unread.stop()
    assert [event async for event in unread] == []


async def test_one_task_alone_iterates(cluster: FakeCluster, watcher: Watcher[Widget]) -> None:
    await take(watcher, 2)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(take, watcher, 1)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(RuntimeError, match="two tasks"):
            await anext(watcher)
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("page_size", [0, -1, True])
def test_a_page_has_a_size(cluster: FakeCluster, page_size: int) -> None:
    with pytest.raises(InvalidArgument, match="page_size"):
        Watcher(widgets(cluster), page_size=page_size)


async def test_a_selector_that_does_not_parse_is_told_at_once(cluster: FakeCluster) -> None:
    async with Watcher(widgets(cluster), label_selector="a in (") as watcher:
        with pytest.raises(InvalidArgument):
            await anext(watcher)
