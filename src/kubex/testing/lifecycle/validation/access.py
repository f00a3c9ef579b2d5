"""What the server refuses in roles and their bindings."""

from __future__ import annotations

from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import path_segment_problems
from kubex.testing.lifecycle.validation.values import one_of, selector_causes, subdomain_causes

__all__ = ["binding_causes", "cluster_role_causes", "role_causes"]

_GROUP: Final = "rbac.authorization.k8s.io"


def role_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a Role."""
    return _rules_causes(new, namespaced=True)


def cluster_role_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a ClusterRole."""
    causes = _rules_causes(new, namespaced=False)
    rule = new.get("aggregationRule")
    if rule is None:
        return causes
    selectors = list_at(rule, "clusterRoleSelectors")
    field = "aggregationRule.clusterRoleSelectors"
    if not selectors:
        why = "at least one clusterRoleSelector required if aggregationRule is non-nil"
        causes.append(field_required(field, why))
    for index, selector in enumerate(selectors):
        problems = selector_causes(f"{field}[{index}]", selector)
        causes += problems
        if problems:
            text = "Invalid value: null: invalid label selector."
            causes.append(Cause("FieldValueInvalid", text, f"{field}[{index}]"))
    return causes


def _rules_causes(role: dict[str, Any], *, namespaced: bool) -> list[Cause]:
    causes: list[Cause] = []
    for index, rule in enumerate(list_at(role, "rules")):
        field = f"rules[{index}]"
        if not rule.get("verbs"):
            causes.append(field_required(f"{field}.verbs", "verbs must contain at least one value"))
        urls = list_at(rule, "nonResourceURLs")
        if urls:
            why = "rules cannot apply to both regular resources and non-resource URLs"
            if namespaced:
                why = "namespaced rules cannot apply to non-resource URLs"
            elif not any(rule.get(each) for each in ("apiGroups", "resources", "resourceNames")):
                continue
            text = f"Invalid value: {go_json(urls)}: {why}"
            causes.append(Cause("FieldValueInvalid", text, f"{field}.nonResourceURLs"))
            if not namespaced:
                continue
        if urls:
            continue
        if not rule.get("apiGroups"):
            why = "resource rules must supply at least one api group"
            causes.append(field_required(f"{field}.apiGroups", why))
        if not rule.get("resources"):
            causes.append(field_required(f"{field}.resources", "resource rules must supply at least one resource"))
    return causes


def binding_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a RoleBinding or ClusterRoleBinding."""
    role = object_at(new, "roleRef")
    kinds = ("ClusterRole",) if new.get("kind") == "ClusterRoleBinding" else ("Role", "ClusterRole")
    causes = one_of("roleRef.apiGroup", role.get("apiGroup", ""), (_GROUP,))
    causes += one_of("roleRef.kind", role.get("kind", ""), kinds)
    name: str = role.get("name") or ""
    if not name:
        causes.append(field_required("roleRef.name"))
    causes += [field_invalid("roleRef.name", name, each) for each in path_segment_problems(name)]
    for index, subject in enumerate(list_at(new, "subjects")):
        causes += _subject_causes(subject, f"subjects[{index}]", cluster=new.get("kind") == "ClusterRoleBinding")
    if old is not None and role != old.get("roleRef"):
        causes.append(Cause("FieldValueInvalid", f"Invalid value: {_shown(role)}: cannot change roleRef", "roleRef"))
    return causes


def _subject_causes(subject: dict[str, Any], where: str, *, cluster: bool) -> list[Cause]:
    name, kind, group = subject.get("name", ""), subject.get("kind", ""), subject.get("apiGroup", "")
    causes = [] if name else [field_required(f"{where}.name")]
    if kind == "ServiceAccount":
        if name:
            causes += subdomain_causes(f"{where}.name", name)
        causes += one_of(f"{where}.apiGroup", group, ("",))
        if cluster and not subject.get("namespace"):
            causes.append(field_required(f"{where}.namespace"))
    elif kind in ("User", "Group"):
        causes += one_of(f"{where}.apiGroup", group, (_GROUP,))
    else:
        causes += one_of(f"{where}.kind", kind, ("ServiceAccount", "User", "Group"))
    return causes


def _shown(role: dict[str, Any]) -> str:
    members = ",".join(f'"{go_name}":"{role.get(name, "")}"' for name, go_name in _ROLE_FIELDS)
    return f"{{{members}}}"


_ROLE_FIELDS: Final = (("apiGroup", "APIGroup"), ("kind", "Kind"), ("name", "Name"))
