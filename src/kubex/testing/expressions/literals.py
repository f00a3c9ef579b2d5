"""Checks of texts in expressions that can be read before anything is evaluated: patterns, durations, timestamps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from kubex.core.duration import Duration
from kubex.core.exceptions import InvalidArgument
from kubex.testing.custom_patterns import pattern_problem

__all__ = ["literal_failure", "literal_problems"]

_TEXT: Final = re.compile(
    r"""//[^\n]*|(?P<raw>[rR]?)(?P<quotes>\"{3}|'{3}|["'])(?P<text>(?:\\.|.)*?)(?P=quotes)""", re.DOTALL
)
_CALL: Final = re.compile(
    r"(?:^|(?P<before>[.\w])|[^.\w])\s*"
    r"(?P<name>matches|duration|timestamp|find|findAll|int|uint|double|bool)\s*\(\s*$"
)
_NUMBERS: Final[Mapping[str, re.Pattern[str]]] = {
    "int": re.compile(r"[+-]?[0-9]+"),
    "uint": re.compile(r"\+?[0-9]+"),
    "double": re.compile(r"[+-]?([0-9.]+([eE][+-]?[0-9]+)?|0[xX][0-9a-fA-F.pP+-]+|[iI]nf(inity)?|[nN]a[nN])"),
    "bool": re.compile(r"1|t|true|TRUE|True|0|f|false|FALSE|False"),
}
_METHODS: Final = ("matches", "find", "findAll")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Final[Mapping[str, str]] = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)


def literal_problems(expression: str) -> str:
    """Say which literals can't be what a function takes, in the compiler's form; `""` if none.

    Args:
        expression: that compiles.
    """
    return "\n".join(_problems(expression))


def literal_failure(expression: str) -> str:
    """Say what keeps an expression that compiles from being one that is evaluated; `""` if nothing.

    Args:
        expression: that compiles.
    """
    for name, text, _ in _arguments(expression):
        problem = pattern_problem(text) if name in ("find", "findAll") else None
        if name in _NUMBERS and _NUMBERS[name].fullmatch(text) is None:
            problem = f"type conversion error from 'string' to '{name}'"
        if problem is not None:
            return problem
    return ""


def _problems(expression: str) -> Iterator[str]:
    for name, text, at in _arguments(expression):
        if name in _CHECKS and not _CHECKS[name](text):
            yield _located(expression, at, f"invalid {name} argument")


def _arguments(expression: str) -> Iterator[tuple[str, str, int]]:
    """Give the texts that are the first argument of a function, with its name and where they are."""
    for match in _TEXT.finditer(expression):
        if match["quotes"] is None or not expression[match.end() :].lstrip().startswith((")", ",")):
            continue
        call = _CALL.search(expression[: match.start()])
        name = call["name"] if call is not None else ""
        if call is not None and call["before"] == ("." if name in _METHODS else None):
            yield name, match["text"] if match["raw"] else _unescaped(match["text"]), match.start()


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda each: _ESCAPES.get(each[1], each[1]), text)


def _located(expression: str, at: int, problem: str) -> str:
    before = expression[:at]
    line, column = before.count("\n"), at - (before.rfind("\n") + 1)
    shown = expression.split("\n")[line]
    return f"ERROR: <input>:{line + 1}:{column + 1}: {problem}\n | {shown}\n | {'.' * column}^"


def _is_duration(text: str) -> bool:
    try:
        Duration.parse(text)
    except InvalidArgument:
        return False
    return True


def _is_timestamp(text: str) -> bool:
    if _MOMENT.fullmatch(text) is None:
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


_CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "matches": lambda text: pattern_problem(text) is None,
    "duration": _is_duration,
    "timestamp": _is_timestamp,
}
