"""What the server refuses in where a pod may run: tolerations, affinities, spread constraints, gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import dns_subdomain_problems, label_key_problems, label_value_problems
from kubex.testing.lifecycle.validation.values import (
    duplicate,
    one_of,
    qualified_causes,
    selector_causes,
    unsupported,
)

__all__ = ["affinity_causes", "node_selector_causes", "scheduling_causes", "toleration_causes"]

_Spec: TypeAlias = Mapping[str, Any]

_EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"
_NOT_POSITIVE: Final = "must be greater than zero"
_WITHOUT_KEY: Final = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'


def scheduling_causes(spec: _Spec, where: str) -> list[Cause]:
    """Say what is wrong with what a pod waits for, and with how it is spread."""
    causes: list[Cause] = []
    for index, gate in enumerate(list_at(spec, "readinessGates")):
        field = f"{where}.readinessGates[{index}].conditionType"
        causes += qualified_causes(field, gate.get("conditionType", ""))
    seen: set[str] = set()
    for index, gate in enumerate(list_at(spec, "schedulingGates")):
        name, field = gate.get("name", ""), f"{where}.schedulingGates[{index}]"
        causes += qualified_causes(field, name)
        if name in seen:
            causes.append(duplicate(field, name))
        seen.add(name)
    constraints: list[dict[str, Any]] = list_at(spec, "topologySpreadConstraints")
    for index, each in enumerate(constraints):
        causes += _spread_causes(each, constraints[index + 1 :], f"{where}.topologySpreadConstraints[{index}]")
    return causes


def toleration_causes(spec: _Spec, where: str) -> list[Cause]:
    """Say what is wrong with tolerations."""
    causes: list[Cause] = []
    for index, each in enumerate(list_at(spec, "tolerations")):
        field = f"{where}[{index}]"
        key, operator, effect = each.get("key", ""), each.get("operator", ""), each.get("effect", "")
        if key:
            causes += [field_invalid(f"{field}.key", key, why) for why in label_key_problems(key)]
        elif operator != "Exists":
            causes.append(field_invalid(f"{field}.operator", operator, _WITHOUT_KEY))
        if each.get("tolerationSeconds") is not None and effect != "NoExecute":
            why = "effect must be 'NoExecute' when `tolerationSeconds` is set"
            causes.append(field_invalid(f"{field}.effect", effect, why))
        if operator in ("", "Equal"):
            value = each.get("value", "")
            causes += [field_invalid(f"{field}.operator", value, why) for why in label_value_problems(value)]
        elif operator == "Exists":
            if each.get("value"):
                why = "value must be empty when `operator` is 'Exists'"
                causes.append(field_invalid(f"{field}.operator", each["value"], why))
        else:
            causes.append(unsupported(f"{field}.operator", operator, ("Equal", "Exists")))
        if effect:
            causes += one_of(f"{field}.effect", effect, _EFFECTS)
    return causes


def affinity_causes(affinity: _Spec, where: str) -> list[Cause]:
    """Say what is wrong with an affinity."""
    causes: list[Cause] = []
    node = affinity.get("nodeAffinity")
    if node is not None:
        required = node.get(_REQUIRED)
        if required is not None:
            causes += node_selector_causes(required, f"{where}.nodeAffinity.{_REQUIRED}")
        for index, each in enumerate(list_at(node, _PREFERRED)):
            field = f"{where}.nodeAffinity.{_PREFERRED}[{index}]"
            causes += _weight_causes(each, field)
            causes += _term_causes(object_at(each, "preference"), f"{field}.preference")
    for kind in ("podAffinity", "podAntiAffinity"):
        own = object_at(affinity, kind)
        for index, term in enumerate(list_at(own, _REQUIRED)):
            causes += _pod_term_causes(term, f"{where}.{kind}.{_REQUIRED}[{index}]")
        for index, each in enumerate(list_at(own, _PREFERRED)):
            field = f"{where}.{kind}.{_PREFERRED}[{index}]"
            causes += _weight_causes(each, field)
            causes += _pod_term_causes(object_at(each, "podAffinityTerm"), f"{field}.podAffinityTerm")
    return causes


def _weight_causes(term: _Spec, where: str) -> list[Cause]:
    weight = term.get("weight", 0)
    return [] if 1 <= weight <= 100 else [field_invalid(f"{where}.weight", weight, "must be in the range 1-100")]


def node_selector_causes(selector: _Spec, where: str) -> list[Cause]:
    """Say what is wrong with which nodes are selected."""
    terms = list_at(selector, "nodeSelectorTerms")
    if not terms:
        return [field_required(f"{where}.nodeSelectorTerms", "must have at least one node selector term")]
    return [
        cause
        for index, term in enumerate(terms)
        for cause in _term_causes(term, f"{where}.nodeSelectorTerms[{index}]", required=True)
    ]


def _term_causes(term: _Spec, where: str, *, required: bool = False) -> list[Cause]:
    causes: list[Cause] = []
    for index, each in enumerate(list_at(term, "matchExpressions")):
        field = f"{where}.matchExpressions[{index}]"
        operator, values = each.get("operator", ""), list_at(each, "values")
        if operator in ("In", "NotIn"):
            if not values:
                why = "must be specified when `operator` is 'In' or 'NotIn'"
                causes.append(field_required(f"{field}.values", why))
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
                causes.append(field_forbidden(f"{field}.values", why))
        elif operator in ("Gt", "Lt"):
            if len(values) != 1:
                why = "must be specified single value when `operator` is 'Lt' or 'Gt'"
                causes.append(field_required(f"{field}.values", why))
        else:
            causes.append(field_invalid(f"{field}.operator", operator, "not a valid selector operator"))
        key = each.get("key", "")
        causes += [field_invalid(f"{field}.key", key, why) for why in label_key_problems(key)]
        if required:  # what is preferred may be what no node can have
            causes += [
                field_invalid(f"{field}.values[{place}]", value, why)
                for place, value in enumerate(values)
                for why in label_value_problems(value)
            ]
    for index, each in enumerate(list_at(term, "matchFields")):
        causes += _field_causes(each, f"{where}.matchFields[{index}]")
    return causes


def _field_causes(requirement: _Spec, where: str) -> list[Cause]:
    """A requirement on a field of nodes is one on their name."""
    key, operator, values = requirement.get("key", ""), requirement.get("operator", ""), list_at(requirement, "values")
    causes: list[Cause] = []
    if operator not in ("In", "NotIn"):
        causes.append(field_invalid(f"{where}.operator", operator, "not a valid selector operator"))
    elif len(values) != 1:
        why = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
        causes.append(field_required(f"{where}.values", why))
    if key != "metadata.name":
        return [*causes, field_invalid(f"{where}.key", key, "not a valid field selector key")]
    for index, value in enumerate(values):
        causes += [field_invalid(f"{where}.values[{index}]", value, why) for why in dns_subdomain_problems(value)]
    return causes


def _pod_term_causes(term: _Spec, where: str) -> list[Cause]:
    causes = selector_causes(f"{where}.labelSelector", term.get("labelSelector"))
    causes += selector_causes(f"{where}.namespaceSelector", term.get("namespaceSelector"))
    causes += _label_keys_causes(term, where)
    key = term.get("topologyKey", "")
    if not key:
        causes.append(field_required(f"{where}.topologyKey", "can not be empty"))
    return [*causes, *(field_invalid(f"{where}.topologyKey", key, why) for why in label_key_problems(key))]


def _label_keys_causes(term: _Spec, where: str) -> list[Cause]:
    """Labels of the pod itself that others are to have, or not to have, are such."""
    wanted, unwanted = list_at(term, "matchLabelKeys"), list_at(term, "mismatchLabelKeys")
    if not wanted and not unwanted:
        return []
    causes: list[Cause] = []
    selector = term.get("labelSelector")
    for name, keys in (("matchLabelKeys", wanted), ("mismatchLabelKeys", unwanted)):
        if keys and selector is None:
            causes.append(field_forbidden(f"{where}.{name}", "must not be specified when labelSelector is not set"))
            continue
        for index, key in enumerate(keys):
            causes += [field_invalid(f"{where}.{name}[{index}]", key, why) for why in label_key_problems(key)]
    selected = set(object_at(selector or {}, "matchLabels"))
    places = {key: index for index, key in enumerate(wanted)}
    for each in list_at(selector or {}, "matchExpressions"):
        key = each.get("key", "")
        if key in places and key in selected:
            # As the server has it: without the name of the list.
            why = "exists in both matchLabelKeys and labelSelector"
            causes.append(field_invalid(f"{where}[{places[key]}]", key, why))
        selected.add(key)
    why = "exists in both matchLabelKeys and mismatchLabelKeys"
    return causes + [
        field_invalid(f"{where}.matchLabelKeys[{index}]", key, why)
        for index, key in enumerate(wanted)
        if key in unwanted
    ]


def _spread_causes(constraint: _Spec, others: Sequence[_Spec], where: str) -> list[Cause]:
    """Say what is wrong with a constraint, and with it beside those after it."""
    causes: list[Cause] = []
    key, action, domains = (constraint.get(name) for name in ("topologyKey", "whenUnsatisfiable", "minDomains"))
    if constraint.get("maxSkew", 0) <= 0:
        causes.append(field_invalid(f"{where}.maxSkew", constraint.get("maxSkew", 0), _NOT_POSITIVE))
    if not key:
        causes.append(field_required(f"{where}.topologyKey", "can not be empty"))
    causes += one_of(f"{where}.whenUnsatisfiable", action or "", ("DoNotSchedule", "ScheduleAnyway"))
    if any((other.get("topologyKey"), other.get("whenUnsatisfiable")) == (key, action) for other in others):
        causes.append(duplicate(f"{where}.{{topologyKey, whenUnsatisfiable}}", f"{{{key or ''}, {action or ''}}}"))
    if domains is not None:
        if domains <= 0:
            causes.append(field_invalid(f"{where}.minDomains", domains, _NOT_POSITIVE))
        if action != "DoNotSchedule":
            why = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action or ''}"
            causes.append(field_invalid(f"{where}.minDomains", domains, why))
    for name in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
        causes += one_of(f"{where}.{name}", constraint.get(name), ("Honor", "Ignore"))
    causes += _label_keys_causes(constraint, where)
    return [*causes, *selector_causes(f"{where}.labelSelector", constraint.get("labelSelector"))]
