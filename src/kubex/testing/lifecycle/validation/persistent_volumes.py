"""What the server refuses in PersistentVolumes.

https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-v1/
"""

from __future__ import annotations

import posixpath
from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.scheduling import node_selector_causes
from kubex.testing.lifecycle.validation.storage import VOLUME_MODES, access_mode_causes, driver_name_causes
from kubex.testing.lifecycle.validation.values import (
    immutable,
    invalid_quantity,
    name_causes,
    one_of,
    quantity,
    subdomain_causes,
)
from kubex.testing.lifecycle.validation.volumes import source_causes

__all__ = ["inline_volume_causes", "volume_object_causes"]

_SOURCE_UPDATES: Final = "spec.persistentvolumesource is immutable after creation"
# In the order in which the server looks for them.
_SOURCES: Final = (
    "hostPath", "gcePersistentDisk", "awsElasticBlockStore", "glusterfs", "flocker", "nfs", "rbd", "quobyte", "cephfs",
    "iscsi", "cinder", "fc", "flexVolume", "azureFile", "vsphereVolume", "photonPersistentDisk", "portworxVolume",
    "azureDisk", "scaleIO", "local", "storageos", "csi",
)  # fmt: skip
_NOT_POSITIVE: Final = "must be greater than zero"
_INLINE: Final = "in the context of inline volumes"
_ATTRIBUTES: Final = "volumeAttributesClassName"
_EXPAND: Final = "controllerExpandSecretRef"
_SECRETS: Final = ("controllerPublishSecretRef", _EXPAND, "nodePublishSecretRef", "nodeExpandSecretRef")
# Labels of nodes that may take the place of others.
_NEWER_LABELS: Final = {
    "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
    "beta.kubernetes.io/os": "kubernetes.io/os",
    "beta.kubernetes.io/arch": "kubernetes.io/arch",
    "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
}


def volume_object_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a PersistentVolume."""
    spec = new["spec"]
    causes = access_mode_causes(spec, "")
    capacity = object_at(spec, "capacity")
    if not capacity:
        causes.append(field_required("spec.capacity"))
    if set(capacity) != {"storage"}:
        shown = go_json(spec.get("capacity"))
        text = f'Unsupported value: {shown}: supported values: "storage"'
        causes.append(Cause("FieldValueNotSupported", text, "spec.capacity"))
    for name, value in sorted(capacity.items()):
        if quantity(value).to_decimal() < 0:
            text = f"Invalid value: {quantity(value)}: must be a valid resource quantity"
            causes.append(Cause("FieldValueInvalid", text, f"spec.capacity[{name}]"))
        if quantity(value).to_decimal() <= 0:
            causes.append(invalid_quantity(f"spec.capacity[{name}]", value, _NOT_POSITIVE))
    policies = ("Delete", "Recycle", "Retain")
    causes += one_of("spec.persistentVolumeReclaimPolicy", spec.get("persistentVolumeReclaimPolicy") or None, policies)
    affinity = spec.get("nodeAffinity")
    if affinity is not None:
        causes += _affinity_causes(affinity)
    causes += _sources_causes(spec, has_affinity=affinity is not None)
    if spec.get("storageClassName"):
        causes += subdomain_causes("spec.storageClassName", spec["storageClassName"])
    causes += one_of("spec.volumeMode", spec.get("volumeMode"), VOLUME_MODES)
    causes += _attributes_causes(spec)
    return causes if old is None else [*causes, *_update_causes(old["spec"], spec)]


def inline_volume_causes(spec: dict[str, Any], where: str) -> list[Cause]:
    """Say what is wrong with a volume that is none of the cluster's, but stands in another object."""
    causes = [
        field_forbidden(f"spec.{each}", f"may not be specified {_INLINE}")
        for each in ("claimRef", "capacity")
        if spec.get(each) is not None
    ]
    if spec.get("csi") is None:
        causes.append(field_required("spec.csi", f"has to be specified {_INLINE}"))
    causes += access_mode_causes(spec, "")
    if spec.get("persistentVolumeReclaimPolicy") not in (None, "", "Retain"):
        causes.append(field_forbidden("spec.persistentVolumeReclaimPolicy", f"may only be Retain {_INLINE}"))
    if spec.get("nodeAffinity") is not None:
        causes.append(field_forbidden("spec.nodeAffinity", f"may not be specified {_INLINE}"))
    causes += _sources_causes(spec, has_affinity=False)
    if spec.get("storageClassName"):
        causes.append(field_forbidden("spec.storageClassName", f"may not be specified {_INLINE}"))
    if spec.get("volumeMode") not in (None, "Filesystem"):
        why = f"may not specify volumeMode other than Filesystem {_INLINE}"
        causes.append(field_forbidden("spec.volumeMode", why))
    return [each._replace(field=f"{where}{each.field.removeprefix('spec')}") for each in causes]


def _sources_causes(spec: dict[str, Any], *, has_affinity: bool) -> list[Cause]:
    """Say what is wrong with where a volume comes from."""
    given = [each for each in _SOURCES if spec.get(each) is not None]
    if not given:
        return [field_required("spec", "must specify a volume type")]
    causes = _source_causes(given[0], spec[given[0]])
    if given[0] == "local" and not has_affinity:
        causes.append(field_required("spec.nodeAffinity", "Local volume requires node affinity"))
    causes += [field_forbidden(f"spec.{each}", "may not specify more than 1 volume type") for each in given[1:]]
    if _is_root(spec) and spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        why = "may not be 'recycle' for a hostPath mount of '/'"
        causes.append(field_forbidden("spec.persistentVolumeReclaimPolicy", why))
    return causes


def _attributes_causes(spec: dict[str, Any]) -> list[Cause]:
    name, field = spec.get(_ATTRIBUTES), f"spec.{_ATTRIBUTES}"
    if name is None:
        return []
    causes = subdomain_causes(field, name) if name else [field_required(field, "an empty string is disallowed")]
    if spec.get("csi") is None:
        causes.append(field_required("spec.csi", f"has to be specified when using {_ATTRIBUTES}"))
    return causes


def _affinity_causes(affinity: dict[str, Any]) -> list[Cause]:
    required, field = affinity.get("required"), "spec.nodeAffinity.required"
    if required is None:
        return [field_required(field, "must specify required node constraints")]
    return node_selector_causes(required, field)


def _is_root(spec: dict[str, Any]) -> bool:
    path = object_at(spec, "hostPath").get("path", "")
    return bool(path) and posixpath.normpath(path) in ("/", "//")


def _source_causes(kind: str, source: dict[str, Any]) -> list[Cause]:
    field = f"spec.{kind}"
    if kind == "local":
        path = source.get("path", "")
        if not path:
            return [field_required(f"{field}.path")]
        return [field_invalid(f"{field}.path", path, "must not contain '..'")] if ".." in path.split("/") else []
    if kind != "csi":
        return source_causes(kind, source, field)
    causes = driver_name_causes("spec.csi.driver", source.get("driver", ""))
    if not source.get("volumeHandle"):
        causes.append(field_required("spec.csi.volumeHandle"))
    for name in _SECRETS:
        reference, own = source.get(name), f"spec.csi.{name}"
        if reference is not None:
            secret = reference.get("name", "")
            causes += subdomain_causes(f"{own}.name", secret) if secret else [field_required(f"{own}.name")]
            causes += name_causes(f"{own}.namespace", reference.get("namespace", ""))
    return causes


def _update_causes(before: dict[str, Any], spec: dict[str, Any]) -> list[Cause]:
    causes: list[Cause] = []
    if any(before.get(each) != _kept_source(before, spec, each) for each in _SOURCES):
        # The server adds a difference of its internal types here, which have no counterpart.
        causes.append(field_forbidden("spec.persistentvolumesource", _SOURCE_UPDATES))
    causes += immutable("volumeMode", before.get("volumeMode"), spec.get("volumeMode"))
    had, has = before.get("nodeAffinity"), spec.get("nodeAffinity")
    if had is not None and _newer(had, has) != has:
        why = "field is immutable, except for updating from beta label to GA"
        text = f"Invalid value: {go_json(_as_shown(has))}: {why}"
        causes.append(Cause("FieldValueInvalid", text, "nodeAffinity"))
    if before.get(_ATTRIBUTES) is not None and spec.get(_ATTRIBUTES) is None:
        causes.append(field_forbidden(f"spec.{_ATTRIBUTES}", "update from non-nil value to nil is forbidden"))
    return causes


def _kept_source(before: dict[str, Any], spec: dict[str, Any], kind: str) -> Any:
    """Give what may not change of where a volume comes from: it may be told a secret to grow by, once."""
    source = spec.get(kind)
    if kind != "csi" or source is None or object_at(before, "csi").get(_EXPAND) is not None:
        return source
    return {name: value for name, value in source.items() if name != _EXPAND}


def _newer(had: dict[str, Any], has: dict[str, Any] | None) -> dict[str, Any]:
    """Give an affinity as it was, with newer labels in the place of older ones where they are so now."""
    terms = list_at(object_at(had, "required"), "nodeSelectorTerms")
    now = list_at(object_at(has or {}, "required"), "nodeSelectorTerms")
    if len(terms) != len(now):
        return had
    changed = [_newer_term(old, new) for old, new in zip(terms, now, strict=True)]
    return {**had, "required": {**had["required"], "nodeSelectorTerms": changed}} if changed else had


def _newer_term(term: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    result = dict(term)
    for member in ("matchExpressions", "matchFields"):
        asked, new = list_at(term, member), list_at(now, member)
        if asked and len(asked) == len(new):
            result[member] = [
                {**each, "key": to["key"]} if _NEWER_LABELS.get(each["key"]) == to["key"] else each
                for each, to in zip(asked, new, strict=True)
            ]
    return result


def _as_shown(affinity: dict[str, Any] | None) -> dict[str, Any] | None:
    """Give an affinity in the names of the server's own code."""
    if affinity is None or affinity.get("required") is None:
        return affinity and {"Required": None}
    terms = [
        {
            "MatchExpressions": _requirements(term.get("matchExpressions")),
            "MatchFields": _requirements(term.get("matchFields")),
        }
        for term in list_at(affinity["required"], "nodeSelectorTerms")
    ]
    return {"Required": {"NodeSelectorTerms": terms}}


def _requirements(asked: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    names = ("key", "operator", "values")
    return asked and [{name.title(): each.get(name) for name in names} for each in asked]
