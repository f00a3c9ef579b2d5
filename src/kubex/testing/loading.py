"""Brings manifests into a cluster.

Each is created, or applied where an object of its name is there. Unlike a request's, a manifest's status counts: no
controller would write one here, and what a test loads is what its cluster is to look like.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from kubex.core._json_value import is_object
from kubex.manifests.documents import Manifest, in_dependency_order
from kubex.manifests.errors import ManifestError
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.json_members import list_at
from kubex.testing.lifecycle.operations import Operations
from kubex.testing.lifecycle.patch_types import APPLY, MERGE
from kubex.testing.lifecycle.requests import ChangeOptions
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject, Key

__all__ = ["load_manifests"]

_MANAGER: Final = "kubex-load"
_CREATING: Final = ChangeOptions(field_manager=_MANAGER, field_validation="Strict", admitted=True)
_APPLYING: Final = ChangeOptions(field_manager=_MANAGER, field_validation="Strict", force=True, admitted=True)

# What `kubectl get -o yaml` shows of another cluster's object, and this one sets itself.
_SET_BY_THE_SERVER: Final = frozenset(
    {
        "creationTimestamp",
        "deletionGracePeriodSeconds",
        "deletionTimestamp",
        "generation",
        "managedFields",
        "resourceVersion",
        "selfLink",
        "uid",
    }
)
_OWN_STATUS: Final = frozenset({"Namespace", "CustomResourceDefinition"})


def load_manifests(operations: Operations, manifests: Iterable[Manifest], namespace: str) -> None:
    """Bring manifests into a cluster, each after what it needs.

    Args:
        operations: of the cluster.
        manifests: in any order.
        namespace: of objects that need one and name none.

    Raises:
        ManifestError: the cluster refuses one; those before it are there.
    """
    waiting = in_dependency_order(manifests)
    uids: dict[str, str] = {}
    while waiting:
        to_come = {_uid(manifest) for manifest in waiting} - {""}
        ready = [manifest for manifest in waiting if to_come.isdisjoint(_owners(manifest))]
        # Owners of each other have to do without.
        for manifest in ready or waiting:
            new = _load(operations, manifest, namespace, uids)
            if _uid(manifest):
                uids[_uid(manifest)] = new
        loaded = set(map(id, ready or waiting))
        waiting = [manifest for manifest in waiting if id(manifest) not in loaded]


def _load(operations: Operations, manifest: Manifest, namespace: str, uids: dict[str, str]) -> str:
    """Bring one manifest into a cluster, and give the object's uid."""
    resource = _resource_of(operations, manifest)
    body, status = _parts(resource, manifest, uids)
    given = body["metadata"].get("namespace")
    place = (given or namespace) if resource.namespaced else None
    try:
        name = body["metadata"].get("name")
        key = Key(place or "", name or "")
        if name and operations.cluster.get(resource, key) is not None:
            outcome = operations.patch(resource, key, APPLY, body, _APPLYING)
        else:
            outcome = operations.create(resource, place, body, _CREATING)
        created = outcome.entry.object["metadata"]
        key = Key(place or "", created.get("name", ""))
        if status:
            operations.patch(resource, key, MERGE, {"status": status}, _CREATING, subresource="status")
    except ApiFailure as failure:
        raise ManifestError(f"{manifest}: {failure}") from None
    if created.get("ownerReferences") and operations.cluster.get(resource, key) is None:
        raise ManifestError(f"{manifest} is gone at once, as none of its owners is there: leave out ownerReferences")
    uid: str = created.get("uid", "")
    return uid


def _resource_of(operations: Operations, manifest: Manifest) -> Resource:
    group, _, version = manifest.api_version.rpartition("/")
    resource = operations.cluster.registry.by_kind(group, version, manifest.kind)
    if resource is None:
        why = "there is no such kind, and no CustomResourceDefinition of it"
        raise ManifestError(f"{manifest}: {manifest.kind} in version {manifest.api_version}: {why}")
    return resource


def _parts(resource: Resource, manifest: Manifest, uids: dict[str, str]) -> tuple[JsonObject, Any]:
    """Take an object apart: what is created, and a status that is written afterwards."""
    body = dict(manifest.object)
    metadata = {name: value for name, value in body["metadata"].items() if name not in _SET_BY_THE_SERVER}
    if owners := list_at(metadata, "ownerReferences"):
        metadata["ownerReferences"] = [
            {**owner, "uid": uids.get(owner.get("uid", ""), owner.get("uid"))} if is_object(owner) else owner
            for owner in owners
        ]
    body["metadata"] = metadata
    status = body.pop("status", None) if "status" in resource.subresources else None
    return body, None if resource.kind in _OWN_STATUS else status


def _uid(manifest: Manifest) -> str:
    return str(manifest.object["metadata"].get("uid") or "")


def _owners(manifest: Manifest) -> set[str]:
    owners = list_at(manifest.object["metadata"], "ownerReferences")
    own = _uid(manifest)
    return {str(owner.get("uid") or "") for owner in owners if is_object(owner)} - {own}
