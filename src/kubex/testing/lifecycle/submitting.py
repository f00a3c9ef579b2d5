"""Submits to admission what requests are about to do, in the form in which it is shown there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kubex.testing.admission_policies.enforcement import check_policies, has_policies
from kubex.testing.lifecycle.admission import admit
from kubex.testing.lifecycle.cluster import Cluster, copied
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.requests import ChangeOptions, DeleteOptions
from kubex.testing.lifecycle.submission import Admission, Submission
from kubex.testing.registry import Resource
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = [
    "mutated_change",
    "mutated_creation",
    "mutated_post",
    "once",
    "submit",
    "submit_deletion",
    "validate_change",
    "validate_creation",
    "validate_post",
]

_META: Final = "meta.k8s.io/v1"
_GIVEN_LATER: Final = ("uid", "creationTimestamp", "generation")


def once(options: ChangeOptions, what: str, make: Callable[[], str]) -> str:
    """Make something that is to stay the same however often a request is carried out."""
    return make() if options.admission is None else options.admission.once(what, make)


def mutated_creation(
    cluster: Cluster, resource: Resource, object_: JsonObject, options: ChangeOptions, *, generated: bool
) -> JsonObject:
    """Give a new object as mutating admission leaves it.

    Args:
        cluster: where.
        resource: of the object.
        object_: the object, with an identity that is not shown, as nobody has it before it is admitted.
        options: of the request.
        generated: whether its name is.
    """
    admission = options.admission
    if admission is None:
        return object_
    admit(cluster, resource, object_)  # what the server adds by itself is there when others are asked
    own: JsonObject = {name: object_["metadata"][name] for name in _GIVEN_LATER if name in object_["metadata"]}
    shown: JsonObject = {name: value for name, value in object_["metadata"].items() if name not in own}
    if generated:
        own["name"] = shown.pop("name")
    asked = _creation(resource, {**object_, "metadata": shown}, options)
    found = admission.mutated(asked)
    if found is None or found is asked.object:
        return object_
    metadata = {name: value for name, value in found["metadata"].items() if name not in _GIVEN_LATER}
    return {**found, "metadata": {**own, **metadata}}


def validate_creation(cluster: Cluster, resource: Resource, object_: JsonObject, options: ChangeOptions) -> None:
    """Have a new object validated, as it is to be stored.

    Raises:
        ApiFailure: it is not admitted.
    """
    if _is_asked(cluster, options):
        _validate(cluster, _creation(resource, object_, options), options)


def _is_asked(cluster: Cluster, options: ChangeOptions) -> bool:
    """Whether anybody has a say: to find out costs less than to say what is asked."""
    return options.admission is not None or (not options.admitted and has_policies(cluster))


def _validate(cluster: Cluster, asked: Submission, options: ChangeOptions) -> None:
    if not options.admitted:
        check_policies(cluster, asked)
    if options.admission is not None:
        options.admission.validate(asked)


def _creation(resource: Resource, object_: JsonObject, options: ChangeOptions) -> Submission:
    metadata = object_["metadata"]
    return Submission(
        operation="CREATE",
        resource=resource,
        namespace=_namespace(resource, metadata.get("namespace") or "", metadata.get("name") or ""),
        name=metadata.get("name") or "",
        object=object_,
        options=_parameters("CreateOptions", options),
        dry_run=options.dry_run,
        user=options.user,
    )


def mutated_change(
    resource: Resource, key: Key, old: JsonObject, new: JsonObject, options: ChangeOptions, subresource: str | None
) -> JsonObject:
    """Give the next state of an object as mutating admission leaves it."""
    if options.admission is None:
        return new
    found = options.admission.mutated(_change(resource, key, old, new, options, subresource))
    return new if found is None else found


def validate_change(
    cluster: Cluster,
    resource: Resource,
    key: Key,
    old: JsonObject,
    new: JsonObject,
    options: ChangeOptions,
    subresource: str | None,
) -> None:
    """Have the next state of an object validated.

    Raises:
        ApiFailure: it is not admitted.
    """
    if _is_asked(cluster, options):
        _validate(cluster, _change(resource, key, old, new, options, subresource), options)


def _change(
    resource: Resource, key: Key, old: JsonObject, new: JsonObject, options: ChangeOptions, subresource: str | None
) -> Submission:
    return Submission(
        operation="UPDATE",
        resource=resource,
        subresource=subresource or "",
        namespace=_namespace(resource, key.namespace, key.name),
        name=key.name,
        object=new,
        old=old,
        options=_parameters("UpdateOptions", options),
        dry_run=options.dry_run,
        user=options.user,
    )


def submit_deletion(
    cluster: Cluster,
    resource: Resource,
    key: Key,
    live: Entry,
    options: DeleteOptions,
    *,
    of_collection: bool = False,
) -> None:
    """Ask whether an object may be deleted by a user.

    Args:
        cluster: where.
        resource: of the object.
        key: of the object.
        live: the object; read as a whole only if anybody is to be asked.
        options: of the deletion; one that no user asks for needs no leave.
        of_collection: whether it is one of many, whose names the request does not say.

    Raises:
        ApiFailure: it may not.
    """
    if options.user is None or (options.admission is None and not has_policies(cluster)):
        return
    asked = Submission(
        operation="DELETE",
        resource=resource,
        namespace=_namespace(resource, key.namespace, key.name),
        name="" if of_collection else key.name,
        object=None,
        old=live.object,
        options={"kind": "DeleteOptions", "apiVersion": _META, **options.given},
        dry_run=options.dry_run,
        user=options.user,
    )
    submit(cluster, asked, options.admission)


def submit(cluster: Cluster, asked: Submission, admission: Admission | None) -> None:
    """Ask about what nobody can change: a deletion, or a connection to a pod.

    Raises:
        ApiFailure: it may not.
    """
    if admission is not None:
        admission.mutated(asked)
    check_policies(cluster, asked)
    if admission is not None:
        admission.validate(asked)


def mutated_post(
    resource: Resource, key: Key, subresource: str, body: JsonObject, options: ChangeOptions
) -> JsonObject:
    """Give what is posted to be carried out, and not to be stored, as mutating admission leaves it.

    Raises:
        ApiFailure: it isn't admitted.
    """
    if options.admission is None:
        return body
    asked = _post(resource, key, subresource, copied(body), options)
    found = options.admission.mutated(asked)
    return body if found is None or found is asked.object else found


def validate_post(
    cluster: Cluster, resource: Resource, key: Key, subresource: str, body: JsonObject, options: ChangeOptions
) -> None:
    """Have what is posted validated, before it is carried out.

    Raises:
        ApiFailure: it isn't admitted.
    """
    if _is_asked(cluster, options):
        _validate(cluster, _post(resource, key, subresource, body, options), options)


def _post(resource: Resource, key: Key, subresource: str, body: JsonObject, options: ChangeOptions) -> Submission:
    part = resource.subresources.get(subresource)
    group, version, kind = resource.name.group, resource.version, resource.kind
    if part is not None:
        group, version, kind = part.group, part.version, part.kind
    shown = {**body, "kind": kind, "apiVersion": f"{group}/{version}" if group else version}
    if key.namespace:
        shown["metadata"] = {**object_at(body, "metadata"), "namespace": key.namespace}
    return Submission(
        operation="CREATE",
        resource=resource,
        subresource=subresource,
        namespace=key.namespace,
        name=key.name,
        object=shown,
        options=_parameters("CreateOptions", options),
        dry_run=options.dry_run,
        user=options.user,
    )


def _namespace(resource: Resource, namespace: str, name: str) -> str:
    """Give the namespace that a request is about: of a Namespace it is its own."""
    is_namespace = (resource.name.group, resource.kind) == ("", "Namespace")
    return name if is_namespace else namespace


def _parameters(kind: str, options: ChangeOptions) -> JsonObject:
    found: JsonObject = {"kind": kind, "apiVersion": _META}
    if options.dry_run:
        found["dryRun"] = ["All"]
    if options.field_manager:
        found["fieldManager"] = options.field_manager
    if options.field_validation:
        found["fieldValidation"] = options.field_validation
    return found
