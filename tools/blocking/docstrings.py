"""Docstrings of asynchronous methods, for those that wait."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["blocking_docstring"]

_PHRASES: Final = (
    (
        "Cancelling the task closes the connection at once; to leave the\n"
        "        loop early, wrap the generator in `contextlib.aclosing`, as any async generator that holds a "
        "connection.",
        "To leave the loop early,\n"
        "        wrap the generator in `contextlib.closing`, as any generator that holds a connection.",
    ),
    ("async with await ", "with "),
    ("async with ", "with "),
    ("async for ", "for "),
    ("aclosing", "closing"),
    ("an async context", "a context"),
    ("An async context", "A context"),
    ("an asynchronous context", "a context"),
    ("Async iterators", "Iterators"),
    ("async iterator", "iterator"),
    ("async-iterable", "iterable"),
    ("await ", ""),
)
_LEFT: Final = re.compile(r"\b(a?sync(hronous)?|await|tasks?)\b", re.IGNORECASE)

_ADDRESS: Final = re.compile(r"https?://\S+")


def blocking_docstring(text: str, where: str) -> str:
    """Say the same of a method that waits.

    Args:
        text: of the asynchronous one.
        where: what it is of, for the error.

    Raises:
        ValueError: it speaks of what only asynchronous programs have, in words that are not known here.
    """
    for asynchronous, blocking in _PHRASES:
        text = text.replace(asynchronous, blocking)
    if found := _LEFT.search(_ADDRESS.sub("", text)):
        raise ValueError(
            f"{where}: the docstring says {found[0]!r}: add to the phrases of tools/blocking/docstrings.py"
        )
    return text
