"""Patches objects: JSON patches, merge patches, strategic merge patches and server-side apply.

https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

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
    repeated_names,
)
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.creation import create_object
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.json_patches import json_kind, read_json_patch
from kubex.testing.lifecycle.kinds import may_create_by_update
from kubex.testing.lifecycle.ownership import object_type
from kubex.testing.lifecycle.patch_results import converted_applied, read_patched, stored_applied
from kubex.testing.lifecycle.patch_types import APPLY, JSON, MERGE, STRATEGIC
from kubex.testing.lifecycle.requests import ChangeOptions, Outcome
from kubex.testing.lifecycle.updating import check_may_create, check_version_given, store_change
from kubex.testing.patching.apply import apply
from kubex.testing.patching.rejection import Rejection
from kubex.testing.patching.strategic_merge import apply_strategic_merge
from kubex.testing.registry import Resource, Subresource
from kubex.testing.storage import JsonObject, Key

__all__ = [
    "applied_object",
    "check_patch_options",
    "check_patch_type",
    "failure_of",
    "patch",
    "patch_option_causes",
    "patched",
    "told_of_repeated",
]

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
    new, warnings = read_patched(resource, key.name, patch_type, body, live.object, result, options)
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


def patched(kind: Resource | Subresource, live: JsonObject, patch_type: str, body: Any) -> JsonObject:
    """Give an object as a patch leaves it, before anything is checked.

    Args:
        kind: what the object is.
        live: the object before.
        patch_type: kind of the patch.
        body: the patch.

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
    return _strategic_patched(kind, live, body)


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


def _apply(
    cluster: Cluster, resource: Resource, key: Key, body: Any, options: ChangeOptions, subresource: str | None
) -> Outcome:
    body = applied_object(body)
    existing = cluster.get(resource, key)
    by_status = subresource == "status" and may_create_by_update(resource)
    if existing is None and subresource is not None and not by_status:
        raise not_found(resource.name, key.name)
    live = cluster.served(resource, existing) if existing is not None else None
    try:
        result = apply(
            object_type(cluster.registry, resource, subresource or ""),
            live.object if live is not None else None,
            body,
            manager=options.field_manager,
            force=bool(options.force),
            now=cluster.now(),
        )
    except Rejection as error:
        raise failure_of(error) from None
    metadata = object_at(result, "metadata")
    result = {**result, "metadata": {"name": key.name, **metadata}}
    found = converted_applied(resource, body, result)
    repeated = told_of_repeated(options)
    with warned_of(repeated):
        if live is None:
            _check_no_identity(resource, key, body)
        _check_applied_name(resource, key, body, is_new=live is None)
    new, warnings = stored_applied(resource, found)
    warnings = (*repeated, *warnings)
    with warned_of(warnings):
        if live is not None:
            entry = store_change(cluster, resource, key, live, new, options, subresource=subresource, managed=True)
            return Outcome(entry, 200, warnings)
        namespace = key.namespace if resource.namespaced else None
        check_names(new, name=key.name, namespace=namespace)
        check_may_create(cluster, resource, key, options.user)
        entry = create_object(cluster, resource, namespace, new, options, managed=True, by_status=by_status)
        return Outcome(entry, 201, warnings)


def applied_object(body: Any) -> JsonObject:
    """Give what is applied; nothing is an object without anything.

    Raises:
        ApiFailure: it is no object (400).
    """
    if body is not None and not is_object(body):
        why = f"json: cannot unmarshal {json_kind(body)} into Go value of type map[string]interface {{}}"
        raise bad_request(f"error decoding YAML: error unmarshaling JSON: while decoding JSON: {why}")
    return body or {}


def told_of_repeated(options: ChangeOptions) -> tuple[str, ...]:
    """Give the warnings about names that are there twice in what is applied.

    Raises:
        ApiFailure: there are some, and the request wants none (400).
    """
    if options.field_validation == "Strict" and (problems := repeated_names(options)):
        raise bad_request(f"error strict decoding YAML: error converting YAML to JSON: {problems[0]}")
    return () if options.field_validation == "Ignore" else tuple(dict.fromkeys(options.repeated))


def _check_applied_name(resource: Resource, key: Key, body: JsonObject, *, is_new: bool) -> None:
    """Check the name and namespace of what is applied against the path; what is there has its name from before."""
    given = dict(object_at(body, "metadata"))
    if not is_new:
        given.setdefault("name", key.name)
    check_names({"metadata": given}, name=key.name, namespace=key.namespace if resource.namespaced else None)


def _check_no_identity(resource: Resource, key: Key, applied: JsonObject) -> None:
    uid = object_at(applied, "metadata").get("uid")
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


def _strategic_patched(kind: Resource | Subresource, live: JsonObject, body: JsonObject) -> JsonObject:
    """Give an object as a strategic merge patch leaves it.

    Raises:
        ApiFailure: the patch does not fit (400, 422, 500).
    """
    try:
        return apply_strategic_merge(live, body, kind.schema)
    except Rejection as error:
        raise failure_of(error) from None
