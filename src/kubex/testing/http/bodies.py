"""Reads the bodies of requests: bounded, JSON, YAML or protobuf, with the refusals of the API server."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import msgspec

from kubex.core._json_value import is_array, is_object
from kubex.testing.failures import bad_request, unsupported_media_type
from kubex.testing.http.yaml_bodies import UnreadableYaml, read_yaml
from kubex.testing.json_errors import json_error
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
# What YAML does not have as JSON does: some escapes, numbers with a fraction or of many digits, some characters, a line
# that ends before a colon, and names of more than 1,024 characters. What only looks like it costs time and no more.
_NO_YAML: Final = re.compile(
    rb"""\\(?:/|u[dD][89a-fA-F])"""
    rb"""|[0-9][.eE]|[0-9]{19}"""
    rb"""|\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]|\xef(?:\xbb\xbf|\xbf[\xbe\xbf])"""
    rb"""|[\r\n]\s*:|[ \t]{300}|"(?:[^"\\]|\\.){300,}+"\s*:"""
)
_LONG_NUMBER: Final = re.compile(rb"[0-9a-fA-F_]{14}")
_EXACT: Final = 2**53  # floats have every whole number up to here
_OF_64_BITS: Final = 2**63
_SHOWN: Final = 30
_LONGEST_INTEGER: Final = 19  # digits that 64 bits hold, whatever they are
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
        problem = str(error).removeprefix("couldn't get version/kind; json parse error: ")
        if patch_type != STRATEGIC:
            problem = f"error decoding patch: {problem}"
        raise bad_request(problem) from None


def _decoded_configuration(content: bytes) -> Body:
    """Read what is applied: YAML, which JSON is as well, and mostly it is JSON."""
    body = _applied_json(content)
    if body is None:
        try:
            body = _decoded_yaml(content)
        except _Unreadable as error:
            raise bad_request(f"error decoding YAML: error converting YAML to JSON: {error}") from None
    return body._replace(value=_rounded(body.value)) if _LONG_NUMBER.search(content) else body


def _applied_json(content: bytes) -> Body | None:
    """Read what is applied as JSON; `None` where that would not be the same."""
    if content[:1] != b"{" or content.rstrip(b" \n")[-1:] != b"}" or _NO_YAML.search(content):
        return None
    try:
        value = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return None if not _is_written_alike(value, content) and _repeating_fields(content) else Body(value)


def _rounded(value: Any) -> Any:
    """Give a value with whole numbers as floats have them, as which the server reads what is applied."""
    if is_object(value):
        return {name: _rounded(member) for name, member in value.items()}
    if is_array(value):
        return [_rounded(item) for item in value]
    if type(value) is not int or abs(value) <= _EXACT:
        return value
    number = float(value)
    return int(number) if -_OF_64_BITS <= number < _OF_64_BITS else number


def _check_delete_options(kind: str, version: str) -> None:
    if kind != _DELETE_OPTIONS:
        raise bad_request(_unknown_kind(kind, version))


def _no_version(content: bytes) -> str:
    return f"Object 'apiVersion' is missing in '{content.decode(errors='replace')}'"


def _unknown_kind(kind: str, version: str) -> str:
    return f'no kind "{kind}" is registered for version "{version}" in scheme "pkg/runtime/scheme.go:111"'


def _decoded_protobuf(content: bytes, expected: ExpectedKind, protobuf: ProtobufCodec) -> dict[str, Any]:
    envelope = protobuf.open(content)
    api_version, kind = envelope.api_version or expected.api_version, envelope.kind or expected.kind
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


class _JsonNumber(float):
    """A number that no type of the API holds, written as it was: `1e400`."""

    def __new__(cls, text: str) -> _JsonNumber:
        """Keep the text."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    text: str

    def __str__(self) -> str:
        return self.text


def _decoded_json(content: bytes) -> Body:
    try:
        value = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        value = _decoded_as_go_does(content)
    # Most clients write JSON as it is written here: then nothing in it was lost to a field that is there twice.
    return Body(value, () if _is_written_alike(value, content) else _repeating_fields(content))


def _is_written_alike(value: Any, content: bytes) -> bool:
    try:
        return msgspec.json.encode(value) == content.rstrip()
    except (OverflowError, RecursionError, TypeError):  # numbers that are read but not written, or too deep a nesting
        return False


def _decoded_as_go_does(content: bytes) -> Any:
    """Read what Go takes and a stricter reader does not: what is no UTF-8 is replaced, a number may be of any size."""
    problem = json_error(content)
    if problem:
        raise _Unreadable(f"couldn't get version/kind; json parse error: {problem}")
    try:
        text = _ESCAPES.sub(_without_half_pair, content.decode(errors="replace"))
        return json.loads(text, parse_int=_integer, parse_float=_number)
    except (ValueError, RecursionError):
        raise _Unreadable("json: exceeded max depth") from None


# Escaped backslashes, pairs of surrogates, and halves of such.
_ESCAPES: Final = re.compile(
    r"\\\\|(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


def _without_half_pair(escape: re.Match[str]) -> str:
    """Replace half a pair of surrogates, which is no character, as Go does."""
    return escape[0] if escape[0] == r"\\" or escape["pair"] else r"\ufffd"


def _integer(text: str) -> int | _JsonNumber:
    return int(text) if len(text) < _LONGEST_INTEGER else _JsonNumber(text)


def _number(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _JsonNumber(text)


def _decoded_yaml(content: bytes) -> Body:
    try:
        read = read_yaml(content)
    except UnreadableYaml as error:
        raise _Unreadable(str(error)) from None
    return Body(read.value, repeated=read.repeated)


def _checked_object(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    prefix = "couldn't get version/kind; json parse error: json: cannot unmarshal"
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


def _repeating_fields(content: bytes) -> tuple[BodyField, ...]:
    """Give all fields, if an object has one of them twice."""
    found = False

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        value = dict(pairs)
        if len(value) != len(pairs):
            found = True
        return value

    _read_with(content, look)
    return tuple(_fields(_read_with(content, _Pairs))) if found else ()


class _Pairs(list[tuple[str, Any]]):
    """The members of an object as they stand in the text."""


def _fields(value: Any) -> list[BodyField]:
    """Give the fields of a value in the order of the text, however deep it is."""
    fields: list[BodyField] = []
    open_values = [_members(value, "")]
    while open_values:
        found = next(open_values[-1], None)
        if found is None:
            open_values.pop()
            continue
        path, member, is_again = found
        if is_again is not None:
            fields.append(BodyField(path, is_again))
        open_values.append(_members(member, path))
    return fields


def _members(value: Any, path: str) -> Iterator[tuple[str, Any, bool | None]]:
    """Give the paths and values in an object or array, and of fields whether the object has had them before."""
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for name, member in value:
            yield f"{path}.{name}" if path else name, member, name in seen
            seen.add(name)
    elif is_array(value):
        for index, item in enumerate(value):
            yield f"{path}[{index}]", item, None


def _read_with(content: bytes, hook: Callable[[list[tuple[str, Any]]], Any]) -> Any:
    try:
        return json.loads(content.decode(errors="replace"), object_pairs_hook=hook)
    except (ValueError, RecursionError):  # a number of thousands of digits: msgspec reads it
        return None
