"""Refuses arguments that would fail later, where nobody sees what they were given to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from kubex.core.exceptions import InvalidArgument, InvalidType

__all__ = ["check_count", "check_function", "check_object_name", "check_seconds"]

_LABEL: Final = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_OBJECT_NAME: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_LONGEST_NAME: Final = 253
_OF_PLAIN: Final = ("None", "Requeue", "Requeue | None", "None | Requeue", "Optional[Requeue]")
"""What functions say that they give which were meant to be awaited."""


def check_count(what: str, value: object) -> None:
    """Refuse what is no whole number of 1 or more.

    Raises:
        InvalidArgument: it is less.
        InvalidType: it is no whole number.
    """
    if not isinstance(value, int):
        raise InvalidType.of(what, "a whole number, 1 or more,", value)
    if value is True or value < 1:
        raise InvalidArgument(f"{what}={value!r}: a whole number, 1 or more, is needed")


def check_seconds(what: str, value: object) -> None:
    """Refuse what is no number of 0 or more.

    Raises:
        InvalidArgument: it is less, or not a number at all (`nan`).
        InvalidType: it is of another type.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidType.of(what, "a number of seconds, 0 or more,", value)
    if not value >= 0:
        raise InvalidArgument(f"{what}={value!r}: seconds, 0 or more, are needed")


def check_object_name(what: str, value: object) -> None:
    """Refuse what no object can be called.

    Raises:
        InvalidArgument: it is no such name.
        InvalidType: it is no text.
    """
    if not isinstance(value, str):
        raise InvalidType.of(what, "a name", value)
    if len(value) > _LONGEST_NAME or _OBJECT_NAME.fullmatch(value) is None:
        raise InvalidArgument(f"{what}={value!r}: a name of lower case letters, digits, '-' and '.' is needed")


def check_function(what: str, function: object, *arguments: str, is_async: bool = False) -> None:
    """Refuse what can't be called as it will be.

    Args:
        what: what it is for, to begin the text with.
        function: what was given.
        arguments: what it will be called with, in words.
        is_async: whether what it gives is awaited.

    Raises:
        InvalidArgument: it is asynchronous and must not be, or the other way round, or takes other arguments.
        InvalidType: it can't be called.
    """
    if not callable(function):
        raise InvalidType.of(what, "a function", function)
    if is_async and _is_plain(function):
        raise InvalidArgument(f"{what}: it is awaited, so it has to be an `async def`, and {_name(function)} is none")
    if not is_async and _is_coroutine_function(function):
        raise InvalidArgument(f"{what}: nothing awaits it, so it has to be a plain `def`, not {_name(function)}")
    if not _takes(function, len(arguments)):
        raise InvalidArgument(f"{what}: it is called with {' and '.join(arguments)}, which {_name(function)} can't be")


def _name(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__qualname__", type(function).__qualname__))


def _is_coroutine_function(function: Callable[..., Any]) -> bool:
    import inspect

    return any(inspect.iscoroutinefunction(each) for each in (function, type(function).__call__))


def _is_plain(function: Callable[..., Any]) -> bool:
    """Whether a function is known to give nothing that can be awaited."""
    import inspect

    inner = inspect.unwrap(function)  # a decorator's plain function may hand on a coroutine
    if inspect.isasyncgenfunction(inner) or isinstance(inner, type):
        return True
    if not (inspect.isfunction(inner) or inspect.ismethod(inner)):
        return False
    # What says nothing, or something else, may hand on the coroutine of another function.
    says = str(inner.__annotations__.get("return", "nothing"))
    return says in _OF_PLAIN and not inspect.iscoroutinefunction(inner)


def _takes(function: Callable[..., Any], count: int) -> bool:
    import inspect

    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # of some that are written in C nobody knows
        return True
    try:
        signature.bind(*range(count))
    except TypeError:
        return False
    return True
