"""Reads the bodies of requests: bounded, JSON, YAML or protobuf, with the refusals of the API server."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from kubex.core._json_value import is_array, is_object
from kubex.testing.failures import bad_request, unsupported_media_type
from kubex.testing.http.json_bodies import NO_KIND, UnreadableJson, read_json, read_plain_json
from kubex.testing.http.yaml_bodies import DEEPEST, UnreadableYaml, read_yaml
from kubex.testing.lifecycle.patch_types import APPLY, MERGE, STRATEGIC
from kubex.testing.lifecycle.patch_types import JSON as JSON_PATCH
from kubex.testing.lifecycle.requests import BodyField
from kubex.testing.negotiation import JSON, PROTOBUF, YAML
from kubex.testing.protobuf.codec import ProtobufCodec, UnreadableObject

__all__ = [
    "LARGEST_BODY",
    "Body",
    "ExpectedKind",
    "decode_delete_options",
    "decode_object",
    "decode_patch",
    "read_patch_type",
]

LARGEST_BODY: Final = 3 * 1024 * 1024
"""Most bytes of a body that the server takes."""

_ACCEPTED: Final = (JSON, YAML, PROTOBUF)
_PATCHES: Final = (JSON_PATCH, MERGE, STRATEGIC, APPLY)
_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  # no secret
# What `mime.ParseMediaType` of Go reads: parameters have values, and the last semicolon may be alone.
_CONTENT_TYPE: Final = re.compile(
    rf"\s*{_TOKEN}/{_TOKEN}(?:\s*;\s*{_TOKEN}\s*=\s*(?:{_TOKEN}|\"(?:[^\"\\]|\\.)*\"))*\s*(?:;\s*)?", re.ASCII
)
# Escapes and characters that YAML does not have, or reads as others.
_NO_YAML: Final = re.compile(
    rb"""\\(?:/|u[dD][89a-fA-F])"""
    rb"""|\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]|\xef(?:\xbb\xbf|\xbf[\xbe\xbf])"""
)
# A text of JSON, and the colon behind it where it is a name.
_TEXT: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"(\s*+:)?')
_LONGEST_NAME: Final = 1000  # YAML takes 1,024 characters up to the colon: here bytes, on the safe side
# Numbers that YAML reads otherwise: with a fraction, an exponent or many digits.
_ODD_NUMBER: Final = re.compile(rb"[0-9][.eE]|[0-9]{19}")
_BRACKET: Final = re.compile(rb"[\[\]{}]")
_OF_64_BITS: Final = 2**63
_SHOWN: Final = 30
_DELETE_OPTIONS: Final = "DeleteOptions"
_DELETE_OPTIONS_GROUP: Final = "meta.k8s.io/"
_GO_STRUCT: Final = (
    r'struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }'
)


class Body(NamedTuple):
    """The object of a request."""

    value: Any
    fields: tuple[BodyField, ...] = ()
    """All its fields in their order, where one is there twice in JSON; else none."""
    repeated: tuple[str, ...] = ()
    """What is told of names that are there twice in YAML: `line 3: key "a" already set in map`."""


class ExpectedKind(NamedTuple):
    """What the object of a request should be."""

    api_version: str
    kind: str
    is_custom: bool = False
    """Whether it is a custom resource, which has no protobuf."""

    @property
    def group(self) -> str:
        """Its API group; `""` for the core one."""
        return self.api_version.rpartition("/")[0]


def decode_object(content: bytes, content_type: str, expected: ExpectedKind, protobuf: ProtobufCodec) -> Body:
    """Read the object of a POST or PUT.

    Raises:
        ApiFailure: it is of a type that the server does not read (415), or no object (400).
    """
    media_type = _media_type(content_type)
    try:
        if media_type == PROTOBUF:
            return Body(_decoded_protobuf(content, expected, protobuf))
        body = _decoded(content, media_type)
        value = _checked_object(body.value)
        if expected.is_custom and not value.get("kind"):
            raise _Unreadable(f"Object 'Kind' is missing in '{content.decode(errors='replace')}'")
        version: str = value.get("apiVersion") or ""
        if version == f"{expected.group}/" and not expected.is_custom:
            value["apiVersion"] = expected.api_version
        elif version.endswith("/") and not expected.is_custom:
            what = f'{value.get("kind") or expected.kind} in version "" cannot be handled as a {expected.kind}'
            raise bad_request(f"{what}: {_no_version(content)}")
        return body._replace(value=value)
    except (_Unreadable, UnreadableObject) as error:
        why = f"the object provided is unrecognized (must be of type {expected.kind}): {error} ({_summary(content)})"
        raise bad_request(why) from None


def decode_delete_options(content: bytes, content_type: str, protobuf: ProtobufCodec) -> dict[str, Any] | None:
    """Read the DeleteOptions of a DELETE; `None` if there are none.

    Raises:
        ApiFailure: as of `decode_object`.
    """
    if not content:
        return None
    media_type = _media_type(content_type)
    try:
        if media_type == PROTOBUF:
            envelope = protobuf.open(content)
            kind, version = envelope.kind or _DELETE_OPTIONS, envelope.api_version or f"{_DELETE_OPTIONS_GROUP}v1"
            _check_delete_options(kind, version)
            return protobuf.read(envelope._replace(kind=kind))
        value = _checked_object(_decoded(content, media_type).value)
    except (_Unreadable, UnreadableObject) as error:
        raise bad_request(str(error)) from None
    version = value.get("apiVersion") or f"{_DELETE_OPTIONS_GROUP}v1"
    if version.endswith("/") and version != _DELETE_OPTIONS_GROUP:
        raise bad_request(_no_version(content))
    _check_delete_options(value.get("kind") or _DELETE_OPTIONS, version)
    return value


def decode_patch(content: bytes, patch_type: str) -> Body:
    """Read a patch.

    Raises:
        ApiFailure: it is malformed (400).
    """
    if patch_type == APPLY:
        return _decoded_configuration(content)
    try:
        return _decoded_json(content)
    except _Unreadable as error:
        problem = str(error).removeprefix(NO_KIND)
        if patch_type != STRATEGIC:
            problem = f"error decoding patch: {problem}"
        raise bad_request(problem) from None


def _decoded_configuration(content: bytes) -> Body:
    """Read what is applied: YAML, which JSON is as well, and mostly it is JSON."""
    body = _applied_json(content)
    if body is not None:
        return body
    try:
        body = _decoded_yaml(content)
    except _Unreadable as error:
        raise bad_request(f"error decoding YAML: error converting YAML to JSON: {error}") from None
    return body._replace(value=_of_64_bits(body.value))


def _applied_json(content: bytes) -> Body | None:
    """Read what is applied as JSON; `None` where that would not be the same."""
    if content[:1] != b"{" or content.rstrip(b" \n")[-1:] != b"}" or _NO_YAML.search(content):
        return None
    value = read_plain_json(content)
    if value is None or _has_odd_names(content):
        return None
    rest = _TEXT.sub(b"", content)
    return None if _ODD_NUMBER.search(rest) or _is_deep(rest) else Body(value)


def _is_deep(rest: bytes) -> bool:
    """Whether JSON without its texts is nested so deep that it is no YAML here."""
    if rest.count(b"[") + rest.count(b"{") < DEEPEST:
        return False
    depth = 0
    for bracket in _BRACKET.finditer(rest):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth >= DEEPEST:
            return True
    return False


def _has_odd_names(content: bytes) -> bool:
    """Whether JSON has names that are none to YAML: too long, or with a line that ends before the colon."""
    if len(content) <= _LONGEST_NAME and b"\n" not in content and b"\r" not in content:
        return False
    return any(
        b"\n" in colon or b"\r" in colon or len(name[0]) > _LONGEST_NAME
        for name in _TEXT.finditer(content)
        if (colon := name[1]) is not None
    )


def _of_64_bits(value: Any) -> Any:
    """Give a value with whole numbers that 64 bits don't hold as floats, as which the server reads what is applied."""
    if is_object(value):
        return {name: _of_64_bits(member) for name, member in value.items()}
    if is_array(value):
        return [_of_64_bits(item) for item in value]
    return float(value) if type(value) is int and not -_OF_64_BITS <= value < _OF_64_BITS else value


def _check_delete_options(kind: str, version: str) -> None:
    if kind != _DELETE_OPTIONS:
        raise bad_request(_unknown_kind(kind, version))


def _no_version(content: bytes) -> str:
    return f"Object 'apiVersion' is missing in '{content.decode(errors='replace')}'"


def _unknown_kind(kind: str, version: str) -> str:
    return f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/runtime/scheme.go:111"'


def _decoded_protobuf(content: bytes, expected: ExpectedKind, protobuf: ProtobufCodec) -> dict[str, Any]:
    envelope = protobuf.open(content)
    given = "" if envelope.api_version.endswith("/") else envelope.api_version
    api_version, kind = given or expected.api_version, envelope.kind or expected.kind
    what = f'{kind} in version "{api_version.rpartition("/")[2]}" cannot be handled as a {expected.kind}'
    if expected.is_custom:
        raise bad_request(f"{what}: Object 'Kind' is missing in 'object has no kind field '")
    if not protobuf.knows(api_version, kind):
        raise bad_request(f"{what}: {_unknown_kind(kind, api_version)}")
    try:
        return protobuf.read(envelope._replace(api_version=api_version, kind=kind))
    except UnreadableObject as error:
        raise bad_request(f"{what}: {error}") from None


class _Unreadable(Exception):
    """A body is malformed; the text says how, in Go's words."""


def _media_type(content_type: str) -> str:
    """Give the media type of a body; no type is JSON."""
    if not content_type:
        return JSON
    name = content_type.partition(";")[0].strip().lower()
    if name not in _ACCEPTED or not _CONTENT_TYPE.fullmatch(content_type):
        raise unsupported_media_type(_ACCEPTED)
    return name


def read_patch_type(content_type: str, *, custom: bool = False) -> str:
    """Give the kind of a patch by its media type.

    Args:
        content_type: of the request.
        custom: whether it is one of a custom resource, to which no route leads.

    Raises:
        ApiFailure: it is none (415).
    """
    types = [each.partition(";")[0].strip() for each in content_type.split(",")]
    if not custom and not any(each in _PATCHES for each in types):
        raise unsupported_media_type()
    name = content_type.partition(";")[0]
    accepted = [each for each in _PATCHES if not custom or each != STRATEGIC]
    if name not in accepted:  # one of several, or with a space behind it
        raise unsupported_media_type(accepted)
    return name


def _decoded(content: bytes, media_type: str) -> Body:
    return _decoded_yaml(content) if media_type == YAML else _decoded_json(content)


def _decoded_json(content: bytes) -> Body:
    try:
        read = read_json(content)
    except UnreadableJson as error:
        raise _Unreadable(str(error)) from None
    return Body(read.value, read.fields)


def _decoded_yaml(content: bytes) -> Body:
    try:
        read = read_yaml(content)
    except UnreadableYaml as error:
        raise _Unreadable(str(error)) from None
    return Body(read.value, repeated=read.repeated)


def _checked_object(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    prefix = f"{NO_KIND}json: cannot unmarshal"
    if not is_object(value):
        raise _Unreadable(f"{prefix} {_json_kind(value)} into Go value of type {_GO_STRUCT}")
    for name in ("apiVersion", "kind"):
        if value.get(name) is not None and not isinstance(value[name], str):
            raise _Unreadable(f"{prefix} {_json_kind(value[name])} into Go struct field .{name} of type string")
    version: str = value.get("apiVersion") or ""
    if version.count("/") > 1:
        raise _Unreadable(f"unexpected GroupVersion string: {version}")
    if version.startswith("/"):  # of no group
        value["apiVersion"] = version[1:]
    return value


def _json_kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "string"
    return "array" if is_array(value) else "object" if is_object(value) else "number"


def _summary(content: bytes) -> str:
    """Show a body as the API server's errors do: JSON as it is, anything else in hex."""
    if not content:
        return "<empty>"
    rest = " ..." if len(content) > _SHOWN else ""
    shown = content[:_SHOWN]
    return (shown.decode(errors="replace") if shown[:1] == b"{" else shown.hex()) + rest
