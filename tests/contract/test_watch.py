"""Watches: what is told, from when on, and how they end."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

import anyio
import pytest

from kubex.api import Api
from kubex.client.base import BaseClient
from kubex.core.patch import MergePatch
from kubex.core.request import Request
from kubex.core.watch_event import Bookmark, EventType, WatchEvent
from kubex.k8s.v1_35.core.v1 import ConfigMap
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.partial_object_meta import PartialObjectMetadata

pytestmark = pytest.mark.anyio


def config_map(name: str, **labels: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMetadata(name=name, labels=labels or None))


def told(events: list[WatchEvent[ConfigMap]]) -> list[tuple[EventType, str | None]]:
    return [(event.type, event.object.metadata.name) for event in events]


async def test_changes_in_order_from_a_lists_version(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    await api.create(config_map("before", test="watch"))
    version = (await api.list()).metadata.resource_version
    await api.create(config_map("a", test="watch"))
    await api.patch("a", MergePatch({"data": {"x": "1"}}))
    await api.delete("a")
    events: list[WatchEvent[ConfigMap]] = []
    with anyio.fail_after(20):
        async with aclosing(api.watch(resource_version=version, label_selector="test=watch")) as stream:
            async for event in stream:
                events.append(event)
                if event.type is EventType.DELETED:
                    break
    assert told(events) == [(EventType.ADDED, "a"), (EventType.MODIFIED, "a"), (EventType.DELETED, "a")]
    assert isinstance(events[1].object, ConfigMap)
    assert events[1].object.data == {"x": "1"}


async def test_changes_arrive_while_the_watch_waits(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    events: list[WatchEvent[ConfigMap]] = []

    async def follow() -> None:
        async with aclosing(api.watch(label_selector="test=live")) as stream:
            async for event in stream:
                events.append(event)
                if len(events) == 2:
                    break

    with anyio.fail_after(20):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(follow)
            await anyio.sleep(0.3)
            await api.create(config_map("a", test="live"))
            await api.delete("a")
    assert told(events) == [(EventType.ADDED, "a"), (EventType.DELETED, "a")]


async def test_an_object_that_stops_matching_is_told_as_deleted(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    version = (await api.list()).metadata.resource_version
    await api.create(config_map("a", colour="red"))
    await api.patch("a", MergePatch({"metadata": {"labels": {"colour": "green"}}}))
    await api.patch("a", MergePatch({"metadata": {"labels": {"colour": "red"}}}))
    events: list[WatchEvent[ConfigMap]] = []
    with anyio.fail_after(20):
        async with aclosing(api.watch(resource_version=version, label_selector="colour=red")) as stream:
            async for event in stream:
                events.append(event)
                if len(events) == 3:
                    break
    assert [event.type for event in events] == [EventType.ADDED, EventType.DELETED, EventType.ADDED]


async def test_the_server_ends_the_stream_in_time(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    with anyio.fail_after(20):
        events = [event async for event in api.watch(timeout_seconds=1, label_selector="test=none")]
    assert events == []


async def test_initial_events_end_with_a_bookmark(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    for name in ("a", "b"):
        await api.create(config_map(name, test="initial"))
    seen: list[WatchEvent[ConfigMap]] = []
    with anyio.fail_after(20):
        async with aclosing(api.watch(send_initial_events=True, label_selector="test=initial")) as stream:
            async for event in stream:
                seen.append(event)
                if isinstance(event.object, Bookmark):
                    break
    assert sorted(told(seen[:-1]), key=str) == [(EventType.ADDED, "a"), (EventType.ADDED, "b")]
    last = seen[-1].object
    assert isinstance(last, Bookmark)
    assert last.ends_initial_events
    assert last.metadata.resource_version


async def test_cancelling_is_immediate(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    started = anyio.current_time()
    with anyio.move_on_after(0.5) as scope:
        async for _ in api.watch(label_selector="test=none"):
            pass
    assert scope.cancelled_caught
    assert anyio.current_time() - started < 1.5


async def test_metadata_alone(client: BaseClient, namespace: str) -> None:
    api = Api(ConfigMap, client, namespace=namespace)
    await api.create(config_map("a", test="metadata"))
    with anyio.fail_after(20):
        async with aclosing(api.metadata.watch(label_selector="test=metadata")) as stream:
            async for event in stream:
                assert isinstance(event.object, PartialObjectMetadata)
                assert event.object.metadata.name == "a"
                break


@pytest.mark.parametrize(
    ("resource", "spec"),
    [
        ("replicasets", {"replicas": 0, "selector": None}),
        ("daemonsets", {"selector": None, "updateStrategy": {}}),
    ],
)
async def test_a_bookmark_is_an_object_of_nothing(
    client: BaseClient, namespace: str, resource: str, spec: dict[str, Any]
) -> None:
    query = "watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
    request = Request("GET", f"/apis/apps/v1/namespaces/{namespace}/{resource}?{query}")
    with anyio.fail_after(20):
        async with aclosing(cast("AsyncGenerator[str, None]", client.stream_lines(request))) as lines:
            async for line in lines:
                event = json.loads(line)
                assert event["type"] == "BOOKMARK"
                template = {"metadata": {}, "spec": {"containers": None}}
                assert event["object"]["spec"] == {**spec, "template": template}
                break
            else:
                pytest.fail("it ended before its bookmark")
