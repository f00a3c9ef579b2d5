"""What a strategic merge puts into fields of other types: a server converts it, and says what it could not."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import APPLY, JSON, MERGE, STRATEGIC, ask, ask_warned
from tests.contract.test_objects import deployment

pytestmark = pytest.mark.anyio


def nested(field: str, value: Any) -> Any:
    """Give an object with one field: `spec.replicas`."""
    for name in reversed(field.split(".")):
        value = {name: value}
    return value


@pytest.fixture
async def deployed(client: BaseClient, namespace: str) -> str:
    """The path of a Deployment."""
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    body = deployment("a").model_dump(by_alias=True, exclude_none=True)
    assert (await ask(client, "POST", path, body)).code == 201
    return f"{path}/a"


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
async def test_values_of_other_types(client: BaseClient, deployed: str, field: str, value: Any, why: str) -> None:
    answer = await ask(client, "PATCH", deployed, nested(field, value), STRATEGIC, dryRun="All")
    assert answer.code == 422
    assert answer.message.startswith(' "" is invalid: patch: Invalid value: "map[')
    assert answer.message.endswith(f']": {why}')


async def test_nulls_that_meet_nothing_are_not_shown(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    metadata = {"name": "a", "annotations": {"n": "m"}}
    assert (await ask(client, "POST", path, {"metadata": metadata})).code == 201
    patch = {"metadata": {"labels": {"x": None}, "annotations": {"y": None}, "finalizers": None}, "data": {"k": 5}}
    answer = await ask(client, "PATCH", f"{path}/a", patch, STRATEGIC)
    shown = "data:map[k:5] metadata:map[annotations:map[y:<nil>] finalizers:<nil> labels:map[]]"
    assert (answer.code, f'Invalid value: "map[{shown}]": ' in answer.message) == (422, True)


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


CONVERTED = [
    (2**32 + 3, 3),
    (2**33, 0),
    (2**31, -(2**31)),
    (2.0, 2),
    (1e3, 1000),
    (2**63, 0),  # no whole number any more, and then the smallest one
    (1e30, 0),
]


@pytest.mark.parametrize(("given", "kept"), CONVERTED)
async def test_whole_numbers_keep_the_bits_that_fit(client: BaseClient, deployed: str, given: float, kept: int) -> None:
    patch = {"spec": {"replicas": given}}
    applied = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, **patch}
    merged = await ask(client, "PATCH", deployed, patch, STRATEGIC, dryRun="All")
    other = await ask(client, "PATCH", deployed, applied, APPLY, dryRun="All", fieldManager="test", force="true")
    for answer in (merged, other):
        if kept < 0:
            why = f"spec.replicas: Invalid value: {kept}: must be greater than or equal to 0"
            assert (answer.code, answer.message.endswith(why)) == (422, True)
        else:
            assert (answer.code, answer.body["spec"]["replicas"]) == (200, kept)


async def test_numbers_of_64_bits(client: BaseClient, deployed: str) -> None:
    patch = nested("spec.template.spec.activeDeadlineSeconds", 2**63)
    answer = await ask(client, "PATCH", deployed, patch, STRATEGIC, dryRun="All")
    assert (answer.code, f"Invalid value: {-(2**63)}: " in answer.message) == (422, True)


async def test_what_is_applied_and_can_not_be_converted(client: BaseClient, namespace: str, deployed: str) -> None:
    for metadata, place in (
        ({}, "/"),
        ({"name": "a"}, "/a"),
        ({"name": "a", "namespace": namespace}, f"{namespace}/a"),
    ):
        applied = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"replicas": 1.5}}
        answer = await ask(client, "PATCH", deployed, applied, APPLY, fieldManager="test", force="true")
        what = "apps/v1, Kind=Deployment"
        why = f"unable to convert unstructured object to {what}: cannot convert float64 to int32"
        said = f"failed to convert new object ({place}; {what}) to proper version: {why}"
        assert (answer.code, answer.message) == (500, said)


_GO = "json: cannot unmarshal {} into Go struct field .{} of type string"
NO_TEXT = f"couldn't get version/kind; json parse error: {_GO}"
UNREGISTERED = 'no kind "{}" is registered for version "{}" in scheme "pkg/runtime/scheme.go:111"'


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"kind": "Pod", "apiVersion": "v1"}, "converting (v1.Pod) to (apps.Deployment): unknown conversion"),
        ({"kind": "DaemonSet"}, "converting (v1.DaemonSet) to (apps.Deployment): unknown conversion"),
        ({"kind": "Odd"}, UNREGISTERED.format("Odd", "apps/v1")),
        ({"apiVersion": "/v1"}, UNREGISTERED.format("Deployment", "v1")),
        ({"apiVersion": "x/y/z"}, "unexpected GroupVersion string: x/y/z"),
        ({"kind": 5}, NO_TEXT.format("number", "kind")),
        ({"kind": 0}, NO_TEXT.format("number", "kind")),
        ({"kind": False}, NO_TEXT.format("bool", "kind")),
        ({"apiVersion": []}, NO_TEXT.format("array", "apiVersion")),
    ],
)
async def test_a_merge_into_another_kind(client: BaseClient, deployed: str, other: Any, why: str) -> None:
    operations = [{"op": "replace", "path": f"/{name}", "value": value} for name, value in other.items()]
    for patch_type, patch in ((MERGE, other), (JSON, operations)):
        answer = await ask(client, "PATCH", deployed, patch, patch_type)
        assert (answer.code, answer.message.startswith(' "" is invalid: patch: Invalid value: "')) == (422, True)
        assert answer.message.endswith(f'": {why}')


async def test_a_merge_that_takes_kind_or_version_away(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    assert (await ask(client, "POST", path, {"metadata": {"name": "a"}, "data": {"k": "v"}})).code == 201
    answer, warned = await ask_warned(client, "PATCH", f"{path}/a", {"kind": None}, MERGE)
    assert (answer.code, answer.body["kind"], warned) == (200, "ConfigMap", [])
    nameless = "the name of the object (a based on URL) was undeterminable: name must be provided"
    unknown = ['unknown field "data"', 'unknown field "metadata"']
    for patch in ({"apiVersion": None}, {"apiVersion": None, "metadata": "x"}):
        answer, warned = await ask_warned(client, "PATCH", f"{path}/a", patch, MERGE)
        assert (answer.code, answer.message, warned) == (400, nameless, unknown)
    answer, warned = await ask_warned(
        client, "PATCH", f"{path}/a", {"apiVersion": "/"}, MERGE, fieldValidation="Ignore"
    )
    assert (answer.code, answer.message, warned) == (400, nameless, [])
    answer, _ = await ask_warned(client, "PATCH", f"{path}/a", {"apiVersion": ""}, MERGE, fieldValidation="Strict")
    assert (answer.code, answer.message.endswith(f": strict decoding error: {', '.join(unknown)}")) == (422, True)
