"""What may stand in a Scale: it is read as its own kind, whosever it is."""

from __future__ import annotations

from typing import Any

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, STRATEGIC, ask, ask_warned
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
