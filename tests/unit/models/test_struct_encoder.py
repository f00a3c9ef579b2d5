"""What goes over the wire, and what is refused before it does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest

from kubex_core.models._struct_encoder import encode, encode_leniently, refuse_naive_moments
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.metadata import ManagedFieldsEntry, ObjectMetadata
from kubex_core.models.status import Status
from tests.unit.models.resources import Backup, BackupSpec, Box, Volume

NAIVE = datetime(2026, 1, 1, 12)
AWARE = NAIVE.replace(tzinfo=UTC)


class Word(str):
    __slots__ = ()


class Number(int):
    pass


class Share(float):
    pass


class Colour(StrEnum):
    RED = "Red"


class FrozenTime(datetime):
    pass


class Holder(BaseStruct, kw_only=True):
    value: Any = None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Word("a"), '"a"'),
        (Number(3), "3"),
        (Share(0.5), "0.5"),
        (Colour.RED, '"Red"'),
        ({Word("k"): Word("v")}, '{"k":"v"}'),
        (FrozenTime(2026, 1, 1, tzinfo=UTC), '"2026-01-01T00:00:00+00:00"'),
        (AWARE, '"2026-01-01T12:00:00Z"'),
        (AWARE.replace(tzinfo=timezone(timedelta(hours=-5))), '"2026-01-01T12:00:00-05:00"'),
        (BackupSpec(schedule="@daily"), '{"schedule":"@daily","keep":3}'),
        (Volume(name="a"), '{"name":"a"}'),
        ((1, 2), "[1,2]"),
        (b"hi", '"aGk="'),
        (None, "null"),
    ],
)
def test_values_that_have_a_json_form(value: Any, text: str) -> None:
    assert encode([value]).decode() == f"[{text}]"
    if value is not None:
        assert encode(Holder(value=value)).decode() == f'{{"value":{text}}}'
        assert Holder(value=value).model_dump_json(by_alias=True, exclude_none=True) == f'{{"value":{text}}}'


def test_what_has_none_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        encode({"a": object()})
    with pytest.raises(TypeError, match="object has no JSON form"):
        Holder(value=object()).model_dump(mode="json")


def test_api_version_and_kind_are_always_written_and_nothing_else_that_is_unset() -> None:
    assert encode(Box()) == b'{"apiVersion":"example.com/v1","kind":"Box","metadata":{}}'
    assert encode(Status()) == b'{"apiVersion":"v1","kind":"Status","metadata":{}}'
    assert encode(ManagedFieldsEntry()) == b"{}"


def test_a_list_has_its_items_even_when_there_are_none() -> None:
    page = Box.__RESOURCE_CONFIG__.list_model()
    assert encode(page) == b'{"apiVersion":"example.com/v1","kind":"BoxList","metadata":{},"items":[]}'


@pytest.mark.parametrize(
    ("value", "where"),
    [
        (Holder(value=NAIVE), "value"),
        (Box(metadata=ObjectMetadata(deletion_timestamp=NAIVE)), r"metadata\.deletionTimestamp"),
        (
            Box(
                metadata=ObjectMetadata(managed_fields=[ManagedFieldsEntry(time=AWARE), ManagedFieldsEntry(time=NAIVE)])
            ),
            r"metadata\.managedFields\[1\]\.time",
        ),
        ({"a": {"b": [AWARE, NAIVE.replace(microsecond=5)]}}, r"a\.b\[1\]"),
        ([NAIVE], r"\[0\]"),
        (Holder(value={"x": Holder(value=(NAIVE,))}), r"value\.x\.value\[0\]"),
    ],
)
def test_a_datetime_without_a_time_zone_is_refused_and_named(value: Any, where: str) -> None:
    with pytest.raises(ValueError, match=rf"^{where}: a datetime needs a time zone, as datetime\.now\(timezone\.utc\)"):
        encode(value)
    encode_leniently(value)


def test_pydantic_models_are_searched_too() -> None:
    backup = Backup(metadata=ObjectMetadata(creation_timestamp=NAIVE), spec=BackupSpec(schedule="@daily"))
    with pytest.raises(ValueError, match=r"^metadata\.creationTimestamp: "):
        refuse_naive_moments(backup, backup.model_dump_json(by_alias=True).encode())


def test_texts_that_look_like_one_are_texts() -> None:
    metadata = ObjectMetadata(annotations={"at": "2026-01-01T12:00:00"}, creation_timestamp=AWARE)
    assert encode(Box(metadata=metadata)).count(b"2026-01-01T12:00:00") == 2


def test_dumping_shows_a_naive_datetime_as_it_is() -> None:
    assert Holder(value=NAIVE).model_dump_json(by_alias=True, exclude_none=True) == '{"value":"2026-01-01T12:00:00"}'
