"""What the server refuses in the flow schemas and priority levels that each cluster has: they are as they are.

https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#mandatory-configuration-objects
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kubex.testing.failures import Cause
from kubex.testing.lifecycle.validation.shown_types import Member, Shape, shown_part

__all__ = ["fixed_level_causes", "fixed_schema_causes"]

_Spec = Mapping[str, Any]
_NAMED: Final[Shape] = {"name": Member("Name", "")}
_SCHEMA: Final[Shape] = {
    "priorityLevelConfiguration": Member("PriorityLevelConfiguration", {}, _NAMED),
    "matchingPrecedence": Member("MatchingPrecedence", 0),
    "distinguisherMethod": Member("DistinguisherMethod", None, {"type": Member("Type", "")}),
    "rules": Member(
        "Rules",
        None,
        {
            "subjects": Member(
                "Subjects",
                None,
                {
                    "kind": Member("Kind", ""),
                    "user": Member("User", None, _NAMED),
                    "group": Member("Group", None, _NAMED),
                    "serviceAccount": Member("ServiceAccount", None, {"namespace": Member("Namespace", ""), **_NAMED}),
                },
            ),
            "resourceRules": Member(
                "ResourceRules",
                None,
                {
                    "verbs": Member("Verbs"),
                    "apiGroups": Member("APIGroups"),
                    "resources": Member("Resources"),
                    "clusterScope": Member("ClusterScope", False),
                    "namespaces": Member("Namespaces"),
                },
            ),
            "nonResourceRules": Member(
                "NonResourceRules", None, {"verbs": Member("Verbs"), "nonResourceURLs": Member("NonResourceURLs")}
            ),
        },
    ),
}
_LEVEL: Final[Shape] = {
    "type": Member("Type", ""),
    "limited": Member(
        "Limited",
        None,
        {
            "nominalConcurrencyShares": Member("NominalConcurrencyShares", 0),
            "limitResponse": Member(
                "LimitResponse",
                {},
                {
                    "type": Member("Type", ""),
                    "queuing": Member(
                        "Queuing",
                        None,
                        {
                            "queues": Member("Queues", 0),
                            "handSize": Member("HandSize", 0),
                            "queueLengthLimit": Member("QueueLengthLimit", 0),
                        },
                    ),
                },
            ),
            "lendablePercent": Member("LendablePercent"),
            "borrowingLimitPercent": Member("BorrowingLimitPercent"),
        },
    ),
    "exempt": Member(
        "Exempt",
        None,
        {
            "nominalConcurrencyShares": Member("NominalConcurrencyShares"),
            "lendablePercent": Member("LendablePercent"),
        },
    ),
}


def _of_all(level: str, precedence: int, *groups: str, **more: Any) -> _Spec:
    """A schema of all that some groups ask for."""
    everything = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "clusterScope": True, "namespaces": ["*"]}
    rule = {
        "subjects": [{"kind": "Group", "group": {"name": each}} for each in groups],
        "resourceRules": [everything],
        "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
    }
    of_level = {"priorityLevelConfiguration": {"name": level}}
    return {**of_level, "matchingPrecedence": precedence, "rules": [rule], **more}


_SCHEMAS: Final[Mapping[str, _Spec]] = {
    "exempt": _of_all("exempt", 1, "system:masters"),
    "catch-all": _of_all(
        "catch-all",
        10000,
        "system:unauthenticated",
        "system:authenticated",
        distinguisherMethod={"type": "ByUser"},
    ),
}
_CATCH_ALL: Final[_Spec] = {
    "type": "Limited",
    "limited": {"nominalConcurrencyShares": 5, "lendablePercent": 0, "limitResponse": {"type": "Reject"}},
}


def fixed_schema_causes(name: str, spec: _Spec) -> list[Cause]:
    """Say whether a FlowSchema of each cluster is not as it is there."""
    fixed = _SCHEMAS.get(name)
    if fixed is None or shown_part(spec, _SCHEMA) == shown_part(fixed, _SCHEMA):
        return []
    return [_changed(spec, _SCHEMA, f"spec of '{name}' must equal the fixed value")]


def fixed_level_causes(name: str, spec: _Spec) -> list[Cause]:
    """Say whether a PriorityLevelConfiguration of each cluster is not as it is there."""
    if name == "exempt" and (spec.get("type") != "Exempt" or spec.get("limited") is not None):
        return [_changed(spec, _LEVEL, f"spec of '{name}' except the 'spec.exempt' field must equal the fixed value")]
    if name == "catch-all" and shown_part(spec, _LEVEL) != shown_part(_CATCH_ALL, _LEVEL):
        return [_changed(spec, _LEVEL, f"spec of '{name}' must equal the fixed value")]
    return []


def _changed(spec: _Spec, shape: Shape, why: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {shown_part(spec, shape)}: {why}", "spec")
