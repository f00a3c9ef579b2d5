"""Reading as tolerant as Go's: nulls, missing parts and odd times, one by one and at random."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import UNSET, Meta, Raw

from kubex.k8s.v1_35.admissionregistration.v1 import ValidatingWebhookConfiguration
from kubex.k8s.v1_35.apiextensions.v1 import CustomResourceDefinition
from kubex.k8s.v1_35.apps.v1 import Deployment
from kubex.k8s.v1_35.autoscaling.v2 import HorizontalPodAutoscaler
from kubex.k8s.v1_35.batch.v1 import CronJob
from kubex.k8s.v1_35.coordination.v1 import Lease
from kubex.k8s.v1_35.core.v1 import Node, Pod, PodList, Secret, Service
from kubex.k8s.v1_35.events.v1 import Event
from kubex.k8s.v1_35.networking.v1 import NetworkPolicy
from kubex.k8s.v1_35.resource.v1 import ResourceSlice
from kubex_core.models._struct_codec import decode_tolerantly, decoder_for, encode, from_builtins
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.eviction import Eviction
from kubex_core.models.metadata import ManagedFieldsEntry, ObjectMetadata
from kubex_core.models.micro_time import MicroTime
from kubex_core.models.scale import Scale, ScaleStatus
from kubex_core.models.status import Status
from tests.unit.models.resources import Box, Everything, Port, Volume
from tests.unit.models.wire_objects import compact, damaged, wire_object

KINDS: list[type[Any]] = [
    Box,
    CronJob,
    CustomResourceDefinition,
    Deployment,
    Event,
    Everything,
    Eviction,
    HorizontalPodAutoscaler,
    Lease,
    NetworkPolicy,
    Node,
    Pod,
    PodList,
    ResourceSlice,
    Scale,
    Secret,
    Service,
    Status,
    ValidatingWebhookConfiguration,
]
ZERO_TIME = datetime(1, 1, 1, tzinfo=UTC)
ZERO = Everything(
    pod_ip="",
    count=0,
    ratio=0.0,
    ready=False,
    moment=ZERO_TIME,
    micro=MicroTime.of(ZERO_TIME),
    secret=b"",
    port=Port(target=0, number=0),
    words=[],
    ports=[],
    labels={},
    by_name={},
    free=None,
    target=0,
    amount="",
)
REQUIRED = [field.encode_name for field in msgspec.structs.fields(Everything) if field.required]


class Closed(BaseStruct, kw_only=True):
    """Words of an enum, as a document has them, and annotations around unions."""

    policy: Literal["Always", "Never"] | str
    port: Annotated[int | str, Meta(extra={"format": "int-or-string"})]
    annotated: Annotated[str, Meta(description="x")]
    default_word: str = "w"


def tolerantly(value: Any, type_: type[Any] = Everything) -> Any:
    return decode_tolerantly(compact(value), type_)


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_required_field_is_its_type_s_zero_value(name: str) -> None:
    whole = wire_object(Everything, Random(1))
    whole.pop("nested", None)
    attribute = {field.encode_name: field.name for field in msgspec.structs.fields(Everything)}[name]
    read = tolerantly({key: item for key, item in whole.items() if key != name})
    assert getattr(read, attribute) == getattr(ZERO, attribute)
    assert type(getattr(read, attribute)) is type(getattr(ZERO, attribute))
    assert tolerantly({**whole, name: None}) == read


def test_nothing_at_all_is_the_zero_object() -> None:
    assert tolerantly({}) == ZERO
    assert tolerantly(dict.fromkeys(REQUIRED)) == ZERO
    assert tolerantly(None) == ZERO


def test_zero_values_at_depth() -> None:
    read = tolerantly(
        {
            "spec": {"nested": {"nested": {"port": {}, "ports": [{}, None], "byName": {"x": None, "y": {}}}}},
            "volumes": [None, {}, {"name": "a", "limits": {"cpu": None}}],
        },
        Box,
    )
    inner = read.spec.nested.nested
    zero_port = Port(target=0, number=0)
    assert inner.port == zero_port
    assert inner.ports == [zero_port, zero_port]
    assert inner.by_name == {"x": zero_port, "y": zero_port}
    assert read.volumes == [Volume(name=""), Volume(name=""), Volume(name="a", limits={"cpu": ""})]


@pytest.mark.parametrize(
    ("part", "attribute", "expected"),
    [
        ({"words": [None, "a"]}, "words", ["", "a"]),
        ({"labels": {"a": None}}, "labels", {"a": ""}),
        ({"optionalData": {"a": None, "b": "aGk="}}, "optional_data", {"a": b"", "b": b"hi"}),
        ({"optionalTarget": None}, "optional_target", None),
        ({"optionalList": None}, "optional_list", None),
        ({"free": None}, "free", None),
        ({"free": {"a": None}}, "free", {"a": None}),
        ({"moment": ""}, "moment", ZERO_TIME),
        ({"micro": ""}, "micro", MicroTime.of(ZERO_TIME)),
        ({"optionalMoment": ""}, "optional_moment", None),
        ({"optionalMicro": ""}, "optional_micro", None),
        ({"moment": "2016-12-31T23:59:60Z"}, "moment", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ({"micro": "2016-12-31T23:59:60.5Z"}, "micro", datetime(2016, 12, 31, 23, 59, 59, 500000, tzinfo=UTC)),
        ({"moment": "2016-12-31T23:59:60+00:00"}, "moment", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ({"moment": "2026-01-01T00:00:00.123456789Z"}, "moment", datetime(2026, 1, 1, 0, 0, 0, 123457, tzinfo=UTC)),
        ({"moment": "9999-12-31T23:59:59.9999999Z"}, "moment", datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ({"amount": 1}, "amount", "1"),
        ({"volume": {"name": "a", "limits": {"cpu": 0.5}}}, "volume", Volume(name="a", limits={"cpu": "0.5"})),
    ],
)
def test_parts_that_go_reads_and_a_strict_decoder_does_not(part: Any, attribute: str, expected: Any) -> None:
    read = getattr(tolerantly(part), attribute)
    assert read == expected
    assert type(read) is type(expected) or isinstance(read, MicroTime)


@pytest.mark.parametrize(
    "part",
    [
        {"count": "3"},
        {"count": 1.5},
        {"ready": 0},
        {"words": {}},
        {"labels": []},
        {"port": "x"},
        {"moment": "yesterday"},
        {"moment": "2026-01-01"},
        {"moment": "2016-12-31T23:59:61Z"},
        {"amount": True},
        {"podIP": 1},
    ],
)
def test_values_of_another_type_are_refused_as_go_does(part: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        tolerantly(part)


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_tolerantly(b'{"podIP":', Everything)


def test_metadata_is_never_none() -> None:
    for model in (Box, Scale, Eviction, Pod):
        for data in (b'{"metadata":null}', b"{}"):
            assert decode_tolerantly(data, model).metadata == ObjectMetadata()


def test_null_for_a_field_with_a_default_is_the_default() -> None:
    read = tolerantly({"defaultWord": None, "kind": None}, Closed)
    assert read == Closed(policy="", port=0, annotated="", default_word="w")
    assert tolerantly({"kind": None, "apiVersion": None}, Box) == Box()


def test_managed_fields() -> None:
    entries = tolerantly({"managedFields": [{"fieldsV1": None}, {"fieldsV1": {"f:a": {}}}, None, {}]}, ObjectMetadata)
    assert [entry.fields() for entry in entries.managed_fields] == [{}, {"f:a": {}}, {}, {}]
    assert entries.managed_fields[1] == ManagedFieldsEntry(fields_v1=Raw(b'{"f:a":{}}'))
    assert entries.managed_fields[3].fields_v1 is UNSET


def test_unknown_fields_are_passed_over() -> None:
    assert tolerantly({"replicas": None, "new": {"x": None}}, ScaleStatus) == ScaleStatus(replicas=0)


def test_of_dicts_in_both_spellings() -> None:
    assert from_builtins({"pod_ip": None, "byName": {"x": None}}, Everything, tolerant=True) == msgspec.structs.replace(
        ZERO, by_name={"x": Port(target=0, number=0)}
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
class TestRandomObjects:
    @given(seed=st.integers(0, 2**64), share=st.floats(0.01, 0.5))
    @example(seed=0, share=1.0)
    def test_nothing_nulled_or_gone_makes_it_fail(self, kind: type[Any], seed: int, share: float) -> None:
        random = Random(seed)
        data = compact(damaged(wire_object(kind, random), random, share))
        read = decode_tolerantly(data, kind)
        assert type(read) is kind
        try:
            expected = decoder_for(kind).decode(data)
        except msgspec.ValidationError:
            # What was filled in is a whole object, which the fast decoder reads.
            expected = decoder_for(kind).decode(encode(read))
        assert read == expected

    @given(seed=st.integers(0, 2**64))
    def test_whole_objects_are_read_alike_by_all_ways(self, kind: type[Any], seed: int) -> None:
        data = compact(wire_object(kind, Random(seed)))
        read = decoder_for(kind).decode(data)
        assert decode_tolerantly(data, kind) == read
        assert decoder_for(kind).decode(encode(read)) == read
        assert kind.model_validate(msgspec.json.decode(data)) == read
        assert kind.model_validate_json(data) == read
        for by_alias in (True, False):
            assert kind.model_validate(read.model_dump(by_alias=by_alias, exclude_none=True)) == read
            assert kind.model_validate_json(read.model_dump_json(by_alias=by_alias)) == read
