"""What pods tolerate, where one toleration may be part of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kubex.testing.storage import JsonObject

__all__ = ["merged_tolerations"]


def merged_tolerations(own: Sequence[JsonObject], more: Sequence[JsonObject]) -> list[JsonObject]:
    """Give tolerations together, without those that others include; of equal ones the first stays."""
    every = [*own, *more]
    merged: list[JsonObject] = []
    for index, each in enumerate(every):
        later = (other for other in every[index + 1 :] if _members(other) != _members(each))
        if not any(_includes(other, each) for other in (*merged, *later)):
            merged.append(each)
    return merged


def _members(toleration: JsonObject) -> tuple[Any, ...]:
    texts = (toleration.get(name) or "" for name in ("key", "operator", "value", "effect"))
    return (*texts, toleration.get("tolerationSeconds"))


def _includes(one: JsonObject, other: JsonObject) -> bool:
    """Say whether what the other one tolerates is tolerated by the one as well."""
    if _members(one) == _members(other):
        return True
    key, operator, value, effect, seconds = _members(one)
    other_key, other_operator, other_value, other_effect, other_seconds = _members(other)
    if key != other_key and (key or operator != "Exists"):
        return False
    if effect not in ("", other_effect):
        return False
    if effect == "NoExecute" and seconds is not None and (other_seconds is None or other_seconds > seconds):
        return False
    if operator in ("", "Equal"):
        return bool(other_operator == "Equal" and other_value == value)
    return bool(operator == "Exists")
