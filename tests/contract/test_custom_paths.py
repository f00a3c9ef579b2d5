"""Paths below a custom resource's group, which a part of the API server of its own answers."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator

import anyio
import pytest

from tests.contract.plain_http import PlainHttp, anyio_backend, plain

__all__ = ("anyio_backend", "plain")

pytestmark = pytest.mark.anyio

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
JSON = "Content-Type: application/json"
PAGE = (404, "text/plain; charset=utf-8", b"404 page not found\n")


@pytest.fixture
async def group(plain: PlainHttp) -> AsyncIterator[str]:
    """The path of a group with namespaced `things`, which have a scale and no status."""
    group = f"g{uuid.uuid4().hex[:8]}.example.com"
    scale = {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}},
        "subresources": {"scale": scale},
    }
    spec = {"group": group, "scope": "Namespaced", "names": {"plural": "things", "kind": "Thing"}}
    body = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"things.{group}"},
        "spec": {**spec, "versions": [version]},
    }
    assert plain.ask("POST", DEFINITIONS, JSON, content=json.dumps(body).encode()).code == 201
    try:
        with anyio.fail_after(20):
            while True:
                if all(plain.ask("GET", f"/apis/{group}{path}").code == 200 for path in ("", "/v1/things")):
                    break
                await anyio.sleep(0.1)
        yield f"/apis/{group}"
    finally:
        plain.ask("DELETE", f"{DEFINITIONS}/things.{group}")


SCALE = "autoscaling/v1, Kind=Scale"
UNCONVERTIBLE = "to proper version: request to convert CR to an invalid group/version: autoscaling/v1"


def applied_scale(plain: PlainHttp, path: str, members: str, query: str = "") -> tuple[int, str]:
    """Apply a Scale; gives the code of the answer, and what it says."""
    text = f'{{"apiVersion":"autoscaling/v1","kind":"Scale"{members}}}'
    header = "Content-Type: application/apply-patch+yaml"
    answer = plain.ask("PATCH", f"{path}/scale?fieldManager=x{query}", header, content=text.encode())
    return answer.code, json.loads(answer.content).get("message", "")


async def test_applying_a_scale_that_nobody_owns(plain: PlainHttp, group: str, namespace: str) -> None:
    path = f"{group}/v1/namespaces/{namespace}/things"
    assert plain.ask("POST", path, JSON, content=thing(group, "a")).code == 201
    why = f"failed to create manager for existing fields: failed to convert live object (/; {SCALE}) {UNCONVERTIBLE}"
    for members in ("", ',"spec":{"replicas":1}', ',"spec":{"replicas":"x"}', ',"odd":1'):
        assert applied_scale(plain, f"{path}/a", members) == (500, why)
    assert applied_scale(plain, f"{path}/a", ',"kind":"Odd"')[0] == 400


async def test_applying_a_scale_that_changes_something(plain: PlainHttp, group: str, namespace: str) -> None:
    path = f"{group}/v1/namespaces/{namespace}/things"
    body = json.loads(thing(group, "a")) | {"spec": {"replicas": 1}}
    assert plain.ask("POST", path, JSON, content=json.dumps(body).encode()).code == 201
    force = "&force=true"
    for members, place in (
        (',"spec":{"replicas":2}', "/"),
        (',"spec":{"replicas":null}', "/"),
        (',"metadata":{"name":"other"}', "/other"),
        (',"metadata":{"namespace":"other"}', "other/"),
        (',"metadata":{"labels":{"a":"b"}}', "/"),
        (',"status":{"replicas":1}', "/"),
    ):
        why = f"failed to convert new object ({place}; {SCALE}) {UNCONVERTIBLE}"
        assert applied_scale(plain, f"{path}/a", members, force) == (500, why)
    assert applied_scale(plain, f"{path}/a", ',"spec":{"replicas":2}')[0] == 409
    assert "expected numeric" in applied_scale(plain, f"{path}/a", ',"spec":{"replicas":"x"}', force)[1]
    # What changes nothing is applied, and takes the replicas over.
    assert applied_scale(plain, f"{path}/a", ',"spec":{"replicas":1},"status":{"replicas":0}') == (200, "")
    found = json.loads(plain.ask("GET", f"{path}/a").content)["metadata"]["managedFields"]
    assert [each["fieldsV1"] for each in found if each["manager"] == "x"] == [{"f:spec": {"f:replicas": {}}}]


def thing(group: str, name: str) -> bytes:
    api_version = f"{group.removeprefix('/apis/')}/v1"
    return json.dumps({"apiVersion": api_version, "kind": "Thing", "metadata": {"name": name}}).encode()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v2"),
        ("GET", "/v2/things"),
        ("POST", "/v2/namespaces/default/things"),
        ("GET", "/v1/others"),
        ("GET", "/v1/namespaces/default/others/a"),
        ("GET", "/v1/things/a"),
        ("POST", "/v1/things"),
        ("DELETE", "/v1/things"),
        ("GET", "/v1//things"),
    ],
)
async def test_what_is_not_served_is_told_by_a_page(plain: PlainHttp, group: str, method: str, path: str) -> None:
    answer = plain.ask(method, f"{group}{path}")
    assert (answer.code, answer.type, answer.content) == PAGE


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_any_method_reads_its_discovery(plain: PlainHttp, group: str, method: str) -> None:
    kinds = [plain.ask(method, f"{group}{path}").json["kind"] for path in ("", "/", "//", "/v1", "/v1/", "/v1//")]
    assert kinds == ["APIGroup"] * 3 + ["APIResourceList"] * 3


async def test_verbs_that_it_does_not_take(plain: PlainHttp, group: str) -> None:
    things = f"{group}/v1/namespaces/default/things"
    qualified = f"things.{group.removeprefix('/apis/')}"
    for path in ("/a/status", "/a/nope", "/a/y/z", "/a%2Fb"):
        for method in ("GET", "POST", "OPTIONS"):
            answer = plain.ask(method, f"{things}{path}")
            assert (answer.code, answer.message) == (404, f'{qualified} "a" not found')
    for method, path, verb in (("OPTIONS", "", ""), ("POST", "/a/scale", "create"), ("DELETE", "/a/scale", "delete")):
        answer = plain.ask(method, f"{things}{path}")
        assert (answer.code, answer.message) == (405, f'{verb} is not supported on resources of kind "{qualified}"')
        assert answer.json["details"] == {"group": qualified.partition(".")[2], "kind": "things"}
    for method, type_ in (("PUT", JSON), ("PATCH", "Content-Type: application/merge-patch+json")):
        answer = plain.ask(method, things, type_, content=thing(group, "a"))
        assert (answer.code, answer.message) == (400, "name must be provided")
    answer = plain.ask("GET", f"{group}/v1/namespaces/../things")
    assert (answer.code, answer.message) == (500, f'invalid key: "{group.removeprefix("/apis")}/things/.."')


async def test_one_is_created_at_any_path_and_its_head_is_given(plain: PlainHttp, group: str) -> None:
    things = f"{group}/v1/namespaces/default/things"
    made = plain.ask("POST", f"{things}/other", JSON, content=thing(group, "a"))
    assert (made.code, made.json["metadata"]["name"]) == (201, "a")
    for path in ("", "/", "/a", "/a//"):
        answer = plain.ask("HEAD", f"{things}{path}")
        assert (answer.code, answer.type, answer.content) == (200, "application/json", b"")
    assert plain.ask("HEAD", f"{things}/other").code == 404


@pytest.mark.parametrize("type_", ["json", "yaml"])
@pytest.mark.parametrize("content", [b"null", b"{}", b"", b"# nothing\n", b'{"a": 1}'])
async def test_what_has_no_kind_is_quoted(plain: PlainHttp, group: str, type_: str, content: bytes) -> None:
    if type_ == "json" and content[:1] not in (b"n", b"{"):
        return
    path = f"{group}/v1/namespaces/default/things"
    answer = plain.ask("POST", path, f"Content-Type: application/{type_}", content=content)
    text = content.decode()
    start = text if text.startswith("{") else content.hex() or "<empty>"
    why = f"Object 'Kind' is missing in '{text}' ({start})"
    assert (answer.code, answer.message) == (400, f"the object provided is unrecognized (must be of type Thing): {why}")


async def test_patches_that_leave_the_kind_out(plain: PlainHttp, group: str) -> None:
    path = f"{group}/v1/namespaces/default/things"
    created = json.loads(thing(group, "kindless")) | {"spec": {"replicas": 1}}
    assert plain.ask("POST", path, JSON, content=json.dumps(created).encode()).code == 201
    merge = "Content-Type: application/merge-patch+json"
    try:
        answer = plain.ask("PATCH", f"{path}/kindless", merge, content=b'{"kind": null}')
        assert (answer.code, "Object 'Kind' is missing in '{" in answer.message) == (422, True)
        for patch in (b'{"kind": null}', b'{"apiVersion": null}'):
            answer = plain.ask("PATCH", f"{path}/kindless/scale", merge, content=patch)
            assert (answer.code, answer.json["kind"], answer.json["spec"]) == (200, "Scale", {"replicas": 1})
    finally:
        plain.ask("DELETE", f"{path}/kindless")
