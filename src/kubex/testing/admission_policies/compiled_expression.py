"""`CompiledExpression`: one expression of a policy or a webhook, what is wrong with it, and its value.

https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-expression
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kubex.core._go_text import go_quoted
from kubex.testing.admission_policies.variables import signature_of
from kubex.testing.expressions.programs import EvaluationFailed, InvalidExpression, Program, Variables
from kubex.testing.expressions.types import DYNAMIC, shown_type

__all__ = ["BOOL", "STRING", "STRING_OR_NULL", "CompiledExpression"]

BOOL: Final = ("BOOL",)
STRING: Final = ("STRING",)
STRING_OR_NULL: Final = ("STRING", "NULL")


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
