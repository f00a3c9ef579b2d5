"""What the library says of expressions, in the words of the API server, whose library is another.

Both read the same grammar, and point to mistakes alike; what they say of them differs.
"""

from __future__ import annotations

import re
from typing import Final

from kubex.testing.custom_patterns import pattern_words
from kubex.testing.expressions.types import shown_types

__all__ = ["compiler_words", "evaluator_words"]

_STATUS: Final = re.compile(r"^[A-Z_]+: ")
_TRAILER: Final = re.compile(r" \[[A-Z_]+\]$")
_ERROR: Final = re.compile(r"ERROR: <input>:(?P<line>\d+):(?P<column>\d+): (?P<problem>.*)")
_NEXT: Final = re.compile(r"\n(?=ERROR: <input>:)")
_UNDECLARED: Final = re.compile(r"undeclared reference to '(\w+)\.[\w.]+' \(in container ''\)")
_COMPILER: Final = (
    (re.compile(r"undefined field '(.*)' not found in struct '.*'"), r"undefined field '\1'"),
    (
        re.compile(r"expression of type '(.*)' cannot be the operand of a select operation"),
        r"type '\1' does not support field selection",
    ),
    (re.compile(r"cannot be the range of a comprehension"), "cannot be range of a comprehension"),
)
# What follows from another mistake, and the server does not tell.
_NOT_TOLD: Final = ("*error*", "<<nil>> parsetree")
_NO_OVERLOAD: Final = re.compile(r"found no matching overload for '([^']+)' applied to '\((.*)\)'")
_CONVERSION: Final = r"type conversion error from '\1' to '\2'"
_PATTERN: Final = re.compile(r"invalid regular expression: (.*)", re.DOTALL)
_EVALUATOR: Final = (
    (re.compile(r'Key not found in map : "?(.*?)"?$'), r"no such key: \1"),
    (re.compile(r"Index error: index=(-?\d+) size=\d+"), r"index out of bounds: \1"),
    (re.compile(r'No value with name "(.*)" found in Activation'), r"no such attribute(s): \1"),
    (re.compile(r"(No matching overloads found|Applying SELECT to non-message type|Invalid container type).*"), ""),
    (re.compile(r"divide by zero"), "division by zero"),
    (re.compile(r"(?i)(?:cannot convert|type conversion error from) '?(string)'? to '?(\w+)'?$"), _CONVERSION),
    (
        re.compile(r"(String) to (Timestamp|Duration) conversion failed"),
        r"type conversion error from 'string' to 'google.protobuf.\2'",
    ),
)


def compiler_words(text: str, expression: str) -> str:
    """Say why an expression does not compile.

    Args:
        text: of the library's error.
        expression: that it is about.
    """
    found = _NEXT.split(_TRAILER.sub("", _STATUS.sub("", text)))
    problems = (_problem(each, expression) for each in found if not any(part in each for part in _NOT_TOLD))
    return shown_types("\n".join(told for _, told in sorted(problems, key=lambda problem: problem[0])))


def _problem(text: str, expression: str) -> tuple[tuple[int, int], str]:
    """Give where one problem is, and its text: the problem, the line of the expression, and a pointer into it."""
    match = _ERROR.match(text)
    if match is None:
        return (0, 0), text
    place, column, problem = int(match["line"]), int(match["column"]), match["problem"]
    for pattern, words in _COMPILER:
        problem = pattern.sub(words, problem)
    line = _line(expression, place)
    qualified = _UNDECLARED.fullmatch(problem)
    if qualified is not None:  # the server tells of the variable, and not of what is said of it
        name = qualified[1]
        column = line.rfind(name, 0, column) + 1
        problem = f"undeclared reference to '{name}' (in container '')"
        shown = f"\n | {line}\n | {'.' * (column - 1)}^"
    else:
        shown = text[match.end() :]
    overload = _NO_OVERLOAD.fullmatch(problem)
    if overload is not None and _is_method(line[: column - 1], overload[1]):
        target, *rest = _split(overload[2])
        problem = f"found no matching overload for '{overload[1]}' applied to '{target}.({', '.join(rest)})'"
    return (place, column), f"ERROR: <input>:{place}:{column}: {problem}{shown}"


def _line(expression: str, number: int) -> str:
    lines = expression.split("\n")
    return lines[number - 1] if number <= len(lines) else ""


def _is_method(before: str, name: str) -> bool:
    """Whether a function is called behind a value, given what stands before the parenthesis."""
    return re.search(rf"\.\s*{re.escape(name)}\s*$", before) is not None


def _split(types: str) -> list[str]:
    """Split a list of types at the commas that are inside none of them."""
    found, depth = [""], 0
    for each in types:
        depth += (each == "(") - (each == ")")
        if each == "," and not depth:
            found.append("")
        else:
            found[-1] += each
    return [each.strip() for each in found]


def evaluator_words(text: str) -> str:
    """Say why an expression has no value.

    Args:
        text: of the library's error.
    """
    text = _TRAILER.sub("", _STATUS.sub("", text))
    if match := _PATTERN.fullmatch(text):
        return pattern_words(match[1])
    for pattern, words in _EVALUATOR:
        if pattern.search(text):
            return pattern.sub(words, text) or "no such overload"
    return text
