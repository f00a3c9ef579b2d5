"""`MatchConditions`: whether a policy or a webhook is to be asked, by expressions.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-matchconditions
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kubex.testing.admission_policies.compiled_expression import BOOL, CompiledExpression
from kubex.testing.admission_policies.variables import policy_variables
from kubex.testing.expressions.programs import EvaluationFailed

__all__ = ["ConditionsFailed", "MatchConditions"]


class ConditionsFailed(Exception):
    """Some conditions have no value, and the others hold; the text is the server's."""


class MatchConditions:
    """The conditions of a policy or a webhook, compiled.

    Args:
        conditions: as the API has them.
        params: whether they may speak of `params`.
    """

    def __init__(self, conditions: Sequence[Mapping[str, Any]], *, params: bool = False) -> None:
        variables = policy_variables({}, params=params) if conditions else None
        self.expressions: list[CompiledExpression] = [
            CompiledExpression(str(each.get("expression") or ""), variables, BOOL)
            for each in conditions
            if variables is not None
        ]

    def hold(self, values: Mapping[str, Any]) -> bool:
        """Say whether all hold; one that does not is enough.

        Args:
            values: of the variables. Conditions see neither the namespace nor the version that matched.

        Raises:
            ConditionsFailed: nobody can tell.
        """
        request = {**values["request"], "resource": values["request"]["requestResource"]}
        values = {**values, "request": request, "namespaceObject": None}
        problems: list[str] = []
        for each in self.expressions:
            try:
                if each.evaluate(values, {}) is False:
                    return False
            except EvaluationFailed as error:
                problems.append(each.failure(error))
        if problems:
            raise ConditionsFailed(problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]")
        return True
