"""Words for what is wrong with selectors, as the API server has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from kubex.core._go_text import go_quoted
from kubex.core.selectors import LabelOperator
from kubex.core.selectors._label_parser import LabelMistake, LabelSyntaxError
from kubex.core.selectors.label_requirement import whole_number
from kubex.testing.access.rbac import joined_errors
from kubex.testing.lifecycle.names import label_key_problems, label_value_problems

__all__ = ["field_selector_refusal", "label_selector_refusal"]

_REQUIREMENT: Final = "unable to parse requirement: "
_EXPECTED: Final[Mapping[LabelMistake, str]] = {
    LabelMistake.REQUIREMENT: "found '{}', expected: !, identifier, or 'end of string'",
    LabelMistake.REQUIREMENT_AFTER_COMMA: "found '{}', expected: identifier after ','",
    LabelMistake.NEGATED_KEY: f"{_REQUIREMENT}found '{{}}', expected: identifier",
    LabelMistake.OPERATOR: f"{_REQUIREMENT}found '{{}}', expected: in, notin, =, ==, !=, gt, lt",
    LabelMistake.VALUE: f"{_REQUIREMENT}found '{{}}', expected: identifier",
    LabelMistake.SET: f"{_REQUIREMENT}found '{{}}' expected: '('",
    LabelMistake.FIRST_OF_SET: f"{_REQUIREMENT}found '{{}}', expected: ',', ')' or identifier",
    LabelMistake.NEXT_OF_SET: f"{_REQUIREMENT}found '{{}}', expected: ',', or identifier",
    LabelMistake.END_OF_VALUE: f"{_REQUIREMENT}found '{{}}', expected: ',' or ')'",
    LabelMistake.END_OF_REQUIREMENT: "found '{}', expected: ',' or 'end of string'",
}

# Between commas without a backslash before them.
_TERMS: Final = re.compile(r"(?:[^\\,]|\\.|\\$)+", re.DOTALL)
_OPERATOR: Final = re.compile(r"!=|==?")
_UNREAD: Final = re.compile(r"(?:[^\\=]|\\[\\,=])*+(=|\\.?)", re.DOTALL)


def label_selector_refusal(error: LabelSyntaxError) -> str:
    """Say what is wrong with a label selector."""
    if error.mistake is LabelMistake.BAD_KEY:
        problems = "; ".join(label_key_problems(error.found))
        return f"{_REQUIREMENT}<nil>: Invalid value: {go_quoted(error.found)}: {problems}"
    if error.mistake is LabelMistake.BAD_VALUES:
        return _REQUIREMENT + joined_errors(_value_problems(error))
    return _EXPECTED[error.mistake].format(error.found)


def _value_problems(error: LabelSyntaxError) -> Iterator[str]:
    if error.operator in (LabelOperator.GREATER_THAN, LabelOperator.LESS_THAN):
        for index, value in enumerate(error.values):
            if whole_number(value) is None:
                why = "for 'Gt', 'Lt' operators, the value must be an integer"
                yield f"values[{index}]: Invalid value: {go_quoted(value)}: {why}"
    for index, value in enumerate(error.values):
        problems = "; ".join(label_value_problems(value))
        if problems:
            yield f"values[{index}][{error.key}]: Invalid value: {go_quoted(value)}: {problems}"


def field_selector_refusal(text: str) -> str:
    """Say what is wrong with a field selector: with the first of its terms, by their order and not the text's."""
    for term in sorted(_TERMS.findall(text)):
        operator = _OPERATOR.search(term)
        if operator is None:
            return f"invalid selector: '{text}'; can't understand '{term}'"
        problem = _writing_problem(term, operator.end())
        if problem:
            return f"invalid field selector: {problem}"
    return f"invalid selector: '{text}'"


def _writing_problem(term: str, at: int) -> str:
    """Say what is wrong with how the value of a term is written; `""` if nothing is."""
    found = _UNREAD.match(term, at)
    if found is None:
        return ""
    return "unescaped character in value: 61" if found[1] == "=" else f"invalid escape sequence: {found[1]}"
