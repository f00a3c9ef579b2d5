"""Lists: `isSorted`, `sum`, `min`, `max`, `indexOf`.

https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-list-library
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from kubex.testing.expressions.functions.declaration import Function, NoSuchOverload

__all__ = ["LIST_FUNCTIONS"]

_SUMMED: Final = ("int", "uint", "double", "google.protobuf.Duration")
_COMPARED: Final = (*_SUMMED, "bool", "google.protobuf.Timestamp", "string", "bytes")
_LEAST, _MOST = -(2**63), 2**63 - 1


def _is_sorted(values: Sequence[Any]) -> bool:
    try:
        return all(one <= other for one, other in pairwise(values))
    except TypeError:
        raise NoSuchOverload from None


def _sum(values: Sequence[Any]) -> Any:
    try:
        total: Any = sum(values[1:], values[0]) if values else 0
    except TypeError:
        raise NoSuchOverload from None
    if isinstance(total, int) and not _LEAST <= total <= _MOST:
        raise ValueError("integer overflow")
    if not isinstance(total, int | float | timedelta):
        raise NoSuchOverload
    return total


def _extreme(name: str, choose: Callable[[Sequence[Any]], Any]) -> Callable[[Sequence[Any]], Any]:
    def chosen(values: Sequence[Any]) -> Any:
        if not values:
            raise ValueError(f"{name} called on empty list")
        try:
            return choose(values)
        except TypeError:
            raise NoSuchOverload from None

    return chosen


def _index_of(values: Sequence[Any], value: Any) -> int:
    return next((index for index, each in enumerate(values) if each == value), -1)


def _last_index_of(values: Sequence[Any], value: Any) -> int:
    return next((index for index in range(len(values) - 1, -1, -1) if values[index] == value), -1)


LIST_FUNCTIONS: Final = (
    *(Function("isSorted", (f"list<{each}>",), "bool", _is_sorted) for each in _COMPARED),
    *(Function("sum", (f"list<{each}>",), each, _sum) for each in _SUMMED),
    *(Function("min", (f"list<{each}>",), each, _extreme("min", min)) for each in _COMPARED),
    *(Function("max", (f"list<{each}>",), each, _extreme("max", max)) for each in _COMPARED),
    Function("indexOf", ("list<dyn>", "dyn"), "int", _index_of),
    Function("lastIndexOf", ("list<dyn>", "dyn"), "int", _last_index_of),
)
"""Functions for lists."""
