"""Regular expressions: `find` and `findAll`.

https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-regex-library
"""

from __future__ import annotations

from typing import Final

from kubex.testing.custom_patterns import findings
from kubex.testing.expressions.functions.declaration import Function

__all__ = ["PATTERN_FUNCTIONS"]


def _find(text: str, pattern: str) -> str:
    return next(iter(findings(pattern, text)), "")


def _find_all(text: str, pattern: str, most: int = -1) -> list[str]:
    found = findings(pattern, text)
    return found if most < 0 else found[:most]


PATTERN_FUNCTIONS: Final = (
    Function("find", ("string", "string"), "string", _find),
    Function("findAll", ("string", "string"), "list<string>", _find_all),
    Function("findAll", ("string", "string", "int"), "list<string>", _find_all),
)
"""Functions for regular expressions."""
