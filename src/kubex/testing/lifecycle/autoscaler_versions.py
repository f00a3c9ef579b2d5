"""What version 1 of autoscalers has no fields for, and keeps in annotations as the server writes them.

https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#api-object
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.core._json_value import is_array, is_object
from kubex.core.exceptions import InvalidArgument
from kubex.testing.lifecycle.autoscaler_metrics import (
    first_source,
    first_usage,
    in_order,
    second_source,
    second_usage,
)
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.storage import JsonObject

__all__ = ["SPEC_ANNOTATIONS", "STATUS_ANNOTATIONS", "first_autoscaler", "second_autoscaler", "without_annotations"]

_PREFIX: Final = "autoscaling.alpha.kubernetes.io"
_METRICS: Final = f"{_PREFIX}/metrics"
_BEHAVIOR: Final = f"{_PREFIX}/behavior"
_USAGES: Final = f"{_PREFIX}/current-metrics"
_CONDITIONS: Final = f"{_PREFIX}/conditions"
_TOLERANCES: Final = (f"{_PREFIX}/scale-down-tolerance", f"{_PREFIX}/scale-up-tolerance")
SPEC_ANNOTATIONS: Final = (_METRICS, _BEHAVIOR)
"""Annotations of version 1 that are part of the spec in others."""
STATUS_ANNOTATIONS: Final = (_USAGES, _CONDITIONS)
"""Annotations of version 1 that are part of the status in others."""

_PERCENTAGE: Final = "targetCPUUtilizationPercentage"
_CURRENT: Final = "currentCPUUtilizationPercentage"
_USUAL_PERCENTAGE: Final = 80
_CONDITION: Final = ("type", "status", "lastTransitionTime", "reason", "message")
_RULES: Final = ("stabilizationWindowSeconds", "selectPolicy", "policies", "tolerance")
_POLICY: Final = ("type", "value", "periodSeconds")


def first_autoscaler(object_: JsonObject) -> JsonObject:
    """Give an autoscaler of version 2 as version 1 has it; it is not changed."""
    spec, status = dict(object_at(object_, "spec")), dict(object_at(object_, "status"))
    metrics = list_at({"": spec.pop("metrics", None)}, "")
    usages = list_at({"": status.pop("currentMetrics", None)}, "")
    conditions = list_at({"": status.pop("conditions", None)}, "")
    behavior = spec.pop("behavior", None)
    percentages = [each["resource"]["target"]["averageUtilization"] for each in metrics if _is_percentage(each)]
    if percentages:
        spec[_PERCENTAGE] = percentages[0]
    for usage in usages:
        now = object_at(object_at(usage, "resource"), "current").get("averageUtilization")
        if _is_of_cpu(usage) and now is not None:
            status[_CURRENT] = now
    others = [first_source(each) for each in metrics if not _is_percentage(each)]
    texts: dict[str, str] = {}
    if others:
        texts[_METRICS] = _written(others)
    if usages:
        texts[_USAGES] = _written([first_usage(each) for each in usages])
    if behavior is not None:
        texts[_BEHAVIOR] = _written(_first_behavior(behavior))
    if conditions:
        texts[_CONDITIONS] = _written([_first_condition(each) for each in conditions])
    result = without_annotations(object_)
    if texts:
        metadata = result["metadata"]
        result["metadata"] = {**metadata, "annotations": {**object_at(metadata, "annotations"), **texts}}
    return {**result, "spec": spec, "status": status}


def second_autoscaler(object_: JsonObject) -> JsonObject:
    """Give an autoscaler of version 1 as version 2 has it; it is not changed."""
    spec, status = dict(object_at(object_, "spec")), dict(object_at(object_, "status"))
    annotations = object_at(object_at(object_, "metadata"), "annotations")
    percentage, current = spec.pop(_PERCENTAGE, None), status.pop(_CURRENT, None)
    metrics = _read_list(annotations, _METRICS, second_source) or []
    if percentage is not None:
        metrics.append(_of_cpu(percentage))
    spec["metrics"] = metrics or [_of_cpu(_USUAL_PERCENTAGE)]
    behavior = _read_behavior(annotations)
    if behavior:
        spec["behavior"] = behavior
    usages = _read_list(annotations, _USAGES, second_usage)
    if usages is not None:
        status["currentMetrics"] = usages
    elif current is not None:
        usage = {"name": "cpu", "current": {"averageUtilization": current}}
        status["currentMetrics"] = [{"type": "Resource", "resource": usage}]
    conditions = _read_list(annotations, _CONDITIONS, lambda each: in_order(each, _CONDITION))
    if conditions is not None:
        status["conditions"] = conditions
    return {**without_annotations(object_), "spec": spec, "status": status}


def without_annotations(object_: JsonObject) -> JsonObject:
    """Give an autoscaler without what only version 1 has in annotations; it is not changed."""
    dropped = (*SPEC_ANNOTATIONS, *STATUS_ANNOTATIONS, *_TOLERANCES)
    metadata = object_at(object_, "metadata")
    annotations = object_at(metadata, "annotations")
    if not any(each in annotations for each in dropped):
        return dict(object_)
    kept = {name: value for name, value in annotations.items() if name not in dropped}
    rest = {name: value for name, value in metadata.items() if name != "annotations"}
    return {**object_, "metadata": {**rest, **({"annotations": kept} if kept else {})}}


def _of_cpu(percentage: int) -> JsonObject:
    target = {"type": "Utilization", "averageUtilization": percentage}
    return {"type": "Resource", "resource": {"name": "cpu", "target": target}}


def _is_of_cpu(metric: JsonObject) -> bool:
    return metric.get("type") == "Resource" and object_at(metric, "resource").get("name") == "cpu"


def _is_percentage(metric: JsonObject) -> bool:
    target = object_at(object_at(metric, "resource"), "target")
    return _is_of_cpu(metric) and target.get("averageUtilization") is not None


def _first_condition(condition: JsonObject) -> JsonObject:
    always = {"type": "", "status": "", "lastTransitionTime": None}
    return in_order({**always, **{name: value for name, value in condition.items() if value}}, _CONDITION)


def _first_behavior(behavior: JsonObject) -> JsonObject:
    """Give the behaviour as the server has it in this version: in the names of its own code, with all of them."""
    return {_own(name): _first_rules(behavior.get(name)) for name in ("scaleUp", "scaleDown")}


def _first_rules(rules: JsonObject | None) -> JsonObject | None:
    if rules is None:
        return None
    found = {_own(name): rules.get(name) for name in _RULES}
    policies: list[JsonObject] | None = rules.get("policies")
    if policies is not None:
        found["Policies"] = [{_own(name): each.get(name) for name in _POLICY} for each in policies]
    return found


def _written(value: Any) -> str:
    """Write a value as the server does, the members in the order that they have."""
    if is_object(value):
        return f"{{{','.join(f'{go_json(name)}:{_written(each)}' for name, each in value.items())}}}"
    return f"[{','.join(map(_written, value))}]" if is_array(value) else go_json(value)


def _own(name: str) -> str:
    return name[:1].upper() + name[1:]


def _read_list(
    annotations: Mapping[str, Any], name: str, read: Callable[[JsonObject], JsonObject]
) -> list[JsonObject] | None:
    """Read a list from an annotation; `None` where there is none that can be read."""
    found = _read(annotations, name)
    if not is_array(found) or not all(is_object(each) for each in found):
        return None
    try:
        return [read(dict(each)) for each in found]
    except InvalidArgument:
        return None


def _read(annotations: Mapping[str, Any], name: str) -> Any:
    try:
        return json.loads(annotations.get(name, "null"))
    except (ValueError, TypeError):
        return None


def _read_behavior(annotations: Mapping[str, Any]) -> JsonObject:
    found = _members(_read(annotations, _BEHAVIOR), ("scaleUp", "scaleDown"))
    return {name: dict(_read_rules(rules)) for name, rules in found.items()}


def _read_rules(rules: Any) -> Iterator[tuple[str, Any]]:
    for name, value in _members(rules, _RULES).items():
        yield name, [_members(each, _POLICY) for each in value] if name == "policies" and is_array(value) else value


def _members(value: Any, names: tuple[str, ...]) -> JsonObject:
    """Give the members of these names, however large their letters are, that are there."""
    if not is_object(value):
        return {}
    given = {name.lower(): each for name, each in value.items()}
    return {name: given[name.lower()] for name in names if given.get(name.lower()) is not None}
