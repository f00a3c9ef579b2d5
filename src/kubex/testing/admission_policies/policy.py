"""`Policy`: a ValidatingAdmissionPolicy, compiled, and what it says of a change.

https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/validating-admission-policy-v1/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from kubex.testing.admission_policies.compiled_expression import BOOL, STRING, STRING_OR_NULL, CompiledExpression
from kubex.testing.admission_policies.match_conditions import ConditionsFailed, MatchConditions
from kubex.testing.admission_policies.variables import computed_value, policy_variables
from kubex.testing.expressions.escaping import is_identifier
from kubex.testing.expressions.programs import EvaluationFailed, Variables
from kubex.testing.lifecycle.json_members import list_at

__all__ = ["Denial", "Policy"]

_LONGEST_MESSAGE: Final = 5120  # bytes


class Denial(NamedTuple):
    """Why a change is not admitted."""

    message: str
    reason: str = ""
    """`Forbidden`, `Invalid`, …; `""` where the policy gives none."""


class _Validation(NamedTuple):
    expression: CompiledExpression
    message: str
    message_expression: CompiledExpression | None
    reason: str


class Policy:
    """A policy.

    Args:
        spec: of the ValidatingAdmissionPolicy.
    """

    def __init__(self, spec: Mapping[str, Any]) -> None:
        params = spec.get("paramKind") is not None
        self.fails: bool = spec.get("failurePolicy") != "Ignore"
        """Whether what can't be evaluated is refused."""
        self.conditions: MatchConditions = MatchConditions(list_at(spec, "matchConditions"), params=params)
        self.computed: list[tuple[str, CompiledExpression]] = []
        signatures: dict[str, str | None] = {}
        for each in list_at(spec, "variables"):
            expression = CompiledExpression(
                str(each.get("expression") or ""), policy_variables(signatures, params=params)
            )
            name = str(each.get("name") or "")
            self.computed.append((name, expression))
            if is_identifier(name):  # any other is refused
                signatures[name] = expression.signature
        variables = policy_variables(signatures, params=params)
        in_messages = policy_variables(signatures, params=params, authorizes=False)
        self.validations: list[_Validation] = [
            _compiled_validation(each, variables, in_messages) for each in list_at(spec, "validations")
        ]
        self.annotations: list[CompiledExpression] = [
            CompiledExpression(str(each.get("valueExpression") or "").strip(), variables, STRING_OR_NULL)
            for each in list_at(spec, "auditAnnotations")
        ]

    def denials(self, values: Mapping[str, Any]) -> list[Denial]:
        """Say what the policy has against a change.

        Args:
            values: of the variables, the policy's own aside.
        """
        try:
            if not self.conditions.hold(values):
                return []
        except ConditionsFailed as error:
            return self._failed(str(error))
        bound, failed = self._with_computed(values)
        found: list[Denial] = []
        for each in self.validations:
            try:
                if each.expression.evaluate(bound, failed) is True:
                    continue
            except EvaluationFailed as error:
                found += self._failed(each.expression.failure(error))
            else:
                found.append(Denial(_message(each, bound, failed), each.reason))
        for annotation in self.annotations:
            try:
                annotation.evaluate(bound, failed)
            except EvaluationFailed as error:
                found += self._failed(annotation.failure(error))
        return found

    def _failed(self, why: str) -> list[Denial]:
        return [Denial(why)] if self.fails else []

    def _with_computed(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
        computed: dict[str, Any] = {}
        failed: dict[str, str] = {}
        bound = {**values, "variables": computed}
        for name, expression in self.computed:
            try:
                computed[name] = computed_value(expression.evaluate(bound, failed))
            except EvaluationFailed as error:
                failed[name] = str(error)
        return bound, failed


def _compiled_validation(validation: Mapping[str, Any], variables: Variables, in_messages: Variables) -> _Validation:
    said = str(validation.get("messageExpression") or "")
    return _Validation(
        CompiledExpression(str(validation.get("expression") or ""), variables, BOOL),
        str(validation.get("message") or "").strip(),
        CompiledExpression(said, in_messages, STRING) if said.strip() else None,
        str(validation.get("reason") or ""),
    )


def _message(validation: _Validation, values: Mapping[str, Any], failed: Mapping[str, str]) -> str:
    text = ""
    if validation.message_expression is not None:
        try:
            said = validation.message_expression.evaluate(values, failed)
        except EvaluationFailed:
            said = None
        text = said.strip() if isinstance(said, str) else ""
    if "\n" in text or len(text.encode()) > _LONGEST_MESSAGE:
        text = ""
    return text or validation.message or f"failed expression: {validation.expression.text.strip()}"
