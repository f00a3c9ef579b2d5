"""Deletes what is left without its owners, and waits for dependents where an owner is deleted in the foreground.

The controller's work, done at once: before the request that causes it is answered, but after its answer is made.

https://kubernetes.io/docs/concepts/architecture/garbage-collection/
"""

from __future__ import annotations

from typing import Any, Final

from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.cluster import Cluster, same_owners
from kubex.testing.lifecycle.deleting import delete
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.ownership import carried_owners
from kubex.testing.lifecycle.requests import DeleteOptions
from kubex.testing.registry import Resource
from kubex.testing.storage import Entry, JsonObject, Key

__all__ = ["GarbageCollector"]

_ORPHAN: Final = "orphan"
_FOREGROUND: Final = "foregroundDeletion"
_CLAIMS: Final = "persistentvolumeclaims"
_PROTECTED: Final = {_CLAIMS: "kubernetes.io/pvc-protection", "persistentvolumes": "kubernetes.io/pv-protection"}


class GarbageCollector:
    """Follows the changes of a cluster.

    Args:
        cluster: whose objects.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        cluster.followers.append(self._follow)

    def _follow(self, place: str, key: Key, before: Entry | None, after: Entry | None) -> None:
        if after is None:
            if before is not None:
                self._removed(key, before)
            return
        metadata = after.state["metadata"]
        if "deletionTimestamp" in metadata:
            finalizers = list_at(metadata, "finalizers")
            if _ORPHAN in finalizers or _FOREGROUND in finalizers:
                self._cluster.defer(lambda: self._finish(place, key))
            if place in _PROTECTED:
                self._cluster.defer(lambda: self._unprotect(place, key))
            if place == "namespaces" and (before is None or "deletionTimestamp" not in before.state["metadata"]):
                self._cluster.defer(lambda: self._empty(key.name))
        elif metadata.get("ownerReferences") and not same_owners(before, after):
            self._cluster.defer(lambda: self._check_owners(place, key))

    def _removed(self, key: Key, entry: Entry) -> None:
        uid = entry.state["metadata"].get("uid", "")
        for place, dependent in self._cluster.dependents(uid):
            self._cluster.defer(lambda place=place, dependent=dependent: self._check_owners(place, dependent))  # type: ignore[misc]
        for owner in _owners(entry):
            self._cluster.defer(lambda owner=owner: self._owner_may_go(owner, key.namespace))  # type: ignore[misc]
        if key.namespace:
            self._cluster.defer(lambda: self._namespace_may_go(key.namespace))
        if entry.state.get("kind") == "Pod":
            for name in _claims(entry.state):
                self._cluster.defer(lambda name=name: self._unprotect(_CLAIMS, Key(key.namespace, name)))  # type: ignore[misc]

    def _resource(self, place: str) -> Resource | None:
        try:
            return self._cluster.registry.storage_version(place)
        except KeyError:
            return None

    def _lookup(self, place: str, key: Key) -> tuple[Resource, Entry] | None:
        resource = self._resource(place)
        entry = self._cluster.get(resource, key) if resource is not None else None
        return (resource, entry) if resource is not None and entry is not None else None

    def _find_owner(self, owner: JsonObject, namespace: str) -> tuple[Resource, Key, Entry | None] | None:
        """Find the object that a reference names; `None` if its kind is not served."""
        group, _, version = str(owner.get("apiVersion", "")).rpartition("/")
        resource = self._cluster.registry.by_kind(group, version, str(owner.get("kind", "")))
        if resource is None:
            return None
        key = Key(namespace if resource.namespaced else "", str(owner.get("name", "")))
        entry = self._cluster.get(resource, key)
        if entry is not None and entry.state["metadata"].get("uid") != owner.get("uid"):
            entry = None
        return resource, key, entry

    def _is_there(self, owner: JsonObject, namespace: str) -> bool:
        """Say whether an owner is there, or may be as far as one can know."""
        found = self._find_owner(owner, namespace)
        return found is None or found[2] is not None

    def _check_owners(self, place: str, key: Key) -> None:
        """Delete an object none of whose owners is there; drop the references to those that are not."""
        place_found = self._lookup(place, key)
        if place_found is None:
            return
        resource, entry = place_found
        if "deletionTimestamp" in entry.state["metadata"]:
            return
        there = [owner for owner in _owners(entry) if self._is_there(owner, key.namespace)]
        if len(there) == len(_owners(entry)):
            return
        if there:
            self._change_metadata(resource, key, entry, {"ownerReferences": there})
        else:
            self._delete(resource, key, "Background", entry)

    def _finish(self, place: str, key: Key) -> None:
        """Do what an owner's deletion waits for."""
        found = self._lookup(place, key)
        if found is None:
            return
        resource, entry = found
        metadata = entry.state["metadata"]
        finalizers = list_at(metadata, "finalizers")
        dependents = self._cluster.dependents(metadata["uid"])
        if _ORPHAN in finalizers:
            for dependent_place, dependent in dependents:
                self._disown(dependent_place, dependent, metadata["uid"])
            self._remove_finalizer(resource, key, _ORPHAN)
            return
        if _FOREGROUND not in finalizers:
            return
        blocking = False
        for dependent_place, dependent in dependents:
            blocking |= self._delete_dependent(dependent_place, dependent, metadata["uid"])
        if not blocking:
            self._remove_finalizer(resource, key, _FOREGROUND)

    def _delete_dependent(self, place: str, key: Key, uid: str) -> bool:
        """Delete a dependent in the foreground too; say whether its owner has to wait for it."""
        found = self._lookup(place, key)
        if found is None:
            return False
        resource, entry = found
        owners = _owners(entry)
        others = [owner for owner in owners if owner.get("uid") != uid]
        if any(self._is_there(owner, key.namespace) for owner in others):
            self._change_metadata(resource, key, entry, {"ownerReferences": others})
            return False
        if "deletionTimestamp" not in entry.state["metadata"]:
            self._delete(resource, key, "Foreground", entry)
        blocks = any(owner.get("uid") == uid and owner.get("blockOwnerDeletion") for owner in owners)
        return blocks and self._cluster.get(resource, key) is not None

    def _owner_may_go(self, owner: JsonObject, namespace: str) -> None:
        found = self._find_owner(owner, namespace)
        if found is None or found[2] is None:
            return
        resource, key, entry = found
        if entry is not None and _FOREGROUND in list_at(entry.state["metadata"], "finalizers"):
            self._finish(resource.storage, key)

    def _disown(self, place: str, key: Key, uid: str) -> None:
        found = self._lookup(place, key)
        if found is not None:
            resource, entry = found
            others = [owner for owner in _owners(entry) if owner.get("uid") != uid]
            self._change_metadata(resource, key, entry, {"ownerReferences": others})

    def _unprotect(self, place: str, key: Key) -> None:
        """Let a volume or claim go that is being deleted, once no pod uses it."""
        found = self._lookup(place, key)
        if found is None or "deletionTimestamp" not in found[1].state["metadata"]:
            return
        if place == _CLAIMS:
            pods = self._cluster.storage.scan("pods", namespace=key.namespace)
            if any(key.name in _claims(pod.state) for _, pod in pods):
                return
        if _PROTECTED[place] in list_at(found[1].state["metadata"], "finalizers"):
            self._remove_finalizer(found[0], key, _PROTECTED[place])

    def _remove_finalizer(self, resource: Resource, key: Key, finalizer: str) -> None:
        entry = self._cluster.get(resource, key)
        if entry is None:
            return
        rest = [each for each in list_at(entry.state["metadata"], "finalizers") if each != finalizer]
        if rest or entry.state["metadata"].get("deletionGracePeriodSeconds") or _held(entry.state):
            self._change_metadata(resource, key, entry, {"finalizers": rest})
        else:
            self._cluster.remove(resource, key)

    def _change_metadata(self, resource: Resource, key: Key, entry: Entry, changes: JsonObject) -> None:
        metadata = {**entry.state["metadata"], **changes}
        metadata = {name: value for name, value in metadata.items() if value != [] or name not in changes}
        self._cluster.put(resource, key, {**entry.state, "metadata": metadata}, carried_owners(entry))

    def _delete(self, resource: Resource, key: Key, policy: str, entry: Entry) -> None:
        uid = entry.state["metadata"].get("uid")
        try:
            delete(self._cluster, resource, key, DeleteOptions(propagation_policy=policy, uid=uid))
        except ApiFailure:  # gone or replaced meanwhile, or not to be deleted: nothing that an answer could tell
            return

    def _empty(self, namespace: str) -> None:
        """Delete everything in a namespace; pods at once, where no kubelet will confirm their end."""
        grace = None if self._cluster.has_kubelets else 0
        for place in self._cluster.storage.resources():
            resource = self._resource(place)
            if resource is None or not resource.namespaced:
                continue
            for key, entry in list(self._cluster.storage.scan(place, namespace=namespace)):
                uid = entry.state["metadata"].get("uid")
                options = DeleteOptions(grace_period_seconds=grace, propagation_policy="Background", uid=uid)
                try:
                    delete(self._cluster, resource, key, options)
                except ApiFailure:
                    continue
        self._cluster.defer(lambda: self._namespace_may_go(namespace))

    def _namespace_may_go(self, name: str) -> None:
        """Take the finalizer off a namespace that is being deleted once nothing is in it."""
        key = Key("", name)
        found = self._lookup("namespaces", key)
        if found is None:
            return
        resource, entry = found
        if "deletionTimestamp" not in entry.state["metadata"]:
            return
        for place in self._cluster.storage.resources():
            if next(self._cluster.storage.scan(place, namespace=name), None) is not None:
                return
        spec: dict[str, Any] = dict(object_at(entry.state, "spec"))
        spec["finalizers"] = [each for each in list_at(spec, "finalizers") if each != "kubernetes"]
        if spec["finalizers"] or entry.state["metadata"].get("finalizers"):
            if spec["finalizers"] != object_at(entry.state, "spec").get("finalizers"):
                self._cluster.put(resource, key, {**entry.state, "spec": spec}, carried_owners(entry))
            return
        self._cluster.remove(resource, key)


def _claims(pod: JsonObject) -> list[str]:
    volumes: list[JsonObject] = list_at(object_at(pod, "spec"), "volumes")
    return [each["persistentVolumeClaim"]["claimName"] for each in volumes if "persistentVolumeClaim" in each]


def _held(object_: JsonObject) -> bool:
    """Say whether a namespace's own finalizers are left."""
    return object_.get("kind") == "Namespace" and bool(object_at(object_, "spec").get("finalizers"))


def _owners(entry: Entry | None) -> list[JsonObject]:
    return list(list_at(entry.state["metadata"], "ownerReferences")) if entry is not None else []
