"""Requests that the client's own methods don't make: what their parameters and bodies mean."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

import anyio
import pytest

from kubex.client.base import BaseClient
from kubex.core.request import Request
from tests.contract.answers import APPLY, JSON, MERGE, STRATEGIC, ask, ask_warned

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


@pytest.mark.parametrize(
    ("method", "query", "code", "message"),
    [
        ("GET", "limit=1&limit=x", 200, ""),
        ("GET", "limit=%zz&limit=1&labelSelector=%", 200, ""),  # what can't be read is not there
        ("GET", "limit=", 400, 'strconv.ParseInt: parsing "": invalid syntax'),
        ("GET", "timeoutSeconds", 400, 'strconv.ParseInt: parsing "": invalid syntax'),
        ("GET", "watch=1&limit=x", 400, 'strconv.ParseInt: parsing "x": invalid syntax'),
        ("GET", "watch=%", 200, ""),
        ("DELETE", "gracePeriodSeconds=", 400, 'strconv.ParseInt: parsing "": invalid syntax'),
        ("DELETE", "dryRun=All&dryRun=x", 422, 'is invalid: dryRun: Unsupported value: ["All","x"]: supported values:'),
        ("DELETE", "uid=x", 409, "the UID in the precondition (x) does not match the UID in record"),
    ],
)
async def test_odd_queries(
    client: BaseClient, config_maps: str, method: str, query: str, code: int, message: str
) -> None:
    answer = await ask(client, method, f"{config_maps}?{query}")
    assert (answer.code, message in answer.message) == (code, True), answer


async def test_a_deletion_may_have_its_conditions_in_the_query(client: BaseClient, config_maps: str) -> None:
    refused = await ask(client, "DELETE", f"{config_maps}/a", resourceVersion="x")
    assert (refused.code, "the ResourceVersion in the precondition (x)" in refused.message) == (409, True)
    assert (await ask(client, "DELETE", f"{config_maps}/a", {"gracePeriodSeconds": 0}, uid="x")).code == 200


async def test_all_wrong_parameters_of_a_patch_are_told(client: BaseClient, config_maps: str) -> None:
    wrong = {"dryRun": "x", "fieldValidation": "y"}
    for type_, first, query in ((APPLY, "fieldManager", {}), (MERGE, "force", {"force": "true"})):
        refused = await ask(client, "PATCH", f"{config_maps}/a", {}, type_, **wrong, **query)
        fields = [cause["field"] for cause in refused.body["details"]["causes"]]
        assert (refused.code, fields) == (422, [first, "dryRun", "fieldValidation"])


@pytest.mark.parametrize(
    ("method", "type_", "code"),
    [
        ("POST", "application/json; charset=utf-8", 201),
        ("POST", 'APPLICATION/JSON ; a="b;c";', 201),
        ("POST", "application/json; x", 415),
        ("POST", 'application/json; x="', 415),
        ("POST", "application/json;;", 415),
        ("PATCH", "application/merge-patch+json; x", 200),
        ("PATCH", "application/merge-patch+json ; x", 415),
        ("PATCH", "APPLICATION/merge-patch+json", 415),
        ("PATCH", "application/merge-patch+json, text/plain", 415),
    ],
)
async def test_odd_types_of_bodies(client: BaseClient, config_maps: str, method: str, type_: str, code: int) -> None:
    path = config_maps if method == "POST" else f"{config_maps}/a"
    body = {"metadata": {"name": "c"}} if method == "POST" else {}
    assert (await ask(client, method, path, body, type_)).code == code


@pytest.mark.parametrize(
    ("kind", "version", "why"),
    [
        ("Status", "v1", "converting (v1.Status) to (core.ConfigMap): unknown conversion"),
        ("Status", "apps/v1", "converting (v1.Status) to (core.ConfigMap): unknown conversion"),
        ("DeleteOptions", "v1", "converting (v1.DeleteOptions) to (core.ConfigMap): unknown conversion"),
        ("ConfigMapList", "v1", "converting (v1.ConfigMapList) to (core.ConfigMap): unknown conversion"),
        ("Nope", "v1", 'no kind "Nope" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"'),
    ],
)
async def test_bodies_of_other_types(client: BaseClient, config_maps: str, kind: str, version: str, why: str) -> None:
    refused = await ask(client, "POST", config_maps, {"kind": kind, "apiVersion": version})
    shown = f'{kind} in version "v1" cannot be handled as a ConfigMap: {why}'
    assert (refused.code, refused.message) == (400, shown)


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("null", "server does not recognize this encoded version "),
        ("[]", "json: cannot unmarshal array into Go value of type storage.continueToken"),
        ('{"v":"meta.k8s.io/v1","rv":1,"start":"../a"}', "../a"),
        ('{"v":"meta.k8s.io/v1","rv":1,"start":"/a/../b"}', "/a/../b"),
        ('{"v":"meta.k8s.io/v1","rv":1,"start":"//a"}', "//a"),
        (
            '{"v":"meta.k8s.io/v1","rv":"1","start":"a"}',
            "json: cannot unmarshal string into Go struct field continueToken.rv of type int64",
        ),
    ],
)
async def test_tokens_to_go_on_by_that_are_none(client: BaseClient, config_maps: str, document: str, why: str) -> None:
    token = base64.urlsafe_b64encode(document.encode()).decode().rstrip("=")
    refused = await ask(client, "GET", config_maps, **{"continue": token})
    assert (refused.code, refused.message) == (400, f"invalid continue token: continue key is not valid: {why}")


async def test_patches_that_custom_resources_do_not_take(client: BaseClient, namespace: str) -> None:
    group = f"g{uuid.uuid4().hex[:8]}.example.com"
    schema = {"openAPIV3Schema": {"type": "object"}}
    spec = {"group": group, "scope": "Namespaced", "names": {"plural": "things", "kind": "Thing"}}
    definition = {
        "metadata": {"name": f"things.{group}"},
        "spec": {**spec, "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}]},
    }
    definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    await ask(client, "POST", definitions, definition)
    path = f"/apis/{group}/v1/namespaces/{namespace}/things"
    try:
        with anyio.fail_after(20):
            while True:
                if (await ask(client, "GET", path)).code == 200:
                    break
                await anyio.sleep(0.1)
        for type_ in ("application/json", "text/plain", STRATEGIC):
            refused = await ask(client, "PATCH", f"{path}/a", {}, type_)
            why = "the body of the request was in an unknown format - accepted media types include: "
            assert (refused.code, refused.message) == (415, f"{why}{JSON}, {MERGE}, {APPLY}")
    finally:
        await ask(client, "DELETE", f"{definitions}/things.{group}")


async def test_a_job_whose_status_is_written_without_labels_has_those_of_its_pods(
    client: BaseClient, namespace: str
) -> None:
    path = f"/apis/batch/v1/namespaces/{namespace}/jobs"
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "example.com/none:1"}]}}
    job = {"metadata": {"name": "a"}, "spec": {"suspend": True, "template": template}}
    labels = (await ask(client, "POST", path, job)).body["spec"]["template"]["metadata"]["labels"]
    written = await ask(client, "PUT", f"{path}/a/status", job)
    assert (written.code, written.body["metadata"]["labels"]) == (200, labels)
    assert (await ask(client, "GET", f"{path}/a")).body["metadata"]["labels"] == labels


async def test_the_order_of_finalizers_and_those_of_events_that_nobody_collects(
    client: BaseClient, namespace: str
) -> None:
    core = f"/api/v1/namespaces/{namespace}"
    finalizers = ["orphan", "example.com/a"]
    metadata = {"name": "c", "finalizers": finalizers}
    about = {"kind": "Pod", "namespace": namespace, "name": "p"}
    left: list[Any] = []
    for plural, content in (("configmaps", {}), ("events", {"involvedObject": about})):
        await ask(client, "POST", f"{core}/{plural}", {"metadata": metadata, **content})
        deleted = await ask(client, "DELETE", f"{core}/{plural}/c", {"propagationPolicy": "Orphan"})
        left.append(deleted.body["metadata"]["finalizers"])
        await ask(client, "PATCH", f"{core}/{plural}/c", {"metadata": {"finalizers": None}}, MERGE)
    assert left == [finalizers, ["example.com/a"]]
    last = {"metadata": {"name": "d", "finalizers": ["orphan"]}, "involvedObject": about}
    await ask(client, "POST", f"{core}/events", last)
    assert (await ask(client, "DELETE", f"{core}/events/d")).body["kind"] == "Status"
    assert (await ask(client, "GET", f"{core}/events/d")).code == 404


@pytest.mark.parametrize(("token", "at"), [("x", 0), ("@@", 0), ("a=", 1), ("a===", 1), ("eyJ2I", 4)])
async def test_tokens_to_go_on_by_that_are_not_base64(
    client: BaseClient, config_maps: str, token: str, at: int
) -> None:
    refused = await ask(client, "GET", config_maps, **{"continue": token})
    why = f"illegal base64 data at input byte {at}"
    assert (refused.code, refused.message) == (400, f"invalid continue token: continue key is not valid: {why}")


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ("abc", "invalid character 'a' looking for beginning of value"),
        ('{"v":', "unexpected end of JSON input"),
        ("[" * 20_000, "invalid character '[' exceeded max depth"),
        (
            '{"v":"meta.k8s.io/v1","rv":99999999999999999999,"start":"a"}',
            "json: cannot unmarshal number 99999999999999999999 into Go struct field continueToken.rv of type int64",
        ),
        (
            '{"v":"meta.k8s.io/v1","rv":1.5,"start":"a"}',
            "json: cannot unmarshal number 1.5 into Go struct field continueToken.rv of type int64",
        ),
        ('{"V":"meta.k8s.io/v1","Rv":1,"START":"/a/../b"}', "/a/../b"),
    ],
)
async def test_what_tokens_to_go_on_by_hold(client: BaseClient, config_maps: str, document: str, why: str) -> None:
    token = base64.urlsafe_b64encode(document.encode()).decode().rstrip("=")
    refused = await ask(client, "GET", config_maps, **{"continue": token})
    assert (refused.code, refused.message) == (400, f"invalid continue token: continue key is not valid: {why}")


async def test_a_version_that_is_no_number(client: BaseClient, namespace: str, config_maps: str) -> None:
    why = 'resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax'
    answer = await ask(client, "GET", f"{config_maps}/a", resourceVersion="x")
    assert (answer.code, answer.message) == (500, why)
    # Events are in no watch cache.
    answer = await ask(client, "GET", f"/api/v1/namespaces/{namespace}/events/a", resourceVersion="x")
    assert (answer.code, answer.message) == (400, f"invalid resource version: {why}")


async def test_a_list_that_goes_on_has_no_version(client: BaseClient, config_maps: str) -> None:
    metadata = (await ask(client, "GET", config_maps, limit="1")).body["metadata"]
    query = {"continue": metadata["continue"], "limit": "1"}
    refused = await ask(client, "GET", config_maps, **query, resourceVersion=metadata["resourceVersion"])
    why = "specifying resource version is not allowed when using continue"
    assert (refused.code, refused.message) == (400, why)
    assert (await ask(client, "GET", config_maps, **query)).code == 200


async def test_half_a_character_is_replaced(client: BaseClient, config_maps: str) -> None:
    made = await ask(client, "POST", config_maps, r'{"metadata":{"name":"c"},"data":{"x":"\ud800"}}')
    assert (made.code, made.body["data"]) == (201, {"x": "\ufffd"})


async def test_a_number_that_nothing_holds_in_a_field_that_nobody_knows(client: BaseClient, config_maps: str) -> None:
    made, warnings = await ask_warned(client, "POST", config_maps, '{"metadata":{"name":"c"},"z":1e400}')
    assert (made.code, warnings) == (201, ['unknown field "z"'])


@pytest.mark.parametrize(
    ("plural", "policies", "empty"),
    [
        ("configmaps", ["Background"], {}),
        ("services", ["Background"], {"spec": {}, "status": {"loadBalancer": {}}}),
        ("events", ["Background", "Foreground", "Orphan", ""], None),
    ],
)
async def test_a_trial_deletion_that_the_collector_would_not_wait_for_gives_nothing(
    client: BaseClient, namespace: str, plural: str, policies: list[str], empty: dict[str, Any] | None
) -> None:
    path = f"/api/v1/namespaces/{namespace}/{plural}"
    more: dict[str, Any] = {
        "events": {"involvedObject": {"namespace": namespace}},
        "services": {"spec": {"ports": [{"port": 1}]}},
    }
    metadata = {"name": "held", "finalizers": ["orphan"]}
    created = await ask(client, "POST", path, {"metadata": metadata, **more.get(plural, {})})
    version = created.body["metadata"]["resourceVersion"]
    for policy in policies:
        for preconditions in ({}, {"resourceVersion": version}):
            options: dict[str, Any] = {"preconditions": preconditions, "dryRun": ["All"]}
            if policy:
                options["propagationPolicy"] = policy
            answer = await ask(client, "DELETE", f"{path}/held", options)
            assert (answer.code, answer.body["kind"], answer.body["metadata"]) == (200, created.body["kind"], {})
            if empty is not None:
                assert answer.body == {"kind": created.body["kind"], "apiVersion": "v1", "metadata": {}, **empty}
    assert (await ask(client, "GET", f"{path}/held")).code == 200


async def test_a_list_of_the_metadata_of_nothing_has_no_items(client: BaseClient, namespace: str) -> None:
    accept = {"Accept": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}
    path = f"/api/v1/namespaces/{namespace}/replicationcontrollers"
    response = await client.request(Request("GET", path, headers=accept))
    assert json.loads(response.content)["items"] is None
