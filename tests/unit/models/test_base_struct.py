"""The Pydantic words that structs speak."""

from __future__ import annotations

import base64
import copy
import json
import pickle
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from msgspec import Raw

from kubex_core.models.base_struct import BaseStruct, always_written
from kubex_core.models.metadata import ManagedFieldsEntry, ObjectMetadata, OwnerReference
from kubex_core.models.micro_time import MicroTime
from kubex_core.models.scale import Scale, ScaleSpec
from kubex_core.models.status import Status, StatusCause, StatusDetails
from kubex_core.models.struct_entity import StructEntity
from tests.unit.models.resources import BackupSpec, Box, Cluster, Everything, Port, Volume

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

WIRE: dict[str, Any] = {
    "podIP": "10.0.0.1",
    "count": 3,
    "ratio": 0.5,
    "ready": True,
    "moment": "2026-01-02T03:04:05Z",
    "micro": "2026-01-02T03:04:05.000000Z",
    "secret": "aGk=",
    "port": {"target": "http", "number": 80},
    "words": ["a"],
    "ports": [{"target": 8080, "number": 81}],
    "labels": {"a_b": "c"},
    "byName": {"x_y": {"target": 1, "number": 2}},
    "free": {"any_thing": [1, None, {"k_k": "v"}]},
    "target": 25,
    "amount": "1Gi",
    "volume": {"name": "data", "limits": {"cpu": "1"}},
}
EVERYTHING = Everything(
    pod_ip="10.0.0.1",
    count=3,
    ratio=0.5,
    ready=True,
    moment=MOMENT,
    micro=MicroTime.of(MOMENT),
    secret=b"hi",
    port=Port(target="http", number=80),
    words=["a"],
    ports=[Port(target=8080, number=81)],
    labels={"a_b": "c"},
    by_name={"x_y": Port(target=1, number=2)},
    free={"any_thing": [1, None, {"k_k": "v"}]},
    target=25,
    amount="1Gi",
    volume=Volume(name="data", limits={"cpu": "1"}),
)


def python_names() -> dict[str, Any]:
    """`WIRE` with the attributes' names."""
    renamed = {"podIP": "pod_ip", "byName": "by_name"}
    return {renamed.get(key, key): value for key, value in WIRE.items()}


class TestValidate:
    def test_takes_the_json_names(self) -> None:
        assert Everything.model_validate(WIRE) == EVERYTHING

    def test_takes_the_attributes_names(self) -> None:
        assert Everything.model_validate(python_names()) == EVERYTHING

    def test_takes_both_mixed_at_every_depth(self) -> None:
        box = Box.model_validate(
            {
                "apiVersion": "example.com/v1",
                "metadata": {
                    "generate_name": "web-",
                    "ownerReferences": [{"api_version": "v1", "kind": "Pod", "name": "p", "uid": "1"}],
                    "labels": {"generate_name": "kept", "apiVersion": "kept"},
                },
                "spec": {**WIRE, "nested": python_names()},
            }
        )
        assert box.metadata.generate_name == "web-"
        assert box.metadata.owner_references == [OwnerReference(api_version="v1", kind="Pod", name="p", uid="1")]
        assert box.metadata.labels == {"generate_name": "kept", "apiVersion": "kept"}
        assert box.spec is not None
        assert box.spec.nested == EVERYTHING

    def test_of_both_spellings_of_one_field_takes_the_json_s(self) -> None:
        for given in ({"podIP": "a", "pod_ip": "b"}, {"pod_ip": "b", "podIP": "a"}):
            assert Everything.model_validate({**WIRE, **given}).pod_ip == "a"

    def test_takes_model_objects_as_values(self) -> None:
        given = {**WIRE, "volume": Volume(name="data", limits={"cpu": "1"}), "ports": [Port(target=8080, number=81)]}
        given |= {"moment": MOMENT, "micro": MOMENT, "secret": b"hi"}
        assert Everything.model_validate(given) == EVERYTHING

    def test_takes_objects_of_other_classes_by_their_json(self) -> None:
        class OtherVolume(BaseStruct, kw_only=True):
            name: str
            colour: str = "red"

        class OwnVolume(Volume, kw_only=True):
            colour: str = "red"

        for volume in (OtherVolume(name="x"), OwnVolume(name="x")):
            assert Box.model_validate({"volumes": [volume]}).volumes == [Volume(name="x")]
        box = Box()
        for other in (Scale(metadata=ObjectMetadata(name="a")), Cluster(metadata=ObjectMetadata(name="a"))):
            other.api_version, other.kind = box.api_version, box.kind
            assert Box.model_validate(other).metadata.name == "a"

    def test_gives_an_object_of_the_class_as_it_is(self) -> None:
        assert Everything.model_validate(EVERYTHING) is EVERYTHING

    def test_passes_over_what_it_does_not_know(self) -> None:
        assert Volume.model_validate({"name": "a", "colour": "red"}) == Volume(name="a")

    def test_null_is_the_default_where_the_field_is_never_none(self) -> None:
        assert Box.model_validate({"metadata": None, "kind": None}) == Box()
        assert ManagedFieldsEntry.model_validate({"fieldsV1": None}) == ManagedFieldsEntry()

    @pytest.mark.parametrize(
        ("changes", "where"),
        [
            ({"count": "3"}, r"`\$\.count`"),
            ({"ready": 1}, r"`\$\.ready`"),
            ({"podIP": 5}, r"`\$\.podIP`"),
            ({"podIP": None}, r"`\$\.podIP`"),
            ({"moment": "yesterday"}, r"`\$\.moment`"),
            ({"micro": "yesterday"}, r"`\$\.micro`"),
            ({"secret": "***"}, r"`\$\.secret`"),
            ({"port": []}, r"`\$\.port`"),
            ({"port": {"number": 1}}, "missing required field `target`"),
            ({"words": ["a", 1]}, r"`\$\.words\[1\]`"),
            ({"byName": {"x": {"target": 1, "number": "no"}}}, r"`\$\.byName\[\.\.\.\]\.number`"),
            ({"volume": "data"}, r"`\$\.volume`"),
            ({"amount": True}, r"`\$\.amount`"),
            ({"amount": float("nan")}, r"`\$\.amount`"),
        ],
    )
    def test_refuses_what_does_not_fit_and_says_where(self, changes: dict[str, Any], where: str) -> None:
        with pytest.raises(msgspec.ValidationError, match=where):
            Everything.model_validate({**WIRE, **changes})

    @pytest.mark.parametrize("value", [None, [], "text", 3])
    def test_refuses_what_is_no_dict(self, value: Any) -> None:
        with pytest.raises(ValueError, match="Expected `object`"):
            Volume.model_validate(value)

    @pytest.mark.parametrize(
        ("given", "text"), [(1, "1"), (0, "0"), (-2, "-2"), (0.5, "0.5"), (2**70, str(2**70)), ("1Gi", "1Gi")]
    )
    def test_takes_numbers_as_quantities(self, given: Any, text: str) -> None:
        volume = Volume.model_validate({"name": "a", "size": given, "limits": {"cpu": given}})
        assert (volume.size, volume.limits) == (text, {"cpu": text})

    def test_lax_reading_converts_texts(self) -> None:
        assert Port.model_validate({"target": "1", "number": "2"}, strict=False).number == 2


class TestValidateJson:
    def test_reads_text_and_bytes(self) -> None:
        text = json.dumps(WIRE)
        for data in (text, text.encode(), bytearray(text.encode())):
            assert Everything.model_validate_json(data) == EVERYTHING

    def test_takes_both_spellings(self) -> None:
        assert Everything.model_validate_json(json.dumps(python_names())) == EVERYTHING
        assert Everything.model_validate_json(json.dumps({**WIRE, "nested": python_names()})).nested == EVERYTHING

    def test_takes_numbers_as_quantities(self) -> None:
        assert Volume.model_validate_json('{"name":"a","size":2}').size == "2"

    def test_null_is_the_default_where_the_field_is_never_none(self) -> None:
        assert Box.model_validate_json('{"metadata":null}') == Box()

    def test_refuses_what_does_not_fit(self) -> None:
        with pytest.raises(msgspec.ValidationError, match=r"`\$\.name`"):
            Volume.model_validate_json('{"name":1}')
        with pytest.raises(msgspec.ValidationError, match="missing required field `name`"):
            Volume.model_validate_json("{}")

    @pytest.mark.parametrize("text", ["", "{", "no", '{"name":"a"} x'])
    def test_refuses_what_is_no_json(self, text: str) -> None:
        with pytest.raises(msgspec.DecodeError):
            Volume.model_validate_json(text)


class TestDump:
    def test_python_mode_keeps_dates_and_bytes(self) -> None:
        dumped = EVERYTHING.model_dump()
        assert dumped["pod_ip"] == "10.0.0.1"
        assert dumped["moment"] is MOMENT
        assert dumped["secret"] == b"hi"
        assert dumped["volume"] == {"name": "data", "size": None, "limits": {"cpu": "1"}}
        assert dumped["by_name"] == {"x_y": {"target": 1, "number": 2}}
        assert dumped["optional_word"] is None
        assert set(dumped) == set(Everything.__struct_fields__)

    def test_json_mode_with_the_json_s_names_is_the_wire_form(self) -> None:
        assert EVERYTHING.model_dump(mode="json", by_alias=True, exclude_none=True) == WIRE

    def test_exclude_unset_is_exclude_none(self) -> None:
        for by_alias in (True, False, None):
            for mode in ("python", "json"):
                assert EVERYTHING.model_dump(mode=mode, by_alias=by_alias, exclude_unset=True) == EVERYTHING.model_dump(
                    mode=mode, by_alias=by_alias, exclude_none=True
                )

    def test_nulls_in_free_form_parts_stay(self) -> None:
        dumped = EVERYTHING.model_dump(mode="json", by_alias=True, exclude_none=True)
        assert dumped["free"] == {"any_thing": [1, None, {"k_k": "v"}]}

    def test_gives_fresh_containers(self) -> None:
        dumped = EVERYTHING.model_dump()
        dumped["labels"]["new"] = "x"
        dumped["free"]["any_thing"].append(1)
        assert EVERYTHING.labels == {"a_b": "c"}
        assert EVERYTHING.free == {"any_thing": [1, None, {"k_k": "v"}]}

    def test_managed_fields_come_parsed(self) -> None:
        metadata = ObjectMetadata(managed_fields=[ManagedFieldsEntry(fields_v1=Raw(b'{"f:spec":{}}'))])
        dumped = metadata.model_dump(by_alias=True, exclude_none=True)
        assert dumped == {"managedFields": [{"fieldsV1": {"f:spec": {}}}]}
        assert ManagedFieldsEntry().model_dump()["fields_v1"] is None
        assert ManagedFieldsEntry().model_dump(exclude_none=True) == {}

    def test_pydantic_models_in_free_form_parts(self) -> None:
        changed = EVERYTHING.model_copy(update={"free": BackupSpec(schedule="@daily")})
        assert changed.model_dump(mode="json")["free"] == {"schedule": "@daily", "keep": 3}
        assert changed.model_dump(exclude_none=True)["free"] == {"schedule": "@daily", "keep": 3}

    @pytest.mark.parametrize("exclude", [{}, {"exclude_none": True}, {"exclude_unset": True}])
    @pytest.mark.parametrize("by_alias", [True, False, None])
    def test_json_text_says_what_the_dict_says(self, exclude: dict[str, bool], by_alias: bool | None) -> None:
        for value in (EVERYTHING, Box(spec=EVERYTHING), Status(details=StatusDetails(causes=[StatusCause(field="x")]))):
            dumped = value.model_dump(mode="json", by_alias=by_alias, **exclude)
            text = value.model_dump_json(by_alias=by_alias, **exclude)
            assert json.loads(text) == dumped
            assert json.loads(value.model_dump_json(by_alias=by_alias, indent=2, **exclude)) == dumped
            assert list(json.loads(text)) == list(dumped)

    def test_json_text_can_be_indented(self) -> None:
        assert Volume(name="a").model_dump_json(exclude_none=True, indent=2) == '{\n  "name": "a"\n}'

    @pytest.mark.parametrize("by_alias", [True, False])
    @pytest.mark.parametrize("mode", ["python", "json"])
    @pytest.mark.parametrize("exclude_none", [True, False])
    def test_what_is_dumped_is_read_again(self, mode: str, by_alias: bool, exclude_none: bool) -> None:
        box = Box(
            metadata=ObjectMetadata(
                creation_timestamp=MOMENT,
                managed_fields=[ManagedFieldsEntry(fields_v1=Raw(b'{"f:a":{}}')), ManagedFieldsEntry(manager="m")],
            ),
            spec=EVERYTHING,
        )
        dumped = box.model_dump(mode=mode, by_alias=by_alias, exclude_none=exclude_none)
        assert Box.model_validate(dumped) == box
        text = box.model_dump_json(by_alias=by_alias, exclude_none=exclude_none)
        assert Box.model_validate_json(text) == box


class TestCopy:
    def test_shallow_shares_what_it_holds(self) -> None:
        copied = EVERYTHING.model_copy()
        assert copied == EVERYTHING
        assert copied is not EVERYTHING
        assert copied.port is EVERYTHING.port

    def test_deep_shares_nothing_that_changes(self) -> None:
        entry = ManagedFieldsEntry(fields_v1=Raw(b'{"f:spec":{}}'))
        box = Box(metadata=ObjectMetadata(managed_fields=[entry]), spec=EVERYTHING)
        copied = box.model_copy(deep=True)
        assert copied == box
        assert copied.spec is not None
        assert copied.spec.port is not EVERYTHING.port
        assert copied.metadata.managed_fields is not None
        assert copied.metadata.managed_fields[0] is not entry
        assert copied.metadata.managed_fields[0].fields_v1 == Raw(b'{"f:spec":{}}')
        copied.metadata.name = "other"
        assert box.metadata.name is None

    def test_update_changes_the_copy_alone(self) -> None:
        copied = EVERYTHING.model_copy(update={"count": 4, "pod_ip": "::1"})
        assert (copied.count, copied.pod_ip) == (4, "::1")
        assert EVERYTHING.count == 3

    def test_update_of_what_can_not_be_changed(self) -> None:
        class Fixed(  # type: ignore[misc]
            BaseStruct,
            kw_only=True,
            frozen=True,  # pyright: ignore[reportGeneralTypeIssues]
        ):
            size: int
            volume: Volume

        fixed = Fixed(size=1, volume=Volume(name="a"))
        assert fixed.model_copy(update={"size": 2}) == Fixed(size=2, volume=fixed.volume)
        assert fixed.model_copy(update={"size": 2}, deep=True).volume is not fixed.volume
        assert fixed.size == 1
        with pytest.raises(AttributeError, match="colour"):
            fixed.model_copy(update={"colour": "red"})

    def test_update_of_what_is_no_field(self) -> None:
        with pytest.raises(AttributeError, match="podIP"):
            EVERYTHING.model_copy(update={"podIP": "::1"})

    def test_copy_and_deepcopy_modules(self) -> None:
        assert copy.copy(EVERYTHING) == EVERYTHING
        assert copy.deepcopy(EVERYTHING) == EVERYTHING


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling(protocol: int) -> None:
    entry = ManagedFieldsEntry(fields_v1=Raw(b'{"f:spec":{}}'))
    box = Box(metadata=ObjectMetadata(managed_fields=[entry, ManagedFieldsEntry()]), spec=EVERYTHING)
    loaded = pickle.loads(pickle.dumps(box, protocol))
    assert loaded == box
    assert type(loaded.spec.micro) is MicroTime


class TestEquality:
    def test_is_by_value(self) -> None:
        assert Scale(spec=ScaleSpec(replicas=1)) == Scale(spec=ScaleSpec(replicas=1))
        assert Scale(spec=ScaleSpec(replicas=1)) != Scale(spec=ScaleSpec(replicas=2))

    def test_is_of_one_class(self) -> None:
        assert StructEntity() != BaseStruct()

    def test_objects_that_change_have_no_hash(self) -> None:
        with pytest.raises(TypeError, match="unhashable"):
            hash(Scale())


def test_repr_shows_what_is_set() -> None:
    assert repr(Volume(name="a")) == "Volume(name='a')"


def test_fields_that_are_always_written() -> None:
    class Thing(BaseStruct, kw_only=True):
        kind: str = msgspec.field(default_factory=always_written("Thing"))
        word: str = "w"

    assert msgspec.json.encode(Thing()) == b'{"kind":"Thing"}'
    assert Thing().kind == "Thing"


def test_secrets_survive_as_bytes() -> None:
    secret = bytes(range(256))
    dumped = EVERYTHING.model_copy(update={"secret": secret}).model_dump(mode="json")
    assert dumped["secret"] == base64.b64encode(secret).decode()
    assert Everything.model_validate(dumped).secret == secret
