"""The same random calls on the server in memory and on a real one, compared: codes, reasons, messages, objects."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubex.client import ClientChoise, create_client
from kubex.client.base import BaseClient
from kubex.configuration import ClientConfiguration, configure_from_kubeconfig
from kubex.core.exceptions import KubexApiError
from kubex.core.request import Request
from kubex.testing.server import ApiServer
from tests.cluster import Transport

pytestmark = pytest.mark.anyio

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"

# Differ from run to run, or stand for where a server is in its own history.
VOLATILE = frozenset({"uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "time", "lastTransitionTime"})
UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

names = st.sampled_from(["a", "b", "Bad_Name"])
metadata = st.fixed_dictionaries(
    {},
    optional={
        "labels": st.sampled_from([{"x": "y"}, {"bad key": ""}, None]),
        "finalizers": st.sampled_from([["a.b/c"], [], None]),
        "annotations": st.just({"n": "m"}),
    },
)
data = st.fixed_dictionaries(
    {},
    optional={
        "data": st.sampled_from([{"k": "v"}, {"k": 1}, "x", None, {}]),
        "immutable": st.sampled_from([True, False, "x", None]),
        "unknown": st.just(1),
    },
)
Call = tuple[str, str, Any, str, dict[str, str]]
strictness = st.sampled_from([{}, {"fieldValidation": "Strict"}, {"dryRun": "All"}])


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """One call on config maps: method, name, body, content type, query."""
    name = draw(names)
    content: dict[str, Any] = {**draw(data), "metadata": {"name": name, **draw(metadata)}}
    patch = {**content, "metadata": {key: value for key, value in content["metadata"].items() if key != "name"}}
    query = draw(strictness)
    return draw(
        st.sampled_from(
            [
                ("POST", "", content, "application/json", query),
                ("PUT", name, content, "application/json", query),
                ("PATCH", name, patch, MERGE, {k: v for k, v in query.items() if k != "fieldValidation"}),
                ("PATCH", name, {"data": {"s": "t"}}, STRATEGIC, {}),
                ("PATCH", name, [{"op": "remove", "path": "/data/k"}], JSON_PATCH, {}),
                ("DELETE", name, {"propagationPolicy": "Background"}, "application/json", {}),
                ("GET", name, None, "", {}),
            ]
        )
    )


@pytest.fixture(scope="module")
def memory() -> Iterator[ClientConfiguration]:
    with ApiServer() as server:
        yield server.configuration


def comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "*" if key in VOLATILE else comparable(each) for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [comparable(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    return UID.sub("*", value) if isinstance(value, str) else value


async def answer(client: BaseClient, path: str, call: Call) -> tuple[int, Any]:
    method, name, body, content_type, query = call
    request = Request(
        method,
        f"{path}/{name}" if name else path,
        query_params=query,
        body=None if body is None else json.dumps(body),
        headers={"Content-Type": content_type} if content_type else None,
    )
    try:
        response = await client.request(request)
    except KubexApiError as error:
        content = error.content
        document = content if isinstance(content, str) else content.model_dump(by_alias=True, exclude_none=True)
        return int(error.status or 0), comparable(document)
    return response.status_code, comparable(json.loads(response.content))


async def run(
    configuration: ClientConfiguration, library: ClientChoise, namespace: str, sequence: list[Call]
) -> list[tuple[int, Any]]:
    async with await create_client(configuration, library) as client:
        namespaces = "/api/v1/namespaces"
        await answer(client, namespaces, ("POST", "", {"metadata": {"name": namespace}}, "application/json", {}))
        path = f"{namespaces}/{namespace}/configmaps"
        answers = [await answer(client, path, call) for call in sequence]
        for name in ("a", "b"):
            clear = {"metadata": {"finalizers": None}}
            await answer(client, path, ("PATCH", name, clear, MERGE, {}))
        await answer(client, namespaces, ("DELETE", namespace, {}, "application/json", {}))
        return answers


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(sequence=st.lists(calls(), min_size=1, max_size=12))
@pytest.mark.filterwarnings("ignore::UserWarning")
async def test_random_calls_are_answered_alike(
    kubeconfig: Path, memory: ClientConfiguration, transport: Transport, sequence: list[Call]
) -> None:
    namespace = f"kubex-{uuid.uuid4().hex[:12]}"
    cluster = await configure_from_kubeconfig(path=kubeconfig)
    real = await run(cluster, transport.library, namespace, sequence)
    ours = await run(memory, transport.library, namespace, sequence)
    for call, expected, found in zip(sequence, real, ours, strict=True):
        assert found == expected, call
