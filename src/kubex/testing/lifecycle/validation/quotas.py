"""What the server refuses in ResourceQuotas and LimitRanges.

https://kubernetes.io/docs/concepts/policy/resource-quotas/
https://kubernetes.io/docs/concepts/policy/limit-range/
"""

from __future__ import annotations

from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.core.quantity import Quantity
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.values import (
    COUNTED_RESOURCES,
    amount_causes,
    duplicate,
    immutable,
    is_extended_resource,
    overcommits,
    qualified_causes,
    quantity,
    unsupported,
)

__all__ = [
    "container_resource_causes",
    "limit_range_causes",
    "pod_resource_name_causes",
    "quota_causes",
    "quota_status_causes",
]

_COMPUTE: Final = frozenset({"cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"})
_EPHEMERAL: Final = frozenset({"ephemeral-storage", "requests.ephemeral-storage", "limits.ephemeral-storage"})
_OF_QUOTAS: Final = _COMPUTE | _EPHEMERAL | COUNTED_RESOURCES | {"requests.storage"}
_OF_CONTAINERS: Final = frozenset({"cpu", "memory", "ephemeral-storage"})
_OF_PODS: Final = _COMPUTE | {"pods"}
_SCOPES: Final = {
    "Terminating": _OF_PODS,
    "NotTerminating": _OF_PODS,
    "BestEffort": frozenset({"pods"}),
    "NotBestEffort": _OF_PODS,
    "PriorityClass": _OF_PODS,
    "CrossNamespacePodAffinity": _OF_PODS,
    "VolumeAttributesClass": frozenset({"persistentvolumeclaims", "requests.storage"}),
}
_EXPRESSIONS: Final = "spec.scopeSelector.matchExpressions"
_CONFLICTING: Final = (("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating"))
_VALUED: Final = ("PriorityClass", "VolumeAttributesClass")
_LIMITS: Final = ("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")
_LIMITED: Final = ("Container", "PersistentVolumeClaim", "Pod")


def quota_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a ResourceQuota."""
    spec = object_at(new, "spec")
    hard: dict[str, Any] = object_at(spec, "hard")
    causes: list[Cause] = []
    for name, value in sorted(hard.items()):
        causes += _hard_causes(name, value, f"spec.hard[{name}]")
    causes += _scopes_causes(list_at(spec, "scopes"), hard)
    causes += _selector_causes(spec, hard)
    if old is not None:
        before, after = (set(list_at(each, "scopes")) for each in (object_at(old, "spec"), spec))
        if before != after:
            causes += immutable("spec.scopes", None, list_at(spec, "scopes"))
    return causes


def quota_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of a ResourceQuota."""
    status = object_at(new, "status")
    return [
        cause
        for member in ("hard", "used")
        for name, value in sorted(object_at(status, member).items())
        for cause in _hard_causes(name, value, f"status.{member}[{name}]")
    ]


def _hard_causes(name: str, value: Any, field: str) -> list[Cause]:
    return [*_quota_name_causes(name, field), *amount_causes(name, value, field)]


def _name_causes(name: str, field: str, standard: str = "resource") -> list[Cause]:
    """Say what is wrong with the name of a resource: it is a standard one, or has a prefix."""
    causes = qualified_causes(field, name)
    known = name in _LIMITED if standard == "limit" else name in _OF_QUOTAS | {"storage"} or _is_huge_page_name(name)
    if not causes and "/" not in name and not known:
        why = f"must be a standard {standard} type or fully qualified"
        causes.append(field_invalid(field, name, why))
    return causes


def _is_huge_page_name(name: str) -> bool:
    return name.startswith(("hugepages-", "requests.hugepages-"))


def _is_standard(name: str) -> bool:
    return name in _OF_QUOTAS or _is_huge_page_name(name)


def _quota_name_causes(name: str, field: str) -> list[Cause]:
    causes = _name_causes(name, field)
    if "/" not in name and not _is_standard(name):
        causes.append(field_invalid(field, name, "must be a standard resource for quota"))
    return causes


def _scopes_causes(scopes: list[str], hard: dict[str, Any]) -> list[Cause]:
    problems: list[str] = []
    for scope in scopes:
        if scope not in _SCOPES:
            problems.append("unsupported scope")
            continue
        fitting = _SCOPES[scope]
        problems += [
            "unsupported scope applied to resource" for name in hard if _is_standard(name) and name not in fitting
        ]
    problems += ["conflicting scopes" for pair in _CONFLICTING if set(pair) <= set(scopes)]
    return [Cause("FieldValueInvalid", f"Invalid value: {go_json(scopes)}: {why}", "spec.scopes") for why in problems]


def _selector_causes(spec: dict[str, Any], hard: dict[str, Any]) -> list[Cause]:
    expressions: list[dict[str, Any]] = list_at(object_at(spec, "scopeSelector"), "matchExpressions")
    members = (
        f'{{"ScopeName":{go_json(each.get("scopeName", ""))},"Operator":{go_json(each.get("operator", ""))},'
        f'"Values":{go_json(each.get("values"))}}}'
        for each in expressions
    )
    shown = f'{{"MatchExpressions":[{",".join(members)}]}}'
    causes: list[Cause] = []
    for expression in expressions:
        causes += _expression_causes(expression, [name for name in sorted(hard) if _is_standard(name)], shown)
    named = {each.get("scopeName") for each in expressions}
    for pair in _CONFLICTING:
        if set(pair) <= named:
            text = f"Invalid value: {go_json(spec.get('scopes'))}: conflicting scopes"
            causes.append(Cause("FieldValueInvalid", text, _EXPRESSIONS))
    return causes


def _expression_causes(expression: dict[str, Any], standard: list[str], shown: str) -> list[Cause]:
    where = _EXPRESSIONS
    scope, operator = expression.get("scopeName", ""), expression.get("operator", "")
    values = list_at(expression, "values")
    causes: list[Cause] = []
    if scope not in _SCOPES:
        causes.append(field_invalid(f"{where}.scopeName", scope, "unsupported scope"))
    not_for_it = Cause("FieldValueInvalid", f"Invalid value: {shown}: unsupported scope applied to resource", where)
    causes += [not_for_it for name in standard if name not in _SCOPES.get(scope, standard)]
    if scope in _SCOPES and scope not in _VALUED and operator != "Exists":
        why = (
            "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
            "ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or "
            "ResourceQuotaScopeCrossNamespacePodAffinity"
        )
        causes.append(field_invalid(f"{where}.operator", operator, why))
    if operator in ("In", "NotIn"):
        if not values:
            why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
            causes.append(field_required(f"{where}.values", why))
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
            causes.append(Cause("FieldValueInvalid", f"Invalid value: {go_json(values)}: {why}", f"{where}.values"))
    else:
        causes.append(field_invalid(f"{where}.operator", operator, "not a valid selector operator"))
    return causes


def limit_range_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a LimitRange."""
    causes: list[Cause] = []
    seen: set[str] = set()
    for index, limit in enumerate(list_at(object_at(new, "spec"), "limits")):
        where, kind = f"spec.limits[{index}]", limit.get("type", "")
        causes += _name_causes(kind, f"{where}.type", "limit")
        if kind in seen:
            causes.append(duplicate(f"{where}.type", kind))
        seen.add(kind)
        causes += _limit_causes(limit, kind, where)
    return causes


def _limit_causes(limit: dict[str, Any], kind: str, where: str) -> list[Cause]:
    causes: list[Cause] = []
    for member in _LIMITS:
        amounts = object_at(limit, member)
        if member.startswith("default") and kind == "Pod":
            if amounts:
                causes.append(field_forbidden(f"{where}.{member}", "may not be specified when `type` is 'Pod'"))
            continue
        for name in sorted(amounts):
            causes += _limited_name_causes(name, kind, f"{where}.{member}[{name}]")
    if kind == "PersistentVolumeClaim" and not any("storage" in object_at(limit, each) for each in ("min", "max")):
        why = "either minimum or maximum storage value is required, but neither was provided"
        causes.append(field_required(f"{where}.limits", why))
    compared = {each: object_at(limit, each) for each in _LIMITS if kind != "Pod" or not each.startswith("default")}
    for name in sorted({name for amounts in compared.values() for name in amounts}):
        causes += _order_causes(compared, name, where)
    return causes


def container_resource_causes(field: str, name: str) -> list[Cause]:
    """Say what is wrong with the name of a resource that containers have."""
    return _limited_name_causes(name, "Container", field)


def pod_resource_name_causes(field: str, name: str) -> list[Cause]:
    """Say what is wrong with the name of a resource that pods have as a whole."""
    causes = _name_causes(name, field)
    if causes or name in ("cpu", "memory") or name.startswith("hugepages-"):
        return causes
    return [unsupported(field, name, ("cpu", "hugepages-", "memory"))]


def _limited_name_causes(name: str, kind: str, field: str) -> list[Cause]:
    causes = _name_causes(name, field)
    if kind not in ("Container", "Pod"):
        return causes
    if "/" not in name:
        if name not in _OF_CONTAINERS and not name.startswith("hugepages-"):
            causes.append(field_invalid(field, name, "must be a standard resource for containers"))
    elif "kubernetes.io/" not in name and not is_extended_resource(name):
        causes.append(field_invalid(field, name, "doesn't follow extended resource name standard"))
    return causes


def _order_causes(limit: dict[str, Any], name: str, where: str) -> list[Cause]:
    """Say what of a resource's limits is more than what it may not exceed."""

    def amount(member: str) -> Quantity | None:
        value = object_at(limit, member).get(name)
        return None if value is None else quantity(value)

    words = {"min": "min", "max": "max", "default": "default", "defaultRequest": "default request"}
    causes: list[Cause] = []

    def ordered(less: str, more: str, place: str, shown: str, bound: str = "") -> None:
        low, high = amount(less), amount(more)
        if low is not None and high is not None and low > high:
            why = f"{words[less]} value {low} is greater than {bound or words[more]} value {high}"
            causes.append(field_invalid(f"{where}.{place}[{name}]", str(amount(shown)), why))

    ordered("min", "max", "min", "min")
    ordered("min", "defaultRequest", "defaultRequest", "defaultRequest")
    ordered("defaultRequest", "max", "defaultRequest", "defaultRequest")
    ordered("defaultRequest", "default", "defaultRequest", "defaultRequest", "default limit")
    # The server does show the other value here.
    ordered("min", "default", "default", "min")
    ordered("default", "max", "default", "max")
    default, request = amount("default"), amount("defaultRequest")
    causes += _ratio_causes(amount("min"), amount("max"), amount("maxLimitRequestRatio"), where, name)
    if not overcommits(name) and default is not None and request is not None and default != request:
        why = f"default value {default} must equal to defaultRequest value {request} in {name}"
        causes.append(field_invalid(f"{where}.defaultRequest[{name}]", str(request), why))
    return causes


def _ratio_causes(
    least: Quantity | None, most: Quantity | None, ratio: Quantity | None, where: str, name: str
) -> list[Cause]:
    if ratio is None:
        return []
    causes: list[Cause] = []
    field = f"{where}.maxLimitRequestRatio[{name}]"
    if ratio < 1:
        causes.append(field_invalid(field, str(ratio), f"ratio {ratio} is less than 1"))
    if least is not None and most is not None and least > 0 and ratio.to_decimal() > most / least:
        why = f"ratio {ratio} is greater than max/min = {most / least:.6f}"
        causes.append(field_invalid(field, str(ratio), why))
    return causes
