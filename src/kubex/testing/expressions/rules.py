"""`Rule`: one of `x-kubernetes-validations`, compiled; what is wrong with it, and what it says of a value.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from kubex.core._go_text import go_json
from kubex.core._json_value import is_array, is_object
from kubex.testing.expressions.field_paths import normalized_path
from kubex.testing.expressions.programs import EvaluationFailed, InvalidExpression, Program, Variables
from kubex.testing.expressions.types import TypeSet
from kubex.testing.failures import Cause, field_forbidden, field_invalid, field_required

__all__ = ["ROOT", "Rule", "Verdict", "rule_variables"]

ROOT: Final = "<nil>"
"""The field of a cause that is about the whole object."""

_SELF: Final = "self"
_OLD: Final = "oldSelf"
_LONGEST_MESSAGE: Final = 5120  # bytes


def rule_variables(schema: Mapping[str, Any], *, whole: bool) -> tuple[Variables, Variables] | None:
    """Give what the rules of a schema may speak of: without and with an optional `oldSelf`.

    Args:
        schema: of the values.
        whole: whether they are objects with `metadata`.
    """
    types = TypeSet()
    signature = types.of_schema(schema, "selfType0", whole=whole)
    if signature is None:
        return None
    signatures = {_SELF: signature, _OLD: signature}
    return Variables(signatures, types), Variables(signatures, types, optional=_OLD)


class Verdict(NamedTuple):
    """What a rule has against a value."""

    cause: Cause
    may_stay: bool
    """Whether it is only warned of where nothing of the value has changed."""


class Rule:
    """A rule, and what was found when it was compiled.

    Args:
        rule: as the definition has it.
        schema: of the values that it is about.
        variables: as `rule_variables` gives them.
    """

    def __init__(
        self, rule: Mapping[str, Any], schema: Mapping[str, Any], variables: tuple[Variables, Variables]
    ) -> None:
        self._text = str(rule.get("rule") or "")
        self._message = str(rule.get("message") or "").strip()
        self._reason = str(rule.get("reason") or "")
        self._path = normalized_path(str(rule.get("fieldPath") or ""), schema) or ""
        self._is_optional = bool(rule.get("optionalOldSelf"))
        self.problem: str = ""
        """Why the rule can't be one."""
        self.message_problem: str = ""
        """Why its `messageExpression` can't be one."""
        self.uses_old: bool = False
        """Whether it compares with what was there."""
        self._program: Program | None = None
        self._message_program: Program | None = None
        own = variables[1 if self._is_optional else 0]
        if self._text.strip():
            self._compile(own)
        if self._program is not None and rule.get("messageExpression"):
            self._compile_message(str(rule["messageExpression"]), own)

    def _compile(self, variables: Variables) -> None:
        try:
            program = Program(self._text, variables)
        except InvalidExpression as error:
            self.problem = error.told
            return
        if program.type_name != "BOOL" and not program.is_vague:
            self.problem = "cel expression must evaluate to a bool"
            return
        self._program = program
        self.uses_old = program.speaks_of(_OLD)

    def _compile_message(self, text: str, variables: Variables) -> None:
        try:
            program = Program(text, variables)
        except InvalidExpression as error:
            self.message_problem = f"messageExpression {error.told.removeprefix('program ')}"
            return
        if program.type_name != "STRING" and not program.is_vague:
            self.message_problem = "messageExpression must evaluate to a string"
        elif not (self._is_optional and program.speaks_of(_OLD)):  # which has no value where it is none of the rule's
            self._message_program = program

    def verdict(self, value: Any, values: Mapping[str, Any], where: str, kind: str) -> Verdict | None:
        """Say what the rule has against a value; `None` if nothing.

        Args:
            value: the value, as JSON.
            values: of the variables; without `oldSelf` if there was none.
            where: the value's field; `""` for the whole object.
            kind: type of the value in its schema.
        """
        if self.problem:
            return Verdict(field_invalid(where or ROOT, kind, f"rule compile error: {self.problem}"), False)
        if self._program is None or (self.uses_old and _OLD not in values and not self._is_optional):
            return None
        try:
            if self._program.evaluate(values) is True:
                return None
        except EvaluationFailed as failed:
            return Verdict(field_invalid(where or ROOT, kind, self._failure(str(failed))), False)
        path = f"{where}.{self._path}" if where and self._path else where or self._path
        return Verdict(self._broken(path or ROOT, value, self._told(values), kind), not self.uses_old)

    @property
    def _shown(self) -> str:
        return self._message or self._text.strip()

    def _failure(self, why: str) -> str:
        if why.startswith("no such overload"):
            words = "call arguments did not match a supported operator, function or macro signature for rule"
            return f"'{why}': {words}: {self._shown}"
        return f"{why} evaluating rule: {self._shown}"

    def _told(self, values: Mapping[str, Any]) -> str:
        if self._message_program is not None:
            try:
                said = self._message_program.evaluate(values)
            except EvaluationFailed:
                said = None
            text = said.strip() if isinstance(said, str) else ""
            if text and "\n" not in text and len(text.encode()) <= _LONGEST_MESSAGE:
                return text
        return self._message or f"failed rule: {self._text.strip()}"

    def _broken(self, where: str, value: Any, detail: str, kind: str) -> Cause:
        is_hidden = kind in ("object", "array")
        if self._reason == "FieldValueForbidden":
            return field_forbidden(where, detail)
        if self._reason == "FieldValueRequired":
            return field_required(where, detail)
        if self._reason == "FieldValueDuplicate":
            text = "Duplicate value" if is_hidden else f"Duplicate value: {_shown(value)}"
            return Cause(self._reason, text, where)
        text = "Invalid value" if is_hidden else f"Invalid value: {_shown(value)}"
        return Cause("FieldValueInvalid", f"{text}: {detail}", where)


def _shown(value: Any) -> str:
    if is_object(value) or is_array(value):
        return go_json(value)
    return field_invalid("", value, "").message.removeprefix("Invalid value: ").removesuffix(": ")
