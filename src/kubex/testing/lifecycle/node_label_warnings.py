"""What the server warns of in labels of nodes that have others in their place, wherever nodes are selected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import label_value_problems

__all__ = ["OLD_LABELS", "capacity_warnings", "runtime_warnings", "storage_class_warnings", "term_warnings"]

_Object: TypeAlias = Mapping[str, Any]

OLD_LABELS: Final = {
    "beta.kubernetes.io/arch": 'deprecated since v1.14; use "kubernetes.io/arch" instead',
    "beta.kubernetes.io/os": 'deprecated since v1.14; use "kubernetes.io/os" instead',
    "failure-domain.beta.kubernetes.io/region": 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
    "failure-domain.beta.kubernetes.io/zone": 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
    "beta.kubernetes.io/instance-type": 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
    "app.kubernetes.io/created-by": "deprecated since v1.9",
    "scheduler.alpha.kubernetes.io/preferAvoidPods": "deprecated since v1.22; use Taints and Tolerations instead",
    "node-role.kubernetes.io/master": 'use "node-role.kubernetes.io/control-plane" instead',
}
"""What to say of a label."""


def term_warnings(term: _Object, where: str, *, preferred: bool = False) -> Iterator[str]:
    """Warn of old labels in a term that selects nodes; in one that is preferred also of values that no label has."""
    for index, each in enumerate(list_at(term, "matchExpressions")):
        field, key = f"{where}.matchExpressions[{index}]", each.get("key")
        if key in OLD_LABELS:
            yield f"{field}.key: {key} is {OLD_LABELS[key]}"
        if preferred:  # what is required is refused
            for place, value in enumerate(list_at(each, "values")):
                for why in label_value_problems(value):
                    yield f"{field}.values[{place}]: {value} is invalid, {why}"


def runtime_warnings(runtime: _Object) -> Iterator[str]:
    """Warn of old labels in a RuntimeClass."""
    for key in object_at(object_at(runtime, "scheduling"), "nodeSelector"):
        if key in OLD_LABELS:
            yield f"scheduling.nodeSelector: {OLD_LABELS[key]}"


def storage_class_warnings(class_: _Object) -> Iterator[str]:
    """Warn of old labels in a StorageClass."""
    for index, term in enumerate(list_at(class_, "allowedTopologies")):
        for place, each in enumerate(list_at(term, "matchLabelExpressions")):
            if each.get("key") in OLD_LABELS:
                field = f"allowedTopologies[{index}].matchLabelExpressions[{place}].key"
                yield f"{field}: {OLD_LABELS[each['key']]}"


def capacity_warnings(capacity: _Object) -> Iterator[str]:
    """Warn of old labels in a CSIStorageCapacity."""
    selector = object_at(capacity, "nodeTopology")
    yield from term_warnings(selector, "nodeTopology")
    for key in object_at(selector, "matchLabels"):
        if key in OLD_LABELS:
            yield f"nodeTopology.matchLabels.{key}: {OLD_LABELS[key]}"
