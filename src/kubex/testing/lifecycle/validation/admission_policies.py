"""What the server refuses in ValidatingAdmissionPolicies and their bindings.

https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/validating-admission-policy-v1/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from kubex.core._go_text import go_json
from kubex.testing.expressions.escaping import is_identifier
from kubex.testing.expressions.library import is_available
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.names import (
    dns_subdomain_problems,
    path_segment_problems,
    qualified_name_problems,
    service_name_problems,
)
from kubex.testing.lifecycle.validation.admission_matching import matching_causes
from kubex.testing.lifecycle.validation.match_conditions import match_conditions_causes
from kubex.testing.lifecycle.validation.values import duplicate, selector_causes, unsupported

if TYPE_CHECKING:
    from kubex.testing.admission_policies.compiled_expression import CompiledExpression

__all__ = ["policy_binding_causes", "policy_causes"]

_FAILURES: Final = ("Fail", "Ignore")
_REASONS: Final = ("Forbidden", "Invalid", "RequestEntityTooLarge")
_ACTIONS: Final = ("Audit", "Deny", "Warn")
_NOT_FOUND: Final = ("Deny", "Allow")
_MOST_ANNOTATIONS: Final = 20
_LONGEST_VALUE: Final = 5 * 1024
_BREAK: Final = re.compile(r"[\n\r]")
_NOTHING: Final = "validations or auditAnnotations must contain at least one item"
_BLANK: Final = "must be non-empty if specified"


def policy_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a ValidatingAdmissionPolicy."""
    return list(_policy_causes(new["spec"], str(new["metadata"].get("name") or "")))


def _policy_causes(spec: Mapping[str, Any], name: str) -> Iterator[Cause]:
    failure = spec.get("failurePolicy")
    if failure is not None and failure not in _FAILURES:
        yield unsupported("spec.failurePolicy", failure, _FAILURES)
    if spec.get("paramKind") is not None:
        yield from _param_kind_causes(spec["paramKind"], "spec.paramKind")
    if spec.get("matchConstraints") is None:
        yield field_required("spec.matchConstraints")
    else:
        yield from matching_causes(spec["matchConstraints"], "spec.matchConstraints")
        if not list_at(spec["matchConstraints"], "resourceRules"):
            yield field_required("spec.matchConstraints.resourceRules")
    conditions = list_at(spec, "matchConditions")
    yield from match_conditions_causes(conditions, "spec.matchConditions", params=spec.get("paramKind") is not None)
    compiled = _compiled(spec)
    for index, each in enumerate(list_at(spec, "variables")):
        yield from _variable_causes(each, f"spec.variables[{index}]", compiled)
    validations, annotations = list_at(spec, "validations"), list_at(spec, "auditAnnotations")
    if not validations and not annotations:
        yield field_required("spec.validations", _NOTHING)
        yield field_required("spec.auditAnnotations", _NOTHING)
    for index, each in enumerate(validations):
        yield from _validation_causes(each, f"spec.validations[{index}]", compiled)
    yield from _annotations_causes(annotations, name, compiled)


def _compiled(spec: Mapping[str, Any]) -> Mapping[str, CompiledExpression]:
    """Give the expressions of a policy, compiled, by their fields; none where they can't be compiled here."""
    if not is_available():
        return {}
    from kubex.testing.admission_policies.policy import Policy  # few clusters have policies

    policy = Policy(spec)
    found = {f"spec.variables[{index}].expression": each for index, (_, each) in enumerate(policy.computed)}
    for index, validation in enumerate(policy.validations):
        found[f"spec.validations[{index}].expression"] = validation.expression
        if validation.message_expression is not None:
            found[f"spec.validations[{index}].messageExpression"] = validation.message_expression
    for index, annotation in enumerate(policy.annotations):
        found[f"spec.auditAnnotations[{index}].valueExpression"] = annotation
    return found


def _problem(compiled: Mapping[str, CompiledExpression], field: str, text: str) -> Iterator[Cause]:
    if field in compiled and compiled[field].problem:
        yield field_invalid(field, text, compiled[field].problem)


def _param_kind_causes(kind: Mapping[str, Any], field: str) -> Iterator[Cause]:
    version, name = str(kind.get("apiVersion") or ""), str(kind.get("kind") or "")
    if not version:
        yield field_required(f"{field}.apiVersion")
    elif version.count("/") > 1:
        yield field_invalid(f"{field}.apiVersion", version, f"unexpected GroupVersion string: {version}")
    else:
        group, _, own = version.rpartition("/")
        problems = ",".join(dns_subdomain_problems(group)) if group else ""
        if problems:
            yield field_invalid(f"{field}.apiVersion", group, problems)
        if not own:
            yield field_invalid(f"{field}.apiVersion", version, "version must be specified")
        elif own_problems := ",".join(service_name_problems(own)):
            yield field_invalid(f"{field}.apiVersion", own, own_problems)
    if not name:
        yield field_required(f"{field}.kind")
    elif problems := ",".join(service_name_problems(name.lower())):
        yield field_invalid(f"{field}.kind", name, f"may have mixed case, but should otherwise match: {problems}")


def _variable_causes(
    variable: Mapping[str, Any], field: str, compiled: Mapping[str, CompiledExpression]
) -> Iterator[Cause]:
    name, text = str(variable.get("name") or ""), str(variable.get("expression") or "")
    if not name.strip():
        yield field_required(f"{field}.name", "name is not specified")
    elif not is_identifier(name):
        yield field_invalid(f"{field}.name", name, "must be a valid CEL identifier")
    if not text.strip():
        yield field_required(f"{field}.expression", "expression is not specified")
    else:
        yield from _problem(compiled, f"{field}.expression", text)


def _validation_causes(
    validation: Mapping[str, Any], field: str, compiled: Mapping[str, CompiledExpression]
) -> Iterator[Cause]:
    text, message, said = (str(validation.get(each) or "") for each in ("expression", "message", "messageExpression"))
    if not text.strip():
        yield field_required(f"{field}.expression", "expression is not specified")
    else:
        yield from _problem(compiled, f"{field}.expression", text)
    if said and not said.strip():
        yield field_invalid(f"{field}.messageExpression", said, _BLANK)
    else:
        yield from _problem(compiled, f"{field}.messageExpression", said)
    if message and not message.strip():
        yield field_invalid(f"{field}.message", message, _BLANK)
    elif _BREAK.search(message.strip()):
        yield field_invalid(f"{field}.message", message, "must not contain line breaks")
    reason = validation.get("reason")
    if reason is not None and reason not in _REASONS:
        yield unsupported(f"{field}.reason", reason, _REASONS)


def _annotations_causes(
    annotations: Sequence[Mapping[str, Any]], name: str, compiled: Mapping[str, CompiledExpression]
) -> Iterator[Cause]:
    field = "spec.auditAnnotations"
    if len(annotations) > _MOST_ANNOTATIONS:
        why = f"must not have more than {_MOST_ANNOTATIONS} auditAnnotations"
        yield Cause("FieldValueInvalid", f"Invalid value: {go_json(list(annotations))}: {why}", field)
    seen: set[str] = set()
    for index, each in enumerate(annotations):
        own, key, text = f"{field}[{index}]", str(each.get("key") or ""), str(each.get("valueExpression") or "")
        if name:
            whole = f"{name}/{key}"
            yield from (field_invalid(f"{own}.key", whole, why) for why in qualified_name_problems(whole))
        else:
            yield field_invalid(f"{own}.key", key, "requires metadata.name be non-empty")
        if not text.strip():
            yield field_required(f"{own}.valueExpression", "valueExpression is not specified")
        elif len(text.strip().encode()) > _LONGEST_VALUE:
            yield field_required(f"{own}.valueExpression", f"must not exceed {_LONGEST_VALUE} bytes in length")
        else:
            yield from _problem(compiled, f"{own}.valueExpression", text)
        if key in seen:
            yield duplicate(f"{own}.key", key)
        seen.add(key)


def policy_binding_causes(new: dict[str, Any], old: dict[str, Any] | None) -> list[Cause]:
    """Say what is wrong with a ValidatingAdmissionPolicyBinding."""
    return list(_binding_causes(new["spec"]))


def _binding_causes(spec: Mapping[str, Any]) -> Iterator[Cause]:
    name = str(spec.get("policyName") or "")
    if not name:
        yield field_required("spec.policyName")
    else:
        yield from (field_invalid("spec.policyName", name, why) for why in dns_subdomain_problems(name))
    if spec.get("paramRef") is not None:
        yield from _param_ref_causes(spec["paramRef"], "spec.paramRef")
    if spec.get("matchResources") is not None:
        yield from matching_causes(spec["matchResources"], "spec.matchResources")
    yield from _actions_causes(list_at(spec, "validationActions"), "spec.validationActions")


def _param_ref_causes(reference: Mapping[str, Any], field: str) -> Iterator[Cause]:
    name, selector = str(reference.get("name") or ""), reference.get("selector")
    exclusive = "name and selector are mutually exclusive"
    if name:
        yield from (field_invalid(f"{field}.name", name, why) for why in path_segment_problems(name))
        if selector is not None:
            yield field_forbidden(f"{field}.name", exclusive)
    if selector is not None:
        yield from selector_causes(f"{field}.selector", object_at(reference, "selector"))
        if name:
            yield field_forbidden(f"{field}.selector", exclusive)
    if not name and selector is None:
        yield field_required(field, "one of name or selector must be specified")
    action = reference.get("parameterNotFoundAction")
    if not action:
        yield field_required(f"{field}.parameterNotFoundAction")
    elif action not in _NOT_FOUND:
        yield unsupported(f"{field}.parameterNotFoundAction", action, _NOT_FOUND)


def _actions_causes(actions: Sequence[str], field: str) -> Iterator[Cause]:
    for index, action in enumerate(actions):
        if action not in _ACTIONS:
            yield unsupported(f"{field}[{index}]", action, _ACTIONS)
        if action in actions[:index]:
            yield duplicate(f"{field}[{index}]", action)
    if "Deny" in actions and "Warn" in actions:
        why = (
            "must not contain both Deny and Warn (repeating the same validation failure information in the API "
            "response and headers serves no purpose)"
        )
        yield Cause("FieldValueInvalid", f"Invalid value: {go_json(list(actions))}: {why}", field)
    if not actions:
        yield field_required(field, "at least one validation action is required")
