"""What the server's built-in admission adds to new objects.

Pods get limits, what their account and their runtime have for them, tolerations and a priority; claims and ingresses
a class.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from kubex.core.quantity import Quantity
from kubex.testing.failures import ApiFailure, ResourceName
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.default_classes import (
    default_priority_class,
    fill_in_ingress_class,
    fill_in_storage_class,
)
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.limit_ranges import fill_in_limits
from kubex.testing.lifecycle.names import generated_name
from kubex.testing.lifecycle.tolerations import merged_tolerations
from kubex.testing.lifecycle.validation.values import quantity
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject, Key

__all__ = ["add_tolerations", "admit", "quality_of_service"]

_TOKEN_PATH: Final = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105  # where it is mounted
_TOKEN_VOLUME: Final = "kube-api-access-"  # noqa: S105  # how the names of its volumes begin
_TOKEN_SECONDS: Final = 3607
_TOLERATED_SECONDS: Final = 300
_TOLERATED: Final = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
_SYSTEM_PRIORITIES: Final = {"system-cluster-critical": 2000000000, "system-node-critical": 2000001000}
_DEFAULT_POLICY: Final = "PreemptLowerPriority"


def admit(cluster: Cluster, resource: Resource, object_: JsonObject) -> None:
    """Fill in what a new object gets of others, in place.

    Raises:
        ApiFailure: what it names does not exist, or does not go with what it says itself (403).
    """
    match (resource.name.group, resource.kind):
        case ("", "Pod"):
            _admit_pod(cluster, object_)
        case ("", "PersistentVolumeClaim"):
            fill_in_storage_class(cluster, object_)
        case ("networking.k8s.io", "Ingress"):
            fill_in_ingress_class(cluster, object_)
        case _:
            pass


def _admit_pod(cluster: Cluster, pod: JsonObject) -> None:
    fill_in_limits(cluster, pod)
    spec = pod["spec"]
    if not spec.get("serviceAccountName"):
        spec["serviceAccountName"] = spec["serviceAccount"] = "default"
    _take_of_account(spec, _account(cluster, pod))
    _prioritize(cluster, pod)
    add_tolerations(spec)
    _take_of_runtime(cluster, pod)


def _account(cluster: Cluster, pod: JsonObject) -> JsonObject:
    """Give the account of a pod; that of every namespace, which a controller makes, is taken as such without it."""
    name, namespace = pod["spec"]["serviceAccountName"], pod["metadata"].get("namespace", "")
    accounts = cluster.registry.find("", "v1", "serviceaccounts")
    found = cluster.get(accounts, Key(namespace, name)) if accounts is not None else None
    if found is not None:
        return found.state
    if name == "default" or accounts is None:
        return {}
    why = f'error looking up service account {namespace}/{name}: serviceaccount "{name}" not found'
    raise _forbidden(pod, why)


def _take_of_account(spec: JsonObject, account: JsonObject) -> None:
    """Give a pod the token of its account, and the secrets for images, where it does not say otherwise."""
    mounts = spec.get("automountServiceAccountToken")
    if mounts is None:
        mounts = account.get("automountServiceAccountToken")
    if mounts is not False:
        _mount_token(spec)
    secrets = list_at(account, "imagePullSecrets")
    if secrets and not spec.get("imagePullSecrets"):
        spec["imagePullSecrets"] = [dict(each) for each in secrets]


def _take_of_runtime(cluster: Cluster, pod: JsonObject) -> None:
    """Give a pod what its RuntimeClass says that running it takes, and where it can run."""
    spec = pod["spec"]
    name = spec.get("runtimeClassName")
    classes = cluster.registry.find("node.k8s.io", "v1", "runtimeclasses")
    if classes is None:
        return
    entry = cluster.get(classes, Key("", name)) if name else None
    if name and entry is None:
        raise _forbidden(pod, f'pod rejected: RuntimeClass "{name}" not found')
    runtime: JsonObject = entry.state if entry is not None else {}
    if runtime.get("overhead") is not None:
        _take_overhead(pod, object_at(runtime["overhead"], "podFixed"))
    elif spec.get("overhead"):
        raise _forbidden(pod, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead")
    if runtime.get("scheduling") is not None:
        _take_scheduling(pod, runtime["scheduling"])


def _take_overhead(pod: JsonObject, fixed: JsonObject) -> None:
    spec = pod["spec"]
    given = object_at(spec, "overhead")
    if given and {name: quantity(value) for name, value in given.items()} != {
        name: quantity(value) for name, value in fixed.items()
    }:
        raise _forbidden(pod, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
    if fixed:
        spec["overhead"] = dict(fixed)


def _take_scheduling(pod: JsonObject, scheduling: JsonObject) -> None:
    spec = pod["spec"]
    given, asked = object_at(spec, "nodeSelector"), object_at(scheduling, "nodeSelector")
    for key, value in asked.items():
        if given.get(key, value) != value:
            of_class = f"runtimeClass.scheduling.nodeSelector[{key}] = {value}"
            raise _forbidden(pod, f"conflict: {of_class}; pod.spec.nodeSelector[{key}] = {given[key]}")
    if asked:
        spec["nodeSelector"] = {**given, **asked}
    tolerations = merged_tolerations(list_at(spec, "tolerations"), list_at(scheduling, "tolerations"))
    spec["tolerations"] = [dict(each) for each in tolerations]


def _forbidden(pod: dict[str, Any], why: str) -> ApiFailure:
    name = pod["metadata"].get("name", "")
    message = f'pods "{name}" is forbidden: {why}'
    return ApiFailure(403, "Forbidden", message, details=ResourceName("", "pods", "Pod").details(name))


def _mount_token(spec: dict[str, Any]) -> None:
    containers = [*list_at(spec, "initContainers"), *list_at(spec, "containers")]
    without = [
        each
        for each in containers
        if all(mount.get("mountPath") != _TOKEN_PATH for mount in list_at(each, "volumeMounts"))
    ]
    if not without:
        return
    mounted = [each["name"] for each in list_at(spec, "volumes") if each.get("name", "").startswith(_TOKEN_VOLUME)]
    name = mounted[0] if mounted else generated_name(_TOKEN_VOLUME)
    for container in without:
        mount = {"name": name, "readOnly": True, "mountPath": _TOKEN_PATH}
        container.setdefault("volumeMounts", []).append(mount)
    if mounted:  # containers that came later have it as well
        return
    root = {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}
    field = {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
    sources = [
        {"serviceAccountToken": {"expirationSeconds": _TOKEN_SECONDS, "path": "token"}},
        {"configMap": root},
        {"downwardAPI": {"items": [field]}},
    ]
    spec.setdefault("volumes", []).append({"name": name, "projected": {"sources": sources, "defaultMode": 0o644}})


def add_tolerations(spec: dict[str, Any]) -> None:
    """Let a pod stay for a while on a node that is not ready, where it does not say otherwise, in place."""
    given = list_at(spec, "tolerations")
    for key in _TOLERATED:
        if not any(each.get("key", "") in (key, "") and each.get("effect", "") in ("NoExecute", "") for each in given):
            added = {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _TOLERATED_SECONDS}
            spec.setdefault("tolerations", []).append(added)


def _prioritize(cluster: Cluster, pod: dict[str, Any]) -> None:
    spec = pod["spec"]
    name = spec.get("priorityClassName")
    classes = cluster.registry.find("scheduling.k8s.io", "v1", "priorityclasses")
    found: dict[str, Any] | None = None
    if name:
        entry = cluster.get(classes, Key("", name)) if classes is not None else None
        found = entry.object if entry is not None else None
    else:
        found = default_priority_class(cluster)
        if found is not None:
            spec["priorityClassName"] = found["metadata"]["name"]
    if name and found is None and name not in _SYSTEM_PRIORITIES:
        raise _forbidden(pod, f"no PriorityClass with name {name} was found")
    priority = found.get("value", 0) if found is not None else _SYSTEM_PRIORITIES.get(name or "", 0)
    if spec.get("priority") not in (None, priority):
        why = (
            f"the integer value of priority ({spec['priority']}) must not be provided in pod spec; priority admission "
            f"controller computed {priority} from the given PriorityClass name"
        )
        raise _forbidden(pod, why)
    spec["priority"] = priority
    policy = (found or {}).get("preemptionPolicy", _DEFAULT_POLICY)
    given = spec.get("preemptionPolicy")
    if given is not None and given != policy:
        why = (
            f"the string value of PreemptionPolicy ({given}) must not be provided in pod spec; priority admission "
            f"controller computed {policy} from the given PriorityClass name"
        )
        raise _forbidden(pod, why)
    spec["preemptionPolicy"] = policy


def quality_of_service(spec: dict[str, Any]) -> str:
    """Give the QoS class of a pod: `Guaranteed`, `Burstable`, `BestEffort`.

    https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
    """
    containers = [*list_at(spec, "containers"), *list_at(spec, "initContainers")]
    if spec.get("resources"):
        containers = [spec]
    asked = False
    guaranteed = True
    for container in containers:
        resources = object_at(container, "resources")
        requests, limits = _positive(resources.get("requests")), _positive(resources.get("limits"))
        asked = asked or bool(requests or limits)
        guaranteed = guaranteed and limits.keys() == {"cpu", "memory"} and {**limits, **requests} == limits
    if not asked:
        return "BestEffort"
    return "Guaranteed" if guaranteed else "Burstable"


def _positive(amounts: dict[str, Any] | None) -> dict[str, Decimal]:
    given = {name: amounts[name] for name in ("cpu", "memory") if name in amounts} if amounts else {}
    read = {name: _amount(str(value)) for name, value in given.items()}
    return {name: value for name, value in read.items() if value > 0}


@lru_cache(maxsize=1024)
def _amount(text: str) -> Decimal:
    """Read a quantity; those of containers are few and come again and again."""
    return Quantity(text).to_decimal()
