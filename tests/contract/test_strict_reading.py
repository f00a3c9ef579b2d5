"""What a server tells of fields that nobody knows, or that are there twice: all of it, in the server's order."""

from __future__ import annotations

import json
import uuid
from typing import Any

import anyio
import pytest

from kubex.client.base import BaseClient
from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition
from tests.contract.answers import JSON, MERGE, STRATEGIC, ask, ask_warned
from tests.contract.definitions import Definitions, definitions

__all__ = ("definitions",)

pytestmark = pytest.mark.anyio

ODD = (
    '{{"z": 1, {type} "spec": {{"y": 1, "b": {{"q": 1, "q": 2}}, "k": "1", "k": "2"}},'
    ' "metadata": {{"name": "a", "z": 1, "name": "a", "a": 2}}, "z": 2, "a": 1}}'
)
ACCESS = "/apis/authorization.k8s.io/v1"
ASKED = {"user": "u", "resourceAttributes": {"verb": "get", "namespace": "default"}}


def unknown(*paths: str) -> list[str]:
    return [f'unknown field "{path}"' for path in paths]


def twice(*paths: str) -> list[str]:
    return [f'duplicate field "{path}"' for path in paths]


async def test_fields_of_a_builtin_kind_in_the_order_of_the_text(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    body = (
        '{"z": 1, "data": {"k": "1", "k": "2"}, "b": {"q": 1, "q": 2}, '
        '"metadata": {"name": "a", "z": 1, "name": "a", "a": 2}, "z": 2, "data": {"k": "3"}, "a": 1}'
    )
    told = [
        *unknown("z"),
        *twice("data.k"),
        *unknown("b", "metadata.z"),
        *twice("metadata.name"),
        *unknown("metadata.a"),
        *twice("data"),
        *unknown("a"),
    ]
    assert (await ask(client, "POST", path, {"metadata": {"name": "a"}})).code == 201
    for method, place in (("POST", path), ("PUT", f"{path}/a")):
        refused = await ask(client, method, place, body, dryRun="All", fieldValidation="Strict")
        assert refused.message.partition(" strict decoding error: ")[2] == ", ".join(told)
    answer, warned = await ask_warned(client, "PUT", f"{path}/a", body, dryRun="All")
    assert (answer.code, warned) == (200, told)


async def test_fields_of_yaml_in_the_order_of_names(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    body = "z: 1\nmetadata:\n  z: 1\n  name: a\n  a: 2\na: 1\n"
    answer, warned = await ask_warned(client, "POST", path, body, "application/yaml", dryRun="All")
    assert (answer.code, warned) == (201, unknown("a", "metadata.a", "metadata.z", "z"))


@pytest.mark.parametrize("patch_type", [MERGE, STRATEGIC])
async def test_fields_of_a_patch_in_the_order_of_names(client: BaseClient, namespace: str, patch_type: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    assert (await ask(client, "POST", path, {"metadata": {"name": "a"}})).code == 201
    body = '{"z": 1, "data": {"k": "1", "k": "2"}, "b": {"q": 1, "q": 2}, "metadata": {"z": 1, "a": 2}, "a": 1}'
    answer, warned = await ask_warned(client, "PATCH", f"{path}/a", body, patch_type, dryRun="All")
    told = [*twice("data.k", "b.q"), *unknown("a", "b", "metadata.a", "metadata.z", "z")]
    assert (answer.code, warned) == (200, told)


async def test_fields_that_a_json_patch_adds(client: BaseClient, namespace: str) -> None:
    path = f"/api/v1/namespaces/{namespace}/configmaps"
    assert (await ask(client, "POST", path, {"metadata": {"name": "a"}})).code == 201
    body = [{"op": "add", "path": place, "value": 1} for place in ("/z", "/metadata/z", "/metadata/a", "/a")]
    answer, warned = await ask_warned(client, "PATCH", f"{path}/a", body, JSON, dryRun="All")
    assert (answer.code, warned) == (200, unknown("a", "metadata.a", "metadata.z", "z"))


async def test_fields_of_a_custom_kind_by_name(client: BaseClient, namespace: str, definitions: Definitions) -> None:
    group = f"g{uuid.uuid4().hex[:8]}.example.com"
    spec = {"type": "object", "properties": {"k": {"type": "string"}}}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    definition: dict[str, Any] = {
        "metadata": {"name": f"tries.{group}"},
        "spec": {
            "group": group,
            "names": {"plural": "tries", "kind": "Try"},
            "scope": "Namespaced",
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }
    await definitions.create(CustomResourceDefinition.model_validate(definition))
    path = f"/apis/{group}/v1/namespaces/{namespace}/tries"
    type_ = {"apiVersion": f"{group}/v1", "kind": "Try"}
    with anyio.fail_after(30):
        while True:  # until it is served
            if (await ask(client, "POST", path, {**type_, "metadata": {"name": "a"}})).code == 201:
                break
            await anyio.sleep(0.05)
    fields = unknown("metadata.a", "metadata.z", "a", "spec.b", "spec.y", "z")
    body = ODD.format(type=f"{json.dumps(type_)[1:-1]},")
    told = [*twice("spec.b.q", "spec.k", "metadata.name", "z"), *fields]
    refused = await ask(client, "POST", path, body, dryRun="All", fieldValidation="Strict")
    assert refused.message.partition(" strict decoding error: ")[2] == ", ".join(told)
    answer, warned = await ask_warned(client, "PATCH", f"{path}/a", ODD.format(type=""), MERGE, dryRun="All")
    assert (answer.code, warned) == (200, told)


@pytest.mark.parametrize("plural", ["subjectaccessreviews", "selfsubjectaccessreviews"])
async def test_fields_of_a_review(client: BaseClient, plural: str) -> None:
    body = {"z": 1, "spec": {**ASKED, "y": 1, "a": 1}, "b": 1, "metadata": {"q": 1}}
    user = ["spec.user"] if plural.startswith("self") else []
    told = unknown("z", *user, "spec.y", "spec.a", "b", "metadata.q")
    assert await ask_warned(client, "POST", f"{ACCESS}/{plural}", body) == (await answered(client, plural), told)
    # They go with a refusal, too.
    answer, warned = await ask_warned(client, "POST", f"{ACCESS}/{plural}", {"spec": {"user": "u", "y": 1}, "b": 1})
    assert (answer.code, warned) == (422, unknown(*user, "spec.y", "b"))
    assert answer.body["details"].get("kind") is None


async def answered(client: BaseClient, plural: str) -> Any:
    """Give what a review without anything odd is answered."""
    spec = {name: value for name, value in ASKED.items() if name != "user" or not plural.startswith("self")}
    return await ask(client, "POST", f"{ACCESS}/{plural}", {"spec": spec})


@pytest.mark.parametrize(
    ("plural", "why"),
    [
        ("subjectaccessreviews", "must be empty"),
        ("namespaces/default/localsubjectaccessreviews", "must be empty except for namespace"),
    ],
)
async def test_a_review_has_no_metadata(client: BaseClient, plural: str, why: str) -> None:
    path = f"{ACCESS}/{plural}"
    refused = await ask(client, "POST", path, {"metadata": {"name": "a"}, "spec": ASKED})
    assert refused.code == 422
    assert [each["field"] for each in refused.body["details"]["causes"]] == ["metadata"]
    assert refused.message.endswith(f": {why}")
    # What belongs to the server counts for nothing.
    own = {"uid": "u", "creationTimestamp": "2026-01-01T00:00:00Z", "selfLink": "a"}
    assert (await ask(client, "POST", path, {"metadata": own, "spec": ASKED})).code == 201


async def test_a_review_of_a_token_keeps_its_metadata(client: BaseClient) -> None:
    path = "/apis/authentication.k8s.io/v1/tokenreviews"
    asked = {"metadata": {"name": "a", "uid": "u"}, "spec": {"token": "t"}, "z": 1}
    answer, warned = await ask_warned(client, "POST", path, asked)
    assert (answer.code, warned) == (201, unknown("z"))
    metadata = {name: value for name, value in answer.body["metadata"].items() if name != "managedFields"}
    assert metadata == {"name": "a"}
