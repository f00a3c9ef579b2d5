"""Which labels of its own a pod wants others to have, or not to have: they become requirements of the selector.

https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#spread-constraint-definition
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject

__all__ = ["merge_label_keys"]

_OPERATORS: Final = (("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn"))
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"


def merge_label_keys(pod: JsonObject) -> None:
    """Merge the labels that a new pod names in its affinity and spread into their selectors, in place."""
    spec: JsonObject = pod["spec"]
    affinity = object_at(spec, "affinity")
    constraints = list_at(spec, "topologySpreadConstraints")
    if not affinity and not constraints:
        return
    labels = object_at(pod["metadata"], "labels")
    if constraints:
        spec["topologySpreadConstraints"] = [_merged(each, labels) for each in constraints]
    kinds = {kind: affinity[kind] for kind in ("podAffinity", "podAntiAffinity") if affinity.get(kind)}
    if kinds:
        spec["affinity"] = {**affinity, **{kind: _with_merged_terms(each, labels) for kind, each in kinds.items()}}


def _with_merged_terms(affinity: JsonObject, labels: Mapping[str, str]) -> JsonObject:
    merged = dict(affinity)
    if affinity.get(_REQUIRED):
        merged[_REQUIRED] = [_merged(each, labels) for each in affinity[_REQUIRED]]
    if affinity.get(_PREFERRED):
        merged[_PREFERRED] = [
            {**each, "podAffinityTerm": _merged(object_at(each, "podAffinityTerm"), labels)}
            for each in affinity[_PREFERRED]
        ]
    return merged


def _merged(term: JsonObject, labels: Mapping[str, str]) -> JsonObject:
    selector = term.get("labelSelector")
    added: list[dict[str, Any]] = [
        {"key": key, "operator": operator, "values": [labels[key]]}
        for name, operator in _OPERATORS
        for key in list_at(term, name)
        if key in labels
    ]
    if selector is None or not added:
        return term
    return {**term, "labelSelector": {**selector, "matchExpressions": [*list_at(selector, "matchExpressions"), *added]}}
