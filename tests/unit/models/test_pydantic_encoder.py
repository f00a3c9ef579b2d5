"""What is unset is left out of Pydantic models, and a null that says something is not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import pytest
from pydantic import (
    ConfigDict,
    Field,
    RootModel,
    SecretBytes,
    SecretStr,
    TypeAdapter,
    computed_field,
    field_serializer,
    model_serializer,
)
from typing_extensions import TypedDict

from kubex.core.codec import codec_for, encode
from kubex.core.patch import ApplyPatch, MergePatch
from kubex_core.models.base_entity import BaseEntity
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.camel_model import CamelModel
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.interfaces import NamespaceScopedEntity
from kubex_core.models.metadata import ObjectMetadata
from kubex_core.models.resource_config import ResourceConfig
from kubex_core.models.struct_entity import StructEntity


class Window(BaseStruct, kw_only=True):
    last_day: str | None
    first_day: str | None = None
    length: int | None = 3


class Plan(CamelModel):
    model_config = ConfigDict(extra="allow")

    keep_days: int | None
    owner: str | None = None
    retries: int | None = 4
    secret: str | None = Field(exclude=True)
    window: Window | None = None


class Plans(RootModel[list[Plan]]):
    """A list with a name."""


class Where(TypedDict):
    zone: str | None


@dataclass
class Size:
    bytes: int | None
    files: int | None = None


class Reshaped(CamelModel):
    lost: int | None

    @model_serializer
    def text(self) -> str:
        return "reshaped"


class Nightly(BaseEntity, NamespaceScopedEntity):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

    spec: Any


class Weekly(StructEntity, NamespaceScopedEntity, kw_only=True):
    __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

    spec: Any


PLAN = Plan(keep_days=None, retries=None, secret=None, window=Window(last_day=None, length=None), **{"unheard": None})
WRITTEN = {"keepDays": None, "retries": None, "window": {"lastDay": None, "length": None}, "unheard": None}
SHORT = Plan(keep_days=1, secret=None)


@pytest.mark.parametrize("resource", [Nightly, Weekly])
@pytest.mark.parametrize(
    ("spec", "written"),
    [
        (PLAN, WRITTEN),
        (SHORT, {"keepDays": 1, "retries": 4}),
        ([SHORT, PLAN], [{"keepDays": 1, "retries": 4}, WRITTEN]),
        ({"a": PLAN, "b": None}, {"a": WRITTEN, "b": None}),
        (Plans([PLAN]), [WRITTEN]),
        (Reshaped(lost=None), "reshaped"),
    ],
)
def test_nulls_that_say_something_are_written(resource: Any, spec: Any, written: Any) -> None:
    assert json.loads(encode(resource(spec=spec)))["spec"] == written


def test_the_parts_of_other_kinds() -> None:
    class Mixed(BaseEntity, NamespaceScopedEntity):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

        where: Where
        size: Size

    mixed = Mixed(where={"zone": None}, size=Size(None))
    assert json.loads(encode(mixed)) == {
        "apiVersion": "example.com/v1",
        "kind": "Mixed",
        "metadata": {},
        "where": {"zone": None},
        "size": {"bytes": None},
    }


def test_what_was_read_is_written_again() -> None:
    class Typed(BaseEntity, NamespaceScopedEntity):
        __RESOURCE_CONFIG__: ClassVar[ResourceConfig[Self]] = ResourceConfig(group="example.com", version="v1")

        spec: Plan

    content = {"apiVersion": "example.com/v1", "kind": "Typed", "metadata": {"name": "a"}, "spec": WRITTEN}
    typed = codec_for(Typed).decode(json.dumps({**content, "spec": {**WRITTEN, "secret": None}}).encode())
    assert json.loads(encode(typed)) == content


def test_a_struct_of_a_subclass_keeps_a_null_that_it_needs() -> None:
    class Longer(Window, kw_only=True):
        pass

    class Holder(BaseStruct, kw_only=True):
        window: Window

    assert Holder.model_validate({"window": Longer(last_day=None)}) == Holder(window=Window(last_day=None))


POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"nothing": None}}


@pytest.mark.parametrize("resource", [Nightly, Weekly])
@pytest.mark.parametrize(
    ("spec", "written"),
    [
        (DynamicObject(POD), POD),
        ([DynamicObject(POD)], [POD]),
        (
            {"a": DynamicObject(POD), "b": Window(last_day="x", length=5)},
            {"a": POD, "b": {"lastDay": "x", "length": 5}},
        ),
        (Window(last_day="Monday", length=5), {"lastDay": "Monday", "length": 5}),
        (
            DynamicObject({"kind": "A", "inner": [Window(last_day="x", length=5), DynamicObject(POD)]}),
            {"kind": "A", "inner": [{"lastDay": "x", "length": 5}, POD]},
        ),
    ],
)
def test_a_field_of_any_type_holds_objects_of_every_form(resource: Any, spec: Any, written: Any) -> None:
    made = resource(metadata=ObjectMetadata(name="a"), spec=spec)
    assert json.loads(encode(made))["spec"] == written
    assert json.loads(ApplyPatch(made).encode())["spec"] == written
    assert json.loads(MergePatch(made).encode())["spec"] == written


def test_pydantic_itself_writes_them() -> None:
    anything = TypeAdapter(Any)
    assert anything.dump_python({"a": DynamicObject(POD)}, mode="json") == {"a": POD}
    assert json.loads(anything.dump_json([Window(last_day="x")], by_alias=True, exclude_none=True)) == [
        {"lastDay": "x", "length": 3}
    ]


class Account(CamelModel):
    pass_word: SecretStr
    others: list[SecretStr] = Field(default_factory=list[SecretStr])
    raw: SecretBytes | None = None
    shown: SecretStr | None = None
    left: int | None = 1

    @field_serializer("shown", when_used="json")
    def _shown(self, value: SecretStr | None) -> str | None:
        return None if value is None else f"<{len(value)}>"


@pytest.mark.parametrize("resource", [Nightly, Weekly])
def test_the_api_server_is_told_secrets(resource: Any) -> None:
    account = Account(pass_word=SecretStr("sesame"), others=[SecretStr("a"), SecretStr("")], shown=SecretStr("abc"))
    made = resource(metadata=ObjectMetadata(name="a"), spec={"in": [account]})
    for data in (encode(made), ApplyPatch(made).encode()):
        assert json.loads(data)["spec"] == {
            "in": [{"passWord": "sesame", "others": ["a", ""], "shown": "<3>", "left": 1}]
        }
    assert "sesame" not in repr(made)
    assert json.loads(MergePatch(Account(pass_word=SecretStr("sesame"))).encode()) == {"passWord": "sesame"}


def test_an_applied_model_has_the_nulls_that_a_created_one_has() -> None:
    made = Nightly(metadata=ObjectMetadata(name="a"), spec=PLAN)
    assert json.loads(ApplyPatch(made).encode())["spec"] == json.loads(encode(made))["spec"] == WRITTEN


def test_a_method_of_a_users_own_is_not_asked_for_a_secret() -> None:
    class Reader(CamelModel):
        last: str | None

        def get_secret_value(self) -> str:
            raise AssertionError("nobody asked for it")

    assert json.loads(encode(Nightly(spec=Reader(last=None))))["spec"] == {"last": None}


class Derived(CamelModel):
    model_config = ConfigDict(extra="allow")

    name: str | None = "a"

    @computed_field  # type: ignore[prop-decorator]
    @property
    def full_name(self) -> str | None:
        return self.name

    @computed_field(alias="all")  # type: ignore[prop-decorator]
    @property
    def windows(self) -> list[Window]:
        return [Window(last_day=None)]


def test_nulls_inside_of_computed_fields_are_written() -> None:
    class Computing(CamelModel):
        @computed_field(alias="all")  # type: ignore[prop-decorator]
        @property
        def plans(self) -> list[Plan]:
            return [PLAN]

    assert json.loads(encode(Nightly(spec=Computing())))["spec"] == {"all": [WRITTEN]}


@pytest.mark.parametrize(("name", "written"), [("b", b'"fullName":"b"'), (None, None)])
def test_a_computed_value_stands_in_for_the_one_that_was_read(name: str | None, written: bytes | None) -> None:
    derived = Derived.model_validate({"fullName": "old", "other": 1})
    derived.name = name
    made = Nightly(metadata=ObjectMetadata(name="a"), spec=derived)
    for data in (encode(made), ApplyPatch(made).encode()):
        assert b"old" not in data
        assert data.count(b"fullName") == (written is not None)
        assert written is None or written in data
        assert json.loads(data)["spec"]["other"] == 1
