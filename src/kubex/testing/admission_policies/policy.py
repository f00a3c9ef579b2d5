"""`Policy`: a ValidatingAdmissionPolicy, compiled, and what it says of a change.

https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/validating-admission-policy-v1/
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from kubex.core._go_text import go_quoted
from kubex.testing.admission_policies.variables import computed_value, policy_variables, signature_of
from kubex.testing.expressions.programs import EvaluationFailed, InvalidExpression, Program, Variables
from kubex.testing.expressions.types import DYNAMIC, shown_type
from kubex.testing.lifecycle.json_members import list_at

__all__ = ["CompiledExpression", "Denial", "Policy"]

_LONGEST_MESSAGE: Final = 5120  # bytes
_BOOL, _STRING = ("BOOL",), ("STRING",)
_TEXT_OR_NULL: Final = ("STRING", "NULL")


class Denial(NamedTuple):
    """Why a change is not admitted."""

    message: str
    reason: str = ""
    """`Forbidden`, `Invalid`, …; `""` where the policy gives none."""


class CompiledExpression:
    """An expression of a policy, and what was found when it was compiled.

    Args:
        text: in CEL.
        variables: of which it may speak.
        wanted: names of the types that its value may have; any if there is none.
    """

    def __init__(self, text: str, variables: Variables, wanted: Sequence[str] = ()) -> None:
        self.text: str = text
        self.problem: str = ""
        """Why it can't be one."""
        self.signature: str | None = DYNAMIC
        """Of the type of its value; `None` if there is none for it."""
        self._program: Program | None = None
        try:
            program = Program(text, variables)
        except InvalidExpression as error:
            self.problem = error.told
            return
        found = program.type_name
        if wanted and found not in wanted and not program.is_vague:
            names = [shown_type(each) for each in wanted]
            listed = names[0] if len(names) == 1 else f"one of [{' '.join(names)}]"
            self.problem = f"must evaluate to {listed} but got {shown_type(found)}"
            return
        self.signature = signature_of(found)
        self._program = program

    def evaluate(self, values: Mapping[str, Any], failed: Mapping[str, str]) -> Any:
        """Give its value.

        Args:
            values: of the variables.
            failed: why variables of the policy have no value, by their names.

        Raises:
            EvaluationFailed: it has none, or does not compile; the text is the server's.
        """
        if self._program is None:
            raise EvaluationFailed(f"compilation error: {self.problem}")
        try:
            return self._program.evaluate(values)
        except EvaluationFailed as error:
            why = str(error)
            missing = why.removeprefix("no such key: ")
            if missing in failed and re.search(rf"\bvariables\s*\.\s*{missing}\b", self.text):
                why = f"composited variable {go_quoted(missing)} fails to evaluate: {failed[missing]}"
            raise EvaluationFailed(why) from None

    def failure(self, error: EvaluationFailed) -> str:
        """Give what is said of a failed evaluation."""
        return str(error) if self.problem else f"expression '{self.text}' resulted in error: {error}"


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
        alone = policy_variables({}, params=params)
        self.conditions: list[CompiledExpression] = [
            CompiledExpression(str(each.get("expression") or ""), alone, _BOOL)
            for each in list_at(spec, "matchConditions")
        ]
        self.computed: list[tuple[str, CompiledExpression]] = []
        signatures: dict[str, str | None] = {}
        for each in list_at(spec, "variables"):
            expression = CompiledExpression(
                str(each.get("expression") or ""), policy_variables(signatures, params=params)
            )
            self.computed.append((str(each.get("name") or ""), expression))
            signatures[str(each.get("name") or "")] = expression.signature
        variables = policy_variables(signatures, params=params) if signatures else alone
        in_messages = policy_variables(signatures, params=params, authorizes=False)
        self.validations: list[_Validation] = [
            _compiled_validation(each, variables, in_messages) for each in list_at(spec, "validations")
        ]
        self.annotations: list[CompiledExpression] = [
            CompiledExpression(str(each.get("valueExpression") or "").strip(), variables, _TEXT_OR_NULL)
            for each in list_at(spec, "auditAnnotations")
        ]

    def denials(self, values: Mapping[str, Any]) -> list[Denial]:
        """Say what the policy has against a change.

        Args:
            values: of the variables, the policy's own aside.
        """
        matches, problems = self._matches(values)
        if not matches:
            return []
        if problems:
            return self._failed(problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]")
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

    def _matches(self, values: Mapping[str, Any]) -> tuple[bool, list[str]]:
        """Say whether the conditions hold, or what keeps them from being evaluated."""
        problems: list[str] = []
        for each in self.conditions:
            try:
                if each.evaluate(values, {}) is False:
                    return False, []
            except EvaluationFailed as error:
                problems.append(each.failure(error))
        return self.fails or not problems, problems

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
        CompiledExpression(str(validation.get("expression") or ""), variables, _BOOL),
        str(validation.get("message") or "").strip(),
        CompiledExpression(said, in_messages, _STRING) if said.strip() else None,
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
