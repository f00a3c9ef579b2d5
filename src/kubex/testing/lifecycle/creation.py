"""Creates objects."""

from __future__ import annotations

from typing import Any

from kubex.testing.access.escalation import check_escalation
from kubex.testing.failures import ApiFailure, already_exists, invalid, warned_of
from kubex.testing.lifecycle.bodies import check_names, read_object
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.default_classes import check_default_priority
from kubex.testing.lifecycle.job_labels import as_read_back
from kubex.testing.lifecycle.kinds import checks_metadata, counts_generations, metadata_checks, name_in_refusals
from kubex.testing.lifecycle.limit_ranges import check_limits
from kubex.testing.lifecycle.names import generated_name, metadata_causes
from kubex.testing.lifecycle.namespaces import check_namespace
from kubex.testing.lifecycle.ownership import owned, owned_later
from kubex.testing.lifecycle.param_permissions import ADMISSION_GROUP, check_params
from kubex.testing.lifecycle.preparation import prepare_create, reset_status
from kubex.testing.lifecycle.quotas import check_quotas
from kubex.testing.lifecycle.requests import ChangeOptions, Outcome
from kubex.testing.lifecycle.shared_specs import share_spec
from kubex.testing.lifecycle.signing_requests import check_subject
from kubex.testing.lifecycle.submitting import mutated_creation, mutated_post, once, validate_creation, validate_post
from kubex.testing.lifecycle.subresources.reviews import is_review, review
from kubex.testing.lifecycle.validation import object_causes
from kubex.testing.lifecycle.warnings import object_warnings
from kubex.testing.registry import Resource
from kubex.testing.schema.zero_values import as_stored
from kubex.testing.storage import Entry, Finish, JsonObject, Key

__all__ = ["create", "create_object"]

_NAME_ATTEMPTS = 8
_DEFINITIONS = "apiextensions.k8s.io/customresourcedefinitions"

_SET_BY_THE_SERVER = ("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink")


def create(cluster: Cluster, resource: Resource, namespace: str | None, body: Any, options: ChangeOptions) -> Outcome:
    """Create an object.

    Raises:
        ApiFailure: it can't be read (400), breaks rules (422), is there already (409), or its namespace is not (404).
    """
    object_, warnings = read_object(resource, body, options)
    with warned_of(warnings):
        check_names(object_, name=None, namespace=namespace)
        if is_review(resource):
            return Outcome(_review(cluster, resource, namespace, object_, options), 201, warnings)
        if object_["metadata"].get("resourceVersion") and not options.dry_run:
            raise ApiFailure(500, "", "resourceVersion should not be set on objects to be created")
        return Outcome(create_object(cluster, resource, namespace, object_, options), 201, warnings)


def _review(
    cluster: Cluster, resource: Resource, namespace: str | None, object_: JsonObject, options: ChangeOptions
) -> Entry:
    for name in (*_SET_BY_THE_SERVER, "uid", "creationTimestamp"):
        object_["metadata"].pop(name, None)
    key = Key(namespace or "", "")
    object_ = mutated_post(resource, key, "", object_, options)
    validate_post(cluster, resource, key, "", object_, options)
    return review(cluster, resource, namespace, object_, options.user)


def create_object(
    cluster: Cluster,
    resource: Resource,
    namespace: str | None,
    object_: JsonObject,
    options: ChangeOptions,
    *,
    managed: bool = False,
    by_status: bool = False,
) -> Entry:
    """Create an object that has been read.

    Args:
        cluster: where.
        resource: of the object.
        namespace: its namespace; `None` for a cluster-scoped resource.
        object_: the object; it is changed.
        options: of the request.
        managed: whether `managedFields` are as they are to be (server-side apply).
        by_status: whether it comes of a replacement of a status, which makes but half of it.
    """
    metadata: JsonObject = object_["metadata"]
    generate = not metadata.get("name") and metadata.get("generateName")
    if namespace is not None:
        check_namespace(cluster, resource, namespace, metadata.get("name") or "")
    check_escalation(cluster.access, options.user, resource.name, namespace or "", object_, None)
    if resource.custom is not None:
        _check_definition(cluster, resource, resource.custom.definition, metadata.get("name") or "")
    for name in _SET_BY_THE_SERVER:
        metadata.pop(name, None)
    if not options.dry_run:  # which does without the check of the storage
        metadata.pop("resourceVersion", None)
    metadata["uid"] = once(options, "uid", cluster.new_uid)
    metadata["creationTimestamp"] = once(options, "creationTimestamp", cluster.now)
    if counts_generations(resource):
        metadata["generation"] = 1
    if generate:
        metadata["name"] = once(options, "name", lambda: _free_name(cluster, resource, namespace, generate))
    # Before admission and the rules of the kind have their way: what they add, no manager owns.
    finish: Finish | None = None
    if options.owners_later and not managed and not by_status:
        object_, finish = owned_later(cluster.registry, resource, None, object_, options, cluster.now())
    elif not managed and not by_status:
        object_ = owned(cluster.registry, resource, None, object_, options, cluster.now())
    if resource.custom is None:
        object_ = as_stored(object_, resource.schema)
    object_ = mutated_creation(cluster, resource, object_, options, generated=bool(generate))
    metadata = object_["metadata"]
    if by_status:
        reset_status(resource, object_)
    else:
        prepare_create(cluster, resource, object_, options.user)
    share_spec(resource, object_)
    _check_rules(resource, object_)
    _admit(cluster, resource, object_, options)
    return _stored(cluster, resource, Key(namespace or "", metadata["name"]), object_, options, finish)


def _admit(cluster: Cluster, resource: Resource, object_: JsonObject, options: ChangeOptions) -> None:
    """Have all who may refuse a new object look at it, in the server's order."""
    if resource.name.group == ADMISSION_GROUP:
        check_params(cluster, resource, object_, None, options.user)
    if not options.admitted:
        check_limits(cluster, resource, object_)
    check_default_priority(cluster, resource, object_, is_new=True)
    if resource.kind == "CertificateSigningRequest":
        check_subject(resource, object_)
    validate_creation(cluster, resource, object_, options)
    if not options.admitted:
        check_quotas(cluster, resource, object_)


def _check_rules(resource: Resource, object_: JsonObject) -> None:
    """Check a new object against the rules of its kind and those of metadata.

    Raises:
        ApiFailure: it breaks some (422).
    """
    metadata = object_["metadata"]
    causes = object_causes(resource, object_, None)
    meta = metadata_causes(resource.name, metadata, namespaced=resource.namespaced)
    if causes and not checks_metadata(resource):
        meta = []  # which the server comes to afterwards
    if not metadata_checks(resource).finalizers:
        meta = [each for each in meta if not each.field.startswith("metadata.finalizers[")]
    if meta or causes:
        raise invalid(name_in_refusals(resource), metadata.get("name", ""), [*meta, *causes])


def _stored(
    cluster: Cluster,
    resource: Resource,
    key: Key,
    object_: JsonObject,
    options: ChangeOptions,
    finish: Finish | None,
) -> Entry:
    object_ = as_read_back(resource, object_)
    existing = cluster.get(resource, key)
    if existing is not None:
        being_deleted = "deletionTimestamp" in existing.state["metadata"]
        with warned_of(object_warnings(resource, object_, None)):
            raise already_exists(resource.name, key.name, being_deleted=being_deleted)
    if options.dry_run:
        return Entry(object_, 0, finish)
    return cluster.served(resource, cluster.put(resource, key, object_, finish))


def _check_definition(cluster: Cluster, resource: Resource, definition: str, name: str) -> None:
    entry = cluster.storage.get(_DEFINITIONS, Key("", definition))
    if entry is not None and "deletionTimestamp" in entry.object["metadata"]:
        why = "create not allowed while custom resource definition is terminating"
        message = f'{resource.name.qualified} "{name}" is forbidden: {why}'
        raise ApiFailure(403, "Forbidden", message, details=resource.name.details(name))


def _free_name(cluster: Cluster, resource: Resource, namespace: str | None, prefix: str) -> str:
    name = generated_name(prefix)
    for _ in range(_NAME_ATTEMPTS):
        if cluster.get(resource, Key(namespace or "", name)) is None:
            break
        name = generated_name(prefix)
    return name
