"""What may stand in a Scale: it is read as its own kind, whosever it is."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import APPLY, MERGE, STRATEGIC, ask, ask_warned
from tests.contract.test_objects import deployment

pytestmark = pytest.mark.anyio

WHAT = 'Scale in version "v1" cannot be handled as a Scale'


@pytest.fixture
async def scale(client: BaseClient, namespace: str) -> str:
    """The path of the Scale of a Deployment without replicas."""
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    body = deployment("a").model_dump(by_alias=True, exclude_none=True)
    assert (await ask(client, "POST", path, body)).code == 201
    return f"{path}/a/scale"


def scaled(**members: Any) -> dict[str, Any]:
    return {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": {"name": "a"}, **members}


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("x", "json: cannot unmarshal string into Go struct field Scale.spec of type v1.ScaleSpec"),
        ({"replicas": "x"}, "json: cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32"),
        (
            {"replicas": 2**40},
            "json: cannot unmarshal number 1099511627776 into Go struct field ScaleSpec.spec.replicas of type int32",
        ),
    ],
)
async def test_values_of_other_types(client: BaseClient, scale: str, spec: Any, why: str) -> None:
    answer = await ask(client, "PUT", scale, scaled(spec=spec), dryRun="All")
    assert (answer.code, answer.message) == (400, f"{WHAT}: {why}")
    answer = await ask(client, "PATCH", scale, {"spec": spec}, MERGE, dryRun="All")
    assert (answer.code, answer.message.endswith(f": {why}")) == (422, True)


async def test_a_strategic_merge(client: BaseClient, scale: str) -> None:
    answer = await ask(client, "PATCH", scale, {"spec": {"replicas": "x"}}, STRATEGIC)
    shown = '"map[spec:map[replicas:x]]"'
    assert answer.code == 422
    assert answer.message == f' "" is invalid: patch: Invalid value: {shown}: unrecognized type: int32'


async def test_fields_that_it_does_not_have(client: BaseClient, scale: str) -> None:
    told = ['unknown field "spec.z"', 'unknown field "z"']
    odd = {"spec": {"replicas": 1, "z": 1}, "z": 1}
    answer, warned = await ask_warned(client, "PUT", scale, scaled(**odd), dryRun="All")
    assert (answer.code, answer.body["spec"], warned) == (200, {"replicas": 1}, told)
    for patch_type in (MERGE, STRATEGIC):
        answer, warned = await ask_warned(client, "PATCH", scale, odd, patch_type, dryRun="All")
        assert (answer.code, answer.body["spec"], warned) == (200, {"replicas": 1}, told)
    answer = await ask(client, "PUT", scale, scaled(**odd), fieldValidation="Strict")
    assert (answer.code, answer.message) == (400, f"{WHAT}: strict decoding error: {', '.join(told)}")


async def test_no_replicas_are_none(client: BaseClient, scale: str) -> None:
    answer = await ask(client, "PUT", scale, scaled(spec={"replicas": None}))
    assert (answer.code, answer.body["spec"]) == (200, {})


async def test_another_kind(client: BaseClient, scale: str) -> None:
    answer = await ask(client, "PUT", scale, {**scaled(), "kind": "Pod", "apiVersion": "v1"})
    why = "converting (v1.Pod) to (autoscaling.Scale): unknown conversion"
    assert (answer.code, answer.message) == (400, f'Pod in version "v1" cannot be handled as a Scale: {why}')


async def test_the_uid_of_another(client: BaseClient, scale: str, namespace: str) -> None:
    body = scaled(spec={})
    body["metadata"]["uid"] = "u"
    answer = await ask(client, "PUT", scale, body, dryRun="All")
    assert answer.code == 409
    assert f"Key: /deployments/{namespace}/a, " in answer.message
    answer = await ask(client, "PUT", scale, body)
    assert answer.code == 409
    assert f"Key: /registry/deployments/{namespace}/a, " in answer.message
    assert "Precondition failed: UID in precondition: u, UID in object meta: " in answer.message
    answer = await ask(client, "PATCH", scale, {"metadata": {"uid": "u"}}, MERGE)
    assert answer.code == 409
    on = 'Operation cannot be fulfilled on deployments/scale.apps "a": Precondition failed: UID in precondition: u, '
    assert answer.message.startswith(on)


@pytest.mark.parametrize(
    ("patch", "code", "spec"),
    [
        ({"spec": {"$patch": "replace", "replicas": 3}}, 200, {"replicas": 3}),
        ({"spec": {"$patch": "replace"}}, 200, {}),
        ({"spec": {"$patch": "delete"}}, 200, {}),
        ({"spec": {"$retainKeys": ["replicas"], "replicas": 3}}, 200, {"replicas": 3}),
        ({"spec": {"replicas": 2**40}}, 200, {}),
        ({"kind": "Pod", "spec": {"replicas": 1}}, 200, {"replicas": 1}),
        ({"spec": {"$patch": "odd", "replicas": 3}}, 500, "unknown patch type: odd in map: map[$patch:odd replicas:3]"),
        (
            {"spec": {"$setElementOrder/x": []}},
            500,
            'unable to find api field in struct ScaleSpec for the json field "x"',
        ),
    ],
)
async def test_directives(client: BaseClient, scale: str, patch: dict[str, Any], code: int, spec: Any) -> None:
    answer = await ask(client, "PATCH", scale, patch, STRATEGIC, dryRun="All")
    assert (answer.code, answer.body["spec"] if code == 200 else answer.message) == (code, spec)


@pytest.mark.parametrize(
    ("body", "place", "field"),
    [
        (scaled(z=1), "/a", ".z"),
        (scaled(metadata={"zz": 1}), "/", ".metadata.zz"),
        (scaled(spec={"z": 1}), "/a", ".spec.z"),
    ],
)
async def test_what_is_applied_has_no_other_fields(
    client: BaseClient, scale: str, body: dict[str, Any], place: str, field: str
) -> None:
    answer = await ask(client, "PATCH", scale, body, APPLY, fieldManager="test")
    what = f"({place}; autoscaling/v1, Kind=Scale)"
    assert answer.code == 500
    assert answer.message == f"failed to create typed patch object {what}: {field}: field not declared in schema"


async def test_a_name_that_is_there_twice(client: BaseClient, scale: str) -> None:
    head = "apiVersion: autoscaling/v1\nkind: Scale\nmetadata: {name: a}\n"
    text = head + "spec:\n  replicas: 1\n  replicas: 2\n"
    query = {"fieldManager": "test", "force": "true", "dryRun": "All"}
    answer, warned = await ask_warned(client, "PATCH", scale, text, APPLY, **query)
    assert (answer.code, answer.body["spec"]) == (200, {"replicas": 2})
    assert warned == ['line 6: key "replicas" already set in map']


async def test_a_merge_into_another_kind(client: BaseClient, scale: str) -> None:
    answer = await ask(client, "PATCH", scale, {"kind": "Pod", "apiVersion": "v1"}, MERGE)
    why = "converting (v1.Pod) to (autoscaling.Scale): unknown conversion"
    assert (answer.code, answer.message.endswith(f'": {why}')) == (422, True)
    answer = await ask(client, "PATCH", scale, {"kind": None}, MERGE, dryRun="All")
    assert (answer.code, answer.body["kind"]) == (200, "Scale")


@pytest.mark.parametrize(
    ("spec", "code", "read"),
    [
        ({"replicas": None}, 200, {}),
        ({"replicas": 2**32 + 2}, 200, {"replicas": 2}),
        ({"replicas": 2**31}, 422, "spec.replicas: Invalid value: -2147483648: must be greater than or equal to 0"),
        ({"replicas": 1.5}, 500, "autoscaling/v1, Kind=Scale: cannot convert float64 to int32"),
        (None, 200, {}),
    ],
)
async def test_what_is_applied_is_converted(client: BaseClient, scale: str, spec: Any, code: int, read: Any) -> None:
    query = {"fieldManager": "test", "force": "true", "dryRun": "All"}
    answer = await ask(client, "PATCH", scale, scaled(spec=spec), APPLY, **query)
    assert answer.code == code
    assert answer.body["spec"] == read if code == 200 else answer.message.endswith(read)
