"""What the server warns about in an object that it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kubex.core._go_text import go_quoted
from kubex.core._json_value import is_array, is_object
from kubex.testing.expressions.library import is_available
from kubex.testing.lifecycle.configuration_warnings import (
    account_warnings,
    node_warnings,
    quota_warnings,
    secret_warnings,
)
from kubex.testing.lifecycle.defaults.workloads import TEMPLATE_GENERATION
from kubex.testing.lifecycle.endpoint_warnings import endpoint_slice_warnings, endpoints_warnings
from kubex.testing.lifecycle.fraction_warnings import claim_warnings
from kubex.testing.lifecycle.ingress_warnings import ingress_warnings
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import Problems, dns_label_problems, qualified_name_problems
from kubex.testing.lifecycle.node_label_warnings import capacity_warnings, runtime_warnings, storage_class_warnings
from kubex.testing.lifecycle.persistent_volume_warnings import (
    OLD_CLASS,
    driver_warnings,
    old_annotation_warnings,
    persistent_volume_warnings,
)
from kubex.testing.lifecycle.pod_warnings import pod_warnings
from kubex.testing.lifecycle.service_warnings import network_policy_warnings, service_warnings
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["object_warnings"]

_TEMPLATES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("", "Pod"): (),
    ("", "PodTemplate"): ("template",),
    ("", "ReplicationController"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("batch", "Job"): ("spec", "template"),
}
_CONTROLLER: Final = ("", "ReplicationController")
_MANY_COMPLETIONS: Final = 100_000
_MUCH_PARALLELISM: Final = 10_000
_NAME_GOES_TO_PODS: Final = frozenset({"ReplicationController", "Deployment", "ReplicaSet", "Job", "CronJob"})
# Those of strings that a server knows; dashes do not count.
_FORMATS: Final = frozenset((
    "bsonobjectid", "uri", "email", "hostname", "ipv4", "ipv6", "cidr", "mac", "uuid", "uuid3", "uuid4", "uuid5",
    "isbn", "isbn10", "isbn13", "creditcard", "ssn", "hexcolor", "rgbcolor", "byte", "password", "date",
    "duration", "datetime", "k8sshortname", "k8slongname",
))  # fmt: skip
_FINALIZERS: Final = frozenset({"orphan", "foregroundDeletion", "kubernetes"})
_HOST: Final = "this is used in the Pod's hostname"
_HOSTS: Final = "this is used in Pod names and hostnames"
_SURPRISE: Final = "which can result in surprising behavior; a DNS label is recommended"


def object_warnings(resource: Resource, new: JsonObject, old: JsonObject | None) -> tuple[str, ...]:
    """Give the texts of warnings about an object.

    Args:
        resource: of the object.
        new: the object.
        old: the object as it was; `None` for one that is created.
    """
    if resource.custom is not None:
        return tuple(_finalizer_warnings(new, old))
    kind = (resource.name.group, resource.kind)
    found = list(_name_warnings(resource, new)) if old is None else []
    if kind in _TEMPLATES and (old is None or _is_changed(kind, new, old)):
        # As the server has it: of a controller that is changed, about what it was.
        found += _template_warnings(kind, old if old is not None and kind == _CONTROLLER else new)
    match kind:
        case ("", "Pod"):  # first, for they are the most
            pass
        case ("", "Service"):
            found += service_warnings(new)
        case ("networking.k8s.io", "NetworkPolicy"):
            found += network_policy_warnings(new)
        case ("apiextensions.k8s.io", "CustomResourceDefinition"):
            before = _formats(_schemas(old or {}))
            new_ones = (each for each in _formats(_schemas(new)) if each not in before)
            found += [f'unrecognized format "{each}"' for each in new_ones if each.replace("-", "") not in _FORMATS]
        case ("admissionregistration.k8s.io", "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration"):
            found += _condition_warnings(new)
        case ("discovery.k8s.io", "EndpointSlice"):
            if old is None and new.get("addressType") == "FQDN":
                found.append("spec.addressType: FQDN endpoints are deprecated")
            found += endpoint_slice_warnings(new)
        case ("resource.k8s.io", "ResourceSlice"):
            driver: str = new["spec"].get("driver", "")
            if driver != driver.lower():
                what = f"driver names should be lowercase; {go_quoted(driver)} contains uppercase characters"
                found.append(f"spec.driver: {what}")
        case ("networking.k8s.io", "Ingress"):
            found += ingress_warnings(new, old)
        case ("", "Endpoints"):
            found += endpoints_warnings(new)
        case ("node.k8s.io", "RuntimeClass"):
            found += runtime_warnings(new)
        case ("storage.k8s.io", "StorageClass"):
            found += storage_class_warnings(new)
        case ("storage.k8s.io", "CSIStorageCapacity"):
            found += capacity_warnings(new)
        case ("storage.k8s.io", "CSIDriver"):
            found += driver_warnings(resource, new, old)
        case ("", "PersistentVolume"):
            found += persistent_volume_warnings(new)
        case ("", "PersistentVolumeClaim"):
            found += old_annotation_warnings(new, OLD_CLASS)
            found += claim_warnings(new["spec"], "spec")
        case ("apps", "StatefulSet"):
            found += _set_warnings(new, is_new=old is None)
        case ("", "Node"):
            found += node_warnings(new)
        case ("", "ResourceQuota") if old is None:
            found += quota_warnings(new)
        case ("", "Secret"):
            found += secret_warnings(new)
        case ("", "ServiceAccount"):
            found += account_warnings(new, old)
        case _:
            pass
    return tuple(found)


def _set_warnings(object_: JsonObject, *, is_new: bool) -> Iterator[str]:
    """Give the texts of warnings about a StatefulSet, its template aside."""
    for index, claim in enumerate(list_at(object_["spec"], "volumeClaimTemplates")):
        # As the server has it: with a part in another place.
        where = f"spec.volumeClaimTemplates[{index}]{'' if is_new else '.Spec'}"
        yield from claim_warnings(object_at(claim, "spec"), where)
    if (object_["spec"].get("revisionHistoryLimit") or 0) < 0:
        why = "a negative value retains all historical revisions; a value >= 0 is recommended"
        yield f"spec.revisionHistoryLimit: {why}"


def _is_changed(kind: tuple[str, str], new: JsonObject, old: JsonObject) -> bool:
    """Whether a change is one of a template, or may be; those of pods are never warned about."""
    if kind == ("", "Pod"):
        return False
    if kind == ("apps", "DaemonSet"):
        counts = [object_at(each["metadata"], "annotations").get(TEMPLATE_GENERATION) for each in (old, new)]
    else:
        counts = [each["metadata"].get("generation") for each in (old, new)]
    return counts[0] is None or counts[0] != counts[1]


def _template_warnings(kind: tuple[str, str], object_: JsonObject) -> Iterator[str]:
    path, holder = _TEMPLATES[kind], object_
    for name in path:
        if name == "template" and kind[0] == "batch":
            yield from _indexes_warnings(holder, ".".join(path[:-1]))
        holder = object_at(holder, name)
    yield from pod_warnings(holder, ".".join(path))


def _indexes_warnings(spec: JsonObject, where: str) -> Iterator[str]:
    """Warn of more indexes of a Job than the server may keep track of."""
    many = (spec.get("completions") or 0) > _MANY_COMPLETIONS and (spec.get("parallelism") or 0) > _MUCH_PARALLELISM
    if many and spec.get("completionMode") == "Indexed":
        yield (
            f"{where}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than "
            "10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail"
        )


def _schemas(definition: JsonObject) -> list[Any]:
    versions = list_at(object_at(definition, "spec"), "versions")
    return [object_at(each, "schema").get("openAPIV3Schema") for each in versions]


def _formats(schema: Any) -> dict[str, None]:
    """Name the formats of strings in schemas, in their order."""
    found: dict[str, None] = {}
    if is_object(schema):
        if schema.get("type") == "string" and isinstance(schema.get("format"), str):
            found[schema["format"]] = None
        parts: Any = [value for name, value in schema.items() if name not in ("default", "example", "enum")]
    else:
        parts = schema if is_array(schema) else ()
    for each in parts:
        found |= _formats(each)
    return found


def _finalizer_warnings(new: JsonObject, old: JsonObject | None) -> Iterator[str]:
    before = list_at(object_at(old or {}, "metadata"), "finalizers")
    for name in sorted({*list_at(new["metadata"], "finalizers")} - {*before}):
        for problem in qualified_name_problems(name):
            yield f'metadata.finalizers: "{name}": {problem}'
        if "/" not in name and name not in _FINALIZERS:
            path = " including a path (/)" if "." in name else ""
            why = f"prefer a domain-qualified finalizer name{path} to avoid accidental conflicts"
            yield f'metadata.finalizers: "{name}": {why} with other finalizer writers'


def _name_warnings(resource: Resource, object_: JsonObject) -> Iterator[str]:
    used = _HOST if resource.kind == "Pod" else _HOSTS if resource.kind in _NAME_GOES_TO_PODS else ""
    problems: Problems = dns_label_problems(object_["metadata"].get("name", "a")) if used else []
    if problems:
        yield f"metadata.name: {used}, {_SURPRISE}: [{' '.join(problems)}]"


def _condition_warnings(configuration: JsonObject) -> Iterator[str]:
    for index, webhook in enumerate(list_at(configuration, "webhooks")):
        if webhook.get("matchConditions") and not is_available():
            what = f"webhooks[{index}].matchConditions are not evaluated by this server without kubex[testing-cel]"
            yield f"{what}: the webhook is called anyway"
