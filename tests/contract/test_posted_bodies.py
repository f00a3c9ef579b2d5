"""What is posted to subresources and not kept: it is read as its own kind, strictly where that is asked for."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from kubex.client.base import BaseClient
from tests.contract.answers import Answer, ask, ask_warned, create_when_ready

pytestmark = pytest.mark.anyio

SPEC = {"containers": [{"name": "c", "image": "i"}], "schedulerName": "nobody"}
POD: dict[str, Any] = {"metadata": {"name": "p"}, "spec": SPEC}


class Posted(NamedTuple):
    """Something that can be posted."""

    place: str
    """Path after the namespace's own."""
    kind: str
    version: str
    body: dict[str, Any]
    part: str
    """A field of it that is an object."""
    type: str
    """The name of that object's type."""

    def refused(self, why: str) -> str:
        return f'{self.kind} in version "{self.version}" cannot be handled as a {self.kind}: {why}'


_NAMED = {"metadata": {"name": "p"}}
_BINDING = ("Binding", "v1", {**_NAMED, "target": {"name": "n"}}, "target", "ObjectReference")
_EVICTION = ("Eviction", "v1", {**_NAMED, "deleteOptions": {"gracePeriodSeconds": 0}}, "deleteOptions", "DeleteOptions")
_TOKEN = ("TokenRequest", "v1", {"metadata": {}, "spec": {"audiences": ["a"]}}, "spec", "TokenRequestSpec")
POSTED = [
    Posted("pods/p/binding", *_BINDING),
    Posted("bindings", *_BINDING),
    Posted("pods/p/eviction", *_EVICTION),
    Posted("serviceaccounts/default/token", *_TOKEN),
]


async def post(client: BaseClient, namespace: str, place: str, body: Any, **query: str) -> tuple[Answer, list[str]]:
    """Post something without any consequence, and give the answer with what is warned of, in its order."""
    path = f"/api/v1/namespaces/{namespace}/{place}"
    return await ask_warned(client, "POST", path, body, **{"dryRun": "All", **query})


async def create_pod(client: BaseClient, namespace: str, **spec: Any) -> None:
    path = f"/api/v1/namespaces/{namespace}/pods"
    body = {**POD, "spec": {**POD["spec"], **spec}}
    assert (await create_when_ready(client, path, body)).code == 201


async def create_account(client: BaseClient, namespace: str) -> None:
    """Create the account that a controller of a real cluster may have created already."""
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    assert (await ask(client, "POST", path, {"metadata": {"name": "default"}})).code in (201, 409)


@pytest.mark.parametrize("posted", POSTED, ids=lambda posted: posted.place)
async def test_fields_that_a_kind_does_not_have(client: BaseClient, namespace: str, posted: Posted) -> None:
    await create_account(client, namespace)
    await create_pod(client, namespace)
    odd = {**posted.body, posted.part: {**posted.body[posted.part], "b": 2}, "z": 1, "a": {"c": 3}}
    unknown = [f'unknown field "{field}"' for field in (f"{posted.part}.b", "z", "a")]
    for validation in ("", "Warn"):
        answer, told = await post(client, namespace, posted.place, odd, fieldValidation=validation)
        assert (answer.code, told) == (201, unknown)
    assert (await post(client, namespace, posted.place, odd, fieldValidation="Ignore"))[1] == []
    answer, told = await post(client, namespace, posted.place, odd, fieldValidation="Strict")
    assert (answer.code, told) == (400, [])
    assert answer.message == posted.refused(f"strict decoding error: {', '.join(unknown)}")
    twice = f'{json.dumps(posted.body)[:-1]}, "metadata": {json.dumps(posted.body["metadata"])}}}'
    answer, told = await post(client, namespace, posted.place, twice)
    assert (answer.code, told) == (201, ['duplicate field "metadata"'])


@pytest.mark.parametrize("posted", POSTED, ids=lambda posted: posted.place)
async def test_values_of_other_types(client: BaseClient, namespace: str, posted: Posted) -> None:
    part = f"Go struct field {posted.kind}.{posted.part} of type v1.{posted.type}"
    for value, found in (("x", "string"), ([1], "array"), (5, "number")):
        answer, _ = await post(client, namespace, posted.place, {**posted.body, posted.part: value})
        assert (answer.code, answer.message) == (400, posted.refused(f"json: cannot unmarshal {found} into {part}"))
    answer, _ = await post(client, namespace, posted.place, {**posted.body, "metadata": {"name": 5}})
    field = "Go struct field ObjectMeta.metadata.name of type string"
    assert (answer.code, answer.message) == (400, posted.refused(f"json: cannot unmarshal number into {field}"))


async def test_uids_have_a_type_of_their_own(client: BaseClient, namespace: str) -> None:
    place = f"/api/v1/namespaces/{namespace}"
    number = "json: cannot unmarshal number into Go struct field {} of type types.UID"
    owned = {"metadata": {"name": "a", "ownerReferences": [{"uid": 1}]}}
    for path, body, field in (
        ("configmaps", {"metadata": {"uid": 1}}, "ObjectMeta.metadata.uid"),
        ("configmaps", owned, "OwnerReference.metadata.ownerReferences.uid"),
        ("events", {"involvedObject": {"uid": 1}}, "ObjectReference.involvedObject.uid"),
        ("pods/p/binding", {"metadata": {"uid": 1}, "target": {"name": "n"}}, "ObjectMeta.metadata.uid"),
    ):
        answer = await ask(client, "POST", f"{place}/{path}", body, dryRun="All")
        assert (answer.code, answer.message.endswith(f": {number.format(field)}")) == (400, True)
    answer = await ask(client, "DELETE", f"{place}/configmaps/a", {"preconditions": {"uid": 1}})
    assert (answer.code, answer.message) == (400, number.format("Preconditions.preconditions.uid"))


async def test_a_warning_goes_with_a_refusal(client: BaseClient, namespace: str) -> None:
    body: dict[str, Any] = {"metadata": {"name": "none"}, "target": {"name": "n"}, "z": 1}
    answer, told = await post(client, namespace, "pods/none/binding", body)
    assert (answer.code, told) == (404, ['unknown field "z"'])
    owner = {"apiVersion": "v1", "kind": "Pod", "name": "a", "uid": "u"}
    body["metadata"] = {"name": "none", "ownerReferences": [owner, owner]}
    answer, told = await post(client, namespace, "pods/none/binding", body, fieldValidation="Ignore")
    assert answer.code == 404
    assert [each.partition(" contains ")[0] for each in told] == [".metadata.ownerReferences"]


async def test_a_binding_tells_which_pod_it_means(client: BaseClient, namespace: str) -> None:
    await create_pod(client, namespace)
    for name, what in (("uid", "UID"), ("resourceVersion", "ResourceVersion")):
        body = {"metadata": {"name": "p", name: "5"}, "target": {"name": "n"}}
        answer, _ = await post(client, namespace, "pods/p/binding", body)
        assert answer.code == 409
        assert f"Key: /pods/{namespace}/p," in answer.message
        assert f"Precondition failed: {what} in precondition: 5, {what} in object meta: " in answer.message
    # One that is no subresource is told apart by its version alone.
    body = {"metadata": {"name": "p", "uid": "5"}, "target": {"name": "n"}}
    assert (await post(client, namespace, "bindings", body))[0].code == 201
    answer, _ = await post(client, namespace, "bindings", {"metadata": {}, "target": {"name": "n"}})
    assert (answer.code, answer.message) == (400, "Name parameter required.")


async def test_a_binding_has_a_node(client: BaseClient, namespace: str) -> None:
    await create_pod(client, namespace, schedulingGates=[{"name": "gate"}])
    answer, _ = await post(client, namespace, "pods/p/binding", {**_NAMED, "target": {"kind": "Pod"}})
    kind = 'target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"'
    assert (answer.code, answer.message) == (500, f"[{kind}, target.name: Required value]")
    answer, _ = await post(client, namespace, "pods/p/binding", {**_NAMED, "target": {"name": "n"}})
    assert (answer.code, answer.body["details"]["kind"]) == (409, "pods/binding")
    assert answer.message.endswith("pod p has non-empty .spec.schedulingGates")


async def test_options_of_an_eviction(client: BaseClient, namespace: str) -> None:
    await create_pod(client, namespace)
    place = "pods/p/eviction"
    of_another_kind = {**_NAMED, "deleteOptions": {"kind": "Pod", "apiVersion": "v9"}}
    assert (await post(client, namespace, place, of_another_kind))[0].code == 201
    answer, _ = await post(client, namespace, place, {**_NAMED, "deleteOptions": {"dryRun": ["x", "y"]}})
    why = "Non-matching dry-run options in request and content: [All] and [x y]"
    assert (answer.code, answer.message) == (500, why)
    unread = "ignoreStoreReadErrorWithClusterBreakingPotential"
    answer, _ = await post(client, namespace, place, {**_NAMED, "deleteOptions": {unread: True}})
    assert (answer.code, answer.body["details"]["causes"][0]["field"]) == (422, f"deleteOptions.{unread}")


async def test_a_request_for_a_token(client: BaseClient, namespace: str) -> None:
    await create_account(client, namespace)
    place = "serviceaccounts/default/token"
    answer, _ = await post(client, namespace, place, {"spec": {"expirationSeconds": 0}})
    assert answer.code == 422
    answer, _ = await post(client, namespace, place, {"spec": {"expirationSeconds": None, "audiences": None}})
    assert (answer.code, answer.body["spec"]["expirationSeconds"]) == (201, 3600)
    answer, _ = await post(client, namespace, place, {"metadata": {"labels": {"a": "b"}}, "spec": {}})
    assert (answer.code, answer.body["metadata"]["labels"]) == (201, {"a": "b"})
    answer, _ = await post(client, namespace, place, {"metadata": {"uid": "u"}, "spec": {"expirationSeconds": 5}})
    assert answer.code == 409
    assert "the UID in the token request (u) does not match the UID of the service account" in answer.message
