"""What the server refuses in the resources that admission policies match.

https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#match-resources-by-resource-rules
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kubex.core._go_text import go_json
from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import path_segment_problems
from kubex.testing.lifecycle.validation.values import duplicate, selector_causes, unsupported

__all__ = ["matching_causes"]

_POLICIES: Final = ("Equivalent", "Exact")
_OPERATIONS: Final = ("*", "CONNECT", "CREATE", "DELETE", "UPDATE")
_SCOPES: Final = ("*", "Cluster", "Namespaced")


def matching_causes(matching: Mapping[str, Any], field: str) -> Iterator[Cause]:
    """Say what is wrong with `matchConstraints` or `matchResources`.

    Args:
        matching: it, with its defaults.
        field: where it is.
    """
    policy = matching.get("matchPolicy")
    if policy not in _POLICIES:
        yield unsupported(f"{field}.matchPolicy", str(policy or ""), _POLICIES)
    for name in ("namespaceSelector", "objectSelector"):
        yield from selector_causes(f"{field}.{name}", object_at(matching, name))
    for name in ("resourceRules", "excludeResourceRules"):
        for index, rule in enumerate(list_at(matching, name)):
            yield from _rule_causes(rule, f"{field}.{name}[{index}]")


def _rule_causes(rule: Mapping[str, Any], field: str) -> Iterator[Cause]:
    names: list[str] = list_at(rule, "resourceNames")
    for index, name in enumerate(names):
        own = f"{field}.resourceNames[{index}]"
        yield from (field_invalid(own, name, why) for why in path_segment_problems(name))
        if name in names[:index]:
            yield duplicate(own, name)
    operations = list_at(rule, "operations")
    yield from _filled(operations, f"{field}.operations", "operations")
    for index, each in enumerate(operations):
        if each not in _OPERATIONS:
            yield unsupported(f"{field}.operations[{index}]", each, _OPERATIONS)
    yield from _filled(list_at(rule, "apiGroups"), f"{field}.apiGroups", "API groups")
    versions = list_at(rule, "apiVersions")
    yield from _filled(versions, f"{field}.apiVersions", "API versions")
    yield from (field_required(f"{field}.apiVersions[{index}]") for index, each in enumerate(versions) if not each)
    yield from _resources_causes(list_at(rule, "resources"), f"{field}.resources")
    scope = rule.get("scope")
    if scope is not None and scope not in _SCOPES:
        yield unsupported(f"{field}.scope", scope, _SCOPES)


def _filled(items: Sequence[str], field: str, what: str) -> Iterator[Cause]:
    if not items:
        yield field_required(field)
    elif len(items) > 1 and "*" in items:
        yield _of_all(items, field, f"if '*' is present, must not specify other {what}")


def _of_all(items: Sequence[str], field: str, why: str) -> Cause:
    return Cause("FieldValueInvalid", f"Invalid value: {go_json(list(items))}: {why}", field)


def _resources_causes(resources: Sequence[str], field: str) -> Iterator[Cause]:
    if not resources:
        yield field_required(field)
    with_any_part: set[str] = set()
    parts_of_any: set[str] = set()
    for index, each in enumerate(resources):
        if not each:
            yield field_required(f"{field}[{index}]")
        resource, slash, part = each.partition("/")
        if not slash:
            continue
        if resource in with_any_part:
            why = f"if '{resource}/*' is present, must not specify {each}"
            yield field_invalid(f"{field}[{index}]", each, why)
        if part in parts_of_any:
            yield field_invalid(f"{field}[{index}]", each, f"if '*/{part}' is present, must not specify {each}")
        if part == "*":
            with_any_part.add(resource)
        if resource == "*":
            parts_of_any.add(part)
    if len(resources) > 1 and "*/*" in resources:
        yield _of_all(resources, field, "if '*/*' is present, must not specify other resources")
    whole = [each for each in resources if each and "/" not in each]
    if "*" in whole and whole[-1] != "*":  # the server looks at the last of them alone
        why = "if '*' is present, must not specify other resources without subresources"
        yield _of_all(resources, field, why)
