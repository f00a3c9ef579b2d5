"""What CustomResourceDefinitions may say, and what becomes of what they say."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import MERGE, Answer, ask, ask_warned
from tests.contract.test_custom_objects import told
from tests.contract.test_definitions import ANYTHING, DEFINITIONS, Group, group

__all__ = ("group",)

pytestmark = pytest.mark.anyio

APPROVED = "api-approved.kubernetes.io"
NEEDED = f'protected groups must have approval annotation "{APPROVED}"'
SEE = ", see https://github.com/kubernetes/enhancements/pull/1111"
CONFORMANT = "KubernetesAPIApprovalPolicyConformant"


@pytest.fixture
async def protected(client: BaseClient) -> AsyncIterator[dict[str, Any]]:
    """A definition of a group that needs an approval; deleted in the end."""
    group = f"g{uuid.uuid4().hex[:8]}.x-k8s.io.k8s.io"
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": ANYTHING}}
    names = {"plural": "things", "kind": "Thing"}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"things.{group}"},
        "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
    }
    yield definition
    await ask(client, "DELETE", f"{DEFINITIONS}/things.{group}")


async def test_groups_of_the_community_need_an_approval(client: BaseClient, protected: dict[str, Any]) -> None:
    async def create(annotation: str | None) -> Answer:
        annotations = {} if annotation is None else {APPROVED: annotation}
        return await ask(
            client,
            "POST",
            DEFINITIONS,
            {**protected, "metadata": {**protected["metadata"], "annotations": annotations}},
        )

    field = f"metadata.annotations[{APPROVED}]"
    assert told(await create(None)) == [f"{field}: Required value: {NEEDED}{SEE}"]
    either = f'{NEEDED} with either a URL or a reason starting with "unapproved"{SEE}'
    assert told(await create("yes")) == [f'{field}: Invalid value: "yes": {either}']
    assert (await create("https://example.com/1")).code == 201
    path = f"{DEFINITIONS}/{protected['metadata']['name']}"

    async def condition(message: str) -> dict[str, Any]:
        with anyio.fail_after(20):
            while True:
                found: list[dict[str, Any]] = (await ask(client, "GET", path)).body["status"].get("conditions") or []
                for each in found:
                    if each["type"] == CONFORMANT and each["message"] == message:
                        return each
                await anyio.sleep(0.1)

    approved = await condition("approved in https://example.com/1")
    assert (approved["status"], approved["reason"]) == ("True", "ApprovedAnnotation")
    changed = await ask(client, "PATCH", path, {"metadata": {"annotations": {APPROVED: "unapproved, a test"}}}, MERGE)
    assert changed.code == 200
    bypassed = await condition('not approved: "unapproved, a test"')
    assert (bypassed["status"], bypassed["reason"]) == ("False", "UnapprovedAnnotation")
    assert told(await ask(client, "PATCH", path, {"metadata": {"annotations": {APPROVED: None}}}, MERGE))[0].startswith(
        field
    )


async def test_deprecated_versions_name_the_one_to_use(client: BaseClient, group: Group) -> None:
    definition = group.definition("olds")
    first = definition["spec"]["versions"][0]
    others = [
        {**first, "name": "v1beta1", "storage": False, "deprecated": True},
        {**first, "name": "v2alpha1", "storage": False},
        {**first, "name": "v2", "storage": False, "deprecated": True},
    ]
    definition["spec"]["versions"] += others
    await ask(client, "POST", DEFINITIONS, definition)
    group.defined.append(definition["metadata"]["name"])
    for version, instead in (("v1beta1", f"; use {group.name}/v1 Old"), ("v2", "")):
        with anyio.fail_after(20):
            while True:
                answer, warned = await ask_warned(client, "GET", f"/apis/{group.name}/{version}/olds", None)
                if answer.code == 200:
                    break
                await anyio.sleep(0.1)
        assert warned == [f"{group.name}/{version} Old is deprecated{instead}"]


async def test_names_that_are_not_accepted_are_not_served(client: BaseClient, group: Group) -> None:
    await group.serve("firsts", names={"shortNames": ["f"]})
    await group.serve("seconds", names={"shortNames": ["s"]})
    path = f"{DEFINITIONS}/seconds.{group.name}"
    await ask(client, "PATCH", path, {"spec": {"names": {"shortNames": ["f"], "listKind": "FirstList"}}}, MERGE)
    with anyio.fail_after(20):
        while True:
            conditions = (await ask(client, "GET", path)).body["status"]["conditions"]
            if any(each["type"] == "NamesAccepted" and each["status"] == "False" for each in conditions):
                break
            await anyio.sleep(0.1)
    resources = (await ask(client, "GET", f"/apis/{group.name}/v1")).body["resources"]
    assert [each["shortNames"] for each in resources if each["name"] == "seconds"] == [["s"]]
    listed = await ask(client, "GET", f"/apis/{group.name}/v1/seconds")
    assert listed.body["kind"] == "SecondList"


def converted_by(**client_config: Any) -> dict[str, Any]:
    webhook = {"clientConfig": client_config, "conversionReviewVersions": ["v1"]}
    return {"conversion": {"strategy": "Webhook", "webhook": webhook}}


SELECTED: dict[str, Any] = {"selectableFields": [{"jsonPath": ".spec.a"}]}
UNSELECTED: dict[str, Any] = {}
TEXT: dict[str, Any] = {
    "type": "object",
    "properties": {"spec": {"type": "object", "properties": {"a": {"type": "string"}}}},
}
OTHER_TEXT: dict[str, Any] = {**TEXT, "description": "another"}
FORM = "; desired format: https://host[/path]"
WHERE = "spec.conversion.webhookClientConfig"


@pytest.mark.parametrize(
    ("changes", "causes"),
    [
        (
            converted_by(url="http://a?x=1"),
            [
                f"{WHERE}.url: Invalid value: \"http\": 'https' is the only allowed URL scheme{FORM}",
                f'{WHERE}.url: Invalid value: "x=1": query parameters are not permitted in the URL',
            ],
        ),
        (
            converted_by(service={"name": "a", "namespace": "b", "port": 70000}),
            [
                f"{WHERE}.service.port: Invalid value: 70000: port is not valid: must be between 1 and 65535, "
                "inclusive",
            ],
        ),
    ],
)
async def test_where_webhooks_that_convert_are(
    client: BaseClient, group: Group, changes: dict[str, Any], causes: list[str]
) -> None:
    definition = group.definition("bads")
    definition["spec"].update(changes)
    assert told(await ask(client, "POST", DEFINITIONS, definition)) == causes


@pytest.mark.parametrize(
    ("schemas", "selected", "cause"),
    [
        (
            (TEXT, OTHER_TEXT),
            (SELECTED, SELECTED),
            'spec.selectableFields: Invalid value: "": may only be set when validations.schema is included',
        ),
        (
            (TEXT, TEXT),
            (SELECTED, UNSELECTED),
            'spec.versions[0].selectableFields: Invalid value: "": may only be set when '
            "`version.schema.openAPIV3Schema` is not included",
        ),
        ((TEXT, OTHER_TEXT), (SELECTED, UNSELECTED), None),
        ((TEXT, TEXT), (SELECTED, SELECTED), None),
    ],
)
async def test_selectable_fields_beside_schemas(
    client: BaseClient,
    group: Group,
    schemas: tuple[dict[str, Any], dict[str, Any]],
    selected: tuple[dict[str, Any], dict[str, Any]],
    cause: str | None,
) -> None:
    definition = group.definition("picks", schema={"openAPIV3Schema": schemas[0]}, **selected[0])
    second = {"name": "v2", "served": True, "storage": False, "schema": {"openAPIV3Schema": schemas[1]}, **selected[1]}
    definition["spec"]["versions"].append(second)
    answer = await ask(client, "POST", DEFINITIONS, definition, dryRun="All")
    assert (answer.code == 201) == (cause is None), json.dumps(answer.body)
    assert cause is None or told(answer) == [cause]


async def test_a_definition_that_something_else_holds(client: BaseClient, group: Group) -> None:
    place = await group.serve("holds")
    path = f"{DEFINITIONS}/holds.{group.name}"
    await ask(client, "POST", place, group.object("Hold"))
    await ask(client, "PATCH", path, {"metadata": {"finalizers": ["a.example.com/b"]}}, MERGE)
    try:
        await ask(client, "DELETE", path)
        with anyio.fail_after(40):
            while True:
                found = (await ask(client, "GET", path)).body
                if found["metadata"]["finalizers"] == ["a.example.com/b"]:
                    break
                await anyio.sleep(0.1)
        (ended,) = [each for each in found["status"]["conditions"] if each["type"] == "Terminating"]
        assert (ended["status"], ended["reason"]) == ("False", "InstanceDeletionCompleted")
        assert ended["message"] == "removed all instances"
    finally:
        await ask(client, "PATCH", path, {"metadata": {"finalizers": None}}, MERGE)


async def test_schemas_that_name_another(client: BaseClient, group: Group) -> None:
    fields = {"spec": {"type": "object", "properties": {"a": {"type": "string", "$schema": "http://a.b/c"}}}}
    definition = group.definition("news", schema={"openAPIV3Schema": {"type": "object", "properties": fields}})
    (told_alone,) = told(await ask(client, "POST", DEFINITIONS, definition, dryRun="All"))
    where = "spec.validation.openAPIV3Schema"
    assert told_alone == f"{where}: Invalid value: \"\": OpenAPIV3Schema 'schema' is not supported"


async def test_no_more_properties_under_a_junctor(client: BaseClient, group: Group) -> None:
    spec = {"type": "object", "properties": {"a": {"type": "string"}}, "anyOf": [{"additionalProperties": False}]}
    schema = {"type": "object", "properties": {"spec": spec}}
    definition = group.definition("mores", schema={"openAPIV3Schema": schema})
    assert (await ask(client, "POST", DEFINITIONS, definition, dryRun="All")).code == 201
