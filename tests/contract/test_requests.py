"""Requests that the client's own methods don't make: what their parameters and bodies mean."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

import anyio
import pytest

from kubex.client.base import BaseClient
from kubex.core.request import Request
from tests.contract.answers import JSON, MERGE, STRATEGIC, ask

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


@pytest.mark.parametrize(
    ("operation", "data"),
    [
        ({"op": "replace", "path": "/data/q", "value": "v"}, {"x": "1", "q": "v"}),
        ({"op": "replace", "path": "/data/q"}, {"x": "1", "q": ""}),
        ({"op": "add", "path": "/data/q"}, {"x": "1", "q": ""}),
        ({"op": "test", "path": "/data/q", "value": None}, {"x": "1"}),
        ({"op": "test", "path": "/data/q"}, {"x": "1"}),
        ({"op": "copy", "from": "/data/q", "path": "/data/w"}, {"x": "1", "w": ""}),
    ],
)
async def test_what_an_object_lacks_is_null_to_json_patches(
    client: BaseClient, config_maps: str, operation: dict[str, Any], data: dict[str, str]
) -> None:
    patched = await ask(client, "PATCH", f"{config_maps}/a", [operation], JSON)
    assert (patched.code, patched.body["data"]) == (200, data)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/nope/q", "value": "v"},
        {"op": "replace", "path": "/metadata/managedFields/5", "value": {}},
        {"op": "test", "path": "/data/q/z", "value": None},
        {"op": "test", "path": "/data/q", "value": "1"},
        {"op": "test", "path": "", "value": None},
        {"op": "copy", "from": "/nope/q", "path": "/data/w"},
        {"op": "move", "from": "/data/q", "path": "/data/w"},
        {"op": "remove", "path": "/data/q"},
        None,
        {},
    ],
)
async def test_json_patches_that_do_not_fit(client: BaseClient, config_maps: str, operation: Any) -> None:
    refused = await ask(client, "PATCH", f"{config_maps}/a", [operation], JSON)
    assert (refused.code, refused.message) == (422, "the server rejected our request due to an error in our request")


@pytest.mark.parametrize(
    ("type_", "patch", "why"),
    [
        (JSON, "{}", "error decoding patch: {}object into Go value of type []handlers.jsonPatchOp"),
        (JSON, "1", "error decoding patch: {}number into Go value of type []handlers.jsonPatchOp"),
        (JSON, "[1]", "error decoding patch: {}number into Go value of type handlers.jsonPatchOp"),
        (JSON, "[[]]", "error decoding patch: {}array into Go value of type handlers.jsonPatchOp"),
        (JSON, '[{"op":1}]', "error decoding patch: {}number into Go struct field jsonPatchOp.op of type string"),
        (MERGE, "null", "Invalid JSON Patch"),
        (MERGE, "true", "error decoding patch: {}bool into Go value of type map[string]interface {{}}"),
        (STRATEGIC, "true", "{}bool into Go value of type map[string]interface {{}}"),
    ],
)
async def test_patches_that_can_not_be_read(
    client: BaseClient, config_maps: str, type_: str, patch: str, why: str
) -> None:
    refused = await ask(client, "PATCH", f"{config_maps}/a", patch, type_)
    assert (refused.code, refused.message) == (400, why.format("json: cannot unmarshal "))


@pytest.mark.parametrize("type_", [JSON, STRATEGIC])
async def test_patches_that_change_nothing(client: BaseClient, config_maps: str, type_: str) -> None:
    before = await ask(client, "GET", f"{config_maps}/a")
    assert await ask(client, "PATCH", f"{config_maps}/a", "null", type_) == before
