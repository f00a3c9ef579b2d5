"""Watches over a stub: events, bookmarks, errors, and the end of the stream."""

from __future__ import annotations

import pytest

from kubex.api import Api
from kubex.core.exceptions import Gone, InvalidArgument, InvalidResponse
from kubex.core.watch_event import Bookmark, EventType, WatchEvent
from kubex_core.models.partial_object_meta import PartialObjectMetadata
from kubex_core.models.status import Status
from tests.unit.api.resources import Backup, Widget
from tests.unit.api.stub import StubClient

pytestmark = pytest.mark.anyio


def line(type_: str, object_: str = '{"metadata":{"name":"w"},"spec":{"size":3}}') -> str:
    return f'{{"type":"{type_}","object":{object_}}}'


async def test_events_come_typed_and_in_order() -> None:
    client = StubClient(lines=[line("ADDED"), "", line("MODIFIED"), line("DELETED")])
    events = [event async for event in Api(Widget, client, namespace="shop").watch()]
    assert [event.type for event in events] == [EventType.ADDED, EventType.MODIFIED, EventType.DELETED]
    assert all(isinstance(event.object, Widget) for event in events)
    assert client.streams_closed == 1


async def test_what_is_sent() -> None:
    client = StubClient()
    api = Api(Widget, client)
    async for _ in api.watch(label_selector="a=b", send_initial_events=True, timeout_seconds=9, resource_version="5"):
        pass
    assert client.only_request.url == "/apis/example.com/v1/widgets"
    assert dict(client.only_request.query) == {
        "watch": "true",
        "labelSelector": "a=b",
        "timeoutSeconds": "9",
        "sendInitialEvents": "true",
        "resourceVersionMatch": "NotOlderThan",
        "allowWatchBookmarks": "true",
        "resourceVersion": "5",
    }


async def test_bookmarks() -> None:
    mark = '{"kind":"Widget","metadata":{"resourceVersion":"9","annotations":{"k8s.io/initial-events-end":"true"}}}'
    client = StubClient(lines=[line("BOOKMARK", mark), line("BOOKMARK", '{"metadata":{"resourceVersion":"10"}}')])
    last, other = [event.object async for event in Api(Widget, client).watch(allow_bookmarks=True)]
    assert isinstance(last, Bookmark)
    assert isinstance(other, Bookmark)
    assert (last.metadata.resource_version, last.ends_initial_events) == ("9", True)
    assert (other.metadata.resource_version, other.ends_initial_events) == ("10", False)


async def test_an_error_event_raises_its_typed_exception() -> None:
    gone = '{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version: 1 (5)"}'
    client = StubClient(lines=[line("ADDED"), line("ERROR", gone)])
    seen: list[EventType] = []
    with pytest.raises(Gone, match=r"^widgets \(watch\): too old resource version"):
        async for event in Api(Widget, client).watch():
            seen.append(event.type)
    assert seen == [EventType.ADDED]
    assert client.streams_closed == 1


async def test_leaving_the_loop_closes_the_stream() -> None:
    client = StubClient(lines=[line("ADDED")] * 5)
    events = Api(Widget, client).watch()
    async for _ in events:
        break
    await events.aclose()
    assert client.streams_closed == 1


BROKEN = [
    "hello",
    '{"type":"ADDED","object":{"metad',
    '{"type":"RENAMED","object":{}}',
    "[]",
    '{"type":"ADDED"}',
    '{"type":"ADDED","object":' + "[" * 100_000,
]


@pytest.mark.parametrize("broken", BROKEN, ids=range(len(BROKEN)))
async def test_a_line_that_is_no_event(broken: str) -> None:
    with pytest.raises(InvalidResponse, match=r"^widgets \(watch\)"):
        async for _ in Api(Widget, StubClient(lines=[broken])).watch():
            pass


async def test_an_odd_object_is_read_tolerantly() -> None:
    client = StubClient(lines=[line("ADDED", '{"metadata":null,"spec":{"size":null}}')])
    (event,) = [event async for event in Api(Widget, client).watch()]
    assert isinstance(event.object, Widget)
    assert event.object.spec is not None
    assert event.object.spec.size == 0


async def test_a_pydantic_resource() -> None:
    client = StubClient(lines=[line("ADDED", '{"metadata":{"name":"b"},"spec":{"schedule":"daily"}}')])
    (event,) = [event async for event in Api(Backup, client).watch()]
    assert isinstance(event.object, Backup)
    assert event.object.spec.schedule == "daily"


async def test_metadata_alone() -> None:
    client = StubClient(lines=[line("ADDED")])
    (event,) = [event async for event in Api(Widget, client).metadata.watch(timeout_seconds=3)]
    assert isinstance(event.object, PartialObjectMetadata)
    assert "PartialObjectMetadata;" in (client.only_request.headers or {})["Accept"]


async def test_a_bad_argument_is_refused_at_the_call() -> None:
    client = StubClient()
    with pytest.raises(InvalidArgument):
        Api(Widget, client).watch(label_selector="a in (")
    with pytest.raises(InvalidArgument):
        Api(Widget, client, namespace="shop").logs.stream("a/b")
    assert client.requests == []


async def test_log_lines() -> None:
    client = StubClient(lines=["one", "", "three"])
    api = Api(Widget, client, namespace="shop")
    assert [text async for text in api.logs.stream("w", tail_lines=3)] == ["one", "", "three"]
    assert dict(client.only_request.query) == {"tailLines": "3", "follow": "true"}
    assert client.streams_closed == 1


def test_events_made_by_hand() -> None:
    event: WatchEvent[Widget] = WatchEvent(Widget, {"type": "MODIFIED", "object": {"metadata": {"name": "w"}}})
    assert event.type is EventType.MODIFIED
    assert event.object.metadata.name == "w"
    error: WatchEvent[Widget] = WatchEvent(Widget, {"type": "ERROR", "object": {"code": 410}})
    assert isinstance(error.object, Status)
    with pytest.raises(InvalidResponse):
        WatchEvent(Widget, {"type": "NONE", "object": {}})
