"""How much of a ResourceQuota an object takes, and which of them it is one of.

https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from typing import Any, Final, TypeAlias

from kubex.core.quantity import Quantity
from kubex.testing.failures import ResourceName
from kubex.testing.lifecycle.admission import quality_of_service
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.pod_amounts import Amounts, container_amounts, pod_amounts
from kubex.testing.storage import JsonObject

__all__ = ["MEASURED", "in_scopes", "is_terminating", "missing_amounts", "usage"]

_ONE: Final = Quantity(1)
_COUNTED: Final = ("configmaps", "replicationcontrollers", "resourcequotas", "secrets")
MEASURED: Final = frozenset({*_COUNTED, "persistentvolumeclaims", "pods", "services"})
"""The kinds that quotas have names of their own for, all of the core group."""
_COMPUTE: Final = ("cpu", "memory", "ephemeral-storage")
# What each container has to tell where a quota limits it; of nothing else does it have to.
_OF_CONTAINERS: Final = frozenset(
    f"{kind}{name}" for kind in ("", "requests.", "limits.") for name in ("cpu", "memory")
)


def usage(resource: ResourceName, object_: JsonObject) -> Amounts:
    """Give what an object takes, by the names that quotas have for it."""
    taken: Amounts = {f"count/{resource.qualified}": _ONE}
    if resource.group:
        return taken
    if resource.plural == "pods":
        return taken | (_pod_usage(object_) if _counts(object_) else {})
    if resource.plural == "services":
        return taken | _service_usage(object_["spec"])
    if resource.plural == "persistentvolumeclaims":
        return taken | _claim_usage(object_)
    return taken | ({resource.plural: _ONE} if resource.plural in _COUNTED else {})


def _counts(pod: JsonObject) -> bool:
    """Say whether a pod takes anything of its node any more."""
    return object_at(pod, "status").get("phase") not in ("Succeeded", "Failed")


def _pod_usage(pod: JsonObject) -> Amounts:
    taken: Amounts = {"pods": _ONE}
    for name, amount in pod_amounts(pod["spec"], "requests").items():
        taken[f"requests.{name}"] = amount
        if name in _COMPUTE or name.startswith("hugepages-"):
            taken[name] = amount
    for name, amount in pod_amounts(pod["spec"], "limits").items():
        if name in _COMPUTE:
            taken[f"limits.{name}"] = amount
    return taken


def _service_usage(spec: Mapping[str, Any]) -> Amounts:
    taken: Amounts = {"services": _ONE}
    ports = list_at(spec, "ports")
    given = sum(bool(port.get("nodePort")) for port in ports)
    if spec.get("type") == "LoadBalancer":
        taken["services.loadbalancers"] = _ONE
        allocates = spec.get("allocateLoadBalancerNodePorts", True)
        taken["services.nodeports"] = Quantity(len(ports) if allocates else given)
    elif spec.get("type") == "NodePort":
        taken["services.nodeports"] = Quantity(len(ports))
    return taken


def _claim_usage(claim: JsonObject) -> Amounts:
    spec = claim["spec"]
    taken: Amounts = {"persistentvolumeclaims": _ONE}
    storage = container_amounts(spec, "requests").get("storage")
    if storage is not None:
        # While it grows, and where growing failed, more may be allocated than is asked for.
        allocated = object_at(object_at(claim, "status"), "allocatedResources").get("storage")
        taken["requests.storage"] = _whole(storage if allocated is None else max(storage, Quantity(allocated)))
    if spec.get("storageClassName"):
        of_class = f"{spec['storageClassName']}.storageclass.storage.k8s.io"
        taken |= {f"{of_class}/{name}": amount for name, amount in taken.items()}
    return taken


def _whole(bytes_: Quantity) -> Quantity:
    whole = int(bytes_)  # rounded up
    return bytes_ if bytes_ == whole else Quantity(whole, bytes_.format)


def missing_amounts(hard: Mapping[str, Any], pod: JsonObject) -> str:
    """Say what the containers of a pod have to tell for a quota to be kept; `""` if they tell it."""
    spec = pod["spec"]
    if any(_is_of_pods(name) for which in ("requests", "limits") for name in container_amounts(spec, which)):
        return ""  # a pod that tells anything as a whole need not tell anything by container
    missing: dict[str, set[str]] = {}
    for name in _OF_CONTAINERS & hard.keys():
        which, _, amount = name.rpartition(".")
        for kind in ("containers", "initContainers"):
            for container in list_at(spec, kind):
                if amount not in container_amounts(container, "limits" if which == "limits" else "requests"):
                    missing.setdefault(name, set()).add(container["name"])
    return "; ".join(f"{name} for: {','.join(sorted(missing[name]))}" for name in sorted(missing))


def _is_of_pods(name: str) -> bool:
    """Say whether this is a resource that a pod can ask for as a whole."""
    return name in ("cpu", "memory") or name.startswith("hugepages-")


def in_scopes(quota: JsonObject, resource: ResourceName, object_: JsonObject) -> bool:
    """Say whether an object is one of those that a quota is about."""
    spec = object_at(quota, "spec")
    scopes = [{"scopeName": name, "operator": "Exists"} for name in list_at(spec, "scopes")]
    scopes += list_at(object_at(spec, "scopeSelector"), "matchExpressions")
    if not scopes:
        return True
    checks = {("", "pods"): _OF_PODS, ("", "persistentvolumeclaims"): _OF_CLAIMS}.get((resource.group, resource.plural))
    return checks is not None and all(
        (check := checks.get(each.get("scopeName", ""))) is not None and check(object_, each) for each in scopes
    )


def is_terminating(pod: JsonObject) -> bool:
    """Say whether a pod is one of those that end by themselves, in the scope `Terminating`."""
    return pod["spec"].get("activeDeadlineSeconds") is not None


def _is_best_effort(pod: JsonObject, scope: JsonObject) -> bool:
    return quality_of_service(pod["spec"]) == "BestEffort"


def _has_priority(pod: JsonObject, scope: JsonObject) -> bool:
    return _holds(scope, {pod["spec"].get("priorityClassName")})


def _has_attributes_class(claim: JsonObject, scope: JsonObject) -> bool:
    status = object_at(claim, "status")
    classes = {
        claim["spec"].get("volumeAttributesClassName"),
        status.get("currentVolumeAttributesClassName"),
        object_at(status, "modifyVolumeStatus").get("targetVolumeAttributesClassName"),
    }
    return _holds(scope, classes)


def _holds(scope: JsonObject, found: Set[str | None]) -> bool:
    """Say whether a scope holds for any of the names that an object has, or for none where it has none."""
    operator, values = scope.get("operator"), set(list_at(scope, "values"))
    names = {each for each in found if each}
    if operator in ("Exists", "DoesNotExist"):
        return bool(names) is bool(operator == "Exists")
    if operator == "In":
        return not names.isdisjoint(values)
    return not names or not names <= values


def _looks_elsewhere(pod: JsonObject, scope: JsonObject) -> bool:
    """Say whether a pod's affinity is about pods of other namespaces."""
    affinity = object_at(pod["spec"], "affinity")
    for kind in ("podAffinity", "podAntiAffinity"):
        rules = object_at(affinity, kind)
        terms = [*list_at(rules, "requiredDuringSchedulingIgnoredDuringExecution")]
        preferred = list_at(rules, "preferredDuringSchedulingIgnoredDuringExecution")
        terms += [object_at(each, "podAffinityTerm") for each in preferred]
        if any(each.get("namespaces") or each.get("namespaceSelector") is not None for each in terms):
            return True
    return False


_Check: TypeAlias = Callable[[JsonObject, JsonObject], bool]
_OF_PODS: Final[Mapping[str, _Check]] = {
    "Terminating": lambda pod, scope: is_terminating(pod),
    "NotTerminating": lambda pod, scope: not is_terminating(pod),
    "BestEffort": _is_best_effort,
    "NotBestEffort": lambda pod, scope: not _is_best_effort(pod, scope),
    "PriorityClass": _has_priority,
    "CrossNamespacePodAffinity": _looks_elsewhere,
}
_OF_CLAIMS: Final[Mapping[str, _Check]] = {"VolumeAttributesClass": _has_attributes_class}
