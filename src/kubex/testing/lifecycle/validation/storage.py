"""What the server refuses in volumes, claims and their classes."""

from __future__ import annotations

from typing import Any, Final

from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required, field_too_long
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import dns_subdomain_problems, label_key_problems
from kubex.testing.lifecycle.validation.values import (
    duplicate,
    immutable,
    invalid_quantity,
    one_of,
    qualified_causes,
    quantity,
    selector_causes,
    subdomain_causes,
)

__all__ = [
    "VOLUME_MODES",
    "access_mode_causes",
    "claim_causes",
    "driver_causes",
    "driver_name_causes",
    "parameter_causes",
    "storage_class_causes",
]

_ACCESS_MODES: Final = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
VOLUME_MODES: Final = ("Block", "Filesystem")
"""What volumes are to those who use them."""
_CLAIM_UPDATES: Final = (
    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
)
_OLD_CLASS: Final = "volume.beta.kubernetes.io/storage-class"
_ATTRIBUTES: Final = "volumeAttributesClassName"
_LEAST_PERIOD: Final = 10
_LEAST_SECONDS: Final = 600
_LONGEST_DRIVER: Final = 63
_MOST_PARAMETERS: Final = 512
_LONGEST_PARAMETERS: Final = 256 * 1024
_NOT_POSITIVE: Final = "must be greater than zero"


def claim_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a PersistentVolumeClaim."""
    spec = new["spec"]
    causes = access_mode_causes(spec, "at least 1 access mode is required")
    causes += selector_causes("spec.selector", spec.get("selector"))
    asked = object_at(object_at(spec, "resources"), "requests")
    if "storage" not in asked:
        causes.append(field_required("spec.resources[storage]"))
    elif quantity(asked["storage"]).to_decimal() <= 0:
        causes.append(invalid_quantity("spec.resources[storage]", asked["storage"], _NOT_POSITIVE))
    if spec.get("storageClassName"):
        causes += subdomain_causes("spec.storageClassName", spec["storageClassName"])
    causes += one_of("spec.volumeMode", spec.get("volumeMode"), VOLUME_MODES)
    causes += _data_source_causes(spec)
    if old is not None:
        causes += _old_class_causes(new, old)
        if _kept_of_claim(old, old, new) != _kept_of_claim(new, old, new):
            # The server adds a difference of its internal types here, which have no counterpart.
            causes.append(field_forbidden("spec", _CLAIM_UPDATES))
        had = quantity(object_at(object_at(old["spec"], "resources"), "requests").get("storage")).to_decimal()
        capacity = quantity(object_at(object_at(old, "status"), "capacity").get("storage")).to_decimal()
        size = quantity(asked.get("storage")).to_decimal()
        if size < had and size <= capacity:
            causes.append(
                field_forbidden("spec.resources.requests.storage", "field can not be less than status.capacity")
            )
        causes += immutable("volumeMode", old["spec"].get("volumeMode"), spec.get("volumeMode"))
        causes += _attributes_causes(old, spec)
    return causes


def _old_class(claim: dict[str, Any]) -> str | None:
    """Give the class that a claim names as was done before there was a field for it."""
    name: str | None = object_at(claim["metadata"], "annotations").get(_OLD_CLASS)
    return name


def _old_class_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """The class in the annotation stays, unless it comes to be in the field."""
    before, name = _old_class(old), _old_class(new)
    moves = old["spec"].get("storageClassName") is None and new["spec"].get("storageClassName") == before
    if before == name or (before is not None and moves and name is None) or (before or "") == (name or ""):
        return []
    return [field_invalid(f"metadata.annotations.{_OLD_CLASS}", name or "", "field is immutable")]


def _attributes_causes(old: dict[str, Any], spec: dict[str, Any]) -> list[Cause]:
    """The class of a volume's attributes is no longer none once the volume has one."""
    name, field = spec.get(_ATTRIBUTES), f"spec.{_ATTRIBUTES}"
    has_one = object_at(old, "status").get("currentVolumeAttributesClassName") is not None
    if name == old["spec"].get(_ATTRIBUTES) or not has_one or name:
        return []
    what = "nil" if name is None else "empty string"
    why = f"update to {what} is forbidden when status.currentVolumeAttributesClassName is not nil"
    return [field_forbidden(field, why)]


def _data_source_causes(spec: dict[str, Any]) -> list[Cause]:
    causes: list[Cause] = []
    for member in ("dataSource", "dataSourceRef"):
        source, field = spec.get(member), f"spec.{member}"
        if source is None:
            continue
        kind, group = source.get("kind", ""), source.get("apiGroup") or ""
        causes += [field_required(f"{field}.{name}") for name in ("name", "kind") if not source.get(name)]
        if not group and kind != "PersistentVolumeClaim":
            why = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
            causes.append(field_invalid(field, kind, why))
        causes += subdomain_causes(f"{field}.apiGroup", group) if group else []
    source, reference = (object_at(spec, each) for each in ("dataSource", "dataSourceRef"))
    if source and reference and any(source.get(each) != reference.get(each) for each in ("kind", "name", "apiGroup")):
        # As the server has it: the path of the field as its value.
        causes.append(Cause("FieldValueInvalid", "Invalid value: {}: must match dataSourceRef", "spec"))
    return causes


def _kept_of_claim(claim: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Give what may not change of a claim's spec, of the claim as it was or is to be.

    The volume and the class are named once; of a claim that is bound the size and the attributes of its volume change.
    """
    before: dict[str, Any] = old["spec"]
    kept: dict[str, Any] = dict(claim["spec"])
    if not before.get("volumeName"):
        kept.pop("volumeName", None)
    name = new["spec"].get("storageClassName")
    if before.get("storageClassName") is None and name is not None and _old_class(old) in (None, name):
        kept.pop("storageClassName", None)
    if object_at(old, "status").get("phase") == "Bound":
        kept.pop(_ATTRIBUTES, None)
        resources = object_at(kept, "resources")
        requests = {name: value for name, value in object_at(resources, "requests").items() if name != "storage"}
        kept["resources"] = {**resources, "requests": requests}
    return kept


def access_mode_causes(spec: dict[str, Any], why: str) -> list[Cause]:
    """Say what is wrong with how a claim or a volume may be used."""
    modes: list[str] = list_at(spec, "accessModes")
    causes = [] if modes else [field_required("spec.accessModes", why)]
    for mode in modes:
        causes += one_of("spec.accessModes", mode or "", _ACCESS_MODES)
    if "ReadWriteOncePod" in modes and set(modes) != {"ReadWriteOncePod"}:
        causes.append(field_forbidden("spec.accessModes", "may not use ReadWriteOncePod with other access modes"))
    return causes


def driver_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a CSIDriver."""
    spec = new["spec"]
    modes = ("Persistent", "Ephemeral")
    causes: list[Cause] = []
    policies = ("File", "None", "ReadWriteOnceWithFSType")
    causes += one_of("spec.fsGroupPolicy", spec.get("fsGroupPolicy"), policies)
    causes += _token_causes(list_at(spec, "tokenRequests"))
    for mode in list_at(spec, "volumeLifecycleModes"):
        causes += one_of("spec.volumeLifecycleModes", mode, modes)
    period, in_secrets = spec.get("nodeAllocatableUpdatePeriodSeconds"), spec.get("serviceAccountTokenInSecrets")
    if period is not None and period < _LEAST_PERIOD:
        why = f"must be greater than or equal to {_LEAST_PERIOD} seconds"
        causes.append(field_invalid("spec.nodeAllocatableUpdatePeriodSeconds", period, why))
    if in_secrets is not None and not spec.get("tokenRequests"):
        why = "serviceAccountTokenInSecrets is set but no tokenRequests are specified"
        causes.append(field_invalid("spec.serviceAccountTokenInSecrets", in_secrets, why))
    if old is not None:
        before = old["spec"]
        # As the server has it: not quite the name of the field.
        causes += immutable("spec.attachedRequired", before.get("attachRequired"), spec.get("attachRequired"))
        field = "volumeLifecycleModes"
        causes += immutable(f"spec.{field}", before.get(field), spec.get(field))
    return causes


def driver_name_causes(field: str, name: str) -> list[Cause]:
    """Say what is wrong with the name of a driver where one is named."""
    if not name:
        return [field_required(field)]
    causes = [field_too_long(field, _LONGEST_DRIVER)] if len(name.encode()) > _LONGEST_DRIVER else []
    return causes + [field_invalid(field, name, each) for each in dns_subdomain_problems(name.lower())]


def _token_causes(asked: list[dict[str, Any]]) -> list[Cause]:
    causes: list[Cause] = []
    seen: set[str] = set()
    for index, each in enumerate(asked):
        audience, seconds = each.get("audience", ""), each.get("expirationSeconds")
        if audience in seen:
            causes.append(duplicate(f"spec.tokenRequests[{index}].audience", audience))
            continue
        seen.add(audience)
        field = f"spec.tokenRequests[{index}].expirationSeconds"
        if seconds is not None and seconds < _LEAST_SECONDS:
            causes.append(field_invalid(field, seconds, "may not specify a duration less than 10 minutes"))
        if seconds is not None and seconds > 1 << 32:
            causes.append(field_invalid(field, seconds, "may not specify a duration larger than 2^32 seconds"))
    return causes


def storage_class_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a StorageClass."""
    name, parameters = new.get("provisioner", ""), object_at(new, "parameters")
    causes = qualified_causes("provisioner", name.lower()) if name else [field_required("provisioner")]
    causes += parameter_causes(parameters)
    causes += one_of("reclaimPolicy", new.get("reclaimPolicy"), ("Delete", "Retain"))
    modes = ("Immediate", "WaitForFirstConsumer")
    mode = new.get("volumeBindingMode")
    causes += one_of("volumeBindingMode", mode, modes) if mode is not None else [field_required("volumeBindingMode")]
    causes += _topology_causes(list_at(new, "allowedTopologies"))
    if old is None:
        return causes
    if parameters != object_at(old, "parameters"):
        causes.append(field_forbidden("parameters", "updates to parameters are forbidden."))
    if name != old.get("provisioner", ""):
        causes.append(field_forbidden("provisioner", "updates to provisioner are forbidden."))
    if new.get("reclaimPolicy") != old.get("reclaimPolicy"):
        causes.append(field_forbidden("reclaimPolicy", "updates to reclaimPolicy are forbidden."))
    return [*causes, *immutable("volumeBindingMode", old.get("volumeBindingMode"), mode)]


def parameter_causes(parameters: dict[str, str]) -> list[Cause]:
    """Say what is wrong with the parameters of a class."""
    if len(parameters) > _MOST_PARAMETERS:
        return [field_too_long("parameters", _MOST_PARAMETERS)]
    causes = [field_invalid("parameters", "", "field can not be empty.")] if "" in parameters else []
    if sum(len(name.encode()) + len(value.encode()) for name, value in parameters.items()) > _LONGEST_PARAMETERS:
        causes.append(field_too_long("parameters", _LONGEST_PARAMETERS))
    return causes


def _topology_causes(topologies: list[dict[str, Any]]) -> list[Cause]:
    causes: list[Cause] = []
    # As the server has it: one that asks for nothing is the same as each that is there.
    seen: list[dict[str, set[str]]] = [{} for _ in topologies]
    for index, term in enumerate(topologies):
        field, asked = f"allowedTopologies[{index}].matchLabelExpressions", dict[str, set[str]]()
        for place, each in enumerate(list_at(term, "matchLabelExpressions")):
            own, key, values = f"{field}[{place}]", each.get("key", ""), list_at(each, "values")
            causes += [] if values else [field_required(f"{own}.values")]
            causes += [
                duplicate(f"{own}.values[{at}]", value) for at, value in enumerate(values) if value in values[:at]
            ]
            causes += [field_invalid(f"{own}.key", key, why) for why in label_key_problems(key)]
            causes += [duplicate(f"{own}.key", key)] if key in asked else []
            asked[key] = set(values)
        causes += [duplicate(field, "")] * seen.count(asked)
        seen.append(asked)
    return causes
