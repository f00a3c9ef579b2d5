"""`LabelRequirement`: one condition of a label selector, and the rules for label keys and values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from kubex.core.exceptions import InvalidArgument

__all__ = ["LabelOperator", "LabelRequirement", "label_key_problem", "label_value_problem", "whole_number"]

_NAME = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?")
_LONGEST_NAME = 63
_SUBDOMAIN = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_LONGEST_SUBDOMAIN = 253
_INTEGER = re.compile(r"([+-]?)0*([0-9]{1,19})")


class LabelOperator(StrEnum):
    """How a requirement's key and values relate, as selectors spell it."""

    EQUALS = "="
    DOUBLE_EQUALS = "=="
    NOT_EQUALS = "!="
    IN = "in"
    NOT_IN = "notin"
    EXISTS = "exists"
    DOES_NOT_EXIST = "!"
    GREATER_THAN = ">"
    LESS_THAN = "<"


_SETS = frozenset({LabelOperator.IN, LabelOperator.NOT_IN})
_UNARY = frozenset({LabelOperator.EXISTS, LabelOperator.DOES_NOT_EXIST})
_POSITIVE = frozenset({LabelOperator.EQUALS, LabelOperator.DOUBLE_EQUALS, LabelOperator.IN})
_NEGATIVE = frozenset({LabelOperator.NOT_EQUALS, LabelOperator.NOT_IN})
_ORDER = frozenset({LabelOperator.GREATER_THAN, LabelOperator.LESS_THAN})


@dataclass(frozen=True, slots=True)
class LabelRequirement:
    """One condition on an object's labels.

    Args:
        key: label key, with its prefix where it has one.
        operator: how key and values relate.
        values: none for EXISTS and DOES_NOT_EXIST, at least one for IN and NOT_IN, one for the others; for
            GREATER_THAN and LESS_THAN a whole number of 64 bits. An empty string is a value.

    Raises:
        InvalidArgument: a key or value that no label can have, or the wrong number of values.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
    """

    key: str
    operator: LabelOperator
    values: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problem = label_key_problem(self.key) or self._values_problem()
        if problem is not None:
            raise InvalidArgument(f'label "{self.key}": {problem}')
        object.__setattr__(self, "values", tuple(sorted(set(self.values))))

    def _values_problem(self) -> str | None:
        count = len(self.values)
        if self.operator in _UNARY:
            return f'"{self.operator.value}" takes no values' if count else None
        if self.operator in _SETS:
            if not count:
                return f'"{self.operator.value}" needs at least one value'
        elif count != 1:
            return f'"{self.operator.value}" needs exactly one value'
        for value in self.values:
            problem = label_value_problem(value)
            if problem is not None:
                return problem
            if self.operator in _ORDER and whole_number(value) is None:
                return f'"{self.operator.value}" needs a whole number of 64 bits, not "{value}"'
        return None

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Say whether an object with these labels fulfils the condition."""
        value = labels.get(self.key)
        operator = self.operator
        if operator in _POSITIVE:
            return value is not None and value in self.values
        if operator in _NEGATIVE:
            return value is None or value not in self.values
        if operator is LabelOperator.EXISTS:
            return value is not None
        if operator is LabelOperator.DOES_NOT_EXIST:
            return value is None
        number, bound = None if value is None else whole_number(value), whole_number(self.values[0])
        if number is None or bound is None:
            return False
        return number > bound if operator is LabelOperator.GREATER_THAN else number < bound

    def __str__(self) -> str:
        if self.operator is LabelOperator.EXISTS:
            return self.key
        if self.operator is LabelOperator.DOES_NOT_EXIST:
            return f"!{self.key}"
        if self.operator in _SETS:
            return f"{self.key} {self.operator.value} ({','.join(self.values)})"
        return f"{self.key}{self.operator.value}{self.values[0]}"


def label_key_problem(key: str) -> str | None:
    """Say what keeps a string from being a label key; `None` if nothing does."""
    prefix, slash, name = key.rpartition("/")
    if slash and not prefix:
        return 'the prefix before "/" is empty'
    if slash and (len(prefix) > _LONGEST_SUBDOMAIN or not _SUBDOMAIN.fullmatch(prefix)):
        return (
            f'the prefix "{prefix}" must be a DNS name of at most {_LONGEST_SUBDOMAIN} characters: '
            'lower case letters, digits, "-" and "."'
        )
    if not name:
        return "the key's name is empty"
    return _name_problem("key's name", name)


def label_value_problem(value: str) -> str | None:
    """Say what keeps a string from being a label value; `None` if nothing does."""
    return _name_problem("value", value) if value else None


def _name_problem(what: str, text: str) -> str | None:
    if len(text) > _LONGEST_NAME:
        return f'the {what} "{text}" is longer than {_LONGEST_NAME} characters'
    if not _NAME.fullmatch(text):
        return (
            f'the {what} "{text}" must consist of letters, digits, "-", "_" and ".", '
            "and begin and end with a letter or digit"
        )
    return None


def whole_number(text: str) -> int | None:
    """Give a whole number of 64 bits, as Go reads it; `None` if it is none."""
    match = _INTEGER.fullmatch(text)
    if match is None:
        return None
    number = int(match[1] + match[2])
    return number if -(2**63) <= number < 2**63 else None
