"""How much of a ResourceQuota an object takes, and which of them it is one of.

https://kubernetes.io/docs/concepts/policy/resource-quotas/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from kubex.core.quantity import Quantity
from kubex.testing.failures import ResourceName
from kubex.testing.lifecycle.admission import quality_of_service
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.pod_amounts import Amounts, container_amounts, pod_amounts
from kubex.testing.storage import JsonObject

__all__ = ["MEASURED", "in_scopes", "missing_amounts", "usage"]

_ONE: Final = Quantity(1)
_COUNTED: Final = ("configmaps", "replicationcontrollers", "resourcequotas", "secrets")
MEASURED: Final = frozenset({*_COUNTED, "persistentvolumeclaims", "pods", "services"})
"""The kinds that quotas have names of their own for, all of the core group."""
_COMPUTE: Final = ("cpu", "memory", "ephemeral-storage")
_OF_CONTAINERS: Final = frozenset(
    ("cpu", "memory", *(f"{kind}.{name}" for kind in ("requests", "limits") for name in _COMPUTE))
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
        return taken | _claim_usage(object_["spec"])
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


def _claim_usage(spec: Mapping[str, Any]) -> Amounts:
    taken: Amounts = {"persistentvolumeclaims": _ONE}
    storage = container_amounts(spec, "requests").get("storage")
    if storage is not None:
        taken["requests.storage"] = storage
    if spec.get("storageClassName"):
        of_class = f"{spec['storageClassName']}.storageclass.storage.k8s.io"
        taken |= {f"{of_class}/{name}": amount for name, amount in taken.items()}
    return taken


def missing_amounts(hard: Mapping[str, Any], pod: JsonObject) -> str:
    """Say what the containers of a pod have to tell for a quota to be kept; `""` if they tell it."""
    spec = pod["spec"]
    missing: dict[str, set[str]] = {}
    for name in _OF_CONTAINERS & hard.keys():
        which, _, amount = name.rpartition(".")
        if amount in container_amounts(spec, "limits" if which == "limits" else "requests"):
            continue  # the pod as a whole tells it
        for kind in ("containers", "initContainers"):
            for container in list_at(spec, kind):
                if amount not in container_amounts(container, "limits" if which == "limits" else "requests"):
                    missing.setdefault(name, set()).add(container["name"])
    return "; ".join(f"{name} for: {','.join(sorted(missing[name]))}" for name in sorted(missing))


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


def _is_terminating(pod: JsonObject, scope: JsonObject) -> bool:
    return pod["spec"].get("activeDeadlineSeconds") is not None


def _is_best_effort(pod: JsonObject, scope: JsonObject) -> bool:
    return quality_of_service(pod["spec"]) == "BestEffort"


def _has_priority(pod: JsonObject, scope: JsonObject) -> bool:
    return _holds(scope, pod["spec"].get("priorityClassName") or "")


def _has_attributes_class(claim: JsonObject, scope: JsonObject) -> bool:
    return _holds(scope, claim["spec"].get("volumeAttributesClassName") or "")


def _holds(scope: JsonObject, value: str) -> bool:
    operator, values = scope.get("operator"), list_at(scope, "values")
    if operator in ("Exists", "DoesNotExist"):
        return bool(value) is bool(operator == "Exists")
    is_one: bool = value in values
    return is_one if operator == "In" else not is_one


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
    "Terminating": _is_terminating,
    "NotTerminating": lambda pod, scope: not _is_terminating(pod, scope),
    "BestEffort": _is_best_effort,
    "NotBestEffort": lambda pod, scope: not _is_best_effort(pod, scope),
    "PriorityClass": _has_priority,
    "CrossNamespacePodAffinity": _looks_elsewhere,
}
_OF_CLAIMS: Final[Mapping[str, _Check]] = {"VolumeAttributesClass": _has_attributes_class}
