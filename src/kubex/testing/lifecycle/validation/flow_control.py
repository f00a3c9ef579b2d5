"""What the server refuses in what says which requests it answers first.

https://kubernetes.io/docs/concepts/cluster-administration/flow-control/
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import dns_label_problems, dns_subdomain_problems
from kubex.testing.lifecycle.validation.fixed_flows import fixed_level_causes, fixed_schema_causes
from kubex.testing.lifecycle.validation.values import between, duplicate, subdomain_causes, unsupported

__all__ = ["flow_schema_causes", "flow_status_causes", "priority_level_causes"]

_Part: TypeAlias = Mapping[str, Any]
_MOST_PRECEDENCE: Final = 10000
_METHODS: Final = ("ByNamespace", "ByUser")
_SUBJECTS: Final = {"ServiceAccount": "serviceAccount", "User": "user", "Group": "group"}
_VERBS: Final = ("create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch")
_OTHERS: Final = {
    "verbs": "verbs",
    "apiGroups": "api groups",
    "resources": "resources",
    "namespaces": "namespaces",
    "nonResourceURLs": "non-resource URLs",
}
_MOST_QUEUES: Final = 10_000_000
_MOST_BITS: Final = 60
_NO_ROUND_TRIP: Final = "flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares"
_NOT_NEGATIVE: Final = "must be a non-negative integer"


def flow_schema_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a FlowSchema."""
    spec = object_at(new, "spec")
    causes = _precedence_causes(spec.get("matchingPrecedence") or 0, new["metadata"].get("name", ""))
    method = spec.get("distinguisherMethod")
    if method is not None and method.get("type", "") not in _METHODS:
        shown = f'{{"Type":{go_json(method.get("type", ""))}}}'
        causes.append(_not_supported("spec.distinguisherMethod.type", shown, _METHODS))
    level, field = object_at(spec, "priorityLevelConfiguration").get("name", ""), "spec.priorityLevelConfiguration.name"
    causes += subdomain_causes(field, level) if level else [field_required(field, "must reference a priority level")]
    for index, rule in enumerate(list_at(spec, "rules")):
        causes += _rule_causes(rule, f"spec.rules[{index}]")
    return causes + fixed_schema_causes(new["metadata"].get("name", ""), spec)


def flow_status_causes(new: dict[str, Any], old: dict[str, Any]) -> list[Cause]:
    """Say what is wrong with the next status of a FlowSchema, or of a PriorityLevelConfiguration."""
    causes: list[Cause] = []
    seen: set[str] = set()
    for index, condition in enumerate(list_at(object_at(new, "status"), "conditions")):
        kind, field = condition.get("type", ""), f"status.conditions[{index}].type"
        causes += [duplicate(field, kind)] if kind in seen else []
        causes += [] if kind else [field_required(field)]
        seen.add(kind)
    return causes


def _precedence_causes(precedence: int, name: str) -> list[Cause]:
    field = "spec.matchingPrecedence"
    causes: list[Cause] = []
    if precedence <= 0:
        causes.append(field_invalid(field, precedence, "must be a positive value"))
    if precedence > _MOST_PRECEDENCE:
        causes.append(field_invalid(field, precedence, f"must not be greater than {_MOST_PRECEDENCE}"))
    if precedence == 1 and name != "exempt":
        why = "only the schema named 'exempt' may have matchingPrecedence 1"
        causes.append(field_invalid(field, precedence, why))
    return causes


def _rule_causes(rule: _Part, where: str) -> Iterator[Cause]:
    subjects, on, off = (list_at(rule, name) for name in ("subjects", "resourceRules", "nonResourceRules"))
    if not subjects:
        yield field_required(f"{where}.subjects", "subjects must contain at least one value")
    for index, subject in enumerate(subjects):
        yield from _subject_causes(subject, f"{where}.subjects[{index}]")
    if not on and not off:
        yield field_required(where, "at least one of resourceRules and nonResourceRules has to be non-empty")
    for index, each in enumerate(on):
        yield from _resource_rule_causes(each, f"{where}.resourceRules[{index}]")
    for index, each in enumerate(off):
        yield from _path_rule_causes(each, f"{where}.nonResourceRules[{index}]")


def _subject_causes(subject: _Part, where: str) -> Iterator[Cause]:
    kind = subject.get("kind", "")
    if kind not in _SUBJECTS:
        yield unsupported(f"{where}.kind", kind, sorted(_SUBJECTS))
        return
    member = _SUBJECTS[kind]
    named, field = subject.get(member), f"{where}.{member}"
    if named is None:
        yield field_required(field, f"{member} is required when subject kind is '{kind}'")
    else:
        yield from _named_causes(named, field, is_account=kind == "ServiceAccount")
    for other, place in _SUBJECTS.items():
        if other != kind and subject.get(place) is not None:
            yield field_forbidden(f"{where}.{place}", f"{place} is forbidden when subject kind is not '{other}'")


def _named_causes(named: _Part, where: str, *, is_account: bool) -> Iterator[Cause]:
    name, namespace = named.get("name", ""), named.get("namespace", "")
    if not name:
        yield field_required(f"{where}.name")
    if not is_account:
        return
    if name and name != "*":
        yield from (field_invalid(f"{where}.name", name, why) for why in dns_subdomain_problems(name))
    if not namespace:
        yield field_required(f"{where}.namespace", "must specify namespace for service account")
    else:
        yield from (field_invalid(f"{where}.namespace", namespace, why) for why in dns_label_problems(namespace))


def _verb_causes(rule: _Part, where: str) -> list[Cause]:
    verbs: list[str] = list_at(rule, "verbs")
    if not verbs:
        return [field_required(f"{where}.verbs", "verbs must contain at least one value")]
    if "*" in verbs:
        return _beside_all(verbs, where, "verbs")
    return [] if {*verbs} <= {*_VERBS} else [_not_supported(f"{where}.verbs", go_json(verbs), _VERBS)]


def _resource_rule_causes(rule: _Part, where: str) -> Iterator[Cause]:
    yield from _verb_causes(rule, where)
    for member, what in (("apiGroups", "api group"), ("resources", "resource")):
        if not list_at(rule, member):
            yield field_required(f"{where}.{member}", f"resource rules must supply at least one {what}")
        yield from _beside_all(list_at(rule, member), where, member)
    namespaces: list[str] = list_at(rule, "namespaces")
    if not namespaces and not rule.get("clusterScope"):
        why = "resource rules that are not cluster scoped must supply at least one namespace"
        yield field_required(f"{where}.namespaces", why)
    elif "*" in namespaces:
        yield from _beside_all(namespaces, where, "namespaces")
    else:
        first = "each member of this list must be '*' or a DNS-1123 label; "
        for index, each in enumerate(namespaces):
            for why in dns_label_problems(each):
                yield field_invalid(f"{where}.namespaces[{index}]", each, f"{first}{why}")


def _path_rule_causes(rule: _Part, where: str) -> Iterator[Cause]:
    yield from _verb_causes(rule, where)
    paths: list[str] = list_at(rule, "nonResourceURLs")
    if not paths:
        yield field_required(f"{where}.nonResourceURLs", "nonResourceURLs must contain at least one value")
    elif "*" in paths:
        yield from _beside_all(paths, where, "nonResourceURLs")
    else:
        for index, path in enumerate(paths):
            problem = _path_problem(path)
            if problem:
                yield field_invalid(f"{where}.nonResourceURLs[{index}]", path, problem)


def _path_problem(path: str) -> str:
    """Say what keeps a text from being the path of requests; nothing where it is one."""
    if not path:
        return "must not be empty"
    if not path.startswith("/"):
        return "must start with slash"
    for part, what in ((" ", "white-space"), ("//", "double slash")):
        if part in path:
            return f"must not contain {what}"
    is_end = path.count("*") == 1 and path.endswith("/*")
    return "wildcard can only do suffix matching" if "*" in path and not is_end else ""


def _beside_all(values: list[str], where: str, member: str) -> list[Cause]:
    """Say that `*` stands beside what it stands for."""
    if "*" not in values or len(values) == 1:
        return []
    why = f"if '*' is present, must not specify other {_OTHERS[member]}"
    return [Cause("FieldValueInvalid", f"Invalid value: {go_json(values)}: {why}", f"{where}.{member}")]


def _not_supported(field: str, shown: str, supported: Sequence[str]) -> Cause:
    known = ", ".join(f'"{each}"' for each in supported)
    return Cause("FieldValueNotSupported", f"Unsupported value: {shown}: supported values: {known}", field)


def priority_level_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a PriorityLevelConfiguration."""
    spec, name, causes = object_at(new, "spec"), new["metadata"].get("name", ""), list[Cause]()
    if _NO_ROUND_TRIP in object_at(new["metadata"], "annotations"):
        causes.append(field_forbidden("metadata.annotations", f"annotation '{_NO_ROUND_TRIP}' is forbidden"))
    if (name == "exempt") != (spec.get("type") == "Exempt"):
        why = "must be 'Exempt' if and only if `name` is 'exempt'"
        causes.append(field_invalid("spec.type", spec.get("type", ""), why))
    return [*causes, *_level_causes(spec), *fixed_level_causes(name, spec)]


def _level_causes(spec: _Part) -> list[Cause]:
    kind, limited, exempt = spec.get("type", ""), spec.get("limited"), spec.get("exempt")
    causes: list[Cause] = []
    if kind == "Exempt":
        if limited is not None:
            causes.append(field_forbidden("spec.limited", "must be nil if the type is not Limited"))
        given = object_at(spec, "exempt")
        return causes + _share_causes(given, "spec.exempt") + _lent_causes(given, "spec.exempt")
    if kind != "Limited":
        return [unsupported("spec.type", kind, ("Exempt", "Limited"))]
    if exempt is not None:
        causes.append(field_forbidden("spec.exempt", "must be nil if the type is Limited"))
    if limited is None:
        return [*causes, field_required("spec.limited", "must not be empty when type is Limited")]
    return [*causes, *_limited_causes(limited, "spec.limited")]


def _share_causes(level: _Part, where: str) -> list[Cause]:
    shares = level.get("nominalConcurrencyShares") or 0
    return [field_invalid(f"{where}.nominalConcurrencyShares", shares, _NOT_NEGATIVE)] if shares < 0 else []


def _lent_causes(level: _Part, where: str) -> list[Cause]:
    return between(f"{where}.lendablePercent", level.get("lendablePercent"), 0, 100)


def _limited_causes(level: _Part, where: str) -> Iterator[Cause]:
    yield from _share_causes(level, where)
    yield from _response_causes(object_at(level, "limitResponse"), f"{where}.limitResponse")
    yield from _lent_causes(level, where)
    borrowed = level.get("borrowingLimitPercent")
    if borrowed is not None and borrowed < 0:
        yield field_invalid(f"{where}.borrowingLimitPercent", borrowed, f"if specified, {_NOT_NEGATIVE}")


def _response_causes(response: _Part, where: str) -> list[Cause]:
    kind, queues = response.get("type", ""), response.get("queuing")
    if kind not in ("Queue", "Reject"):
        return [unsupported(f"{where}.type", kind, ("Queue", "Reject"))]
    if kind == "Queue":
        if queues is None:
            why = "must not be empty if limited.limitResponse.type is Limited"
            return [field_required(f"{where}.queuing", why)]
        return _queue_causes(queues, f"{where}.queuing")
    if queues is None:
        return []
    return [field_forbidden(f"{where}.queuing", "must be nil if limited.limitResponse.type is not Limited")]


def _queue_causes(queuing: _Part, where: str) -> list[Cause]:
    longest, queues, hand = (queuing.get(name) or 0 for name in ("queueLengthLimit", "queues", "handSize"))
    causes = [field_invalid(f"{where}.queueLengthLimit", longest, "must be positive")] if longest <= 0 else []
    if queues <= 0:
        causes.append(field_invalid(f"{where}.queues", queues, "must be positive"))
    elif queues > _MOST_QUEUES:
        causes.append(field_invalid(f"{where}.queues", queues, f"must not be greater than {_MOST_QUEUES}"))
    problem = ""
    if hand <= 0:
        problem = "must be positive"
    elif hand > queues:
        problem = f"should not be greater than queues ({queues})"
    elif math.ceil(math.log2(queues) * hand) > _MOST_BITS:
        what = f"required entropy bits of deckSize {queues} and handSize {hand}"
        problem = f"{what} should not be greater than {_MOST_BITS}"
    return [*causes, field_invalid(f"{where}.handSize", hand, problem)] if problem else causes
