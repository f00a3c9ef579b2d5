"""Metadata, and above all that what is kept of a response is not the response."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from datetime import UTC, datetime

import msgspec
import pytest
from msgspec import UNSET, Raw

from kubex_core.models._struct_codec import decoder_for, encode
from kubex_core.models.metadata import ListMetadata, ManagedFieldsEntry, ObjectMetadata
from kubex_core.models.partial_object_meta import PartialObjectMetadata

FIELDS = b'{"f:metadata":{"f:labels":{".":{},"f:app":{}}}}'
ENTRY = b'{"manager":"kubectl","fieldsType":"FieldsV1","fieldsV1":' + FIELDS + b"}"


def test_managed_fields_are_kept_as_their_bytes() -> None:
    entry = decoder_for(ManagedFieldsEntry).decode(ENTRY)
    assert isinstance(entry.fields_v1, Raw)
    assert bytes(entry.fields_v1) == FIELDS
    assert entry.fields() == {"f:metadata": {"f:labels": {".": {}, "f:app": {}}}}
    assert encode(entry) == b'{"manager":"kubectl","fieldsType":"FieldsV1","fieldsV1":' + FIELDS + b"}"


@pytest.mark.parametrize("data", [b"{}", b'{"fieldsV1":null}'])
def test_managed_fields_without_fields(data: bytes) -> None:
    entry = decoder_for(ManagedFieldsEntry).decode(data)
    assert entry.fields() == {}
    assert entry == ManagedFieldsEntry()


def test_no_fields_are_unset() -> None:
    assert ManagedFieldsEntry().fields_v1 is UNSET


def test_a_decoded_object_holds_no_reference_to_its_response() -> None:
    data = b'{"metadata":{"name":"a","managedFields":[' + ENTRY + b"," + ENTRY + b"]}}"
    before = sys.getrefcount(data)
    partial = decoder_for(PartialObjectMetadata).decode(data)
    assert sys.getrefcount(data) == before
    # What the test above looks for is really there without the copy.
    uncopied = msgspec.json.decode(data, type=dict[str, Raw])
    assert sys.getrefcount(data) > before
    assert partial.metadata.managed_fields is not None
    assert len(partial.metadata.managed_fields) == len(uncopied) + 1


def test_the_response_of_a_list_is_freed_while_its_objects_live() -> None:
    padding = b'"' + b"x" * 1_000_000 + b'"'  # a field that no model reads
    item = b'{"padding":' + padding + b',"metadata":{"managedFields":[' + ENTRY + b"]}}"
    list_model = PartialObjectMetadata.__RESOURCE_CONFIG__.list_model
    decoder = decoder_for(list_model)
    decoder.decode(b'{"items":[]}')
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        page = decoder.decode(b'{"items":[' + b",".join([item] * 8) + b"]}")
        gc.collect()
        kept = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert len(page.items) == 8
    assert kept < 50_000


def test_names_of_the_json() -> None:
    metadata = ObjectMetadata(
        creation_timestamp=datetime(2026, 1, 1, tzinfo=UTC),
        deletion_grace_period_seconds=0,
        generate_name="a-",
        resource_version="5",
        self_link="/x",
    )
    assert metadata.model_dump(mode="json", by_alias=True, exclude_none=True) == {
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "deletionGracePeriodSeconds": 0,
        "generateName": "a-",
        "resourceVersion": "5",
        "selfLink": "/x",
    }
    assert ListMetadata(continue_="token").model_dump(by_alias=True, exclude_none=True) == {"continue": "token"}
