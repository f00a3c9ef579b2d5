"""Writes Python expressions as `ruff format` leaves them: on one line, or with one part on each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from kubex.core._json_value import is_array, is_object
from kubex.generate.python_module import quoted, width_of

__all__ = ["Bracketed", "Expression", "argument", "call", "literal", "subscripted", "written"]


@dataclass(frozen=True)
class Bracketed:
    """Parts in brackets: a call, a subscript, a list or a dict."""

    opening: str
    parts: Sequence[tuple[str, Expression]]
    """Each with what stands before it: `name=`, `"key": `, or nothing."""
    closing: str


Expression: TypeAlias = str | Bracketed
"""Python's text, or one that may be broken into lines."""


def call(name: str, parts: Sequence[tuple[str, Expression]]) -> Bracketed:
    """Give a call."""
    return Bracketed(f"{name}(", parts, ")")


def argument(name: str, value: Expression) -> tuple[str, Expression]:
    """Give a named argument of a call."""
    return f"{name}=", value


def literal(value: Any) -> Expression:
    """Give the expression of a JSON value."""
    if is_object(value):
        return Bracketed("{", [(f"{quoted(key)}: ", literal(item)) for key, item in value.items()], "}")
    if is_array(value):
        return Bracketed("[", [("", literal(item)) for item in value], "]")
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, float):
        return _number(value)
    return repr(value)


def subscripted(text: str) -> Expression:
    """Give the expression of a type's text, `dict[str, list[int]]`."""
    opening, bracket, rest = text.partition("[")
    if not bracket or not text.endswith("]"):
        return text
    parts, depth, begin = list[str](), 0, 0
    inside = rest[:-1]
    for at, character in enumerate(inside):
        depth += {"[": 1, "]": -1}.get(character, 0)
        if depth < 0:  # `list[a] | dict[b]`
            return text
        if character == "," and depth == 0:
            parts.append(inside[begin:at].strip())
            begin = at + 1
    parts.append(inside[begin:].strip())
    return Bracketed(f"{opening}[", [("", subscripted(part)) for part in parts], "]")


def written(expression: Expression, width: int, *, before: int = 0, after: int = 0, indent: str = "") -> str:
    """Give the text of an expression, without a line break at its end.

    Args:
        expression: what to write.
        width: characters that a line may have.
        before: characters that stand on its first line already.
        after: characters that will follow on its last line.
        indent: white space at the beginning of the line that it stands in.
    """
    line = _on_one_line(expression)
    if before + width_of(line) + after <= width or isinstance(expression, str) or not expression.parts:
        return line
    inner = f"{indent}    "
    # A comma after the only part of a subscript would make a tuple of it.
    is_alone = len(expression.parts) == 1 and expression.opening.endswith("[") and expression.opening != "["
    lines = [expression.opening]
    for prefix, part in expression.parts:
        text = written(part, width, before=len(inner) + width_of(prefix), after=1, indent=inner)
        comma = "" if is_alone else ","
        lines.append(f"{inner}{prefix}{text}{comma}")
    lines.append(f"{indent}{expression.closing}")
    return "\n".join(lines)


def _on_one_line(expression: Expression) -> str:
    if isinstance(expression, str):
        return expression
    parts = ", ".join(prefix + _on_one_line(part) for prefix, part in expression.parts)
    return f"{expression.opening}{parts}{expression.closing}"


def _number(value: float) -> str:
    """Give a number as ruff writes it: `1e+20` is `1e20`."""
    if not math.isfinite(value):
        return f'float("{value}")'
    return repr(value).replace("e+", "e")
