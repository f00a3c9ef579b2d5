"""The names under which CEL knows fields.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-path-escaping
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = ["RESERVED_WORDS", "escaped", "is_identifier"]

RESERVED_WORDS: Final = frozenset(
    [
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ]
)
"""Words of CEL that are no names."""

_ESCAPES: Final = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_TO_ESCAPE: Final = re.compile(r"__|[./-]")
_IDENTIFIER: Final = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
_SAYABLE: Final = re.compile(r"[A-Za-z_./-][A-Za-z0-9_./-]*")


@lru_cache(maxsize=4096)
def escaped(name: str) -> str | None:
    """Give the name of a field in CEL; `None` for one that can't be said."""
    if name in RESERVED_WORDS:
        return f"__{name}__"
    if _SAYABLE.fullmatch(name) is None:
        return None
    return _TO_ESCAPE.sub(lambda match: _ESCAPES[match[0]], name)


def is_identifier(name: str) -> bool:
    """Say whether a name can be a variable's."""
    return _IDENTIFIER.fullmatch(name) is not None and name not in RESERVED_WORDS
