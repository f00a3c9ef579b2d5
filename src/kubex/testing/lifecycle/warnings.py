"""What the server warns about in an object that it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

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
from kubex.testing.lifecycle.names import STANDARD_FINALIZERS, Problems, dns_label_problems, qualified_name_problems
from kubex.testing.lifecycle.node_label_warnings import capacity_warnings, runtime_warnings, storage_class_warnings
from kubex.testing.lifecycle.persistent_volume_warnings import (
    OLD_CLASS,
    driver_warnings,
    old_annotation_warnings,
    persistent_volume_warnings,
)
from kubex.testing.lifecycle.pod_parts import TEMPLATE_PATHS
from kubex.testing.lifecycle.pod_warnings import pod_warnings
from kubex.testing.lifecycle.service_warnings import network_policy_warnings, service_warnings
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["object_warnings"]

_TEMPLATES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {("", "Pod"): (), **TEMPLATE_PATHS}
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
    look = _OF_KINDS.get(kind)
    if look is not None:
        found += look(resource, new, old)
    return tuple(found)


def _definition_warnings(new: JsonObject, old: JsonObject | None) -> Iterator[str]:
    """Warn of formats that the server does not know, when they come."""
    before = _formats(_schemas(old or {}))
    for each in _formats(_schemas(new)):
        if each not in before and each.replace("-", "") not in _FORMATS:
            yield f'unrecognized format "{each}"'


def _slice_warnings(new: JsonObject, old: JsonObject | None) -> Iterator[str]:
    if old is None and new.get("addressType") == "FQDN":
        yield "spec.addressType: FQDN endpoints are deprecated"
    yield from endpoint_slice_warnings(new)


def _device_warnings(new: JsonObject) -> Iterator[str]:
    driver: str = new["spec"].get("driver", "")
    if driver != driver.lower():
        what = f"driver names should be lowercase; {go_quoted(driver)} contains uppercase characters"
        yield f"spec.driver: {what}"


def _claim_warnings(new: JsonObject) -> Iterator[str]:
    yield from old_annotation_warnings(new, OLD_CLASS)
    yield from claim_warnings(new["spec"], "spec")


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
        if "/" not in name and name not in STANDARD_FINALIZERS:
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


_Look: TypeAlias = Callable[[Resource, JsonObject, JsonObject | None], Iterable[str]]


def _now(look: Callable[[JsonObject], Iterable[str]]) -> _Look:
    """Have what looks at an object alone."""
    return lambda resource, new, old: look(new)


def _then(look: Callable[[JsonObject, JsonObject | None], Iterable[str]]) -> _Look:
    """Have what looks at an object and at what it was."""
    return lambda resource, new, old: look(new, old)


_OF_KINDS: Final[Mapping[tuple[str, str], _Look]] = {
    ("", "Endpoints"): _now(endpoints_warnings),
    ("", "Node"): _now(node_warnings),
    ("", "PersistentVolume"): _now(persistent_volume_warnings),
    ("", "PersistentVolumeClaim"): _now(_claim_warnings),
    ("", "ResourceQuota"): _then(lambda new, old: quota_warnings(new) if old is None else ()),
    ("", "Secret"): _now(secret_warnings),
    ("", "Service"): _now(service_warnings),
    ("", "ServiceAccount"): _then(account_warnings),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"): _now(_condition_warnings),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"): _now(_condition_warnings),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _then(_definition_warnings),
    ("apps", "StatefulSet"): _then(lambda new, old: _set_warnings(new, is_new=old is None)),
    ("discovery.k8s.io", "EndpointSlice"): _then(_slice_warnings),
    ("networking.k8s.io", "Ingress"): _then(ingress_warnings),
    ("networking.k8s.io", "NetworkPolicy"): _now(network_policy_warnings),
    ("node.k8s.io", "RuntimeClass"): _now(runtime_warnings),
    ("resource.k8s.io", "ResourceSlice"): _now(_device_warnings),
    ("storage.k8s.io", "CSIDriver"): driver_warnings,
    ("storage.k8s.io", "CSIStorageCapacity"): _now(capacity_warnings),
    ("storage.k8s.io", "StorageClass"): _now(storage_class_warnings),
}
