"""Messages of every release, to bytes and back, and held to the release's OpenAPI document."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubex.testing.protobuf.message_types import MessageTypes, load_message_types
from kubex.testing.protobuf.reading import MessageReader
from kubex.testing.protobuf.writing import MessageWriter
from kubex.testing.registry import builtin_resources
from kubex.testing.schema.openapi_document import kept_versions, load_document
from tests.unit.testing.protobuf.generated_messages import messages

KINDS = "x-kubernetes-group-version-kind"
VERSIONS = kept_versions()


@cache
def kinds_of(version: str) -> list[str]:
    document, types = load_document(version), load_message_types(version)
    found: list[str] = []
    for name in document.definitions:
        for kind in document.definition(name).get(KINDS, ()):
            api_version = f"{kind['group']}/{kind['version']}" if kind["group"] else kind["version"]
            message = types.of_kind(api_version, kind["kind"])
            assert message == name, kind
            found.append(name)
            break
    return found


def properties(types: MessageTypes, name: str) -> set[str]:
    """Names in JSON of a message's fields, with those of the messages whose fields stand among them."""
    found: set[str] = set()
    for field in types.message(name).fields.values():
        found |= {field.json_name} if field.json_name else properties(types, field.type)
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_every_kind_has_a_message_with_the_fields_of_its_document(version: str) -> None:
    document, types = load_document(version), load_message_types(version)
    pending, seen = list(kinds_of(version)), set[str]()
    assert len(pending) > 150
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        expected = set(document.definition(name).get("properties", {})) - {"apiVersion", "kind"}
        fields = properties(types, name)
        # The kind of an object is in its envelope; where it is a reference's, it is a field.
        assert fields - {"apiVersion", "kind"} == expected, name
        inner = [field.type for field in types.message(name).fields.values()]
        pending += [type_ for type_ in inner if type_ in document.definitions]
    assert len(seen) > 500


@pytest.mark.parametrize("version", VERSIONS)
def test_all_that_is_served_has_a_message(version: str) -> None:
    types = load_message_types(version)
    for resource in builtin_resources(load_document(version), "all"):
        assert types.of_kind(resource.api_version, resource.kind) is not None, resource
        if "list" in resource.verbs:
            assert types.of_kind(resource.api_version, resource.list_kind) is not None, resource
        for each in resource.subresources.values():
            api_version = f"{each.group}/{each.version}" if each.group else each.version
            # Options of this kind are query parameters, and stand in no body.
            assert each.kind.endswith("Options") or types.of_kind(api_version, each.kind) is not None, each


@pytest.mark.parametrize("version", VERSIONS)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_json_comes_back_from_bytes_as_it_was(version: str, data: st.DataObject) -> None:
    types = load_message_types(version)
    name = data.draw(st.sampled_from(kinds_of(version)))
    value = data.draw(messages(types, name))
    written = MessageWriter(types).write(name, value)
    assert MessageReader(types).read(name, written) == value


POD = "io.k8s.api.core.v1.Pod"


def read(name: str, data: bytes) -> dict[str, Any]:
    return MessageReader(load_message_types("1.35")).read(name, data)


def test_a_message_in_parts_is_put_together() -> None:
    spec = b"\x12\x05\x52\x03foo"  # spec.nodeName
    more = b"\x12\x05\x1a\x03bar"  # spec.restartPolicy
    assert read(POD, spec + more) == {"spec": {"nodeName": "foo", "restartPolicy": "bar"}}
    assert read(POD, spec + b"\x12\x05\x52\x03bar") == {"spec": {"nodeName": "bar"}}


def test_numbers_may_be_packed() -> None:
    context = "io.k8s.api.core.v1.PodSecurityContext"
    assert read(context, b"\x20\x01\x20\x80\x01") == {"supplementalGroups": [1, 128]}
    assert read(context, b"\x22\x03\x01\x80\x01") == {"supplementalGroups": [1, 128]}


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"\x08\x01", True),
        (b"\x08\x00", False),
        (b"", False),
        (b"\x08\x01\x12\x00", {}),
        (b"\x12\x03\x2a\x01x", {"type": "x"}),
        (b"\x12\x07\x0a\x00\x2a\x01x\x50\x00", {"type": "x"}),
    ],
)
def test_a_schema_or_a_boolean(data: bytes, value: Any) -> None:
    schema = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"
    field = b"\xf2\x01" + bytes([len(data)]) + data
    assert read(schema, field) == {"additionalProperties": value}


def test_text_that_is_no_utf_8_is_replaced() -> None:
    assert read("io.k8s.api.core.v1.ConfigMap", b"\x12\x06\x0a\x01a\x12\x01\xff") == {"data": {"a": "\ufffd"}}


def test_map_entries_may_lack_their_key_and_their_value() -> None:
    assert read("io.k8s.api.core.v1.ConfigMap", b"\x12\x00") == {"data": {"": ""}}
    quota = "io.k8s.api.core.v1.ResourceQuotaSpec"
    assert read(quota, b"\x0a\x05\x0a\x03cpu") == {"hard": {"cpu": "0"}}
