"""What each method of `Api` sends, and what it makes of the answer."""

# Long because what every method sends and what it refuses stand in two tables.

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, cast

import msgspec
import pytest

from kubex.api import Api, create_api
from kubex.core.exceptions import AlreadyExists, InvalidArgument, InvalidResponse, InvalidType, NotFound
from kubex.core.params import (
    FieldValidation,
    Precondition,
    ResourceVersion,
    Timeout,
    VersionMatch,
)
from kubex.core.patch import ApplyPatch, JsonPatch, JsonPatchAdd, MergePatch, StrategicMergePatch
from kubex.core.request import Request
from kubex_core.models.eviction import Eviction
from kubex_core.models.list_entity import ListEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.partial_object_meta import PartialObjectMetadata
from kubex_core.models.scale import Scale
from kubex_core.models.status import Status
from tests.unit.api.resources import Backup, BackupSpec, Rack, Widget, WidgetSpec
from tests.unit.api.stub import StubClient

pytestmark = pytest.mark.anyio

WIDGET = b'{"kind":"Widget","apiVersion":"example.com/v1","metadata":{"name":"w"},"spec":{"size":3}}'
WIDGETS = (
    b'{"kind":"WidgetList","apiVersion":"example.com/v1","metadata":{"resourceVersion":"7"},"items":[%s]}' % WIDGET
)
SUCCESS = b'{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Success"}'
SCALE = b'{"kind":"Scale","apiVersion":"autoscaling/v1","metadata":{"name":"w"},"spec":{"replicas":2}}'
OBJECTS = "/apis/example.com/v1/namespaces/shop/widgets"
W = Widget(metadata=ObjectMetadata(name="w"), spec=WidgetSpec(size=3))

Call = Callable[[Api[Widget]], Awaitable[Any]]


SENT: list[tuple[Call, bytes, str, str, dict[str, str]]] = [
    (lambda api: api.get("w"), WIDGET, "GET", f"{OBJECTS}/w", {}),
    (lambda api: api.get("w", resource_version="5"), WIDGET, "GET", f"{OBJECTS}/w", {"resourceVersion": "5"}),
    (
        lambda api: api.get("w", namespace="other"),
        WIDGET,
        "GET",
        "/apis/example.com/v1/namespaces/other/widgets/w",
        {},
    ),
    (lambda api: api.list(), WIDGETS, "GET", OBJECTS, {}),
    (lambda api: api.list(namespace=None), WIDGETS, "GET", "/apis/example.com/v1/widgets", {}),
    (
        lambda api: api.list(
            label_selector="app=web,tier in (a, b)",
            field_selector="status.phase=Running",
            timeout_seconds=5,
            limit=10,
            version_match=VersionMatch.NOT_OLDER_THAN,
            resource_version=ResourceVersion.ANY,
        ),
        WIDGETS,
        "GET",
        OBJECTS,
        {
            "labelSelector": "app=web,tier in (a, b)",
            "fieldSelector": "status.phase=Running",
            "timeoutSeconds": "5",
            "limit": "10",
            "resourceVersionMatch": "NotOlderThan",
            "resourceVersion": "0",
        },
    ),
    (lambda api: api.list(continue_token="abc"), WIDGETS, "GET", OBJECTS, {"continue": "abc"}),
    (
        lambda api: api.create(W, dry_run=True, field_manager="me", field_validation=FieldValidation.STRICT),
        WIDGET,
        "POST",
        OBJECTS,
        {"dryRun": "All", "fieldManager": "me", "fieldValidation": "Strict"},
    ),
    (lambda api: api.replace("w", W, field_manager="me"), WIDGET, "PUT", f"{OBJECTS}/w", {"fieldManager": "me"}),
    (lambda api: api.patch("w", MergePatch({"a": None})), WIDGET, "PATCH", f"{OBJECTS}/w", {}),
    (
        lambda api: api.patch("w", ApplyPatch(W), field_manager="me", force=True),
        WIDGET,
        "PATCH",
        f"{OBJECTS}/w",
        {"fieldManager": "me", "force": "true"},
    ),
    (lambda api: api.delete("w"), SUCCESS, "DELETE", f"{OBJECTS}/w", {}),
    (
        lambda api: api.delete_collection(label_selector="a=b", limit=3),
        SUCCESS,
        "DELETE",
        OBJECTS,
        {"labelSelector": "a=b", "limit": "3"},
    ),
    (lambda api: api.scale.get("w"), SCALE, "GET", f"{OBJECTS}/w/scale", {}),
    (lambda api: api.scale.replace("w", Scale()), SCALE, "PUT", f"{OBJECTS}/w/scale", {}),
    (lambda api: api.status.get("w"), WIDGET, "GET", f"{OBJECTS}/w/status", {}),
    (lambda api: api.status.patch("w", MergePatch({})), WIDGET, "PATCH", f"{OBJECTS}/w/status", {}),
    (lambda api: api.eviction.create("w", Eviction()), SUCCESS, "POST", f"{OBJECTS}/w/eviction", {}),
    (lambda api: api.ephemeral_containers.get("w"), WIDGET, "GET", f"{OBJECTS}/w/ephemeralcontainers", {}),
    (lambda api: api.resize.replace("w", W), WIDGET, "PUT", f"{OBJECTS}/w/resize", {}),
    (lambda api: api.token.create("w", W), WIDGET, "POST", f"{OBJECTS}/w/token", {}),
    (lambda api: api.binding.create("w", W), SUCCESS, "POST", f"{OBJECTS}/w/binding", {}),
    (lambda api: api.subresource("proxy/x", Widget).get("w"), WIDGET, "GET", f"{OBJECTS}/w/proxy/x", {}),
    (lambda api: api.subresource("scale", Scale).create("w", Scale()), SCALE, "POST", f"{OBJECTS}/w/scale", {}),
    (
        lambda api: api.logs.get("w", container="c", tail_lines=3, previous=True),
        b"",
        "GET",
        f"{OBJECTS}/w/log",
        {"container": "c", "tailLines": "3", "previous": "true"},
    ),
    (
        lambda api: api.logs.get(
            "w", since_time=datetime(2026, 1, 1, 5, 30, tzinfo=timezone(timedelta(hours=5, seconds=7)))
        ),
        b"",
        "GET",
        f"{OBJECTS}/w/log",
        {"sinceTime": "2026-01-01T00:29:53Z"},
    ),
    (
        lambda api: api.logs.get("w", since_time=datetime(2026, 1, 1, microsecond=5, tzinfo=UTC), limit_bytes=1),
        b"",
        "GET",
        f"{OBJECTS}/w/log",
        {"sinceTime": "2026-01-01T00:00:00.000005Z", "limitBytes": "1"},
    ),
    (lambda api: api.metadata.get("w"), WIDGET, "GET", f"{OBJECTS}/w", {}),
    (lambda api: api.metadata.list(limit=1), WIDGETS, "GET", OBJECTS, {"limit": "1"}),
]


@pytest.mark.parametrize(("call", "answer", "method", "path", "query"), SENT)
async def test_what_is_sent(call: Call, answer: bytes, method: str, path: str, query: dict[str, str]) -> None:
    client = StubClient(answer)
    await call(Api(Widget, client, namespace="shop"))
    request = client.only_request
    assert (request.method, request.url, dict(request.query)) == (method, path, query)


async def test_paths_of_a_cluster_scoped_resource_of_the_core_group() -> None:
    client = StubClient(b'{"kind":"Rack","metadata":{"name":"r"}}')
    rack = await Api(Rack, client).get("r")
    assert client.only_request.url == "/api/v1/racks/r"
    assert rack.metadata.name == "r"


async def test_answers_are_typed_objects() -> None:
    api = Api(Widget, StubClient(WIDGET, WIDGETS, SUCCESS, WIDGET, WIDGETS), namespace="shop")
    assert await api.get("w") == W
    widgets = await api.list()
    assert isinstance(widgets, ListEntity)
    assert (widgets.items, widgets.metadata.resource_version) == ([W], "7")
    assert isinstance(await api.delete("w"), Status)
    assert await api.delete("w") == W
    removed = await api.delete_collection()
    assert isinstance(removed, ListEntity)
    assert removed.items == [W]


async def test_a_pydantic_resource_is_a_full_citizen() -> None:
    body = b'{"kind":"Backup","metadata":{"name":"b"},"spec":{"schedule":"daily"}}'
    api = Api(Backup, StubClient(body, b'{"items":[%s],"metadata":null}' % body, body), namespace="shop")
    backup = await api.get("b")
    assert backup.spec.schedule == "daily"
    assert (await api.list()).items == [backup]
    client = StubClient(body)
    await Api(Backup, client, namespace="shop").create(
        Backup(metadata=ObjectMetadata(name="b"), spec=BackupSpec(schedule="daily"))
    )
    assert msgspec.json.decode(client.only_request.body or b"") == {
        "apiVersion": "example.com/v1beta1",
        "kind": "Backup",
        "metadata": {"name": "b"},
        "spec": {"schedule": "daily"},
    }


async def test_a_pydantic_refusal_names_the_place_and_keeps_the_value() -> None:
    api = Api(Backup, StubClient(b'{"metadata":{"name":"b"},"spec":{"schedule":["s3cret"]}}'), namespace="shop")
    with pytest.raises(InvalidResponse, match=r'backups "b" in namespace "shop" \(get\).*spec\.schedule') as caught:
        await api.get("b")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("patch", "content_type"),
    [
        (MergePatch({}), "application/merge-patch+json"),
        (StrategicMergePatch({}), "application/strategic-merge-patch+json"),
        (JsonPatch([JsonPatchAdd(path="/a", value=1)]), "application/json-patch+json"),
    ],
)
async def test_a_patch_says_its_kind(patch: Any, content_type: str) -> None:
    client = StubClient(WIDGET)
    await Api(Widget, client, namespace="shop").patch("w", patch)
    assert (client.only_request.headers or {})["Content-Type"] == content_type


async def test_an_apply_is_completed_with_what_the_resource_is() -> None:
    client = StubClient(WIDGET, SCALE)
    api = Api(Widget, client, namespace="shop")
    await api.patch("w", ApplyPatch({"spec": {"size": 4}}), field_manager="me")
    assert msgspec.json.decode(client.only_request.body or b"") == {
        "apiVersion": "example.com/v1",
        "kind": "Widget",
        "metadata": {"name": "w"},
        "spec": {"size": 4},
    }
    with pytest.raises(InvalidArgument, match="the body is of"):
        await api.patch("other", ApplyPatch(W), field_manager="me")
    with pytest.raises(InvalidArgument, match="apiVersion"):  # a Scale, of whose kind the Api knows nothing
        await api.scale.patch("w", ApplyPatch({"spec": {"replicas": 4}}), field_manager="me")


async def test_delete_options_go_in_the_body() -> None:
    client = StubClient(SUCCESS)
    await Api(Widget, client, namespace="shop").delete(
        "w",
        dry_run=True,
        grace_period_seconds=0,
        propagation_policy="Foreground",
        preconditions=Precondition(uid="u", resource_version="5"),
    )
    assert msgspec.json.decode(client.only_request.body or b"") == {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "dryRun": ["All"],
        "gracePeriodSeconds": 0,
        "propagationPolicy": "Foreground",
        "preconditions": {"uid": "u", "resourceVersion": "5"},
    }


async def test_metadata_asks_for_metadata_alone() -> None:
    client = StubClient(WIDGET, WIDGETS, WIDGET)
    api = Api(Widget, client, namespace="shop")
    assert isinstance(await api.metadata.get("w"), PartialObjectMetadata)
    assert isinstance((await api.metadata.list()).items[0], PartialObjectMetadata)
    assert (await api.metadata.patch("w", MergePatch({}))).metadata.name == "w"
    accepts = [(request.headers or {})["Accept"].split(",")[0] for request in client.requests]
    assert accepts == [
        "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
        "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
    ]


@pytest.mark.parametrize(
    ("given", "expected"), [(..., ...), (None, None), (3, Timeout(total=3)), (Timeout(read=1), Timeout(read=1))]
)
async def test_request_timeout_reaches_the_client_in_its_three_states(given: Any, expected: Any) -> None:
    client = StubClient(WIDGET)
    await Api(Widget, client, namespace="shop").get("w", request_timeout=given)
    assert client.only_request.timeout == expected


REFUSED: list[Callable[[Any], Awaitable[Any]]] = [
    lambda api: api.get(""),
    lambda api: api.get("a/b"),
    lambda api: api.get(".."),
    lambda api: api.get("%2e%2e"),
    lambda api: api.get(None),
    lambda api: api.get("w", namespace="../kube-system"),
    lambda api: api.get("w", namespace=None),
    lambda api: api.list(label_selector="a in ("),
    lambda api: api.list(field_selector="no operator"),
    lambda api: api.list(limit=-1),
    lambda api: api.list(limit=True),
    lambda api: api.list(version_match=VersionMatch.EXACT),
    lambda api: api.list(continue_token="x", version_match=VersionMatch.EXACT, resource_version="1"),
    lambda api: api.list(resource_version=5),
    lambda api: api.list(continue_token="x", resource_version="1"),
    lambda api: api.list(label_selector=5),
    lambda api: api.list(field_selector={"a": "b"}),
    lambda api: api.get("a\nb"),
    lambda api: api.patch("w", {"a": 1}),
    lambda api: api.delete("w", preconditions={"uid": "u"}),
    lambda api: api.metadata.pages(page_size=0).__anext__(),
    lambda api: api.patch("w", MergePatch({}), force=True),
    lambda api: api.patch("w", ApplyPatch(W)),
    lambda api: api.patch("w", MergePatch({}), field_validation="Sometimes"),
    lambda api: api.delete("w", propagation_policy="Whatever"),
    lambda api: api.delete("w", grace_period_seconds=-1),
    lambda api: api.delete("w", dry_run="some"),
    lambda api: api.get("w", request_timeout=-1),
    lambda api: api.create(Widget(metadata=ObjectMetadata(labels=cast("dict[str, str]", {"a": object()})))),
    lambda api: api.subresource("../x", Widget).get("w"),
    lambda api: api.pages(page_size=0).__anext__(),
    lambda api: api.logs.get("w", since_seconds=0),
    lambda api: api.logs.get("w", limit_bytes=0),
    lambda api: api.logs.get("w", tail_lines=-1),
    lambda api: api.logs.get("w", since_time=datetime(2026, 1, 1)),
    lambda api: api.logs.get("w", since_time="2026-01-01T00:00:00Z"),
    lambda api: api.logs.get("w", since_time=datetime(2026, 1, 1, tzinfo=UTC), since_seconds=5),
]


@pytest.mark.parametrize("call", REFUSED)
async def test_bad_arguments_are_refused_before_any_request(call: Any) -> None:
    client = StubClient(WIDGET)
    with pytest.raises(InvalidArgument) as caught:
        await call(Api(Widget, client, namespace="shop"))
    assert isinstance(caught.value, ValueError)
    assert client.requests == []


@pytest.mark.parametrize(
    ("parameters", "problem"),
    [
        ({"since_seconds": -1}, "since_seconds=-1: a whole number, 1 or more, is needed"),
        ({"limit_bytes": 0}, "limit_bytes=0: a whole number, 1 or more, is needed"),
        ({"tail_lines": -1}, "tail_lines=-1: a whole number, 0 or more, is needed"),
        ({"since_time": datetime(2026, 1, 1)}, r"since_time=.*: a datetime with a time zone is needed, e\.g\."),
        ({"since_time": 5}, "since_time: a datetime with a time zone is needed, and not an int"),
        ({"since_time": datetime(2026, 1, 1, tzinfo=UTC), "since_seconds": 5}, "since_seconds= or since_time=, not"),
    ],
)
async def test_parameters_of_logs_that_are_refused(parameters: dict[str, Any], problem: str) -> None:
    logs = Api(Widget, StubClient(), namespace="shop").logs
    with pytest.raises(InvalidArgument, match=problem):
        await logs.get("w", **parameters)
    with pytest.raises(InvalidArgument, match=problem):
        logs.stream("w", **parameters)


async def test_a_namespace_where_there_is_none() -> None:
    client = StubClient()
    with pytest.raises(ValueError, match="outside namespaces"):
        Api(Rack, client, namespace="shop")
    with pytest.raises(ValueError, match="outside namespaces"):
        await Api(Rack, client).get("r", namespace="shop")
    with pytest.raises(ValueError, match="outside namespaces"):
        await Api(Rack, client).list(namespace="shop")


async def test_no_namespace_where_one_is_needed() -> None:
    api = Api(Widget, StubClient(WIDGETS))
    await api.list()  # all of them
    for call in (api.get("w"), api.delete("w"), api.replace("w", W), api.create(W), api.delete_collection()):
        with pytest.raises(ValueError, match="lives in a namespace"):
            await call


async def test_create_takes_the_namespace_of_the_object_where_there_is_no_other() -> None:
    client = StubClient(WIDGET)
    await Api(Widget, client).create(Widget(metadata=ObjectMetadata(name="w", namespace="shop")))
    assert client.only_request.url == OBJECTS


async def test_errors_of_a_stub_that_does_not_raise_by_itself() -> None:
    refusal = b'{"kind":"Status","code":404,"reason":"NotFound","message":"x","details":{"name":"w","kind":"widgets"}}'
    api = Api(
        Widget,
        StubClient((refusal, 404), (b"no such path", 404), (b'{"reason":"AlreadyExists"}', 409)),
        namespace="shop",
    )
    with pytest.raises(NotFound, match=r'^widgets "w" in namespace "shop" \(get\)$'):
        await api.get("w")
    with pytest.raises(NotFound, match="is its API group installed"):
        await api.get("w")
    with pytest.raises(Exception, match="widgets") as caught:
        await api.create(W)
    assert isinstance(caught.value, AlreadyExists)


@pytest.mark.parametrize(
    "body", [b"", b"<html>hello</html>", b"{}", b'{"kind":"Widget","metadata":{"na', b"[1]", b"null"]
)
async def test_an_answer_that_is_no_object(body: bytes) -> None:
    with pytest.raises(InvalidResponse, match=r'widgets "w" in namespace "shop" \(get\)'):
        await Api(Widget, StubClient(body), namespace="shop").get("w")


async def test_nulls_and_missing_required_fields_in_a_response() -> None:
    items = b'{"metadata":null,"spec":{}},{"metadata":{"name":"b"},"spec":{"size":null}},{"metadata":{"name":"c"}}'
    api = Api(
        Widget, StubClient(b'{"metadata":null,"items":[%s]}' % items, b'{"metadata":{},"items":null}'), namespace="shop"
    )
    first, second, third = (await api.list()).items
    assert first.metadata.name is None
    assert first.spec == second.spec == WidgetSpec(size=0)
    assert third.spec is None
    assert (await api.list()).items == []


async def test_an_answer_of_another_kind() -> None:
    other = b'{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"w"}}'
    with pytest.raises(InvalidResponse, match="the server's answer is a ConfigMap, not a Widget"):
        await Api(Widget, StubClient(other), namespace="shop").get("w")
    with pytest.raises(InvalidResponse, match="is a ConfigMap, not a list of Widget"):
        await Api(Widget, StubClient(other), namespace="shop").list()
    with pytest.raises(InvalidResponse, match="is a Widget, not a Scale"):
        await Api(Widget, StubClient(WIDGET), namespace="shop").subresource("status", Scale).get("w")


@pytest.mark.parametrize("resource", [Widget, Backup])
async def test_an_unreadable_item_of_a_list_is_named(resource: Any) -> None:
    good = b'{"metadata":{"name":"a"},"spec":{"schedule":"x","size":1}}'
    bad = b'{"metadata":{"name":"culprit"},"spec":{"schedule":[],"size":"s3cret"}}'
    client = StubClient(b'{"kind":"XList","metadata":{},"items":[%s,%s]}' % (good, bad))
    with pytest.raises(InvalidResponse, match=r'\(item 1 of the list, "culprit"\)$') as caught:
        await Api(resource, client, namespace="shop").list()
    assert "s3cret" not in str(caught.value)


async def test_an_eviction_is_done_only_when_the_server_says_so() -> None:
    for garbage in (b'{"foo":1}', b"\xff", b"[" * 100_000, b""):
        with pytest.raises(InvalidResponse, match="not a Status"):
            await Api(Widget, StubClient(garbage), namespace="shop").eviction.create("w", Eviction())


async def test_a_delete_is_done_where_its_status_has_nulls() -> None:
    answer = b'{"kind":"Status","metadata":null,"status":"Success"}'
    status = await Api(Widget, StubClient(answer), namespace="shop").delete("w")
    assert isinstance(status, Status)
    with pytest.raises(InvalidResponse):
        await Api(Widget, StubClient(b'{"kind":"\xff"}'), namespace="shop").delete("w")


async def test_scale_is_replaced_by_its_name_in_the_contract() -> None:
    client = StubClient(SCALE)
    await Api(Widget, client, namespace="shop").scale.replace("w", scale=Scale())
    assert client.only_request.method == "PUT"


async def test_what_is_no_resource() -> None:
    with pytest.raises(InvalidArgument, match="no resource class"):
        Api(cast("type[Widget]", int), StubClient())
    with pytest.raises(InvalidArgument, match="no resource class"):
        await create_api(cast("type[Widget]", int))


async def test_what_is_no_class_and_no_client() -> None:
    with pytest.raises(InvalidType, match="resource_type: a resource class is needed, and not a Widget"):
        Api(cast("type[Widget]", W), StubClient())
    with pytest.raises(InvalidType, match=r"client: a client, as .* is needed, and not a str"):
        Api(Widget, cast("Any", "https://127.0.0.1"))


async def test_names_are_escaped() -> None:
    client = StubClient(WIDGET)
    await Api(Widget, client, namespace="shop").get("system:node é?")
    assert client.only_request.url == f"{OBJECTS}/system:node%20%C3%A9%3F"


async def test_create_api_with_a_client_leaves_it_open() -> None:
    client = StubClient(WIDGET)
    async with await create_api(Widget, client=client, namespace="shop") as api:
        assert await api.get("w") == W
    assert client.closed == 0


async def test_requests_say_nothing_of_their_bodies() -> None:
    request = Request("POST", "/x", body=b"s3cret", headers={"Authorization": "Bearer s3cret"})
    assert "s3cret" not in repr(request)
