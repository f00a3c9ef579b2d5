"""What a pod asks for, and may use at most, its containers together.

https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from kubex.core.quantity import Quantity
from kubex.testing.lifecycle.json_members import list_at, object_at

__all__ = ["Amounts", "added", "amounts_of_containers", "container_amounts", "pod_amounts", "said_amounts", "shown"]

Amounts: TypeAlias = dict[str, Quantity]
_Which: TypeAlias = Literal["requests", "limits"]


def container_amounts(holder: Mapping[str, Any], which: _Which) -> Amounts:
    """Give the requests or limits of a container, or of a claim."""
    given = object_at(object_at(holder, "resources"), which)
    return {name: Quantity(value) for name, value in given.items()}


def pod_amounts(spec: Mapping[str, Any], which: _Which) -> Amounts:
    """Give the requests or limits of a pod: what it says it takes, and what running it takes beside that."""
    total = said_amounts(spec, which)
    overhead = {name: Quantity(value) for name, value in object_at(spec, "overhead").items()}
    if which == "limits":  # of what has none, the overhead makes none
        overhead = {name: value for name, value in overhead.items() if name in total}
    return added(total, overhead)


def said_amounts(spec: Mapping[str, Any], which: _Which) -> Amounts:
    """Give what a pod says it takes."""
    # What is said for the pod as a whole counts in place of what its containers take.
    return amounts_of_containers(spec, which) | container_amounts(spec, which)


def amounts_of_containers(spec: Mapping[str, Any], which: _Which) -> Amounts:
    """Give what the containers of a pod take: all together, or what its beginning takes if it is more."""
    total: Amounts = {}
    for container in list_at(spec, "containers"):
        total = added(total, container_amounts(container, which))
    sidecars: Amounts = {}
    beginning: Amounts = {}
    for container in list_at(spec, "initContainers"):
        amounts = container_amounts(container, which)
        if container.get("restartPolicy") == "Always":
            total, sidecars = added(total, amounts), added(sidecars, amounts)
            amounts = sidecars
        else:
            amounts = added(amounts, sidecars)
        beginning = _greater(beginning, amounts)
    return _greater(total, beginning)


def added(one: Mapping[str, Quantity], other: Mapping[str, Quantity]) -> Amounts:
    """Give the sums of amounts."""
    total = dict(one)
    for name, amount in other.items():
        total[name] = total[name] + amount if name in total else amount
    return total


def _greater(one: Amounts, other: Amounts) -> Amounts:
    return {
        name: max(amounts[name] for amounts in (one, other) if name in amounts)
        for name in dict.fromkeys((*one, *other))
    }


def shown(amounts: Mapping[str, Quantity]) -> str:
    """Write amounts as refusals do: `limits.cpu=1,pods=2`."""
    return ",".join(f"{name}={amounts[name]}" for name in sorted(amounts))
