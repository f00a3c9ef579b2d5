"""What the server refuses in the rules in CEL of a CustomResourceDefinition.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from kubex.core._json_value import is_object
from kubex.testing.expressions.field_paths import normalized_path
from kubex.testing.expressions.library import is_available
from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.definition_texts import shown_rule
from kubex.testing.lifecycle.json_members import list_at, object_at
from kubex.testing.lifecycle.validation.values import unsupported

if TYPE_CHECKING:
    from kubex.testing.expressions.rules import Rule

__all__ = ["default_rule_causes", "expression_causes", "rule_causes"]

_RULES: Final = "x-kubernetes-validations"
_EMBEDDED: Final = "x-kubernetes-embedded-resource"
_REASONS: Final = ("FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired")
_BREAK: Final = re.compile(r"[\n\r]")
_BLANK: Final = "must be non-empty if specified"


def rule_causes(schema: Mapping[str, Any], where: str) -> Iterator[Cause]:
    """Say what is wrong with the rules of a schema, expressions aside.

    Args:
        schema: of one value.
        where: that is.
    """
    for index, rule in enumerate(list_at(schema, _RULES)):
        field = f"{where}.{_RULES}[{index}]"
        yield from _text_causes(rule, field)
        expression, reason, path = (str(rule.get(each) or "") for each in ("messageExpression", "reason", "fieldPath"))
        if expression and not expression.strip():
            yield field_required(f"{field}.messageExpression", f"messageExpression {_BLANK}")
        if rule.get("reason") is not None and reason not in _REASONS:
            yield unsupported(f"{field}.reason", reason, _REASONS)
        if path:
            yield from _path_causes(path, schema, f"{field}.fieldPath")


def _text_causes(rule: Mapping[str, Any], field: str) -> Iterator[Cause]:
    text, message = str(rule.get("rule") or "").strip(), str(rule.get("message") or "")
    if not text:
        yield field_required(f"{field}.rule", "rule is not specified")
    elif message and not message.strip():
        yield field_invalid(f"{field}.message", message, _BLANK)
    elif _BREAK.search(message.strip()):
        yield field_invalid(f"{field}.message", message, "must not contain line breaks")
    elif _BREAK.search(text) and not message.strip():
        yield field_required(f"{field}.message", "message must be specified if rule contains line breaks")


def _path_causes(path: str, schema: Mapping[str, Any], field: str) -> Iterator[Cause]:
    if not path.strip():
        yield field_invalid(field, path, _BLANK)
    if _BREAK.search(path):
        yield field_invalid(field, path, "must not contain line breaks")
    if normalized_path(path, schema) is None:
        yield field_invalid(field, path, "must be a valid path")


def expression_causes(schema: Mapping[str, Any], where: str, found: Sequence[Cause]) -> list[Cause]:
    """Say which expressions of a definition do not compile, if they can be compiled here.

    Args:
        schema: of whole objects.
        where: that is.
        found: what else is wrong: where that is, or below, the server looks at no expression.
    """
    return list(_expression_causes(schema, where, [each.field for each in found], whole=True)) if is_available() else []


def default_rule_causes(schema: Mapping[str, Any], where: str, *, whole: bool) -> list[Cause]:
    """Say which rules a default breaks, if they can be evaluated here.

    Args:
        schema: with the default.
        where: the default is.
        whole: whether it is one of whole objects.
    """
    if not is_available():
        return []
    from kubex.testing.expressions.rule_set import RuleSet  # few definitions have rules

    rules = RuleSet(schema, whole=whole)
    if rules.is_empty:
        return []
    value = schema["default"]
    # Rules that compare find what is already there, and where they take nothing for it, nothing.
    found = rules.broken(value, value, where)
    return [*found.causes, *found.warnings] or rules.broken(value, None, where).causes


def _expression_causes(
    schema: Mapping[str, Any], where: str, wrong: Sequence[str], uncorrelated: str = "", *, whole: bool = False
) -> Iterator[Cause]:
    values, items = schema.get("additionalProperties"), schema.get("items")
    if is_object(values):
        yield from _expression_causes(values, f"{where}.additionalProperties", wrong, uncorrelated)
    for name, own in sorted(object_at(schema, "properties").items()):
        yield from _expression_causes(own, f"{where}.properties[{name}]", wrong, uncorrelated)
    if is_object(items):
        within = uncorrelated or ("" if schema.get("x-kubernetes-list-type") == "map" else where)
        yield from _expression_causes(items, f"{where}.items", wrong, within)
    if schema.get(_RULES) and not any(field.startswith(where) for field in wrong):
        yield from _own_expression_causes(schema, where, uncorrelated, whole=whole)


def _own_expression_causes(schema: Mapping[str, Any], where: str, uncorrelated: str, *, whole: bool) -> Iterator[Cause]:
    from kubex.testing.expressions.rules import Rule, rule_variables  # few definitions have rules

    variables = rule_variables(schema, whole=whole or bool(schema.get(_EMBEDDED)))
    if variables is None:
        why = f"failed to retrieve type information for {_RULES}"
        yield Cause("InternalError", f"Internal error: internal error: {why}", f"{where}.{_RULES}")
        return
    for index, rule in enumerate(list_at(schema, _RULES)):
        yield from _compiled_causes(rule, Rule(rule, schema, variables), f"{where}.{_RULES}[{index}]", uncorrelated)


def _compiled_causes(rule: Mapping[str, Any], compiled: Rule, field: str, uncorrelated: str) -> Iterator[Cause]:
    for name, problem in (("rule", compiled.problem), ("messageExpression", compiled.message_problem)):
        if problem:
            text = f"Invalid value: {shown_rule(rule)}: {problem}"
            yield Cause("FieldValueInvalid", text, f"{field}.{name}")
    if compiled.uses_old and uncorrelated:
        why = f"oldSelf cannot be used on the uncorrelatable portion of the schema within {uncorrelated}"
        yield field_invalid(f"{field}.rule", rule.get("rule"), why)
    elif not compiled.uses_old and rule.get("optionalOldSelf") is not None:
        why = "may not be set if oldSelf is not used in rule"
        yield field_invalid(f"{field}.optionalOldSelf", rule["optionalOldSelf"], why)
