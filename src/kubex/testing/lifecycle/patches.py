"""Patches objects: JSON patches, merge patches, strategic merge patches and server-side apply.

https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from kubex.core._go_text import go_json, go_value
from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import InvalidArgument
from kubex.core.json_patch import JsonPatchCopy, JsonPatchOperation
from kubex.core.merge_patch import apply_merge_patch
from kubex.testing.failures import (
    ApiFailure,
    Cause,
    ResourceName,
    bad_request,
    field_forbidden,
    field_required,
    invalid,
    not_found,
    rejected,
    unsupported_media_type,
    warned_of,
)
from kubex.testing.lifecycle.bodies import (
    check_names,
    decode_object,
    decode_posted,
    distinct_owners,
    strictness_problems,
)
from kubex.testing.lifecycle.cluster import Cluster, copied
from kubex.testing.lifecycle.creation import create_object
from kubex.testing.lifecycle.decoding import Decoded, WrongType
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.json_patches import json_kind, read_json_patch
from kubex.testing.lifecycle.kinds import may_create_by_update
from kubex.testing.lifecycle.ownership import object_type
from kubex.testing.lifecycle.requests import ChangeOptions, Outcome
from kubex.testing.lifecycle.updating import check_may_create, check_version_given, store_change
from kubex.testing.patching.apply import apply
from kubex.testing.patching.rejection import Rejection
from kubex.testing.patching.strategic_merge import apply_strategic_merge
from kubex.testing.registry import Resource, Subresource
from kubex.testing.storage import JsonObject, Key

__all__ = [
    "APPLY",
    "JSON",
    "MERGE",
    "STRATEGIC",
    "check_patch_options",
    "check_patch_type",
    "failure_of",
    "patch",
    "patch_option_causes",
    "patched",
    "read_patched",
]

JSON: Final = "application/json-patch+json"
MERGE: Final = "application/merge-patch+json"
STRATEGIC: Final = "application/strategic-merge-patch+json"
APPLY: Final = "application/apply-patch+yaml"

_PATCH_OPTIONS: Final = ResourceName("meta.k8s.io", "patchoptions", "PatchOptions")
_MANY_OPERATIONS: Final = 10_000
_MOST_COPIED: Final = 3 * 1024 * 1024  # bytes of JSON that a patch may copy: each copy can double what is there


def patch(
    cluster: Cluster,
    resource: Resource,
    key: Key,
    patch_type: str,
    body: Any,
    options: ChangeOptions,
    subresource: str | None = None,
) -> Outcome:
    """Change an object by a patch.

    Raises:
        ApiFailure: the patch can't be read (400) or applied (409, 422), there is no object (404), or what comes out
            breaks rules (422).
    """
    check_patch_options(resource, patch_type, options)
    existing = cluster.get(resource, key)
    if patch_type == APPLY:
        return _apply(cluster, resource, key, body, options, subresource)
    if existing is None:
        raise not_found(resource.name, key.name)
    live = cluster.served(resource, existing)
    result = patched(resource, live.object, patch_type, body)
    new, warnings = read_patched(resource, patch_type, body, result, options)
    with warned_of(warnings):
        check_names(new, name=key.name, namespace=key.namespace if resource.namespaced else None)
        check_version_given(resource, key, new)
        entry = store_change(cluster, resource, key, live, new, options, subresource=subresource)
    return Outcome(entry, 200, warnings)


def check_patch_options(resource: Resource, patch_type: str, options: ChangeOptions) -> None:
    """Check that the parameters fit the kind of patch.

    Raises:
        ApiFailure: they don't (422), or the resource takes no such patches (415).
    """
    check_patch_type(resource, patch_type)
    causes = patch_option_causes(patch_type, options.field_manager, options.force)
    if causes:
        raise invalid(_PATCH_OPTIONS, "", causes)


def check_patch_type(resource: Resource, patch_type: str) -> None:
    """Check that a resource takes patches of a kind.

    Raises:
        ApiFailure: it takes none (415).
    """
    accepted = (JSON, MERGE, APPLY) if resource.custom is not None else (JSON, MERGE, STRATEGIC, APPLY)
    if patch_type not in (JSON, MERGE, STRATEGIC, APPLY):
        raise unsupported_media_type()
    if patch_type not in accepted:
        raise unsupported_media_type(accepted)


def patch_option_causes(patch_type: str, field_manager: str, force: bool | None) -> list[Cause]:
    """Say which parameters don't fit the kind of patch."""
    if patch_type == APPLY:
        return [] if field_manager else [field_required("fieldManager", "is required for apply patch")]
    return [] if force is None else [field_forbidden("force", "may not be specified for non-apply patch")]


def patched(resource: Resource, live: JsonObject, patch_type: str, body: Any) -> JsonObject:
    """Give an object as a patch leaves it, before anything is checked.

    Raises:
        ApiFailure: the patch can't be read (400) or does not fit (422).
    """
    if patch_type == JSON:
        return _json_patched(live, body)
    if body is None:
        if patch_type == MERGE:
            raise bad_request("Invalid JSON Patch")
        body = {}
    if not is_object(body):
        prefix = "error decoding patch: " if patch_type == MERGE else ""
        raise bad_request(
            f"{prefix}json: cannot unmarshal {json_kind(body)} into Go value of type map[string]interface {{}}"
        )
    if patch_type == MERGE:
        result: JsonObject = apply_merge_patch(live, body)
        return result
    return _strategic_patched(resource, live, body)


def _json_patched(live: JsonObject, body: Any) -> JsonObject:
    if is_array(body) and len(body) > _MANY_OPERATIONS:
        why = f"The allowed maximum operations in a JSON patch is {_MANY_OPERATIONS}, got {len(body)}"
        raise ApiFailure(413, "RequestEntityTooLarge", why)
    try:
        result = _after_operations(live, read_json_patch(body))
    except InvalidArgument:
        raise rejected() from None
    if not is_object(result):
        raise rejected()
    return result


def _after_operations(document: Any, operations: list[JsonPatchOperation]) -> Any:
    """Give a document as operations leave it.

    Raises:
        InvalidArgument: one does not fit, or they copy more than a request may have.
    """
    copied_bytes = 0
    for operation in operations:
        if isinstance(operation, JsonPatchCopy):
            copied_bytes += len(msgspec.json.encode(operation.from_.resolve(document)))
            if copied_bytes > _MOST_COPIED:
                raise InvalidArgument("the patch copies too much")
        document = operation.apply(document)
    return document


def read_patched(
    expected: Resource | Subresource, patch_type: str, body: Any, result: JsonObject, options: ChangeOptions
) -> tuple[JsonObject, tuple[str, ...]]:
    """Read what comes out of a patch; with the texts of warnings.

    Args:
        expected: what it should be.
        patch_type: kind of the patch.
        body: the patch.
        result: an object as the patch leaves it.
        options: of the request.

    Raises:
        ApiFailure: it is of another kind, has a value of a wrong type, or an unknown field (422).
    """
    if patch_type != STRATEGIC:  # of which comes what was there, whatever it says that it is
        _check_kept(expected, result)
    return _decoded(expected, patch_type, body, result, options)


def _decoded(
    expected: Resource | Subresource, patch_type: str, body: Any, result: JsonObject, options: ChangeOptions
) -> tuple[JsonObject, tuple[str, ...]]:
    shown = go_value(body) if patch_type == STRATEGIC else go_json(result)
    is_custom = isinstance(expected, Resource) and expected.custom is not None
    try:
        found = _read(expected, result)
    except WrongType as error:
        raise _invalid_patch(shown, error.converted if patch_type == STRATEGIC else str(error)) from None
    if found.unknown_fields and not is_custom:  # which are told of in the order of names
        found.unknown_fields = _read(expected, _ordered(result)).unknown_fields
    problems = strictness_problems(found, options.fields)
    new: JsonObject = copied(found.object) if is_custom else found.object
    owners = distinct_owners(new, patched=True)
    if not problems or options.field_validation == "Ignore":
        return new, owners
    if options.field_validation == "Strict":
        raise _invalid_patch(shown, f"strict decoding error: {', '.join(problems)}")
    return new, (*problems, *owners)


def _read(expected: Resource | Subresource, object_: JsonObject) -> Decoded:
    return decode_object(expected, object_) if isinstance(expected, Resource) else decode_posted(expected, object_)


def _ordered(object_: JsonObject) -> JsonObject:
    """Give an object with its members in the order of their names, at every level."""
    ordered: JsonObject = msgspec.json.decode(msgspec.json.encode(object_, order="sorted"))
    return ordered


def _invalid_patch(shown: str, why: str) -> ApiFailure:
    cause = Cause("FieldValueInvalid", f"Invalid value: {_quoted(shown)}: {why}", "patch")
    failure = invalid(ResourceName("", "", ""), "", [cause])
    failure.status["details"] = {"causes": [cause.as_dict()]}
    return failure


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _check_kept(expected: Resource | Subresource, result: JsonObject) -> None:
    """Refuse a patch that makes another kind of the object, as one that can't be read."""
    kind, version = result.get("kind") or "", result.get("apiVersion") or ""
    if (kind, version) != (expected.kind, expected.api_version):
        scheme = 'in scheme "pkg/runtime/scheme.go:111"'
        raise _invalid_patch(go_json(result), f'no kind "{kind}" is registered for version "{version}" {scheme}')


def _apply(
    cluster: Cluster, resource: Resource, key: Key, body: Any, options: ChangeOptions, subresource: str | None
) -> Outcome:
    if not is_object(body):
        raise bad_request("error decoding YAML: the body is no object")
    existing = cluster.get(resource, key)
    by_status = subresource == "status" and may_create_by_update(resource)
    if existing is None and subresource is not None and not by_status:
        raise not_found(resource.name, key.name)
    live = cluster.served(resource, existing) if existing is not None else None
    applied = _with_place(resource, key, body)
    try:
        result = apply(
            object_type(cluster.registry, resource, subresource or ""),
            live.object if live is not None else None,
            applied,
            manager=options.field_manager,
            force=bool(options.force),
            now=cluster.now(),
        )
    except Rejection as error:
        raise failure_of(error) from None
    new, warnings = _decoded(resource, STRATEGIC, body, result, options)
    if live is None:
        check_names({"metadata": dict(object_at(body, "metadata"))}, name=key.name, namespace=None)
        _check_no_identity(resource, key, applied)
        check_names(new, name=key.name, namespace=key.namespace if resource.namespaced else None)
        check_may_create(cluster, resource, key, options.user)
        namespace = key.namespace if resource.namespaced else None
        entry = create_object(cluster, resource, namespace, new, options, managed=True, by_status=by_status)
        return Outcome(entry, 201, warnings)
    entry = store_change(cluster, resource, key, live, new, options, subresource=subresource, managed=True)
    return Outcome(entry, 200, warnings)


def _with_place(resource: Resource, key: Key, body: JsonObject) -> JsonObject:
    metadata: Any = body.get("metadata")
    if metadata is None:
        metadata = {}
    applied: JsonObject = {**body}
    if is_object(metadata):
        applied["metadata"] = {**metadata, "name": metadata.get("name") or key.name}
        check_names(
            {"metadata": dict(applied["metadata"])},
            name=key.name,
            namespace=key.namespace if resource.namespaced else None,
        )
    return applied


def _check_no_identity(resource: Resource, key: Key, applied: JsonObject) -> None:
    uid = applied["metadata"].get("uid")
    if uid:
        raise ApiFailure(
            409,
            "Conflict",
            f'Operation cannot be fulfilled on {resource.name.qualified} "{key.name}": uid mismatch: the provided '
            f"object specified uid {uid}, and no existing object was found",
            details=resource.name.details(key.name),
        )


def failure_of(error: Rejection) -> ApiFailure:
    """Give the answer to a request whose patch is rejected."""
    details: dict[str, Any] | None = None
    if error.causes:
        details = {
            "causes": [{"reason": each.reason, "message": each.message, "field": each.field} for each in error.causes]
        }
    return ApiFailure(error.code, error.reason, error.message, details=details)


def _strategic_patched(resource: Resource, live: JsonObject, body: JsonObject) -> JsonObject:
    """Give an object as a strategic merge patch leaves it.

    Raises:
        ApiFailure: the patch does not fit (400, 422, 500).
    """
    try:
        return apply_strategic_merge(live, body, resource.schema)
    except Rejection as error:
        raise failure_of(error) from None
