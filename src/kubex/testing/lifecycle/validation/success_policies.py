"""What the server refuses in the success policies of jobs.

https://kubernetes.io/docs/concepts/workloads/controllers/job/#success-policy
"""

from __future__ import annotations

import re
from typing import Any, Final

from kubex.core._go_text import go_quoted
from kubex.testing.failures import Cause, field_invalid, field_required, field_too_long
from kubex.testing.lifecycle.json_members import list_at
from kubex.testing.lifecycle.validation.values import not_negative

__all__ = ["success_policy_causes"]

_MOST_RULES: Final = 20
_LONGEST_INDEXES: Final = 64 * 1024
_NUMBER: Final = re.compile(r"\+?[0-9]{1,18}")


class _Refused(Exception):
    """Indexes can't be read; the text says why."""


def success_policy_causes(policy: dict[str, Any], completions: int | None, where: str) -> list[Cause]:
    """Say what is wrong with the success policy of a job whose pods have indexes."""
    rules, field = list_at(policy, "rules"), f"{where}.rules"
    causes: list[Cause] = []
    if not rules:
        why = "at least one rules must be specified when the successPolicy is specified"
        causes.append(field_required(field, why))
    if len(rules) > _MOST_RULES:
        text = f"Too many: {len(rules)}: must have at most {_MOST_RULES} items"
        causes.append(Cause("FieldValueTooMany", text, field))
    if completions is None:  # without which no rule can be looked at
        return causes
    for index, rule in enumerate(rules):
        causes += _rule_causes(rule, completions, f"{field}[{index}]")
    return causes


def _rule_causes(rule: dict[str, Any], completions: int, where: str) -> list[Cause]:
    indexes, count = rule.get("succeededIndexes"), rule.get("succeededCount")
    causes: list[Cause] = []
    if indexes is None and count is None:
        why = "at least one of succeededCount or succeededIndexes must be specified"
        causes.append(field_required(where, why))
    number = 0
    if indexes is not None:
        field = f"{where}.succeededIndexes"
        if len(indexes.encode()) > _LONGEST_INDEXES:
            causes.append(field_too_long(field, _LONGEST_INDEXES))
        try:
            number = _count(indexes, completions)
        except _Refused as refused:
            causes.append(field_invalid(field, indexes, f"error parsing succeededIndexes: {refused}"))
    if count is None:
        return causes
    field = f"{where}.succeededCount"
    causes += not_negative(field, count)
    if count > completions:
        why = f"must be less than or equal to {completions} (the number of specified completions)"
        causes.append(field_invalid(field, count, why))
    if indexes is not None and count > number:
        of = "the number of indexes in the specified succeededIndexes field"
        causes.append(field_invalid(field, count, f"must be less than or equal to {number} ({of})"))
    return causes


def _count(indexes: str, completions: int) -> int:
    """Count the indexes of a text such as `0,2-4`."""
    total, last = 0, -1
    for interval in indexes.split(",") if indexes else ():
        limits = interval.split("-")
        if len(limits) > 2:
            most = "the requirement that an index interval can have at most two parts separated by '-'"
            raise _Refused(f"the fragment {go_quoted(interval)} violates {most}")
        first = end = _index(limits[0], completions)
        if len(limits) > 1:
            end = _index(limits[1], completions)
            if first >= end:
                raise _Refused(f"non-increasing order, previous: {first}, current: {end}")
        if last >= first:
            raise _Refused(f"non-increasing order, previous: {last}, current: {first}")
        total += end - first + 1
        last = end
    return total


def _index(text: str, completions: int) -> int:
    if not _NUMBER.fullmatch(text):
        raise _Refused(f"cannot convert string to integer for index: {go_quoted(text)}")
    index = int(text)
    if index >= completions:
        raise _Refused(f"too large index: {go_quoted(text)}")
    return index
