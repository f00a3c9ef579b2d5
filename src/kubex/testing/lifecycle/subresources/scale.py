"""The `scale` subresource: the replicas of an object as a Scale, read and written.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/scale-v1/
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kubex.core._json_value import is_object
from kubex.core.exceptions import InvalidArgument
from kubex.core.field_sets import Path
from kubex.core.selectors import LabelSelector
from kubex.testing.failures import (
    ApiFailure,
    Cause,
    ResourceName,
    bad_request,
    conflict,
    failed_precondition,
    field_invalid,
    invalid,
    not_found,
    warned_of,
)
from kubex.testing.lifecycle.bodies import check_names, decode_object, read_posted
from kubex.testing.lifecycle.cluster import Cluster, copied
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.kinds import storage_place
from kubex.testing.lifecycle.patch_results import converted_applied, read_patched, stored_applied
from kubex.testing.lifecycle.patch_types import APPLY
from kubex.testing.lifecycle.patches import applied_object, check_patch_options, failure_of, patched, told_of_repeated
from kubex.testing.lifecycle.requests import ChangeOptions, Outcome
from kubex.testing.lifecycle.scale_paths import ReplicasPathError, number_at, set_at, split_path, text_at
from kubex.testing.lifecycle.submitting import mutated_change
from kubex.testing.lifecycle.updating import store_change
from kubex.testing.patching.apply import apply, check_applied, check_applied_kind
from kubex.testing.patching.field_managers import field_manager
from kubex.testing.patching.managed_fields import with_managed_fields
from kubex.testing.patching.object_type import ObjectType
from kubex.testing.patching.rejection import Rejection
from kubex.testing.patching.scale import SCALE_VERSION, entries_after_scale, scale_owners
from kubex.testing.patching.tracking import current_owners, track_update
from kubex.testing.registry import Resource, Subresource
from kubex.testing.schema.tree import ANY, Field, ObjectSchema, ScalarSchema
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = ["get_scale", "patch_scale", "replace_scale"]

_SCALE = ResourceName("autoscaling", "scales", "Scale")
_SPEC = ObjectSchema("ScaleSpec", lambda: {"replicas": Field("replicas", ScalarSchema("integer", "int32"))})
# Of a Scale, only the replicas have owners.
_TYPE = ObjectType(
    SCALE_VERSION, "Scale", ObjectSchema("Scale", lambda: {"spec": Field("spec", _SPEC)}, values=ANY), "scale"
)
_PATHS = {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}
_UNSET = -(2**31)
_METADATA = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")


def get_scale(cluster: Cluster, resource: Resource, key: Key) -> Entry:
    """Give the scale of an object.

    Raises:
        ApiFailure: there is no such object (404).
    """
    entry = _live(cluster, resource, key)
    scale = _scale_of(resource, entry.object)
    if resource.custom is not None and number_at(entry.object, _path(resource, "specReplicasPath")) is None:
        raise _missing(_path(resource, "specReplicasPath"))
    return Entry(scale, entry.revision)


def _missing(path: str) -> ApiFailure:
    text = f'the spec replicas field "{path}" does not exist'
    details = {"causes": [{"message": text}]}
    return ApiFailure(500, "InternalError", f"Internal error occurred: {text}", details=details)


def replace_scale(cluster: Cluster, resource: Resource, key: Key, body: Any, options: ChangeOptions) -> Outcome:
    """Scale an object by a Scale.

    Raises:
        ApiFailure: the Scale is not this object's (400), the object has been modified (409) or the number is bad (422).
    """
    try:
        scale, warnings = read_posted(resource, resource.subresources["scale"], body, options)
    except ApiFailure:
        if resource.custom is None:
            raise
        # The server of custom resources does not find words for it.
        raise bad_request('no kind is registered for the type v1.Scale in scheme "pkg/runtime/scheme.go:111"') from None
    with warned_of(warnings):
        check_names(scale, name=key.name, namespace=key.namespace if resource.namespaced else None)
        entry = _live(cluster, resource, key)
        given, uid = scale["metadata"].get("uid") or "", entry.object["metadata"]["uid"]
        if given and given != uid:
            place = storage_place(resource, key, dry_run=options.dry_run)
            raise conflict(resource.name, key.name, failed_precondition(place, "UID", given, uid))
        outcome = _store(cluster, resource, key, entry, scale, options, loses_owners=_loses_owners(resource, body))
    return replace(outcome, warnings=warnings)


def patch_scale(
    cluster: Cluster, resource: Resource, key: Key, patch_type: str, body: Any, options: ChangeOptions
) -> Outcome:
    """Scale an object by a patch of its Scale.

    Raises:
        ApiFailure: as `replace_scale`, or the patch does not apply.
    """
    entry = _live(cluster, resource, key)
    check_patch_options(resource, patch_type, options)
    kind = resource.subresources["scale"]
    applied: JsonObject | None = None
    loses_owners = False
    warnings: tuple[str, ...] = ()
    if patch_type == APPLY:
        body = applied_object(body)
        applied = _applied(cluster, resource, entry, kind, body, options)
        found = converted_applied(kind, body, applied)
        warnings = told_of_repeated(options)
        scale, _ = stored_applied(kind, found)
    else:
        live = _with_replicas_unset(resource, entry.object, copied(_scale_of(resource, entry.object)))
        result = copied(patched(kind, live, patch_type, body))
        scale, warnings = read_patched(resource, key.name, patch_type, body, live, result, options, kind)
        loses_owners = _loses_owners(resource, result)
    with warned_of(warnings):
        check_names(scale, name=key.name, namespace=key.namespace if resource.namespaced else None)
        _check_patched_uid(resource, key, entry, scale["metadata"])
        outcome = _store(cluster, resource, key, entry, scale, options, applied, loses_owners=loses_owners)
    return replace(outcome, warnings=warnings)


def _applied(
    cluster: Cluster, resource: Resource, entry: Entry, kind: Subresource, body: JsonObject, options: ChangeOptions
) -> JsonObject:
    """Give the Scale as applying another one leaves it, with its owners."""
    live = _owned_scale(cluster, resource, entry)
    try:
        if resource.custom is not None and not current_owners(live):
            check_applied_kind(_TYPE, body)
            raise _unconvertible("failed to create manager for existing fields: failed to convert live object", {})
        check_applied(replace(_TYPE, schema=kind.schema), body)
        applied = apply(_TYPE, live, body, manager=options.field_manager, force=bool(options.force), now=cluster.now())
    except Rejection as error:
        raise failure_of(error) from None
    if resource.custom is not None and not _is_as_before(applied, _scale_of(resource, entry.object)):
        raise _unconvertible("failed to convert new object", object_at(body, "metadata"))
    return applied


def _unconvertible(problem: str, metadata: JsonObject) -> ApiFailure:
    """Refuse an apply as a server does: it can't convert the Scale of a custom resource from what was applied."""
    place = f"{metadata.get('namespace') or ''}/{metadata.get('name') or ''}; {SCALE_VERSION}, Kind=Scale"
    why = f"request to convert CR to an invalid group/version: {SCALE_VERSION}"
    return ApiFailure(500, "", f"{problem} ({place}) to proper version: {why}")


def _is_as_before(applied: JsonObject, scale: JsonObject) -> bool:
    """Whether applying a Scale has changed nothing but its owners."""

    def without_owners(object_: JsonObject) -> JsonObject:
        metadata = {name: value for name, value in object_["metadata"].items() if name != "managedFields"}
        return {**object_, "metadata": metadata}

    return without_owners({"status": scale["status"], **applied}) == without_owners(scale)


def _check_patched_uid(resource: Resource, key: Key, entry: Entry, metadata: JsonObject) -> None:
    given, uid = metadata.get("uid") or "", entry.object["metadata"]["uid"]
    if not given or given == uid:
        return
    if resource.custom is not None:  # which nobody looks at
        metadata["uid"] = uid
        return
    name = resource.name._replace(plural=f"{resource.name.plural}/scale")
    why = f"Precondition failed: UID in precondition: {given}, UID in object meta: {uid}"
    raise conflict(name, key.name, why)


def _with_replicas_unset(resource: Resource, object_: JsonObject, scale: JsonObject) -> JsonObject:
    """Let a Scale tell, as the server's does, that there is no number of replicas yet."""
    if resource.custom is not None and number_at(object_, _path(resource, "specReplicasPath")) is None:
        scale["spec"] = {"replicas": _UNSET}
    return scale


def _live(cluster: Cluster, resource: Resource, key: Key) -> Entry:
    entry = cluster.get(resource, key)
    if entry is None:
        raise not_found(resource.name, key.name)
    return cluster.served(resource, entry)


def _store(
    cluster: Cluster,
    resource: Resource,
    key: Key,
    entry: Entry,
    scale: JsonObject,
    options: ChangeOptions,
    applied: JsonObject | None = None,
    *,
    loses_owners: bool,
) -> Outcome:
    old = _scale_of(resource, entry.object)
    scale = mutated_change(resource, key, old, _shown(entry, scale), options, "scale")
    spec: Any = scale.get("spec")
    replicas: Any = spec.get("replicas") if is_object(spec) else None
    if replicas is None:
        replicas = 0
    if replicas == _UNSET and resource.custom is not None:
        raise bad_request(f'the spec replicas field "{_path(resource, "specReplicasPath")}" cannot be empty')
    is_number = isinstance(replicas, int) and not isinstance(replicas, bool)
    if not is_number or (replicas < 0 and resource.custom is None):  # else the custom resource itself is no good
        cause: Cause = field_invalid("spec.replicas", replicas, "must be greater than or equal to 0")
        raise invalid(_SCALE, key.name, [cause])
    path = _path(resource, "specReplicasPath")
    new: JsonObject = copied(entry.object)
    new["metadata"]["resourceVersion"] = scale["metadata"].get("resourceVersion", "")
    new["metadata"]["uid"] = scale["metadata"].get("uid") or new["metadata"]["uid"]
    try:
        set_at(new, path, replicas)
    except ReplicasPathError as error:
        raise ApiFailure(500, "", str(error)) from None
    new = decode_object(resource, new).object
    after: JsonObject = {} if loses_owners else _owned_after(cluster, resource, entry, replicas, options, applied)
    entries = entries_after_scale(
        current_owners(entry.object), current_owners(after), resource.api_version, _replicas_paths(cluster, resource)
    )
    new["metadata"].pop("managedFields", None)
    if entries:
        new["metadata"]["managedFields"] = entries
    changed = store_change(
        cluster, resource, key, entry, new, options, managed=True, scale_of=lambda object_: _scale_of(resource, object_)
    )
    return Outcome(Entry(_scale_of(resource, changed.object), changed.revision))


def _shown(entry: Entry, scale: JsonObject) -> JsonObject:
    """Give a Scale as the next state of the present one, whatever the request leaves out."""
    metadata = {name: entry.object["metadata"][name] for name in _METADATA if name in entry.object["metadata"]}
    return {**scale, "kind": "Scale", "apiVersion": SCALE_VERSION, "metadata": {**metadata, **scale["metadata"]}}


def _loses_owners(resource: Resource, sent: JsonObject) -> bool:
    """Whether nobody owns the replicas after a change by this Scale.

    The server can't tell what has changed in the Scale of a custom resource that does not say its version, and drops
    the owners.
    """
    return resource.custom is not None and sent.get("apiVersion") != SCALE_VERSION


def _owned_after(
    cluster: Cluster,
    resource: Resource,
    entry: Entry,
    replicas: int,
    options: ChangeOptions,
    applied: JsonObject | None,
) -> JsonObject:
    """Give the Scale after a request to it, with its owners."""
    if applied is not None:
        return applied
    live = _owned_scale(cluster, resource, entry)
    changed = {**live, "spec": {"replicas": replicas} if replicas else {}}
    manager = field_manager(options.field_manager, options.user_agent)
    return track_update(_TYPE, live, changed, manager=manager, now=cluster.now())


def _owned_scale(cluster: Cluster, resource: Resource, entry: Entry) -> JsonObject:
    """Give the Scale of an object with its owners."""
    scale = _scale_of(resource, entry.object)
    owners = scale_owners(current_owners(entry.object), _replicas_paths(cluster, resource))
    return with_managed_fields({name: value for name, value in scale.items() if name != "status"}, owners)


def _replicas_paths(cluster: Cluster, resource: Resource) -> dict[str, Path]:
    """Give where the replicas are in each version of a resource."""
    group, plural = resource.name.group, resource.name.plural
    versions = (cluster.registry.find(group, version, plural) for version in cluster.registry.versions(group))
    return {
        each.api_version: tuple(f"f:{name}" for name in split_path(_path(each, "specReplicasPath")))
        for each in versions
        if each is not None and "scale" in each.subresources
    }


def _scale_of(resource: Resource, object_: JsonObject) -> JsonObject:
    try:
        return _scale(resource, object_)
    except ReplicasPathError as error:
        raise ApiFailure(500, "", str(error)) from None


def _scale(resource: Resource, object_: JsonObject) -> JsonObject:
    metadata = {name: object_["metadata"][name] for name in _METADATA if name in object_["metadata"]}
    replicas = number_at(object_, _path(resource, "specReplicasPath"))
    status = {"replicas": number_at(object_, _path(resource, "statusReplicasPath")) or 0}
    selector = _selector(resource, object_)
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": metadata,
        "spec": {"replicas": replicas} if replicas else {},
        "status": {**status, "selector": selector} if selector else status,
    }


def _selector(resource: Resource, object_: JsonObject) -> str:
    if resource.custom is not None:
        path = _path(resource, "labelSelectorPath")
        return text_at(object_, path) if path else ""
    selector = object_at(object_, "spec").get("selector")
    if not is_object(selector):
        return ""
    try:
        if resource.kind == "ReplicationController":
            return str(LabelSelector.from_labels(selector))
        return str(LabelSelector.from_model(selector))
    except InvalidArgument:
        return ""


def _path(resource: Resource, name: str) -> str:
    scale = resource.custom.scale if resource.custom is not None else None
    return (scale.get(name) or "") if scale is not None else _PATHS.get(name, "")
