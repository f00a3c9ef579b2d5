"""Deletes objects: at once, after a grace period, or when their finalizers are gone.

https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from kubex.core._json_value import is_array, is_object
from kubex.testing.access.users import User
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
from kubex.testing.lifecycle.cluster import Cluster, copied, timestamp
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.kinds import (
    answers_with_object,
    name_in_refusals,
    orphans_by_default,
    storage_place,
)
from kubex.testing.lifecycle.namespaces import PROTECTED_NAMESPACES
from kubex.testing.lifecycle.ownership import carried_owners
from kubex.testing.lifecycle.requests import DeleteOptions, Outcome
from kubex.testing.lifecycle.submission import Admission
from kubex.testing.lifecycle.submitting import submit_deletion
from kubex.testing.registry import Resource
from kubex.testing.schema.zero_values import zero_object
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = [
    "CLEANUP",
    "TERMINATING",
    "check_preconditions",
    "delete",
    "deletion_warnings",
    "read_delete_options",
    "with_condition",
]

CLEANUP: Final = "customresourcecleanup.apiextensions.k8s.io"
"""Finalizer of a definition that has objects to delete."""

TERMINATING: Final = "Terminating"
"""Condition of a definition that is being deleted."""

_OPTIONS: Final = ResourceName("meta.k8s.io", "deleteoptions", "DeleteOptions")
_POLICIES: Final = ("Foreground", "Background", "Orphan")
_ORPHAN: Final = "orphan"
_FOREGROUND: Final = "foregroundDeletion"
_FINISHED: Final = ("Failed", "Succeeded")
_DEFAULT_GRACE: Final = 30
_JOB_WARNING: Final = (
    "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set "
    "propagationPolicy=Orphan to suppress this warning"
)


def read_delete_options(
    body: JsonObject, *, dry_run: bool = False, user: User | None = None, admission: Admission | None = None
) -> DeleteOptions:
    """Read a DeleteOptions.

    Raises:
        ApiFailure: it is none (400), or asks for what does not exist (422).
    """
    kind, version = body.get("kind") or "DeleteOptions", body.get("apiVersion") or "v1"
    if kind != "DeleteOptions":
        scheme = 'in scheme "pkg/runtime/scheme.go:111"'
        raise bad_request(f'no kind "{kind}" is registered for version "{version}" {scheme}')
    grace = _typed(body, "gracePeriodSeconds", int, "int64")
    policy = _typed(body, "propagationPolicy", str, "v1.DeletionPropagation")
    orphan = _typed(body, "orphanDependents", bool, "bool")
    preconditions = object_at(body, "preconditions")
    if not is_object(preconditions):
        raise _wrong_type(preconditions, "preconditions", "v1.Preconditions")
    causes: list[Cause] = []
    if orphan is not None and policy is not None:
        why = "orphanDependents and deletionPropagation cannot be both set"
        causes.append(field_invalid("propagationPolicy", policy, why))
    if policy is not None and policy not in _POLICIES:
        supported = ", ".join(f'"{each}"' for each in (*_POLICIES, "nil"))
        text = f'Unsupported value: "{policy}": supported values: {supported}'
        causes.append(Cause("FieldValueNotSupported", text, "propagationPolicy"))
    runs: Any = list_at(body, "dryRun")
    if runs and (not is_array(runs) or any(each != "All" for each in runs)):
        shown = "[" + ",".join(f'"{each}"' for each in runs) + "]"
        text = f'Unsupported value: {shown}: supported values: "All"'
        causes.append(Cause("FieldValueNotSupported", text, "dryRun"))
    if causes:
        raise invalid(_OPTIONS, "", causes)
    if orphan is not None:
        policy = "Orphan" if orphan else "Background"
    return DeleteOptions(
        grace,
        policy,
        preconditions.get("uid"),
        preconditions.get("resourceVersion"),
        dry_run or bool(runs),
        user,
        admission,
        body,
    )


def _typed(body: JsonObject, name: str, type_: type, go_type: str) -> Any:
    value = body.get(name)
    if value is None or (isinstance(value, type_) and not (type_ is int and isinstance(value, bool))):
        return value
    raise _wrong_type(value, name, go_type)


def _wrong_type(value: Any, name: str, go_type: str) -> ApiFailure:
    kinds = {bool: "bool", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    found = kinds[type(value)]
    return bad_request(f"json: cannot unmarshal {found} into Go struct field DeleteOptions.{name} of type {go_type}")


def delete(cluster: Cluster, resource: Resource, key: Key, options: DeleteOptions) -> Outcome:
    """Delete an object.

    Raises:
        ApiFailure: there is none (404), it is not the one that is meant (409), or it may not be deleted (403).
    """
    warnings = deletion_warnings(resource, options)
    with warned_of(warnings):
        outcome = _delete(cluster, resource, key, options)
    return replace(outcome, warnings=warnings)


def deletion_warnings(resource: Resource, options: DeleteOptions) -> tuple[str, ...]:
    """Give what a deletion is warned about, whatever comes of it."""
    is_job = (resource.name.group, resource.kind) == ("batch", "Job")
    return (_JOB_WARNING,) if is_job and not options.propagation_policy else ()


def _delete(cluster: Cluster, resource: Resource, key: Key, options: DeleteOptions) -> Outcome:
    existing = cluster.get(resource, key)
    if existing is None:
        raise not_found(resource.name, key.name)
    live = cluster.served(resource, existing)
    is_namespace = resource.name.group == "" and resource.kind == "Namespace"
    if is_namespace and key.name in PROTECTED_NAMESPACES:
        message = f'namespaces "{key.name}" is forbidden: this namespace may not be deleted'
        raise ApiFailure(403, "Forbidden", message, details=resource.name.details(key.name))
    check_preconditions(resource, live, options)
    submit_deletion(cluster, resource, key, live, options)
    if is_namespace:
        return Outcome(_mark_namespace(cluster, resource, key, live, options))
    if resource.kind == "CustomResourceDefinition":
        return Outcome(_mark_definition(cluster, resource, key, live, options))
    grace = _grace(resource, live.state, options)
    before = live.state["metadata"]
    if "deletionTimestamp" in before and grace is not None:
        previous = before.get("deletionGracePeriodSeconds", 0)
        if grace >= previous and not (grace == 0 and previous == 0):
            return Outcome(live)
    next_ = _next_state(cluster, resource, live.state, grace, options)
    waits = bool(next_["metadata"].get("finalizers")) or bool(next_["metadata"].get("deletionGracePeriodSeconds"))
    if waits or grace is not None:
        entry = _put_unless_same(cluster, resource, key, live, next_, options.dry_run)
        if waits:
            return Outcome(entry)
        live = entry
    if options.dry_run and grace is None and before.get("finalizers"):
        # The collector's finalizers would go with the object: the server gives what it would have put the change into.
        empty = {"kind": resource.kind, "apiVersion": resource.api_version, **zero_object(resource.schema)}
        return Outcome(Entry(empty, live.revision))
    if options.resource_version is not None and before.get("finalizers") and not options.dry_run:
        # The collector's finalizers go with the object: the server has lost the version that it was to compare by then.
        raise _lost_version(resource, key, live)
    removed = live if options.dry_run else cluster.served(resource, cluster.remove(resource, key))
    if answers_with_object(resource):
        return Outcome(removed)
    return Outcome(_success(resource, live, removed.revision))


def _success(resource: Resource, live: Entry, revision: int) -> Entry:
    metadata = live.state["metadata"]
    details = resource.name.details(metadata["name"], uid=metadata["uid"])
    status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
    return Entry(status, revision)


def check_preconditions(resource: Resource, live: Entry, options: DeleteOptions) -> None:
    """Check that an object is the one that is meant.

    Raises:
        ApiFailure: it isn't (409).
    """
    metadata = live.state["metadata"]
    if (resource.name.group, resource.kind) == ("", "Namespace"):
        _check_preconditions_of_namespace(resource, metadata, options)
        return
    if options.uid is not None and options.uid != metadata["uid"]:
        why = (
            f"the UID in the precondition ({options.uid}) does not match the UID in record ({metadata['uid']}). "
            "The object might have been deleted and then recreated"
        )
        raise _kind_conflict(resource, metadata["name"], why)
    if options.resource_version is not None and options.resource_version != metadata["resourceVersion"]:
        why = (
            f"the ResourceVersion in the precondition ({options.resource_version}) does not match the ResourceVersion "
            f"in record ({metadata['resourceVersion']}). The object might have been modified"
        )
        raise _kind_conflict(resource, metadata["name"], why)


def _check_preconditions_of_namespace(resource: Resource, metadata: JsonObject, options: DeleteOptions) -> None:
    for name, field, asked in (
        ("UID", "uid", options.uid),
        ("ResourceVersion", "resourceVersion", options.resource_version),
    ):
        if asked is not None and asked != metadata[field]:
            why = f"Precondition failed: {name} in precondition: {asked}, {name} in object meta: {metadata[field]}"
            raise conflict(resource.name, metadata["name"], why)


def _lost_version(resource: Resource, key: Key, live: Entry) -> ApiFailure:
    place = storage_place(resource, key)
    return conflict(resource.name, key.name, failed_precondition(place, "ResourceVersion", "", str(live.revision)))


def _kind_conflict(resource: Resource, name: str, why: str) -> ApiFailure:
    named = name_in_refusals(resource)
    message = f'Operation cannot be fulfilled on {named.qualified_kind} "{name}": {why}'
    return ApiFailure(409, "Conflict", message, details=named.details(name, kind=resource.kind))


def _grace(resource: Resource, object_: JsonObject, options: DeleteOptions) -> int | None:
    """Give the grace period in seconds; `None` for kinds that know of none."""
    if resource.name.group or resource.kind != "Pod":
        return None
    given = options.grace_period_seconds
    if given is None:
        given = object_["spec"].get("terminationGracePeriodSeconds", _DEFAULT_GRACE)
    if not object_["spec"].get("nodeName") or object_at(object_, "status").get("phase") in _FINISHED:
        return 0
    return 1 if given < 0 else int(given)


def _next_state(
    cluster: Cluster, resource: Resource, object_: JsonObject, grace: int | None, options: DeleteOptions
) -> JsonObject:
    """Give the object as the request leaves it: marked as being deleted, with the collector's finalizers."""
    before = object_["metadata"]
    metadata: JsonObject = dict(before)
    shorter = grace is not None and "deletionTimestamp" in before
    if "deletionTimestamp" not in before or shorter:
        begun = datetime.fromisoformat(before["deletionTimestamp"]) if shorter else cluster.clock.now()
        spent = before.get("deletionGracePeriodSeconds") or 0 if shorter else 0
        metadata["deletionTimestamp"] = timestamp(begun + timedelta(seconds=(grace or 0) - spent))
        metadata["deletionGracePeriodSeconds"] = grace or 0
        if before.get("generation") and not shorter:
            metadata["generation"] = before["generation"] + 1
    finalizers = _with_policy(resource, list_at(before, "finalizers"), options.propagation_policy)
    metadata.pop("finalizers", None)
    if finalizers:
        metadata["finalizers"] = finalizers
    return {**object_, "metadata": metadata}


def _with_policy(resource: Resource, finalizers: list[str], policy: str | None) -> list[str]:
    if resource.kind == "Event":  # which nobody collects
        policy = "Background"
    if policy is None:
        if _ORPHAN in finalizers or _FOREGROUND in finalizers:
            return finalizers
        policy = "Orphan" if orphans_by_default(resource) else None
    rest = [each for each in finalizers if each not in (_ORPHAN, _FOREGROUND)]
    added = {"Orphan": [_ORPHAN], "Foreground": [_FOREGROUND]}.get(policy or "", [])
    # What is there already stays in its order.
    return finalizers if set(finalizers) == {*rest, *added} else [*rest, *added]


def _put_unless_same(
    cluster: Cluster, resource: Resource, key: Key, live: Entry, next_: JsonObject, dry_run: bool
) -> Entry:
    if next_ == live.state:
        return live
    if dry_run:
        return Entry(next_, live.revision, carried_owners(live))
    return cluster.served(resource, cluster.put(resource, key, next_, carried_owners(live)))


def _mark_namespace(cluster: Cluster, resource: Resource, key: Key, live: Entry, options: DeleteOptions) -> Entry:
    """Begin to delete a namespace; what is in it goes next."""
    if "deletionTimestamp" in live.object["metadata"]:
        return live
    next_: JsonObject = copied(live.object)
    next_["metadata"]["deletionTimestamp"] = cluster.now()
    next_.setdefault("status", {})["phase"] = "Terminating"
    finalizers = _with_policy(resource, list_at(next_["metadata"], "finalizers"), options.propagation_policy)
    if finalizers:
        next_["metadata"]["finalizers"] = finalizers
    return _put_unless_same(cluster, resource, key, live, next_, options.dry_run)


def _mark_definition(cluster: Cluster, resource: Resource, key: Key, live: Entry, options: DeleteOptions) -> Entry:
    """Begin to delete a CustomResourceDefinition; its objects go next."""
    if "deletionTimestamp" in live.object["metadata"]:
        return live
    next_: JsonObject = copied(live.object)
    metadata = next_["metadata"]
    metadata["deletionTimestamp"] = cluster.now()
    finalizers = _with_policy(resource, list_at(metadata, "finalizers"), options.propagation_policy)
    metadata["finalizers"] = [*finalizers, *([CLEANUP] if CLEANUP not in finalizers else [])]
    status = next_.setdefault("status", {})
    marked = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"
    state = ("True", "InstanceDeletionPending", marked)
    status["conditions"] = with_condition(list_at(status, "conditions"), TERMINATING, state, cluster.now())
    return _put_unless_same(cluster, resource, key, live, next_, options.dry_run)


def with_condition(conditions: list[JsonObject], type_: str, state: tuple[str, str, str], now: str) -> list[JsonObject]:
    """Give the conditions of a definition with one that is added or changed.

    Args:
        conditions: all of them.
        type_: of the one.
        state: its status, reason and message.
        now: the time of a change of its status.
    """
    status, reason, message = state
    new = {"type": type_, "status": status, "lastTransitionTime": now, "reason": reason, "message": message}
    for index, each in enumerate(conditions):
        if each["type"] == type_:
            if each["status"] == status:
                new["lastTransitionTime"] = each["lastTransitionTime"]
            return [*conditions[:index], new, *conditions[index + 1 :]]
    return [*conditions, new]
