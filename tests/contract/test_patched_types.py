"""What a strategic merge puts into fields of other types: a server converts it, and says what it could not."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, STRATEGIC, ask
from tests.contract.test_objects import deployment

pytestmark = pytest.mark.anyio


def nested(field: str, value: Any) -> Any:
    """Give an object with one field: `spec.replicas`."""
    for name in reversed(field.split(".")):
        value = {name: value}
    return value


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("spec.replicas", "x", "unrecognized type: int32"),
        ("spec.replicas", True, "unrecognized type: int32"),
        ("spec.replicas", [1], "unrecognized type: int32"),
        ("spec.replicas", 1.5, "cannot convert float64 to int32"),
        ("spec.paused", "x", "unrecognized type: bool"),
        ("spec.paused", 5, "unrecognized type: bool"),
        ("spec.template.spec.nodeName", 5, "cannot convert int64 to string"),
        ("spec.template.spec.nodeName", 1.5, "unrecognized type: string"),
        ("spec.template.spec.nodeName", {"a": 1}, "unrecognized type: string"),
        ("spec.selector", "x", "cannot restore struct from: string"),
        ("spec", [1], "cannot restore struct from: slice"),
        ("metadata.labels", 5, "cannot restore map from int64"),
        ("metadata.labels.z", 5, "cannot convert int64 to string"),
        ("metadata.annotations", True, "cannot restore map from bool"),
        ("metadata.creationTimestamp", 5, "json: cannot unmarshal number into Go value of type string"),
    ],
)
async def test_values_of_other_types(client: BaseClient, namespace: str, field: str, value: Any, why: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    body = deployment("a").model_dump(by_alias=True, exclude_none=True)
    assert (await ask(client, "POST", path, body)).code == 201
    answer = await ask(client, "PATCH", f"{path}/a", nested(field, value), STRATEGIC, dryRun="All")
    assert answer.code == 422
    assert answer.message.startswith(' "" is invalid: patch: Invalid value: "map[')
    assert answer.message.endswith(f']": {why}')


async def test_bytes(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/secrets"
    assert (await ask(client, "POST", path, {"metadata": {"name": "a"}})).code == 201
    for value, why in ((5, "cannot restore slice from int64"), ("x", "error decoding from json: illegal base64 data")):
        answer = await ask(client, "PATCH", f"{path}/a", {"data": {"k": value}}, STRATEGIC)
        assert (answer.code, why in answer.message) == (422, True)


async def test_a_patch_that_names_another_kind(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    assert (await ask(client, "POST", path, {"metadata": {"name": "a"}})).code == 201
    for other in ({"kind": "Pod"}, {"apiVersion": "v2"}, {"kind": "Pod", "apiVersion": "apps/v1"}):
        answer = await ask(client, "PATCH", f"{path}/a", {**other, "data": {"k": "v"}}, STRATEGIC, dryRun="All")
        assert (answer.code, answer.body["kind"], answer.body["data"]) == (200, "ConfigMap", {"k": "v"})
        assert (await ask(client, "PATCH", f"{path}/a", other, MERGE)).code == 422
