"""Bodies and frames; the bytes are kube-apiserver 1.35's own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.testing.protobuf.codec import ProtobufCodec, UnreadableObject

CODEC = ProtobufCodec("1.35")

STATUS = (
    b"k8s\x00\n\x0c\n\x02v1\x12\x06Status\x12Y\n\x06\n\x00\x12\x00\x1a\x00\x12\x07Failure\x1a\x1d"
    b'configmaps "nobody" not found"\x08NotFound*\x1a\n\x06nobody\x12\x00\x1a\nconfigmaps(\x002\x000\x94\x03'
    b'\x1a\x00"\x00'
)
CONFIG_MAP = (
    b"k8s\x00\n\x0f\n\x02v1\x12\tConfigMap\x12\xa7\x01\n\x9c\x01\n\x01x\x12\x00\x1a\x0ekubex-pb-probe"
    b'"\x00*$fca5140f-75b5-40d6-9b82-f7af554e8c082\x034298\x00B\x08\x08\x87\xcc\xa3\xd8\x06\x10\x00\x8a\x01K\n\x07unknown'
    b'\x12\x06Update\x1a\x02v1"\x08\x08\x87\xcc\xa3\xd8\x06\x10\x002\x08FieldsV1:\x1e\n\x1c{"f:data":{".":{},"f:a":{}}}B\x00'
    b'\x12\x06\n\x01a\x12\x01b\x1a\x00"\x00'
)
API_VERSIONS = (
    b'k8s\x00\n\x0f\n\x00\x12\x0bAPIVersions\x12"\n\x02v1\x12\x1c\n\t0.0.0.0/0\x12\x0f127.0.0.1:31541\x1a\x00"\x00'
)
OBJECTS: list[tuple[bytes, dict[str, Any]]] = [
    (
        STATUS,
        {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": 'configmaps "nobody" not found',
            "reason": "NotFound",
            "details": {"name": "nobody", "kind": "configmaps"},
            "code": 404,
        },
    ),
    (
        CONFIG_MAP,
        {
            "kind": "ConfigMap",
            "apiVersion": "v1",
            "metadata": {
                "name": "x",
                "namespace": "kubex-pb-probe",
                "uid": "fca5140f-75b5-40d6-9b82-f7af554e8c08",
                "resourceVersion": "429",
                "creationTimestamp": "2026-11-27T02:08:07Z",
                "managedFields": [
                    {
                        "manager": "unknown",
                        "operation": "Update",
                        "apiVersion": "v1",
                        "time": "2026-11-27T02:08:07Z",
                        "fieldsType": "FieldsV1",
                        "fieldsV1": {"f:data": {".": {}, "f:a": {}}},
                    }
                ],
            },
            "data": {"a": "b"},
        },
    ),
    (
        API_VERSIONS,
        {
            "kind": "APIVersions",
            "versions": ["v1"],
            "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1:31541"}],
        },
    ),
]


@pytest.mark.parametrize(("content", "object_"), OBJECTS, ids=["Status", "ConfigMap", "APIVersions"])
def test_objects_as_the_api_server_writes_them(content: bytes, object_: dict[str, Any]) -> None:
    assert CODEC.encode(object_) == content
    read = CODEC.read(CODEC.open(content))
    assert {name: value for name, value in without_empty(read).items() if value} == without_empty(object_)


def without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        members = {name: without_empty(each) for name, each in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return {name: each for name, each in members.items() if each not in ("", 0, None, {}) or name in (".", "f:a")}  # pyright: ignore[reportUnknownVariableType]
    return [without_empty(each) for each in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]


def test_a_frame_of_a_watch() -> None:
    assert CODEC.encode_event("ADDED", OBJECTS[1][1]) == (
        b"\x00\x00\x00\xd0\n\x05ADDED\x12\xc6\x01\n\xc3\x01" + CONFIG_MAP
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty data"),
        (b"{}", "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"),
        (b"k8s\0", "empty body"),
        (b"k8s\0\x0a\xff", "unexpected EOF"),
        (b"k8s\0\x0f", "proto: wrong wireType = 7 for field TypeMeta"),
        (b"k8s\0\x0c", "proto: Unknown: wiretype end group for non-group"),
        (b"k8s\0\x00\x01", "proto: Unknown: illegal tag 0 (wire type 0)"),
        (b"k8s\0\x0a\x02\x08\x01", "proto: wrong wireType = 0 for field APIVersion"),
    ],
)
def test_what_is_no_object(content: bytes, why: str) -> None:
    with pytest.raises(UnreadableObject) as caught:
        CODEC.open(content)
    assert str(caught.value) == why


@pytest.mark.parametrize(
    ("kind", "message", "why"),
    [
        ("ConfigMap", b"\x0a\xff", "unexpected EOF"),
        ("ConfigMap", b"\x08\x01", "proto: wrong wireType = 0 for field ObjectMeta"),
        ("ConfigMap", b"\x0a\x02\x08\x01", "proto: wrong wireType = 0 for field Name"),
        ("ConfigMap", b"\x0c", "proto: ConfigMap: wiretype end group for non-group"),
        ("PodList", b"\x08\x01", "proto: wrong wireType = 0 for field ListMeta"),
        ("Event", b"\x32\x0c\x08" + b"\xff" * 8 + b"\x7f\x10\x00", "Time.MarshalJSON: year outside of range [0,9999]"),
        ("PodTemplate", b"\x0a\x08\x8a\x01\x05\x3a\x03\x0a\x01{", "json: error calling MarshalJSON for type "),
    ],
)
def test_messages_that_are_malformed(kind: str, message: bytes, why: str) -> None:
    envelope = CODEC.open(STATUS)._replace(kind=kind, message=message)
    with pytest.raises(UnreadableObject) as caught:
        CODEC.read(envelope)
    assert str(caught.value).startswith(why)


def test_a_message_that_is_in_itself_too_often() -> None:
    schema = b""
    for _ in range(5000):
        length = len(schema)
        size = bytes([length & 0x7F | 0x80, length >> 7 & 0x7F | 0x80, length >> 14])
        schema = b"\xe2\x01" + size + schema  # not
    message = schema
    for field in (b"\x0a", b"\x22", b"\x3a", b"\x12"):
        length = len(message)
        message = field + bytes([length & 0x7F | 0x80, length >> 7 & 0x7F | 0x80, length >> 14]) + message
    envelope = CODEC.open(STATUS)._replace(
        api_version="apiextensions.k8s.io/v1", kind="CustomResourceDefinition", message=message
    )
    with pytest.raises(UnreadableObject, match="exceeded max depth"):
        CODEC.read(envelope)


def test_a_kind_without_a_message() -> None:
    envelope = CODEC.open(STATUS)._replace(kind="Foo")
    assert CODEC.read(envelope) == {"apiVersion": "v1", "kind": "Foo"}
    with pytest.raises(KeyError):
        CODEC.encode({"apiVersion": "meta.k8s.io/v1", "kind": "Table"})


@given(st.sampled_from(["Pod", "PodList", "Event", "Secret"]), st.binary())
def test_whatever_bytes_are_read_or_refused(kind: str, message: bytes) -> None:
    try:
        CODEC.read(CODEC.open(STATUS)._replace(kind=kind, message=message))
        CODEC.open(b"k8s\0" + message)
    except UnreadableObject:
        return
