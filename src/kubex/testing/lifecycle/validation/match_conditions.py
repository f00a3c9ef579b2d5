"""What the server refuses in the conditions of admission policies and webhooks.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-matchconditions
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from kubex.testing.expressions.library import is_available
from kubex.testing.failures import Cause, field_invalid, field_required
from kubex.testing.lifecycle.names import qualified_name_problems
from kubex.testing.lifecycle.validation.values import duplicate

__all__ = ["match_conditions_causes"]

_MOST_CONDITIONS: Final = 64


def match_conditions_causes(
    conditions: Sequence[Mapping[str, Any]], field: str, *, params: bool = False
) -> Iterator[Cause]:
    """Say what is wrong with `matchConditions`.

    Args:
        conditions: the conditions.
        field: where they are.
        params: whether they may speak of `params`.
    """
    problems = _problems(conditions, params=params)
    if len(conditions) > _MOST_CONDITIONS:
        text = f"Too many: {len(conditions)}: must have at most {_MOST_CONDITIONS} items"
        yield Cause("FieldValueTooMany", text, field)
    seen: set[str] = set()
    for index, each in enumerate(conditions):
        own, name, text = f"{field}[{index}]", str(each.get("name") or ""), str(each.get("expression") or "").strip()
        if not text:
            yield field_required(f"{own}.expression")
        elif problems and problems[index]:
            yield field_invalid(f"{own}.expression", text, problems[index])
        if not name:
            yield field_required(f"{own}.name")
            continue
        yield from (field_invalid(f"{own}.name", name, why) for why in qualified_name_problems(name))
        if name in seen:
            yield duplicate(f"{own}.name", name)
        seen.add(name)


def _problems(conditions: Sequence[Mapping[str, Any]], *, params: bool) -> list[str]:
    """Say what is wrong with each expression; nothing where they can't be compiled here."""
    if not conditions or not is_available():
        return []
    from kubex.testing.admission_policies.match_conditions import MatchConditions  # few clusters have conditions

    return [each.problem for each in MatchConditions(conditions, params=params).expressions]
