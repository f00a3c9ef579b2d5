"""What the server refuses in HorizontalPodAutoscalers, of either version.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.autoscaler_versions import second_autoscaler
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import path_segment_problems
from kubex.testing.lifecycle.validation.quotas import container_resource_causes
from kubex.testing.lifecycle.validation.values import invalid_quantity, name_causes, one_of, quantity

__all__ = ["autoscaler_causes"]

_LONGEST_WINDOW: Final = 3600  # seconds
_LONGEST_PERIOD: Final = 1800  # seconds
_TARGETS: Final = ("Utilization", "Value", "AverageValue")


def autoscaler_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a HorizontalPodAutoscaler."""
    spec, before = _spec(new), None if old is None else _spec(old)
    least, most = spec.get("minReplicas"), spec.get("maxReplicas", 0)
    bound = 0 if before is not None and before.get("minReplicas") == 0 else 1
    causes: list[Cause] = []
    if least is not None and least < bound:
        causes.append(field_invalid("spec.minReplicas", least, f"must be greater than or equal to {bound}"))
    if most < 1:
        causes.append(field_invalid("spec.maxReplicas", most, "must be greater than 0"))
    if least is not None and most < least:
        causes.append(field_invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"))
    reference = object_at(spec, "scaleTargetRef")
    causes += _reference_causes(reference, "spec.scaleTargetRef")
    if before is None or _kind(object_at(before, "scaleTargetRef")) != _kind(reference):
        causes += _group_causes(reference)
    metrics = list_at(spec, "metrics")
    knows_versions = before is None or not any(map(_version_problem, _described(list_at(before, "metrics"))))
    for index, metric in enumerate(metrics):
        causes += _metric_causes(metric, f"spec.metrics[{index}]", knows_versions=knows_versions)
    for name in ("scaleUp", "scaleDown"):
        rules = object_at(spec, "behavior").get(name)
        if rules is not None:
            causes += _rules_causes(rules, f"spec.behavior.{name}")
    if least == 0 and not any(each.get("type") in ("Object", "External") for each in metrics):
        why = "must specify at least one Object or External metric to support scaling to zero replicas"
        causes.append(field_forbidden("spec.metrics", why))
    return causes


def _spec(autoscaler: dict[str, Any]) -> dict[str, Any]:
    """Give the spec as version 2 has it."""
    return object_at(second_autoscaler(autoscaler) if autoscaler["apiVersion"].endswith("/v1") else autoscaler, "spec")


def _kind(reference: dict[str, Any]) -> tuple[str, str]:
    return reference.get("apiVersion", ""), reference.get("kind", "")


def _described(metrics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give what metrics of objects are about."""
    objects = [object_at(each, "object") for each in metrics if each.get("type") == "Object"]
    return [object_at(each, "describedObject") for each in objects]


def _reference_causes(reference: dict[str, Any], where: str) -> list[Cause]:
    causes: list[Cause] = []
    for name in ("kind", "name"):
        text = reference.get(name, "")
        if not text:
            causes.append(field_required(f"{where}.{name}"))
        causes += [field_invalid(f"{where}.{name}", text, each) for each in path_segment_problems(text)]
    return causes


def _group_causes(reference: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the version of what is scaled: no kind of the core group is but one."""
    version, problem = reference.get("apiVersion", ""), _version_problem(reference)
    if not problem and not version.rpartition("/")[0] and reference.get("kind") != "ReplicationController":
        problem = "apiVersion must specify API group"
    return [field_invalid("spec.scaleTargetRef.apiVersion", version, problem)] if problem else []


def _version_problem(reference: dict[str, Any]) -> str:
    version: str = reference.get("apiVersion", "")
    return f"unexpected GroupVersion string: {version}" if version.count("/") > 1 else ""


def _metric_causes(metric: dict[str, Any], where: str, *, knows_versions: bool) -> list[Cause]:
    kind = metric.get("type", "")
    causes = [] if kind else [field_required(f"{where}.type", "must specify a metric source type")]
    causes += one_of(f"{where}.type", kind, tuple(_SOURCES))
    given = [name for name in _CHECKED if metric.get(name) is not None]
    if given:  # only the first one is looked into
        name = given[0]
        check = next(check for each, check in _SOURCES.values() if each == name)
        found = check(metric[name], f"{where}.{name}")
        versioned = f"{where}.object.describedObject.apiVersion"
        causes += [each for each in found if knows_versions or each.field != versioned]
    if kind not in _SOURCES:
        return [*causes, *one_of(f"{where}.type", kind, tuple(_SOURCES))]
    expected = _SOURCES[kind][0]
    if expected not in given:
        why = "must populate information for the given metric source"
        causes.append(field_required(f"{where}.{expected}", why))
    if len(given) > 1:
        why = "must populate the given metric source only"
        causes += [field_forbidden(f"{where}.{each}", why) for each in given if each != expected]
    return causes


def _resource_causes(source: dict[str, Any], where: str) -> list[Cause]:
    causes: list[Cause] = []
    if not source.get("name"):
        causes.append(field_required(f"{where}.name", "must specify a resource name"))
    return [*causes, *_resource_target_causes(object_at(source, "target"), where)]


def _resource_target_causes(target: dict[str, Any], where: str) -> list[Cause]:
    causes = _target_causes(target, f"{where}.target")
    relative, absolute = target.get("averageUtilization"), target.get("averageValue")
    if relative is None and absolute is None:
        why = "must set either a target raw value or a target utilization"
        causes.append(field_required(f"{where}.target.averageUtilization", why))
    if relative is not None and absolute is not None:
        why = "may not set both a target raw value and a target utilization"
        causes.append(field_forbidden(f"{where}.target.averageValue", why))
    return causes


def _container_resource_causes(source: dict[str, Any], where: str) -> list[Cause]:
    resource, field, name = source.get("name", ""), f"{where}.container", source.get("container", "")
    if resource:
        causes = container_resource_causes(f"{where}.name", resource)
    else:
        causes = [field_required(f"{where}.name", "must specify a resource name")]
    causes += name_causes(field, name) if name else [field_required(field, "must specify a container")]
    return [*causes, *_resource_target_causes(object_at(source, "target"), where)]


def _pods_causes(source: dict[str, Any], where: str) -> list[Cause]:
    causes = _identifier_causes(source, where)
    target = object_at(source, "target")
    causes += _target_causes(target, f"{where}.target")
    if target.get("averageValue") is None:
        why = "must specify a positive target averageValue"
        causes.append(field_required(f"{where}.target.averageValue", why))
    return causes


def _object_causes(source: dict[str, Any], where: str) -> list[Cause]:
    described, field = object_at(source, "describedObject"), f"{where}.describedObject"
    causes = _reference_causes(described, field)
    problem = _version_problem(described)
    if problem:
        causes.append(field_invalid(f"{field}.apiVersion", described.get("apiVersion", ""), problem))
    causes += _identifier_causes(source, where)
    target = object_at(source, "target")
    causes += _target_causes(target, f"{where}.target")
    if target.get("value") is None and target.get("averageValue") is None:
        why = "must set either a target value or averageValue"
        causes.append(field_required(f"{where}.target.averageValue", why))
    return causes


def _external_causes(source: dict[str, Any], where: str) -> list[Cause]:
    causes = _identifier_causes(source, where)
    target = object_at(source, "target")
    causes += _target_causes(target, f"{where}.target")
    whole, average = target.get("value"), target.get("averageValue")
    either = "a target value for metric {} a per-pod target"
    if whole is None and average is None:
        causes.append(field_required(f"{where}.target.averageValue", f"must set either {either.format('or')}"))
    if whole is not None and average is not None:
        causes.append(field_forbidden(f"{where}.target.value", f"may not set both {either.format('and')}"))
    return causes


_SOURCES: Final[dict[str, tuple[str, Callable[[dict[str, Any], str], list[Cause]]]]] = {
    "ContainerResource": ("containerResource", _container_resource_causes),
    "External": ("external", _external_causes),
    "Object": ("object", _object_causes),
    "Pods": ("pods", _pods_causes),
    "Resource": ("resource", _resource_causes),
}
# In the order in which the server looks for them.
_CHECKED: Final = ("object", "external", "pods", "resource", "containerResource")


def _identifier_causes(source: dict[str, Any], where: str) -> list[Cause]:
    field, name = f"{where}.metric.name", object_at(source, "metric").get("name", "")
    if not name:
        return [field_required(field, "must specify a metric name")]
    return [field_invalid(field, name, each) for each in path_segment_problems(name)]


def _target_causes(target: dict[str, Any], where: str) -> list[Cause]:
    kind = target.get("type", "")
    causes = [] if kind else [field_required(f"{where}.type", "must specify a metric target type")]
    if kind not in _TARGETS:
        causes.append(field_invalid(f"{where}.type", kind, "must be either Utilization, Value, or AverageValue"))
    causes += [
        invalid_quantity(f"{where}.{name}", target[name], "must be positive")
        for name in ("value", "averageValue")
        if target.get(name) is not None and not _is_positive(target[name])
    ]
    percent = target.get("averageUtilization")
    if percent is not None and percent < 1:
        causes.append(field_invalid(f"{where}.averageUtilization", percent, "must be greater than 0"))
    return causes


def _is_positive(value: Any) -> bool:
    return value is not None and quantity(value) > 0


def _rules_causes(rules: dict[str, Any], where: str) -> list[Cause]:
    causes: list[Cause] = []
    window = rules.get("stabilizationWindowSeconds")
    if window is not None and window < 0:
        why = "must be greater than or equal to zero"
        causes.append(field_invalid(f"{where}.stabilizationWindowSeconds", window, why))
    if window is not None and window > _LONGEST_WINDOW:
        why = f"must be less than or equal to {_LONGEST_WINDOW}"
        causes.append(field_invalid(f"{where}.stabilizationWindowSeconds", window, why))
    causes += one_of(f"{where}.selectPolicy", rules.get("selectPolicy"), ("Disabled", "Max", "Min"))
    tolerance = rules.get("tolerance")
    if tolerance is not None and quantity(tolerance) < 0:
        causes.append(invalid_quantity(f"{where}.tolerance", tolerance, "must be greater than or equal to 0"))
    policies = list_at(rules, "policies")
    if not policies:
        causes.append(field_required(f"{where}.policies", "must specify at least one Policy"))
    for index, policy in enumerate(policies):
        field = f"{where}.policies[{index}]"
        causes += one_of(f"{field}.type", policy.get("type", ""), ("Percent", "Pods"))
        for name in ("value", "periodSeconds"):
            if policy.get(name, 0) <= 0:
                causes.append(field_invalid(f"{field}.{name}", policy.get(name, 0), "must be greater than zero"))
        if policy.get("periodSeconds", 0) > _LONGEST_PERIOD:
            why = f"must be less than or equal to {_LONGEST_PERIOD}"
            causes.append(field_invalid(f"{field}.periodSeconds", policy["periodSeconds"], why))
    return causes
