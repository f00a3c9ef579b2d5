"""`edit`, `create_or_replace`, `apply` and `get_or_none`: what they send, and what they make of conflicts."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import anyio
import msgspec
import pytest
from pydantic import ConfigDict, Field, computed_field

from kubex.api import Api
from kubex.core.exceptions import AlreadyExists, Conflict, InvalidArgument, InvalidType, NotFound, UnprocessableEntity
from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.camel_model import CamelModel
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.interfaces import HasStatusSubresource, NamespaceScopedEntity
from kubex_core.models.metadata import ManagedFieldsEntry, ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity
from tests.unit.api.resources import Backup, Widget, WidgetSpec
from tests.unit.api.stub import StubClient

pytestmark = pytest.mark.anyio


def widget(version: str = "5", size: int = 1, **more: Any) -> bytes:
    metadata = {"name": "w", "namespace": "shop", "resourceVersion": version, "annotations": {"kept": "yes"}}
    return msgspec.json.encode(
        {
            "apiVersion": "example.com/v1",
            "kind": "Widget",
            "metadata": metadata,
            "spec": {"size": size, "colour": "red"},
            **more,
        }
    )


def refusal(code: int, reason: str, name: str | None = "w") -> tuple[bytes, int]:
    details = {} if name is None else {"details": {"name": name, "kind": "widgets"}}
    status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code, **details}
    return msgspec.json.encode(status), code


def grow(value: Widget) -> None:
    assert value.spec is not None
    value.spec.size += 1


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    taken: list[float] = []

    async def sleep(seconds: float) -> None:
        taken.append(seconds)

    monkeypatch.setattr(anyio, "sleep", sleep)
    return taken


def sent(client: StubClient, index: int) -> Any:
    body = client.requests[index].body
    assert body is not None
    return msgspec.json.decode(body)


async def test_edit_sends_the_difference_guarded_by_the_version() -> None:
    client = StubClient(widget(), widget("6", 2))
    edited = await Api(Widget, client, namespace="shop").edit("w", grow, field_manager="me")
    assert edited.metadata.resource_version == "6"
    get, patch = client.requests
    assert (get.method, patch.method) == ("GET", "PATCH")
    assert patch.query_params == {"fieldManager": "me"}
    assert (patch.headers or {})["Content-Type"] == "application/json-patch+json"
    assert sent(client, 1) == [
        {"op": "replace", "path": "/metadata/resourceVersion", "value": "5"},
        {"op": "replace", "path": "/spec/size", "value": 2},
    ]


async def test_a_changed_object_may_be_given_instead() -> None:
    client = StubClient(widget(), widget("6", 9))

    def renewed(value: Widget) -> Widget:
        return Widget(metadata=value.metadata, spec=WidgetSpec(size=9))

    await Api(Widget, client, namespace="shop").edit("w", renewed)
    assert sent(client, 1)[1:] == [{"op": "replace", "path": "/spec/size", "value": 9}]


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ("a text", "what change gives: Widget or None is needed, and not a str"),
        ({"spec": {"size": 2}}, "and not a dict"),
        (WidgetSpec(size=2), "and not a WidgetSpec"),
    ],
)
async def test_what_is_no_such_object_is_not_sent(given: Any, needed: str) -> None:
    client = StubClient(widget())
    with pytest.raises(InvalidType, match=needed):
        await Api(Widget, client, namespace="shop").edit("w", lambda _: given)
    assert len(client.requests) == 1


@pytest.mark.parametrize("metadata", [{"name": "other"}, {"namespace": "home"}, {"uid": "another"}])
@pytest.mark.parametrize("in_place", [False, True])
async def test_another_object_is_not_sent(metadata: dict[str, str], in_place: bool) -> None:
    client = StubClient(widget())

    def change(value: Widget) -> Widget | None:
        changed = value if in_place else value.model_copy(deep=True)
        changed.metadata = value.metadata.model_copy(update=metadata)
        return None if in_place else changed

    with pytest.raises(InvalidArgument, match=r'another Widget than it got: it got "w" in namespace "shop".*gives'):
        await Api(Widget, client, namespace="shop").edit("w", change)
    assert len(client.requests) == 1


async def test_nothing_changed_is_nothing_sent() -> None:
    client = StubClient(widget())
    assert (await Api(Widget, client, namespace="shop").edit("w", lambda _: None)).metadata.name == "w"
    assert len(client.requests) == 1


async def test_edits_of_pydantic_models() -> None:
    content = {
        "apiVersion": "example.com/v1beta1",
        "kind": "Backup",
        "metadata": {"name": "b", "resourceVersion": "1"},
        "spec": {"schedule": "daily"},
    }
    client = StubClient(msgspec.json.encode(content), msgspec.json.encode(content))

    def weekly(backup: Backup) -> None:
        backup.spec.schedule = "weekly"

    await Api(Backup, client, namespace="shop").edit("b", weekly)
    assert sent(client, 1)[1:] == [{"op": "replace", "path": "/spec/schedule", "value": "weekly"}]


class Window(CamelModel):
    days: list[str] = Field(default_factory=list)
    hour: int = 3


class Copying(CamelModel):
    schedule: str
    keep: int = 7
    window: Window = Field(default_factory=Window)
    tags: list[str] = Field(default_factory=list)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def long_name(self) -> str:
        return f"{self.schedule} {self.keep}"


class Copies(BaseEntity, NamespaceScopedEntity, HasStatusSubresource):
    """Fills in what its objects lack, as classes of other people's definitions do."""

    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1", kind="Copy")

    spec: Copying


@pytest.mark.parametrize("edited", ["object", "status"])
async def test_what_a_class_fills_in_is_added_where_the_server_lacks_it(edited: str) -> None:
    stored = {
        "apiVersion": "example.com/v1",
        "kind": "Copy",
        "metadata": {"name": "c", "resourceVersion": "1"},
        "spec": {"schedule": "daily", "unknown": 1},
    }

    def change(copies: Copies) -> None:
        copies.spec.keep = 8
        copies.spec.window.days.append("Sunday")
        copies.spec.tags.append("a")

    client = StubClient(msgspec.json.encode(stored), msgspec.json.encode(stored))
    api = Api(Copies, client, namespace="shop")
    await (api if edited == "object" else api.status).edit("c", change)
    assert sent(client, 1)[1:] == [
        {"op": "add", "path": "/spec/keep", "value": 8},
        {"op": "add", "path": "/spec/window", "value": {"days": ["Sunday"], "hour": 3}},
        {"op": "add", "path": "/spec/tags", "value": ["a"]},
        {"op": "add", "path": "/spec/longName", "value": "daily 8"},
    ]


async def test_a_conflict_is_tried_again_on_the_newer_object(pauses: list[float]) -> None:
    client = StubClient(widget("5", 1), refusal(409, "Conflict"), widget("7", 10), widget("8", 11))
    edited = await Api(Widget, client, namespace="shop").edit("w", grow)
    assert edited.metadata.resource_version == "8"
    assert [operation["value"] for operation in sent(client, 3)] == ["7", 11]
    assert len(pauses) == 1
    assert 0.01 <= pauses[0] <= 0.015


async def test_conflicts_come_to_an_end(pauses: list[float]) -> None:
    answers: list[bytes | tuple[bytes, int]] = [widget(), refusal(409, "Conflict")]
    client = StubClient(*answers * 5)
    with pytest.raises(Conflict):
        await Api(Widget, client, namespace="shop").edit("w", grow)
    assert len(client.requests) == 10
    assert len(pauses) == 4


async def test_a_patch_that_no_longer_fits_is_tried_again_where_the_object_changed() -> None:
    invalid = refusal(422, "Invalid")
    client = StubClient(widget("5"), invalid, widget("6"), widget("6"), widget("7"))
    assert (await Api(Widget, client, namespace="shop").edit("w", grow)).metadata.resource_version == "7"


async def test_an_invalid_change_is_not_tried_again() -> None:
    client = StubClient(widget("5"), refusal(422, "Invalid"), widget("5"))
    with pytest.raises(UnprocessableEntity):
        await Api(Widget, client, namespace="shop").edit("w", grow)
    assert len(client.requests) == 3


async def test_what_change_raises_comes_out_as_it_is() -> None:
    def broken(_: Widget) -> None:
        raise KeyError("x")

    client = StubClient(widget())
    with pytest.raises(KeyError):
        await Api(Widget, client, namespace="shop").edit("w", broken)


async def test_an_asynchronous_change_is_refused() -> None:
    async def change(_: Widget) -> None: ...

    client = StubClient(widget())
    with pytest.raises(InvalidArgument, match="asynchronous"):
        await Api(Widget, client, namespace="shop").edit("w", change)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def test_an_object_without_a_version_is_refused() -> None:
    client = StubClient(b'{"kind":"Widget","apiVersion":"example.com/v1","metadata":{"name":"w"}}')
    with pytest.raises(InvalidArgument, match="resource version"):
        await Api(Widget, client, namespace="shop").edit("w", grow)


async def test_subresources_are_edited_alike() -> None:
    client = StubClient(widget(), widget("6", 2))
    await Api(Widget, client, namespace="shop").status.edit("w", grow)
    assert [request.url.rpartition("/")[2] for request in client.requests] == ["status", "status"]
    scale = {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {"resourceVersion": "1"},
        "spec": {"replicas": 1},
    }
    client = StubClient(msgspec.json.encode(scale), msgspec.json.encode(scale))

    def more(value: Any) -> None:
        value.spec.replicas = 3

    await Api(Widget, client, namespace="shop").scale.edit("w", more)
    assert sent(client, 1)[1:] == [{"op": "replace", "path": "/spec/replicas", "value": 3}]


async def test_create_or_replace_creates() -> None:
    client = StubClient(widget())
    data = Widget(metadata=ObjectMetadata(name="w", resource_version="3"), spec=WidgetSpec(size=1))
    await Api(Widget, client, namespace="shop").create_or_replace(data, field_manager="me")
    assert client.only_request.method == "POST"
    assert "resourceVersion" not in sent(client, 0)["metadata"]
    assert data.metadata.resource_version == "3"


async def test_create_or_replace_replaces_what_is_there() -> None:
    exists = refusal(409, "AlreadyExists")
    client = StubClient(exists, widget("5"), refusal(409, "Conflict"), exists, widget("6"), widget("7"))
    data = Widget(metadata=ObjectMetadata(name="w"), spec=WidgetSpec(size=1))
    written = await Api(Widget, client, namespace="shop").create_or_replace(data)
    assert written.metadata.resource_version == "7"
    assert [request.method for request in client.requests] == ["POST", "GET", "PUT"] * 2
    assert [sent(client, index)["metadata"]["resourceVersion"] for index in (2, 5)] == ["5", "6"]


class Frozen(BaseEntity, NamespaceScopedEntity):
    model_config = ConfigDict(frozen=True)
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(
        group="example.com", version="v1", kind="Widget"
    )

    spec: dict[str, Any]


class Untyped(DynamicObject, NamespaceScopedEntity):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(
        group="example.com", version="v1", kind="Widget"
    )


class FrozenStruct(  # type: ignore[misc]
    StructEntity,
    NamespaceScopedEntity,
    kw_only=True,
    frozen=True,  # pyright: ignore[reportGeneralTypeIssues]
):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(
        group="example.com", version="v1", kind="Widget"
    )

    spec: dict[str, Any]


@pytest.mark.parametrize("kind", [Frozen, FrozenStruct])
async def test_objects_that_can_not_be_changed_are_written_too(kind: type[Frozen] | type[FrozenStruct]) -> None:
    client = StubClient(refusal(409, "AlreadyExists"), widget("5"), widget("6"), widget("6"), widget("7", 2))
    data: Any = kind(metadata=ObjectMetadata(name="w", resource_version="3"), spec={"size": 1})
    api: Api[Any] = Api(kind, client, namespace="shop")
    assert (await api.create_or_replace(data)).metadata.resource_version == "6"
    assert "resourceVersion" not in sent(client, 0)["metadata"]
    assert sent(client, 2)["metadata"]["resourceVersion"] == "5"
    assert data.metadata.resource_version == "3"
    await api.edit("w", lambda found: found.model_copy(update={"spec": {**found.spec, "size": 2}}))
    assert sent(client, 4)[1:] == [{"op": "replace", "path": "/spec/size", "value": 2}]


async def test_create_or_replace_keeps_metadata_that_has_no_field() -> None:
    client = StubClient(refusal(409, "AlreadyExists"), widget("5"), widget("6"))
    metadata = {"name": "w", "resourceVersion": "3", "later": {"than": "this"}}
    data = Untyped({"metadata": metadata, "spec": {"size": 1}})
    await Api(Untyped, client, namespace="shop").create_or_replace(data)
    assert sent(client, 0)["metadata"] == {"name": "w", "later": {"than": "this"}}
    assert sent(client, 2)["metadata"] == {**metadata, "resourceVersion": "5"}
    assert data.metadata.resource_version == "3"


async def test_create_or_replace_gives_up_at_last(pauses: list[float]) -> None:
    answers: list[bytes | tuple[bytes, int]] = [refusal(409, "AlreadyExists"), widget(), refusal(409, "Conflict")]
    client = StubClient(*answers * 5)
    with pytest.raises(Conflict) as caught:
        await Api(Widget, client, namespace="shop").create_or_replace(Widget(metadata=ObjectMetadata(name="w")))
    assert not isinstance(caught.value, AlreadyExists)
    assert len(pauses) == 4


async def test_a_name_that_the_server_makes_up_is_not_replaced() -> None:
    client = StubClient(refusal(409, "AlreadyExists"))
    with pytest.raises(AlreadyExists):
        data = Widget(metadata=ObjectMetadata(generate_name="w-"))
        await Api(Widget, client, namespace="shop").create_or_replace(data)


async def test_apply_sends_what_is_wanted_alone() -> None:
    client = StubClient(widget())
    data = Widget(metadata=ObjectMetadata(name="w", namespace="shop"), spec=WidgetSpec(size=1))
    await Api(Widget, client).apply(data, field_manager="me", force=True)
    request = client.only_request
    assert request.url == "/apis/example.com/v1/namespaces/shop/widgets/w"
    assert request.query_params == {"fieldManager": "me", "force": "true"}
    assert (request.headers or {})["Content-Type"] == "application/apply-patch+yaml"
    assert sent(client, 0) == {
        "apiVersion": "example.com/v1",
        "kind": "Widget",
        "metadata": {"name": "w", "namespace": "shop"},
        "spec": {"size": 1},
    }


@pytest.mark.parametrize(
    ("metadata", "text"),
    [
        (ObjectMetadata(), "name is needed"),
        (ObjectMetadata(name="w", managed_fields=[ManagedFieldsEntry(manager="kubectl")]), "as the server gave it"),
    ],
)
async def test_apply_refuses(metadata: ObjectMetadata, text: str) -> None:
    client = StubClient()
    with pytest.raises(InvalidArgument, match=text):
        await Api(Widget, client, namespace="shop").apply(Widget(metadata=metadata), field_manager="me")
    assert client.requests == []


async def test_get_or_none() -> None:
    client = StubClient(widget(), refusal(404, "NotFound"))
    api = Api(Widget, client, namespace="shop")
    assert (await api.get_or_none("w")) is not None
    assert (await api.get_or_none("w")) is None


@pytest.mark.parametrize("answer", [(b"404 page not found", 404), refusal(404, "NotFound", None)])
async def test_a_resource_that_the_server_does_not_have_is_no_missing_object(answer: tuple[bytes, int]) -> None:
    with pytest.raises(NotFound):
        await Api(Widget, StubClient(answer), namespace="shop").get_or_none("w")
