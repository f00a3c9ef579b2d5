"""Requests that the client's own methods don't make: what their parameters and bodies mean."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import cast

import anyio
import pytest

from kubex.client.base import BaseClient
from kubex.core.request import Request
from tests.contract.answers import ask

pytestmark = pytest.mark.anyio


@pytest.fixture
async def config_maps(client: BaseClient, namespace: str) -> str:
    """The path of the ConfigMaps of a namespace that has `a`, with data, and `b`."""
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    await ask(client, "POST", path, {"metadata": {"name": "a"}, "data": {"x": "1"}}, fieldManager="test")
    await ask(client, "POST", path, {"metadata": {"name": "b"}}, fieldManager="test")
    return path


@pytest.mark.parametrize("query", ["watch", "watch=", "watch=1", "watch=F"])
async def test_any_watch_but_false_and_0_is_one(client: BaseClient, config_maps: str, query: str) -> None:
    request = Request("GET", f"{config_maps}?{query}&fieldSelector=metadata.name%3Da")
    with anyio.fail_after(20):
        async with aclosing(cast("AsyncGenerator[str, None]", client.stream_lines(request))) as lines:
            async for line in lines:
                assert line.startswith('{"type":"ADDED"')
                break


@pytest.mark.parametrize("value", ["0", "false", "FALSE"])
async def test_a_watch_that_is_none_is_a_list(client: BaseClient, config_maps: str, value: str) -> None:
    assert (await ask(client, "GET", config_maps, watch=value)).body["kind"] == "ConfigMapList"


async def test_a_list_of_any_version_has_no_pages(client: BaseClient, namespace: str, config_maps: str) -> None:
    for match in ({}, {"resourceVersionMatch": "NotOlderThan"}):
        listed = await ask(client, "GET", config_maps, limit="1", resourceVersion="0", **match)
        assert listed.code == 200
        assert "continue" not in listed.body["metadata"]
    assert "continue" in (await ask(client, "GET", config_maps, limit="1")).body["metadata"]

    # Events are in no watch cache.
    events = f"/api/v1/namespaces/{namespace}/events"
    for name in ("a", "b"):
        about = {"kind": "ConfigMap", "namespace": namespace, "name": "a"}
        await ask(client, "POST", events, {"metadata": {"name": name}, "involvedObject": about})
    assert "continue" in (await ask(client, "GET", events, limit="1", resourceVersion="0")).body["metadata"]
