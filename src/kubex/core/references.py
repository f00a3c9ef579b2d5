"""References from one object to another.

https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/
"""

from __future__ import annotations

from typing import Any, TypeVar

from kubex.core.exceptions import InvalidArgument
from kubex_core.models.base_struct import BaseStruct
from kubex_core.models.entity import Entity
from kubex_core.models.metadata import OwnerReference

__all__ = ["object_reference", "owner_reference"]

M = TypeVar("M", bound=BaseStruct)


def owner_reference(
    obj: Entity, *, controller: bool | None = None, block_owner_deletion: bool | None = None
) -> OwnerReference:
    """Give the reference that makes another object a dependent of this one: it goes when its owners are gone.

    An owner lives in the namespace of its dependents, or outside of namespaces.

    Args:
        obj: the owner, as the server gave it.
        controller: whether it is the one that manages the dependent; there is at most one.
        block_owner_deletion: whether a deletion in the foreground has the owner wait for the dependent; by default,
            where it is the controller.

    Raises:
        InvalidArgument: the owner has no name or no uid: it was not created yet.

    Example:
        ```python
        job.metadata.owner_references = [owner_reference(backup, controller=True)]
        ```
    """
    found = _identity(obj)
    for name in ("name", "uid"):
        if not found.get(name):
            raise InvalidArgument(f"a {type(obj).__name__} without a {name} can't own anything: create it first")
    return OwnerReference(
        api_version=found["apiVersion"],
        kind=found["kind"],
        name=found["name"],
        uid=found["uid"],
        controller=controller,
        block_owner_deletion=controller if block_owner_deletion is None else block_owner_deletion,
    )


def object_reference(obj: Entity, form: type[M]) -> M:
    """Give a reference to an object.

    Args:
        obj: the object.
        form: class of the reference: `ObjectReference` of a version's models, or a smaller one of its kind.

    Raises:
        InvalidArgument: the object has no name, or the class wants what the object does not have.

    Example:
        ```python
        Event(involved_object=object_reference(pod, ObjectReference), …)
        ```
    """
    found = _identity(obj)
    if not found.get("name"):
        raise InvalidArgument(f"a {type(obj).__name__} without a name can't be referred to")
    try:
        return form.model_validate({name: value for name, value in found.items() if value})
    except ValueError as error:
        raise InvalidArgument(f"{form.__name__} of a {found['kind']}: {error}") from None


def _identity(obj: Any) -> dict[str, Any]:
    metadata = obj.metadata
    return {
        "apiVersion": obj.api_version,
        "kind": obj.kind,
        "namespace": metadata.namespace,
        "name": metadata.name,
        "uid": metadata.uid,
        "resourceVersion": metadata.resource_version,
    }
