from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import field
from pydantic import BaseModel

from kubex.core import patch as patch_module
from kubex.core.exceptions import InvalidArgument
from kubex.core.json_patch import parse_json_patch
from kubex.core.patch import (
    ApplyPatch,
    JsonPatch,
    JsonPatchAdd,
    JsonPatchCopy,
    JsonPatchMove,
    JsonPatchRemove,
    JsonPatchReplace,
    JsonPatchTest,
    JsonPointer,
    MergePatch,
    Patch,
    StrategicMergePatch,
)
from kubex.core.quantity import Quantity
from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.base_struct import always_written
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.metadata import ManagedFieldsEntry, ObjectMetadata
from kubex_core.models.micro_time import MicroTime
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.scale import Scale, ScaleSpec
from kubex_core.models.struct_entity import StructEntity


class BackupSpec(BaseModel):
    schedule: str
    keep: int | None = None


class Backup(BaseEntity, NamespaceScopedEntity):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Backup]] = ResourceConfig(group="example.com", version="v1")

    spec: BackupSpec | None = None
    last_run: datetime | None = None


class Lock(StructEntity, NamespaceScopedEntity, kw_only=True):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Lock]] = ResourceConfig(group="example.com", version="v1")

    api_version: str = field(default_factory=always_written("example.com/v1"))
    kind: str = field(default_factory=always_written("Lock"))
    metadata: ObjectMetadata = field(default_factory=ObjectMetadata)
    renew_time: MicroTime | None = None
    anything: Any = None


class Colour(Enum):
    RED = "red"


class Unwritable:
    pass


# Half of a surrogate pair is a string to Python, and none to JSON.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
OBJECTS = st.dictionaries(TEXT, JSON, max_size=3)
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def encoded(patch: Patch) -> Any:
    return msgspec.json.decode(patch.encode())


@pytest.mark.parametrize(
    ("patch", "content_type"),
    [
        (MergePatch({}), "application/merge-patch+json"),
        (StrategicMergePatch({}), "application/strategic-merge-patch+json"),
        (ApplyPatch({}), "application/apply-patch+yaml"),
        (JsonPatch([]), "application/json-patch+json"),
    ],
)
def test_content_types(patch: Patch, content_type: str) -> None:
    assert patch.content_type == content_type


@pytest.mark.parametrize("kind", [MergePatch, StrategicMergePatch])
class TestMergeBodies:
    @given(body=OBJECTS)
    def test_a_dict_is_sent_as_it_is(self, kind: type[MergePatch], body: dict[str, Any]) -> None:
        assert encoded(kind(body)) == body

    def test_a_struct_sends_what_is_not_none(self, kind: type[MergePatch]) -> None:
        scale = Scale(metadata=ObjectMetadata(labels={"a": "b"}), spec=ScaleSpec(replicas=0))
        assert encoded(kind(scale)) == {
            "apiVersion": "autoscaling/v1",
            "kind": "Scale",
            "metadata": {"labels": {"a": "b"}},
            "spec": {"replicas": 0},
        }
        assert encoded(kind(ScaleSpec())) == {}

    def test_a_pydantic_model_sends_what_was_given(self, kind: type[MergePatch]) -> None:
        identity: dict[str, Any] = {"apiVersion": "example.com/v1", "kind": "Backup", "metadata": {}}
        assert encoded(kind(Backup(spec=BackupSpec(schedule="daily")))) == {**identity, "spec": {"schedule": "daily"}}
        assert encoded(kind(Backup(spec=None, last_run=MOMENT))) == {
            **identity,
            "spec": None,
            "lastRun": "2026-01-02T03:04:05Z",
        }
        assert encoded(kind(BackupSpec(schedule="daily"))) == {"schedule": "daily"}
        assert encoded(kind(BackupSpec(schedule="daily", keep=None))) == {"schedule": "daily", "keep": None}
        changed = BackupSpec(schedule="daily")
        changed.keep = None
        assert encoded(kind(changed)) == {"schedule": "daily", "keep": None}
        named = Backup(metadata=ObjectMetadata(name="x", managed_fields=[]))
        assert encoded(kind(named)) == {**identity, "metadata": {"name": "x", "managedFields": []}}

    def test_models_and_values_inside_a_dict(self, kind: type[MergePatch]) -> None:
        body = {
            "struct": ScaleSpec(replicas=1),
            "pydantic": [BackupSpec(schedule="daily")],
            "removed": None,
            "time": MOMENT,
            "elsewhere": MOMENT.astimezone(timezone(timedelta(hours=-3, minutes=-30))),
            "micro": MicroTime.of(MOMENT),
            "quantity": Quantity("1.5Gi"),
            "pointer": JsonPointer("/a/b"),
            "enum": Colour.RED,
            "decimal": Decimal("1.50"),
            "uuid": UUID(int=0),
            "bytes": b"\0\1",
            "tuple": (1, 2),
            "text": "é",
        }
        assert encoded(kind(body)) == {
            "struct": {"replicas": 1},
            "pydantic": [{"schedule": "daily"}],
            "removed": None,
            "time": "2026-01-02T03:04:05+00:00",
            "elsewhere": "2026-01-01T23:34:05-03:30",
            "micro": "2026-01-02T03:04:05.000000Z",
            "quantity": "1536Mi",
            "pointer": "/a/b",
            "enum": "red",
            "decimal": "1.50",
            "uuid": "00000000-0000-0000-0000-000000000000",
            "bytes": "AAE=",
            "tuple": [1, 2],
            "text": "é",
        }

    def test_raw_parts_of_a_struct_are_kept(self, kind: type[MergePatch]) -> None:
        entry = ManagedFieldsEntry(manager="m", fields_v1=msgspec.Raw(b'{"f:spec":{}}'))
        assert encoded(kind({"entry": entry})) == {"entry": {"manager": "m", "fieldsV1": {"f:spec": {}}}}

    @pytest.mark.parametrize("body", [None, "x", [], 3, b"{}", JsonPatch([])])
    def test_other_bodies_are_refused(self, kind: type[MergePatch], body: Any) -> None:
        with pytest.raises(InvalidArgument, match="a model or a dict is needed"):
            kind(body)


def holding_itself() -> dict[str, Any]:
    body: dict[str, Any] = {}
    body["self"] = [body]
    return body


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"a": [{"b/c": Unwritable()}]}, 'MergePatch at "/a/0/b~1c": a Unwritable has no JSON form'),
        ({"a": math.nan}, 'MergePatch at "/a": nan is no JSON number'),
        ({"a": [1.0, -math.inf]}, 'MergePatch at "/a/1": -inf is no JSON number'),
        ({"a": {1: 2}}, 'MergePatch at "/a": the name 1 is no string'),
        ({"a": {None: 2}}, "the name None is no string"),
        ({"a": datetime(2026, 1, 1)}, 'MergePatch at "/a": the time 2026-01-01 00:00:00 needs a time zone'),
        ({"a": MicroTime(2026, 1, 1)}, 'MergePatch at "/a": the time 2026-01-01 00:00:00 needs a time zone'),
        ({"lock": Lock(anything=datetime(2026, 1, 1))}, 'MergePatch at "/lock/anything": the time'),
        ({"a": "\ud800"}, 'MergePatch at "/a": a string holds half of a surrogate pair'),
        ({"\ud800": 1}, "MergePatch: a string holds half of a surrogate pair"),
        ({"lock": Lock(anything={"x": Unwritable()})}, 'MergePatch at "/lock/anything/x": a Unwritable'),
        (holding_itself(), "MergePatch is nested too deeply, or holds itself"),
    ],
)
def test_what_has_no_json_form_is_refused_and_told_where(body: Any, problem: str) -> None:
    with pytest.raises(InvalidArgument) as raised:
        MergePatch(body).encode()
    assert problem in str(raised.value)


def test_a_pydantic_value_that_can_not_be_written_is_refused() -> None:
    class Holder(BaseModel):
        content: Any

    with pytest.raises(InvalidArgument, match=r'MergePatch at "/holder": .*Unwritable'):
        MergePatch({"holder": Holder(content=Unwritable())}).encode()
    with pytest.raises(InvalidArgument, match='MergePatch at "/holder/content/0": nan is no JSON number'):
        MergePatch({"holder": Holder(content=[math.nan])}).encode()
    with pytest.raises(InvalidArgument, match=r'MergePatch at "/lastRun": the time .* needs a time zone'):
        MergePatch(Backup(last_run=datetime(2026, 1, 1))).encode()


class TestApply:
    def test_models_send_what_is_not_none(self) -> None:
        backup = Backup(metadata=ObjectMetadata(name="b"), spec=BackupSpec(schedule="daily", keep=None), last_run=None)
        assert encoded(ApplyPatch(backup)) == {
            "apiVersion": "example.com/v1",
            "kind": "Backup",
            "metadata": {"name": "b"},
            "spec": {"schedule": "daily"},
        }
        lock = Lock(metadata=ObjectMetadata(name="l"), renew_time=MicroTime.of(MOMENT))
        assert encoded(ApplyPatch(lock)) == {
            "apiVersion": "example.com/v1",
            "kind": "Lock",
            "metadata": {"name": "l"},
            "renewTime": "2026-01-02T03:04:05.000000Z",
        }

    def test_a_dict_is_sent_as_it_is(self) -> None:
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": None}}
        assert encoded(ApplyPatch(body)) == body

    @pytest.mark.parametrize(
        ("body", "missing"),
        [
            ({}, "ApplyPatch of a dict: apiVersion, kind, metadata.name is missing"),
            ({"apiVersion": "v1", "metadata": {"name": "c"}}, "ApplyPatch of a dict: kind is missing"),
            ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}}, "metadata.name is missing"),
            ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": None}, "metadata.name is missing"),
            (Backup(), "ApplyPatch of a Backup: metadata.name is missing"),
            (ScaleSpec(replicas=1), "ApplyPatch of a ScaleSpec: apiVersion, kind, metadata.name is missing"),
        ],
    )
    def test_an_object_that_is_not_named_is_refused(self, body: Any, missing: str) -> None:
        with pytest.raises(InvalidArgument) as raised:
            ApplyPatch(body).encode()
        assert missing in str(raised.value)

    @pytest.mark.parametrize(
        "body", [{"spec": {}}, {"metadata": None, "spec": {}}, {"apiVersion": "", "metadata": {}, "spec": {}}]
    )
    def test_it_is_completed(self, body: dict[str, Any]) -> None:
        patch = ApplyPatch(body).completed(api_version="v1", kind="Pod", name="web")
        assert encoded(patch) == {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {}}
        assert "kind" not in body

    def test_what_is_there_is_not_overwritten(self) -> None:
        lock = Lock(metadata=ObjectMetadata(name="l", labels={"a": "b"}))
        completed = ApplyPatch(lock).completed(api_version="other/v1", kind="Other", name="l")
        assert encoded(completed) == encoded(ApplyPatch(lock))
        with pytest.raises(InvalidArgument, match='ApplyPatch of Lock "m": the body is of "l"'):
            ApplyPatch(lock).completed(api_version="example.com/v1", kind="Lock", name="m")


class TestJsonPatch:
    def test_operations_are_written_in_order(self) -> None:
        patch = JsonPatch(
            [
                JsonPatchTest(path="/spec/replicas", value=2),
                JsonPatchReplace(path="/spec/replicas", value=3),
                JsonPatchAdd(path=JsonPointer.of("metadata", "labels", "a/b"), value=None),
                JsonPatchRemove(path="/x~1y"),
                JsonPatchMove(from_="/a", path=JsonPointer("/b")),
                JsonPatchCopy(from_=JsonPointer("/a"), path="/c/-"),
            ]
        )
        assert encoded(patch) == [
            {"op": "test", "path": "/spec/replicas", "value": 2},
            {"op": "replace", "path": "/spec/replicas", "value": 3},
            {"op": "add", "path": "/metadata/labels/a~1b", "value": None},
            {"op": "remove", "path": "/x~1y"},
            {"op": "move", "from": "/a", "path": "/b"},
            {"op": "copy", "from": "/a", "path": "/c/-"},
        ]
        assert parse_json_patch(encoded(patch)) == list(patch.operations)

    def test_values_may_be_models(self) -> None:
        spec = BackupSpec(schedule="daily", keep=None)
        operations = [JsonPatchAdd(path="/a", value=spec), JsonPatchAdd(path="/b", value=[ScaleSpec(replicas=1)])]
        assert [operation["value"] for operation in encoded(JsonPatch(operations))] == [
            {"schedule": "daily"},
            [{"replicas": 1}],
        ]

    @given(st.lists(JSON, max_size=4))
    def test_any_json_value_is_written(self, values: list[Any]) -> None:
        operations = [JsonPatchAdd(path="/a", value=value) for value in values]
        assert [operation["value"] for operation in encoded(JsonPatch(operations))] == values

    def test_a_value_that_has_no_json_form_is_refused(self) -> None:
        patch = JsonPatch([JsonPatchRemove(path="/a"), JsonPatchAdd(path="/b", value={"c": math.inf})])
        with pytest.raises(InvalidArgument, match='JsonPatch at "/1/value/c": inf is no JSON number'):
            patch.encode()

    def test_what_is_no_operation_is_refused(self) -> None:
        operations: Any = [{"op": "remove", "path": "/a"}]
        with pytest.raises(InvalidArgument, match="dict is no operation of a JSON patch"):
            JsonPatch(operations)


@pytest.mark.parametrize(
    "make",
    [
        lambda: MergePatch({"data": {"password": "s3cret"}}),
        lambda: StrategicMergePatch({"data": {"password": "s3cret"}}),
        lambda: ApplyPatch({"data": {"password": "s3cret"}}),
        lambda: JsonPatch([JsonPatchAdd(path="/data/password", value="s3cret")]),
    ],
)
def test_contents_stay_out_of_the_repr(make: Callable[[], Patch]) -> None:
    assert "s3cret" not in repr(make())
    assert type(make()).__name__ in repr(make())


def test_everything_a_patch_is_made_of_is_found_in_one_module() -> None:
    for name in patch_module.__all__:
        assert getattr(patch_module, name) is not None
