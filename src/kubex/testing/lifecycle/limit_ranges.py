"""LimitRanges: what containers are given that say nothing of it, and what pods and claims may ask for.

https://kubernetes.io/docs/concepts/policy/limit-range/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from kubex.core.quantity import Quantity
from kubex.testing.failures import ApiFailure
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.pod_amounts import Amounts, container_amounts, said_amounts
from kubex.testing.registry import Resource
from kubex.testing.storage import JsonObject

__all__ = ["check_limits", "fill_in_limits"]

_RANGES: Final = "limitranges"
_TOLD: Final = "kubernetes.io/limit-ranger"
_CONTAINERS: Final = (("containers", "container"), ("initContainers", "init container"))


def _limits(cluster: Cluster, namespace: str) -> Iterator[list[JsonObject]]:
    """Give the limits of each LimitRange of a namespace."""
    if cluster.storage.count(_RANGES):
        for _, entry in cluster.storage.scan(_RANGES, namespace=namespace):
            yield list_at(object_at(entry.state, "spec"), "limits")


def fill_in_limits(cluster: Cluster, pod: JsonObject) -> None:
    """Give the containers of a new pod the requests and limits that they don't have, in place; an annotation tells."""
    for limits in _limits(cluster, pod["metadata"].get("namespace", "")):
        usual: dict[str, dict[str, str]] = {"requests": {}, "limits": {}}
        for limit in limits:
            if limit.get("type") == "Container":
                usual["requests"] |= object_at(limit, "defaultRequest")
                usual["limits"] |= object_at(limit, "default")
        told = [
            text
            for kind, word in _CONTAINERS
            for container in list_at(pod["spec"], kind)
            for text in _filled_in(container, usual, word)
        ]
        if told:
            pod["metadata"].setdefault("annotations", {})[_TOLD] = f"LimitRanger plugin set: {'; '.join(told)}"


def _filled_in(container: JsonObject, usual: Mapping[str, Mapping[str, str]], word: str) -> Iterator[str]:
    for member in ("requests", "limits"):
        given = object_at(object_at(container, "resources"), member)
        missing = {name: value for name, value in usual[member].items() if name not in given}
        if missing:
            container.setdefault("resources", {})[member] = {**given, **missing}
            yield f"{', '.join(sorted(missing))} {member.removesuffix('s')} for {word} {container['name']}"


def check_limits(cluster: Cluster, resource: Resource, object_: JsonObject) -> None:
    """Check that a new pod, or a claim, keeps within the LimitRanges of its namespace.

    Raises:
        ApiFailure: it doesn't (403).
    """
    kind = (resource.name.group, resource.kind)
    if kind not in (("", "Pod"), ("", "PersistentVolumeClaim")):
        return
    for limits in _limits(cluster, object_["metadata"].get("namespace", "")):
        found = _pod_problems(limits, object_) if kind[1] == "Pod" else _claim_problems(limits, object_)
        problems = list(dict.fromkeys(found))
        if problems:
            why = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
            name = object_["metadata"].get("name", "")
            message = f'{resource.name.qualified} "{name}" is forbidden: {why}'
            raise ApiFailure(403, "Forbidden", message, details=resource.name.details(name))


def _pod_problems(limits: list[JsonObject], pod: JsonObject) -> Iterator[str]:
    for limit in limits:
        if limit.get("type") == "Container":
            for kind, _ in _CONTAINERS:
                for each in list_at(pod["spec"], kind):
                    yield from _problems(limit, container_amounts(each, "requests"), container_amounts(each, "limits"))
        elif limit.get("type") == "Pod":
            yield from _problems(limit, said_amounts(pod["spec"], "requests"), said_amounts(pod["spec"], "limits"))


def _problems(limit: JsonObject, requests: Amounts, limits: Amounts) -> Iterator[str]:
    """Say what is too little, too much, or too far from each other."""
    type_: str = limit.get("type", "")
    for name, least in _amounts(limit, "min"):
        said = f"minimum {name} usage per {type_} is {least}"
        if name not in requests:
            yield f"{said}.  No request is specified"
        elif requests[name] < least:
            yield f"{said}, but request is {requests[name]}"
        elif name in limits and limits[name] < least:
            yield f"{said}, but limit is {limits[name]}"
    for name, most in _amounts(limit, "max"):
        said = f"maximum {name} usage per {type_} is {most}"
        if name not in limits:
            yield f"{said}.  No limit is specified"
        elif limits[name] > most:
            yield f"{said}, but limit is {limits[name]}"
        elif name in requests and requests[name] > most:
            yield f"{said}, but request is {requests[name]}"
    for name, ratio in _amounts(limit, "maxLimitRequestRatio"):
        said = f"{name} max limit to request ratio per {type_} is {ratio}, but"
        if not requests.get(name):
            yield f"{said} no request is specified or request is 0"
        elif not limits.get(name):
            yield f"{said} no limit is specified or limit is 0"
        elif (found := limits[name] / requests[name]) > ratio.to_decimal():
            yield f"{said} provided ratio is {float(found):.6f}"


def _claim_problems(limits: list[JsonObject], claim: JsonObject) -> Iterator[str]:
    requests = container_amounts(claim["spec"], "requests")
    for limit in limits:
        if limit.get("type") != "PersistentVolumeClaim":
            continue
        for name, least in _amounts(limit, "min"):
            if name in requests and requests[name] < least:
                yield f"minimum {name} usage per PersistentVolumeClaim is {least}, but request is {requests[name]}"
        for name, most in _amounts(limit, "max"):
            if name in requests and requests[name] > most:
                yield f"maximum {name} usage per PersistentVolumeClaim is {most}, but request is {requests[name]}"


def _amounts(limit: Mapping[str, Any], member: str) -> list[tuple[str, Quantity]]:
    return [(name, Quantity(value)) for name, value in sorted(object_at(limit, member).items())]
