"""What the server refuses in conditions of a status, of those kinds whose conditions it looks into.

https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/condition/
"""

from __future__ import annotations

import re
from typing import Any, Final

from kubex.testing.failures import Cause, field_invalid, field_required, field_too_long
from kubex.testing.lifecycle.names import label_key_problems
from kubex.testing.lifecycle.validation.values import duplicate, one_of

__all__ = ["condition_causes"]

_REASON: Final = re.compile(r"[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?")
_REASON_PROBLEM: Final = (
    "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric "
    "characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or "
    "'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is "
    f"'{_REASON.pattern}')"
)
_LONGEST: Final = {"reason": 1024, "message": 32 * 1024}


def condition_causes(conditions: list[dict[str, Any]], where: str) -> list[Cause]:
    """Say what is wrong with conditions.

    Args:
        conditions: of a status.
        where: their path.
    """
    causes: list[Cause] = []
    seen: set[str] = set()
    for index, each in enumerate(conditions):
        kind, field = each.get("type", ""), f"{where}[{index}]"
        if kind in seen:
            causes.append(duplicate(f"{field}.type", kind))
        seen.add(kind)
        causes += _causes(each, field)
    return causes


def _causes(condition: dict[str, Any], where: str) -> list[Cause]:
    kind, reason = condition.get("type", ""), condition.get("reason", "")
    causes = [field_invalid(f"{where}.type", kind, each) for each in label_key_problems(kind)]
    causes += one_of(f"{where}.status", condition.get("status", ""), ("False", "True", "Unknown"))
    generation = condition.get("observedGeneration") or 0
    if generation < 0:
        why = "must be greater than or equal to zero"
        causes.append(field_invalid(f"{where}.observedGeneration", generation, why))
    if condition.get("lastTransitionTime") is None:
        causes.append(field_required(f"{where}.lastTransitionTime"))
    if not reason:
        causes.append(field_required(f"{where}.reason"))
    elif not _REASON.fullmatch(reason):
        causes.append(field_invalid(f"{where}.reason", reason, _REASON_PROBLEM))
    for name, longest in _LONGEST.items():
        if len(condition.get(name, "").encode()) > longest:
            causes.append(field_too_long(f"{where}.{name}", longest))
    return causes
