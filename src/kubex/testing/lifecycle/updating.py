"""Replaces and patches objects, whole or by one of their subresources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace as replace_fields
from typing import Any, Final

from kubex.testing.access.attributes import Attributes
from kubex.testing.access.escalation import check_escalation
from kubex.testing.access.signers import check_signer
from kubex.testing.access.users import User
from kubex.testing.failures import (
    ApiFailure,
    Cause,
    conflict,
    failed_precondition,
    field_forbidden,
    field_invalid,
    invalid,
    not_found,
    warned_of,
)
from kubex.testing.lifecycle.bodies import check_names, read_object
from kubex.testing.lifecycle.claim_growth import check_growth
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.creation import create_object
from kubex.testing.lifecycle.default_classes import check_default_priority
from kubex.testing.lifecycle.job_labels import as_read_back
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.kinds import (
    may_create_by_update,
    metadata_checks,
    name_in_refusals,
    needs_version,
    next_generation,
    storage_place,
    stores_first_update,
)
from kubex.testing.lifecycle.limit_ranges import check_limits
from kubex.testing.lifecycle.names import metadata_causes
from kubex.testing.lifecycle.ownership import owned, owned_later
from kubex.testing.lifecycle.param_permissions import ADMISSION_GROUP, check_params
from kubex.testing.lifecycle.preparation import prepare_subresource_update, prepare_update
from kubex.testing.lifecycle.quota_usage import is_terminating
from kubex.testing.lifecycle.quotas import check_quotas
from kubex.testing.lifecycle.requests import ChangeOptions, Outcome
from kubex.testing.lifecycle.submitting import mutated_change, validate_change
from kubex.testing.lifecycle.validation import object_causes
from kubex.testing.lifecycle.validation.subresources import subresource_causes
from kubex.testing.lifecycle.versions import numeric_version
from kubex.testing.registry import Resource
from kubex.testing.schema.zero_values import as_stored
from kubex.testing.storage import Entry, Finish, JsonObject, Key

__all__ = ["check_may_create", "check_version_given", "replace", "store_change"]

_MODIFIED: Final = "the object has been modified; please apply your changes to the latest version and try again"
# What a change may have take more than before: of LimitRanges and ResourceQuotas.
_MAY_TAKE_MORE: Final = frozenset({("persistentvolumeclaims", None), ("pods", "resize"), ("services", None)})
_IMMUTABLE: Final = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")


def replace(
    cluster: Cluster, resource: Resource, key: Key, body: Any, options: ChangeOptions, subresource: str | None = None
) -> Outcome:
    """Put an object in the place of another.

    Raises:
        ApiFailure: it can't be read (400), is not there (404), has been modified (409) or breaks rules (422).
    """
    new, warnings = read_object(resource, body, options)
    with warned_of(warnings):
        outcome = _replace(cluster, resource, key, new, options, subresource)
    return replace_fields(outcome, warnings=warnings)


def _replace(
    cluster: Cluster, resource: Resource, key: Key, new: JsonObject, options: ChangeOptions, subresource: str | None
) -> Outcome:
    check_names(new, name=key.name, namespace=key.namespace if resource.namespaced else None)
    existing = cluster.get(resource, key)
    if existing is None:
        if subresource not in (None, "status") or not may_create_by_update(resource):
            raise not_found(resource.name, key.name)
        uid = new["metadata"].get("uid")
        if uid:
            raise conflict(resource.name, key.name, _uid_mismatch(resource, key, options, uid, ""))
        _given_version(new)
        check_may_create(cluster, resource, key, options.user)
        namespace = key.namespace if resource.namespaced else None
        entry = create_object(cluster, resource, namespace, new, options, by_status=subresource is not None)
        return Outcome(entry, 201)
    live = cluster.served(resource, existing)
    uid = new["metadata"].get("uid")
    if uid and uid != live.object["metadata"]["uid"]:
        why = _uid_mismatch(resource, key, options, uid, live.object["metadata"]["uid"])
        raise conflict(resource.name, key.name, why)
    check_version_given(resource, key, new)
    return Outcome(store_change(cluster, resource, key, live, new, options, subresource=subresource))


def check_may_create(cluster: Cluster, resource: Resource, key: Key, user: User) -> None:
    """Check that a user who changes what is not there may create it.

    Raises:
        ApiFailure: no (403).
    """
    asked = Attributes(
        user=user,
        verb="create",
        group=resource.name.group,
        version=resource.version,
        resource=resource.name.plural,
        namespace=key.namespace,
        name=key.name,
    )
    cluster.access.check(asked)


def check_version_given(resource: Resource, key: Key, new: JsonObject) -> None:
    """Check that the next state of an object tells the version that it follows, where it has to.

    Raises:
        ApiFailure: it doesn't (422).
    """
    if new["metadata"].get("resourceVersion") or not needs_version(resource):
        return
    cause = field_invalid("metadata.resourceVersion", 0, "must be specified for an update")
    failure = invalid(resource.name, key.name, [cause])
    # The server names the plural here, where other refusals name the kind.
    failure.status["message"] = f'{resource.name.qualified} "{key.name}" is invalid: {cause.field}: {cause.message}'
    failure.status["details"]["kind"] = resource.name.plural
    raise failure


def _uid_mismatch(resource: Resource, key: Key, options: ChangeOptions, given: str, found: str) -> str:
    return failed_precondition(storage_place(resource, key, dry_run=options.dry_run), "UID", given, found)


def store_change(
    cluster: Cluster,
    resource: Resource,
    key: Key,
    live: Entry,
    new: JsonObject,
    options: ChangeOptions,
    *,
    subresource: str | None = None,
    managed: bool = False,
    check: Callable[[JsonObject, JsonObject], list[Cause]] | None = None,
    scale_of: Callable[[JsonObject], JsonObject] | None = None,
) -> Entry:
    """Store the next state of an object, or say why it can't be; what is the same as before is not stored.

    Args:
        cluster: where.
        resource: of the object.
        key: of the object.
        live: the object as it is, in the version of `resource`.
        new: its next state, in the same version; it is changed.
        options: of the request.
        subresource: by which it is changed; `None` for the object itself.
        managed: whether `managedFields` are as they are to be (server-side apply).
        check: says what else is wrong with the next state, given it and the present one.
        scale_of: gives the Scale of a state, where it is the object's Scale that is changed.
    """
    later = options.owners_later and not managed
    old = live.state if later else live.object
    _check_change(cluster, resource, key, live, new, options.user, subresource)
    before, metadata = old["metadata"], new["metadata"]
    _keep_identity(before, metadata)
    # Before admission and the rules of the kind have their way: what they add, no manager owns.
    finish: Finish | None = None
    if later:
        new, finish = owned_later(cluster.registry, resource, live, new, options, cluster.now(), subresource or "")
    elif not managed:
        new = owned(cluster.registry, resource, old, new, options, cluster.now(), subresource or "")
    if resource.custom is None:
        new = as_stored(new, resource.schema, old)
    if scale_of is None:  # else the Scale has been
        new = mutated_change(resource, key, old, new, options, subresource)
    if subresource is None:
        prepare_update(cluster, resource, old, new)
    else:
        prepare_subresource_update(cluster, resource, old, new, subresource)
    _count(resource, old, new, subresource)
    causes = _update_causes(resource, old, new, subresource)
    if check is not None:
        causes += check(new, old)
    if causes:
        raise invalid(name_in_refusals(resource), key.name, causes)
    _admit(cluster, resource, key, (old, new), options, subresource, scale_of)
    if _same(old, new, owners_aside=later) and not (live.is_first and stores_first_update(resource)):
        return live
    new = as_read_back(resource, new)
    if _is_over(new):
        if not options.dry_run:
            cluster.remove(resource, key)
        return Entry(new, live.revision, finish)
    if options.dry_run:
        return Entry(new, live.revision, finish)
    return cluster.served(resource, cluster.put(resource, key, new, finish))


def _keep_identity(before: JsonObject, metadata: JsonObject) -> None:
    """Put back what makes an object this one, where its next state does not tell it, in place."""
    metadata["resourceVersion"] = before.get("resourceVersion", "")
    for name in ("name", "namespace", *_IMMUTABLE):
        if not metadata.get(name) and name in before:
            metadata[name] = before[name]
    metadata["creationTimestamp"] = before["creationTimestamp"]


def _admit(
    cluster: Cluster,
    resource: Resource,
    key: Key,
    states: tuple[JsonObject, JsonObject],
    options: ChangeOptions,
    subresource: str | None,
    scale_of: Callable[[JsonObject], JsonObject] | None,
) -> None:
    """Have all who may refuse the next state of an object look at it."""
    old, new = states
    if subresource is None:
        if resource.name.group == ADMISSION_GROUP:
            check_params(cluster, resource, new, old, options.user)
        check_default_priority(cluster, resource, new, is_new=False)
        check_growth(cluster, resource, old, new)
    takes_more = not options.admitted and (resource.storage, subresource) in _MAY_TAKE_MORE
    if takes_more:
        check_limits(cluster, resource, new)
    if scale_of is None:
        validate_change(cluster, resource, key, old, new, options, subresource)
    else:
        validate_change(cluster, resource, key, scale_of(old), scale_of(new), options, "scale")
    if takes_more or (not options.admitted and _changes_scope(resource, subresource, old, new)):
        check_quotas(cluster, resource, new, old)


def _changes_scope(resource: Resource, subresource: str | None, old: JsonObject, new: JsonObject) -> bool:
    """Say whether a change has other quotas be about a pod than before."""
    return resource.storage == "pods" and subresource is None and is_terminating(old) != is_terminating(new)


def _count(resource: Resource, old: JsonObject, new: JsonObject, subresource: str | None) -> None:
    """Note which generation the next state of an object is, in place."""
    before, metadata = old["metadata"], new["metadata"]
    generation = before.get("generation") if subresource == "status" else next_generation(resource, old, new)
    metadata.pop("generation", None)
    if generation is not None:
        metadata["generation"] = generation


def _check_change(
    cluster: Cluster, resource: Resource, key: Key, live: Entry, new: JsonObject, user: User, subresource: str | None
) -> None:
    """Check that a user may make this of the object, and that it is the one that the user has seen."""
    if subresource is None:
        check_escalation(cluster.access, user, resource.name, key.namespace, new, live.state)
    else:
        check_signer(cluster.access, user, resource.name, subresource, new, live.state)
    _check_version(resource, key, live, new)


def _check_version(resource: Resource, key: Key, live: Entry, new: JsonObject) -> None:
    version = _given_version(new)
    if version and version != live.revision:
        raise conflict(resource.name, key.name, _MODIFIED)


def _given_version(new: JsonObject) -> int:
    """Read the version that a replacement tells: 0 if it tells none."""
    given = new["metadata"].get("resourceVersion")
    try:
        return numeric_version(given) if given else 0
    except ValueError as error:
        raise ApiFailure(500, "", str(error)) from None


def _update_causes(resource: Resource, old: JsonObject, new: JsonObject, subresource: str | None) -> list[Cause]:
    before, metadata = old["metadata"], new["metadata"]
    causes = [
        field_invalid(f"metadata.{name}", metadata[name], "field is immutable")
        for name in _IMMUTABLE
        if metadata.get(name) != before.get(name)
    ]
    if "deletionTimestamp" in before:
        added = [each for each in list_at(metadata, "finalizers") if each not in list_at(before, "finalizers")]
        if added:
            texts = ", ".join(f'"{each}"' for each in added)
            why = "no new finalizers can be added if the object is being deleted, found new finalizers "
            causes.append(field_forbidden("metadata.finalizers", f"{why}[]string{{{texts}}}"))
    # The server checks metadata several times, and tells what it finds as often among the causes.
    checks = metadata_checks(resource, subresource)
    causes *= checks.kept
    for each in metadata_causes(resource.name, metadata, namespaced=resource.namespaced):
        if each.field == "metadata.finalizers":
            causes += [each] * (max(1, checks.finalizers) + checks.spelled)
        elif each.field.startswith("metadata.finalizers"):
            causes += [each] * checks.finalizers
        elif each.field == "metadata.generateName":
            causes += [each] * checks.names
        elif each.field not in ("metadata.name", "metadata.namespace"):
            causes += [each] * checks.labels
    if subresource is None:
        return causes + object_causes(resource, new, old)
    return causes + subresource_causes(resource, subresource, new, old)


def _is_over(object_: JsonObject) -> bool:
    """Say whether an object that is being deleted has nothing left to wait for."""
    metadata = object_["metadata"]
    if "deletionTimestamp" not in metadata or metadata.get("finalizers"):
        return False
    if object_["kind"] == "Namespace" and object_["apiVersion"] == "v1":
        return not object_at(object_, "spec").get("finalizers")
    return not metadata.get("deletionGracePeriodSeconds")


def _same(old: JsonObject, new: JsonObject, *, owners_aside: bool = False) -> bool:
    """Say whether two states are the same but for the times at which managers have written.

    Args:
        old: one.
        new: the other.
        owners_aside: whether `managedFields` are not looked at: if nothing else differs, they don't.
    """
    for name, value in new.items():
        before = old.get(name)
        if value is not before and name != "metadata" and value != before:
            return False
    if old.keys() != new.keys():
        return False
    before, after = _apart_from_owners(old["metadata"]), _apart_from_owners(new["metadata"])
    return before == after and (owners_aside or _timeless(old["metadata"]) == _timeless(new["metadata"]))


def _apart_from_owners(metadata: JsonObject) -> JsonObject:
    return {name: value for name, value in metadata.items() if name not in ("managedFields", "resourceVersion")}


def _timeless(metadata: JsonObject) -> list[JsonObject]:
    """Give the entries of `managedFields` without their times."""
    return [
        {name: value for name, value in entry.items() if name != "time"} for entry in metadata.get("managedFields", ())
    ]
