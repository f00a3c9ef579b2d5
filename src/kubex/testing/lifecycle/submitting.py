"""Submits to admission what requests are about to do, in the form in which it is shown there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from kubex.core._json_value import is_object
from kubex.testing.lifecycle.admission import admit_pod
from kubex.testing.lifecycle.cluster import Cluster, copied
from kubex.testing.lifecycle.requests import ChangeOptions
from kubex.testing.lifecycle.submission import Admission, Submission
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject, Key

__all__ = [
    "mutated_change",
    "mutated_creation",
    "once",
    "submit_deletion",
    "submitted",
    "validate_change",
    "validate_creation",
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
    if (resource.name.group, resource.kind) == ("", "Pod"):
        admit_pod(cluster, object_)  # what the server adds by itself is there when others are asked
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


def validate_creation(resource: Resource, object_: JsonObject, options: ChangeOptions) -> None:
    """Have a new object validated, as it is to be stored.

    Raises:
        ApiFailure: it is not admitted.
    """
    if options.admission is not None:
        options.admission.validate(_creation(resource, object_, options))


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
    resource: Resource, key: Key, old: JsonObject, new: JsonObject, options: ChangeOptions, subresource: str | None
) -> None:
    """Have the next state of an object validated.

    Raises:
        ApiFailure: it is not admitted.
    """
    if options.admission is not None:
        options.admission.validate(_change(resource, key, old, new, options, subresource))


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
    )


def submit_deletion(
    admission: Admission | None,
    resource: Resource,
    key: Key,
    old: JsonObject,
    options: JsonObject,
    *,
    of_collection: bool = False,
    dry_run: bool = False,
) -> None:
    """Ask whether an object may be deleted.

    Args:
        admission: who is asked.
        resource: of the object.
        key: of the object.
        old: the object.
        options: a DeleteOptions.
        of_collection: whether it is one of many, whose names the request does not say.
        dry_run: whether nothing is to happen.

    Raises:
        ApiFailure: it may not.
    """
    if admission is None:
        return
    asked = Submission(
        operation="DELETE",
        resource=resource,
        namespace=_namespace(resource, key.namespace, key.name),
        name="" if of_collection else key.name,
        object=None,
        old=old,
        options={"kind": "DeleteOptions", "apiVersion": _META, **options},
        dry_run=dry_run,
    )
    admission.mutated(asked)
    admission.validate(asked)


def submitted(resource: Resource, key: Key, subresource: str, body: Any, options: ChangeOptions) -> Any:
    """Give what is posted to a subresource, or asked by a review, as it is admitted.

    Raises:
        ApiFailure: it isn't.
    """
    if options.admission is None or not is_object(body):
        return body
    asked = Submission(
        operation="CREATE",
        resource=resource,
        subresource=subresource,
        namespace=key.namespace,
        name=key.name,
        object=copied(body),
        options=_parameters("CreateOptions", options),
        dry_run=options.dry_run,
    )
    found = options.admission.mutated(asked)
    options.admission.validate(asked if found is None or found is asked.object else replace(asked, object=found))
    return body if found is None else found


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
