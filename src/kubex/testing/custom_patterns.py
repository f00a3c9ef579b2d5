"""The patterns of custom resources' schemas: RE2, as the API server has it, in whose words an invalid one is told.

A match takes time in proportion to the text, whatever the pattern; one of Python's can take for ever.

https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

__all__ = ["findings", "matches", "pattern_problem", "pattern_words"]

_re2: Any = import_module("re2")  # it has no types
_options: Any = _re2.Options()
_options.log_errors = False

# What C++ calls a mistake, and Go.
_GO_WORDS: Final[Mapping[str, str]] = {
    "missing )": "missing closing )",
    "missing ]": "missing closing ]",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid repetition size": "invalid repeat count",
    "invalid named capture group": "invalid named capture",
    "no argument for repetition operator": "missing argument to repetition operator",
    "bad repetition operator": "invalid nested repetition operator",
    "trailing \\": "trailing backslash at end of expression",
}


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern is found anywhere in a text; one that is invalid is found nowhere."""
    compiled = _compiled(pattern)
    return not isinstance(compiled, str) and compiled.search(text) is not None


def pattern_problem(pattern: str) -> str | None:
    """Say what is wrong with a pattern; `None` if it is valid."""
    compiled = _compiled(pattern)
    return compiled if isinstance(compiled, str) else None


def findings(pattern: str, text: str) -> list[str]:
    """Give what a pattern finds in a text, from left to right.

    Raises:
        ValueError: it is invalid.
    """
    compiled = _compiled(pattern)
    if isinstance(compiled, str):
        raise ValueError(compiled)
    return [match[0] for match in compiled.finditer(text)]


def pattern_words(problem: str) -> str:
    """Say what is wrong with a pattern in the server's words, given the library's."""
    words, _, piece = problem.partition(": ")
    return f"error parsing regexp: {_GO_WORDS.get(words, words)}: `{piece}`"


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Any:
    """Give the compiled pattern, or what is wrong with it."""
    try:
        return _re2.compile(pattern, _options)
    except _re2.error as error:
        problem: Any = error.args[0]
        return pattern_words(problem.decode(errors="replace") if isinstance(problem, bytes) else str(problem))
