"""Reads what comes out of a patch: is it still of its kind, with values of the right types."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from kubex.core._go_text import go_json, go_value
from kubex.testing.failures import ApiFailure, Cause, ResourceName, bad_request, invalid
from kubex.testing.lifecycle.bodies import (
    decode_object,
    decode_posted,
    distinct_owners,
    other_kind,
    strictness_problems,
)
from kubex.testing.lifecycle.cluster import copied
from kubex.testing.lifecycle.decoding import Decoded, NotConverted, WrongType, with_converted_numbers
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.json_patches import json_kind
from kubex.testing.lifecycle.patch_types import STRATEGIC
from kubex.testing.lifecycle.requests import ChangeOptions
from kubex.testing.patching.strategic_merge import without_unmatched_nulls
from kubex.testing.registry import Resource, Subresource
from kubex.testing.storage import JsonObject

__all__ = ["converted_applied", "read_patched", "stored_applied"]


def read_patched(
    resource: Resource,
    name: str,
    patch_type: str,
    body: Any,
    live: JsonObject,
    result: JsonObject,
    options: ChangeOptions,
    subresource: Subresource | None = None,
) -> tuple[JsonObject, tuple[str, ...]]:
    """Read what comes out of a patch; with the texts of warnings.

    Args:
        resource: whose object it is.
        name: of the object.
        patch_type: kind of the patch.
        body: the patch.
        live: the object before.
        result: an object as the patch leaves it.
        options: of the request.
        subresource: which the patch is of, where that has a kind of its own.

    Raises:
        ApiFailure: it is of another kind, has a value of a wrong type, or an unknown field (400, 422); or one that
            can't be converted (500).
    """
    expected = subresource or resource
    if patch_type == STRATEGIC:  # of which comes what was there, whatever it says that it is
        read, made = _converted, result
        shown = partial(_shown_strategic, body or {}, live)
    else:
        read, made = _read, _of_its_kind(resource, name, expected, result, options)
        shown = partial(go_json, made)
    try:
        return _decoded(expected, made, options, read, shown)
    except WrongType as error:
        if read is _converted and isinstance(error, NotConverted):
            raise ApiFailure(500, "", str(error)) from None
        raise _invalid_patch(shown(), error.converted if read is _converted else str(error)) from None


def converted_applied(expected: Resource | Subresource, body: JsonObject, result: JsonObject) -> Decoded:
    """Read what applying an object makes.

    Args:
        expected: what it should be.
        body: what is applied.
        result: the object as applying leaves it.

    Raises:
        ApiFailure: it has a value of a wrong type (500, of a custom resource 422).
    """
    try:
        return _converted(expected, result)
    except WrongType as error:
        if _is_custom(expected):
            raise _invalid_patch(go_value(body), error.converted) from None
        raise _unconverted(expected, body, error) from None


def stored_applied(expected: Resource | Subresource, found: Decoded) -> tuple[JsonObject, tuple[str, ...]]:
    """Give what `converted_applied` read, in the form in which it is stored; with the texts of warnings.

    It has no unknown fields: what has one was refused as its types were checked.
    """
    new: JsonObject = copied(found.object) if _is_custom(expected) else found.object
    return new, distinct_owners(new, patched=True)


def _decoded(
    expected: Resource | Subresource,
    object_: JsonObject,
    options: ChangeOptions,
    read: Callable[[Resource | Subresource, JsonObject], Decoded],
    shown: Callable[[], str],
) -> tuple[JsonObject, tuple[str, ...]]:
    """Read what a patch made; `shown` gives what a refusal shows of it, which is worked out for a refusal alone."""
    is_custom = _is_custom(expected)
    found = read(expected, object_)
    if found.unknown_fields and not is_custom:  # which are told of in the order of names
        found.unknown_fields = read(expected, _ordered(object_)).unknown_fields
    problems = strictness_problems(found, options.fields)
    new: JsonObject = copied(found.object) if is_custom else found.object
    owners = distinct_owners(new, patched=True)
    if not problems or options.field_validation == "Ignore":
        return new, owners
    if options.field_validation == "Strict":
        raise _invalid_patch(shown(), f"strict decoding error: {', '.join(problems)}")
    return new, (*problems, *owners)


def _is_custom(expected: Resource | Subresource) -> bool:
    return isinstance(expected, Resource) and expected.custom is not None


def _shown_strategic(patch: JsonObject, live: JsonObject) -> str:
    return go_value(without_unmatched_nulls(patch, live))


def _read(expected: Resource | Subresource, object_: JsonObject) -> Decoded:
    return decode_object(expected, object_) if isinstance(expected, Resource) else decode_posted(expected, object_)


def _converted(expected: Resource | Subresource, object_: JsonObject) -> Decoded:
    """Read an object that is not read from text: numbers become those of their fields, however large they are."""
    try:
        return _read(expected, object_)
    except WrongType:
        if _is_custom(expected):
            raise
        return _read(expected, with_converted_numbers(object_, expected.schema))


def _ordered(object_: JsonObject) -> JsonObject:
    """Give an object with its members in the order of their names, at every level."""
    ordered: JsonObject = msgspec.json.decode(msgspec.json.encode(object_, order="sorted"))
    return ordered


def _unconverted(expected: Resource | Subresource, applied: JsonObject, error: WrongType) -> ApiFailure:
    """Refuse what was applied, where a value can't be made one of its type."""
    metadata = object_at(applied, "metadata")
    slash = "" if "/" in expected.api_version else "/"
    what = f"{slash}{expected.api_version}, Kind={expected.kind}"
    place = f"{metadata.get('namespace') or ''}/{metadata.get('name') or ''}; {what}"
    if isinstance(error, NotConverted):
        return ApiFailure(500, "", f"failed to convert to unversioned ({place}): {error}")
    why = f"unable to convert unstructured object to {what}: {error.converted}"
    return ApiFailure(500, "", f"failed to convert new object ({place}) to proper version: {why}")


def _invalid_patch(shown: str, why: str) -> ApiFailure:
    cause = Cause("FieldValueInvalid", f"Invalid value: {_quoted(shown)}: {why}", "patch")
    failure = invalid(ResourceName("", "", ""), "", [cause])
    failure.status["details"] = {"causes": [cause.as_dict()]}
    return failure


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _of_its_kind(
    resource: Resource, name: str, expected: Resource | Subresource, result: JsonObject, options: ChangeOptions
) -> JsonObject:
    """Give what a patch made, as what it should be; one that made another kind of it is refused."""

    def refused(why: str) -> ApiFailure:
        return _invalid_patch(go_json(result), why)

    for member in ("apiVersion", "kind"):
        if (value := result.get(member)) is not None and not isinstance(value, str):
            problem = f"json: cannot unmarshal {json_kind(value)} into Go struct field .{member} of type string"
            raise refused(f"couldn't get version/kind; json parse error: {problem}")
    kind, version = result.get("kind") or expected.kind, result.get("apiVersion") or ""
    own_group = expected.api_version.rpartition("/")[0]
    if version in ("/", f"{own_group}/") and not _is_custom(expected):
        version = ""
    if _is_custom(expected):
        if not result.get("kind"):
            raise refused(f"Object 'Kind' is missing in '{go_json(result)}'")
    elif resource.custom is not None:  # whose Scale is read as what it is, and not as a type of the server's own
        version = version or expected.api_version
    elif not version:
        raise _internal_version(name, result, options)
    if version.count("/") > 1:
        raise refused(f"unexpected GroupVersion string: {version}")
    if version.endswith("/"):
        raise refused(f"Object 'apiVersion' is missing in '{go_json(result)}'")
    version = version.removeprefix("/")
    other = other_kind(expected, {**result, "kind": kind, "apiVersion": version}, options, resource.known_kinds)
    if other is not None and other.why:
        raise refused(other.why)
    return {**result, "kind": kind, "apiVersion": expected.api_version}


def _internal_version(name: str, result: JsonObject, options: ChangeOptions) -> ApiFailure:
    """Refuse what a patch left without a version: the server reads it as its own types, whose fields have no names."""
    members = (member for member in sorted(result) if member not in ("apiVersion", "kind"))
    unknown = tuple(f'unknown field "{member}"' for member in members)
    if options.field_validation == "Strict" and unknown:
        return _invalid_patch(go_json(result), f"strict decoding error: {', '.join(unknown)}")
    failure = bad_request(f"the name of the object ({name} based on URL) was undeterminable: name must be provided")
    if options.field_validation != "Ignore":
        failure.warnings = unknown
    return failure
