from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from kubex.core.exceptions import ConnectionFailed, Forbidden, InvalidArgument
from kubex.runtime import EventRecorder
from tests.unit.api.resources import Widget
from tests.unit.runtime.fake_cluster import FakeClient, FakeCluster
from tests.unit.runtime.test_cache import made
from tests.unit.runtime.virtual_time import anyio_backend

__all__ = ["anyio_backend"]

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_leaks")]

EVENTS = "apis/events.k8s.io/v1/events"


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
async def recorder(cluster: FakeCluster) -> AsyncIterator[EventRecorder]:
    async with EventRecorder(FakeClient(cluster), controller="bot", instance="bot-0", capacity=100) as recorder:
        yield recorder


def events(cluster: FakeCluster) -> list[dict[str, Any]]:
    return list(cluster.objects.get(EVENTS, {}).values())


async def test_an_event_says_what_happened_to_what(cluster: FakeCluster, recorder: EventRecorder) -> None:
    await recorder.event(made("a", 7), "Scheduled", "job applied", related=made("b", 1))
    await anyio.sleep(1)
    (event,) = events(cluster)
    assert event["metadata"]["namespace"] == "shop"
    assert event["metadata"]["name"].startswith("a.")
    assert (event["reason"], event["note"], event["type"], event["action"]) == (
        "Scheduled",
        "job applied",
        "Normal",
        "Reconcile",
    )
    assert (event["reportingController"], event["reportingInstance"]) == ("bot", "bot-0")
    assert event["regarding"]["kind"] == "Widget"
    assert event["related"]["name"] == "b"
    assert event["eventTime"].endswith("Z")
    assert "series" not in event


async def test_an_event_with_another_note_is_the_same(cluster: FakeCluster, recorder: EventRecorder) -> None:
    for reason, note in (("Scaled", "from 1 to 2"), ("Scaled", "from 2 to 7"), ("ScaledDown", "from 7 to 1")):
        await recorder.event(made("a", 7), reason, note)
    await anyio.sleep(1)
    told = [(event["reason"], event["note"], event.get("series", {}).get("count")) for event in events(cluster)]
    assert told == [("Scaled", "from 1 to 2", 2), ("ScaledDown", "from 7 to 1", None)]


async def test_names_and_notes_that_the_server_would_refuse(cluster: FakeCluster, recorder: EventRecorder) -> None:
    for name in ("system:node", "a" * 250):
        await recorder.event(made(name, 7), "Failed", "é" * 1000)
    await anyio.sleep(1)
    for event in events(cluster):
        assert event["metadata"]["name"].startswith("event-")
        assert event["note"] == "é" * 512
    assert len(events(cluster)) == 2


async def test_the_same_event_is_a_series_and_seldom_written(cluster: FakeCluster, recorder: EventRecorder) -> None:
    for _ in range(100):
        await recorder.event(made("a", 7), "Failed", type="Warning")
        await anyio.sleep(1)
    await anyio.sleep(20)
    (event,) = events(cluster)
    assert event["series"]["count"] == 100
    assert len(cluster.requests) <= 12
    await anyio.sleep(400)
    await recorder.event(made("a", 7), "Failed", type="Warning")
    await anyio.sleep(1)
    assert len(events(cluster)) == 2


async def test_an_event_that_has_expired_is_written_anew(cluster: FakeCluster, recorder: EventRecorder) -> None:
    await recorder.event(made("a", 7), "Failed")
    await anyio.sleep(1)
    cluster.objects[EVENTS].clear()
    await recorder.event(made("a", 7), "Failed")
    await anyio.sleep(20)
    (event,) = events(cluster)
    assert event["series"]["count"] == 2


async def test_of_too_many_events_some_are_dropped_and_counted(cluster: FakeCluster, recorder: EventRecorder) -> None:
    for number in range(40):
        await recorder.event(made("a", 7), f"Reason{number}")
    await recorder.event(made("b", 7), "Another")
    await anyio.sleep(1)
    assert len(events(cluster)) == 26
    assert recorder.dropped == 15
    await anyio.sleep(301)
    await recorder.event(made("a", 7), "Later")
    await anyio.sleep(1)
    assert len(events(cluster)) == 27


async def test_memory_is_bounded(cluster: FakeCluster, recorder: EventRecorder) -> None:
    cluster.is_down = True
    for number in range(1000):
        await recorder.event(made(f"w{number}", 7), "Failed")
    assert recorder.dropped == 900
    assert len(recorder.__dict__["_records"]) == len(recorder.__dict__["_pending"]) == 100


async def test_what_can_t_be_written_never_fails_the_program(
    cluster: FakeCluster, recorder: EventRecorder, caplog: pytest.LogCaptureFixture
) -> None:
    cluster.faults += [ConnectionFailed("reset"), ConnectionFailed("reset")]
    await recorder.event(made("a", 7), "Tried")
    await anyio.sleep(30)
    assert len(events(cluster)) == 1
    cluster.faults.append(Forbidden("not for you"))
    with caplog.at_level(logging.WARNING, "kubex.runtime"):
        await recorder.event(made("b", 7), "Refused")
        await anyio.sleep(30)
    assert "an event is not written: not for you" in caplog.text
    assert isinstance(recorder.last_error, Forbidden)
    assert recorder.dropped == 1
    with pytest.raises(InvalidArgument):
        await recorder.event(Widget(), "Nameless")


async def test_the_task_and_a_flush_write_each_event_once(cluster: FakeCluster, recorder: EventRecorder) -> None:
    cluster.latency = 1
    await recorder.event(made("a", 7), "Slow")
    await anyio.sleep(0.5)
    await recorder.flush()
    assert len(events(cluster)) == 1
    assert (recorder.dropped, len(cluster.requests)) == (0, 1)


async def test_what_waits_is_written_at_the_end(cluster: FakeCluster) -> None:
    async with EventRecorder(FakeClient(cluster), controller="bot") as recorder:
        await recorder.event(made("a", 7), "Last")
        await recorder.event(made("a", 7), "Last")
    (event,) = events(cluster)
    assert event["series"]["count"] == 2
