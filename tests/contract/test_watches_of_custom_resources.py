"""Watches of custom resources: they end with what their definition says, and where they can begin again."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from kubex.client.base import BaseClient
from kubex.core.exceptions import NotFound
from kubex.core.request import Request
from tests.contract.answers import MERGE, ask
from tests.contract.test_definitions import DEFINITIONS, Group, group

__all__ = ("group",)

pytestmark = pytest.mark.anyio

FROM_NOW = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
COLUMNS = [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"}]


class Follower:
    """Follows a collection until the server ends its watch.

    Args:
        client: of the cluster.
        place: of the collection.
    """

    def __init__(self, client: BaseClient, place: str) -> None:
        self._client = client
        self._place = place
        self.told: list[tuple[str, str]] = []
        """Types of events, and names of their objects; without those of a bookmark."""
        self.is_open = anyio.Event()
        self.has_told = anyio.Event()
        self.has_ended = anyio.Event()

    async def follow(self) -> None:
        """Tell what there is, and what changes."""
        request = Request("GET", self._place, query_params={"watch": "true", **FROM_NOW})
        async for line in self._client.stream_lines(request):
            event = json.loads(line)
            if event["type"] == "BOOKMARK":
                self.is_open.set()
            else:
                self.told.append((event["type"], event["object"]["metadata"]["name"]))
                self.has_told.set()
        self.has_ended.set()


async def told_from(client: BaseClient, place: str, version: str) -> list[tuple[str, Any]]:
    """Give what a watch tells that begins at a version, until it ends: types, and codes of errors."""
    query = {"watch": "true", "resourceVersion": version, "timeoutSeconds": "1"}
    lines = [json.loads(line) async for line in client.stream_lines(Request("GET", place, query_params=query))]
    return [(event["type"], event["object"].get("code")) for event in lines]


async def test_a_watch_ends_with_its_kind(client: BaseClient, group: Group) -> None:
    place = await group.serve("leaves")
    await group.ask("POST", place, group.object("Leave"))
    follower = Follower(client, place)
    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(follower.follow)
            await follower.is_open.wait()
            await group.ask("DELETE", f"{DEFINITIONS}/leaves.{group.name}")
            await follower.has_ended.wait()
    assert follower.told == [("ADDED", "a"), ("DELETED", "a")]
    with pytest.raises(NotFound):
        await group.ask("GET", place)
    assert (await ask(client, "GET", place, watch="true")).code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"versions": [{"name": "v1", "served": True, "storage": True, "additionalPrinterColumns": COLUMNS}]},
        {"names": {"shortNames": ["lf"]}},
    ],
    ids=["columns", "names"],
)
async def test_a_watch_ends_when_its_definition_says_something_else(
    client: BaseClient, group: Group, change: dict[str, Any]
) -> None:
    place = await group.serve("leaves")
    before = (await group.ask("GET", place))["metadata"]["resourceVersion"]
    for version in change.get("versions", ()):
        version["schema"] = group.definition("leaves")["spec"]["versions"][0]["schema"]
    follower = Follower(client, place)
    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(follower.follow)
            await follower.is_open.wait()
            await group.ask("PATCH", f"{DEFINITIONS}/leaves.{group.name}", {"spec": change}, MERGE)
            await follower.has_ended.wait()
    assert follower.told == []
    assert await told_from(client, place, before) == [("ERROR", 410)], "nobody remembers what was before"
    now = (await group.ask("GET", place))["metadata"]["resourceVersion"]
    assert await told_from(client, place, now) == []


async def test_a_watch_goes_on_while_its_definition_says_the_same(client: BaseClient, group: Group) -> None:
    place, others = await group.serve("leaves"), await group.serve("others")
    follower, other = Follower(client, place), Follower(client, others)
    labels = {"metadata": {"labels": {"a": "b"}, "annotations": {"a": "b"}}}
    with anyio.fail_after(60):
        async with anyio.create_task_group() as tasks:
            for each in (follower, other):
                tasks.start_soon(each.follow)
                await each.is_open.wait()
            await group.ask("PATCH", f"{DEFINITIONS}/leaves.{group.name}", labels, MERGE)
            await group.ask("DELETE", f"{DEFINITIONS}/others.{group.name}")
            await other.has_ended.wait()  # a real server takes a second to end watches: all would have ended by now
            await group.ask("POST", place, group.object("Leave"))
            await follower.has_told.wait()
            assert not follower.has_ended.is_set()
            tasks.cancel_scope.cancel()
    assert follower.told == [("ADDED", "a")]


async def test_a_watch_can_not_begin_before_its_kind_was_there(client: BaseClient, group: Group) -> None:
    before = (await group.ask("GET", "/api/v1/namespaces"))["metadata"]["resourceVersion"]
    place = await group.serve("leaves")
    assert await told_from(client, place, before) == [("ERROR", 410)]
