"""Make-believe storage: each claim is given a volume of its own.

https://kubernetes.io/docs/concepts/storage/persistent-volumes/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject, Key
from kubex.testing.workloads.controller import Change, Writes
from kubex.testing.workloads.state import State
from kubex.testing.workloads.writes import Create, Delete, Event, Update

__all__ = ["VolumeController"]

_CLAIMS: Final = "persistentvolumeclaims"
_VOLUMES: Final = "persistentvolumes"
_PROVISIONER: Final = "kubex.dev/make-believe"


class VolumeController:
    """Makes volumes for claims, binds them, and removes those whose claims are gone."""

    component = "persistentvolume-controller"
    manager = "kube-controller-manager"
    places: tuple[str, ...] = (_CLAIMS, _VOLUMES)

    def concerned(self, state: State, change: Change) -> Iterator[Key]:
        """Give the claims that a change makes it look at."""
        if change.place == _CLAIMS:
            yield change.key
            return
        for volume in change.objects:
            reference = object_at(object_at(volume, "spec"), "claimRef")
            if reference.get("name"):
                yield Key(reference.get("namespace", ""), reference["name"])

    def reconcile(self, state: State, key: Key) -> Writes:
        """Give what is to be done about a claim."""
        claim = state.get(_CLAIMS, key)
        if claim is None:
            yield from _release(state, key)
            return
        if "deletionTimestamp" in claim["metadata"] or object_at(claim, "status").get("phase") == "Bound":
            return
        name = claim["spec"].get("volumeName") or f"pvc-{claim['metadata']['uid']}"
        if state.get(_VOLUMES, Key("", name)) is None:
            if claim["spec"].get("volumeName"):
                return  # it asks for one that is not there
            yield Create(_VOLUMES, "", _volume(claim, name))
            yield Event(
                claim,
                "ProvisioningSucceeded",
                f"Successfully provisioned volume {name}",
                component=_PROVISIONER,
            )
        yield from _bind(state, key, name)


def _bind(state: State, key: Key, name: str) -> Writes:
    claim, volume = state.get(_CLAIMS, key), state.get(_VOLUMES, Key("", name))
    if claim is None or volume is None:
        return
    given = object_at(volume["spec"], "claimRef")
    if given and (given.get("namespace"), given.get("name")) != (key.namespace, key.name):
        return
    if not given.get("uid"):
        volume = {**volume, "spec": {**volume["spec"], "claimRef": _reference(claim)}}
        yield Update(_VOLUMES, volume)
        volume = state.get(_VOLUMES, Key("", name)) or volume
    if object_at(volume, "status").get("phase") != "Bound":
        yield Update(_VOLUMES, {**volume, "status": {**object_at(volume, "status"), "phase": "Bound"}}, "status")
    bound = {"pv.kubernetes.io/bind-completed": "yes", "pv.kubernetes.io/bound-by-controller": "yes"}
    annotations = {**object_at(claim["metadata"], "annotations"), **bound}
    metadata = {**claim["metadata"], "annotations": annotations}
    yield Update(_CLAIMS, {**claim, "metadata": metadata, "spec": {**claim["spec"], "volumeName": name}})
    latest = state.get(_CLAIMS, key)
    if latest is not None:
        status = {
            "phase": "Bound",
            "accessModes": list_at(volume["spec"], "accessModes"),
            "capacity": object_at(volume["spec"], "capacity"),
        }
        yield Update(_CLAIMS, {**latest, "status": status}, "status")


def _reference(claim: JsonObject) -> JsonObject:
    metadata = claim["metadata"]
    return {
        "kind": "PersistentVolumeClaim",
        "namespace": metadata["namespace"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "apiVersion": "v1",
        "resourceVersion": metadata["resourceVersion"],
    }


def _volume(claim: JsonObject, name: str) -> JsonObject:
    spec = claim["spec"]
    requests = object_at(object_at(spec, "resources"), "requests")
    new: JsonObject = {
        "accessModes": list_at(spec, "accessModes"),
        "capacity": {"storage": requests.get("storage", "1Gi")},
        "claimRef": _reference(claim),
        "hostPath": {"path": f"/nowhere/{name}"},
        "persistentVolumeReclaimPolicy": "Delete",
        "volumeMode": spec.get("volumeMode", "Filesystem"),
    }
    if spec.get("storageClassName"):
        new["storageClassName"] = spec["storageClassName"]
    annotations = {"pv.kubernetes.io/provisioned-by": _PROVISIONER}
    metadata = {"name": name, "annotations": annotations}
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": metadata, "spec": new}


def _release(state: State, key: Key) -> Writes:
    """Let go of the volume of a claim that is gone."""
    for volume in list(state.every(_VOLUMES)):
        reference = object_at(volume["spec"], "claimRef")
        if (reference.get("namespace"), reference.get("name")) != (key.namespace, key.name):
            continue
        if "deletionTimestamp" in volume["metadata"]:
            continue
        if volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
            yield Delete(_VOLUMES, volume)
        elif object_at(volume, "status").get("phase") != "Released":
            yield Update(_VOLUMES, {**volume, "status": {**object_at(volume, "status"), "phase": "Released"}}, "status")
