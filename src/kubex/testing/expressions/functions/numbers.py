"""Quantities and semantic versions, which are compared alike, and integers beside floats.

https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-quantity-library
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, TypeAlias

from kubex.core._json_value import is_object
from kubex.core.exceptions import InvalidArgument
from kubex.core.quantity import Quantity
from kubex.testing.expressions.functions.declaration import Function, NoSuchOverload, opaque, text_of

__all__ = ["CROSS_TYPE_COMPARISONS", "NUMBER_FUNCTIONS"]

_QUANTITY: Final = "kubernetes.Quantity"
_SEMVER: Final = "kubernetes.Semver"
_NO_QUANTITY: Final = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_LEAST, _MOST = -(2**63), 2**63 - 1
_NUMBER: Final = "(0|[1-9][0-9]*)"
_VERSION: Final = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}(-(?P<pre>[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*))?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?",
    re.ASCII,
)
_Precedence: TypeAlias = tuple[tuple[int, int, int], tuple[tuple[int, int, str], ...]]
_RELEASE: Final = ((2, 0, ""),)  # is after all that leads to it


def _quantity(text: str) -> dict[str, Any]:
    try:
        amount = Quantity(text).to_decimal()
    except InvalidArgument:
        raise ValueError(_NO_QUANTITY) from None
    return _of_amount(amount)


def _of_amount(amount: Decimal) -> dict[str, Any]:
    return opaque(_QUANTITY, format(amount.normalize(), "f") if amount else "0")


def _amount(value: Any) -> Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return Decimal(text_of(value, _QUANTITY))


def _is_quantity(text: str) -> bool:
    try:
        Quantity(text)
    except InvalidArgument:
        return False
    return True


def _is_integer(value: Any) -> bool:
    amount = _amount(value)
    return amount == amount.to_integral_value() and _LEAST <= amount <= _MOST


def _as_integer(value: Any) -> int:
    if not _is_integer(value):
        raise ValueError("cannot convert value to integer")
    return int(_amount(value))


def _semver(text: str, tolerant: bool = False) -> dict[str, Any]:
    text = _normalized(text) if tolerant else text
    if _VERSION.fullmatch(text) is None:
        raise ValueError("No Major.Minor.Patch elements found" if text.count(".") < 2 else f"Invalid version {text!r}")
    return opaque(_SEMVER, text)


def _normalized(text: str) -> str:
    """Give a version in full: without a `v`, with all three numbers, and these without leading zeros."""
    parts = text.removeprefix("v").split(".", 2)
    for index, part in enumerate(parts):
        if len(part) > 1:
            rest = part.lstrip("0")
            parts[index] = rest if rest[:1].isdigit() else f"0{rest}"
    if len(parts) < 3 and re.search("[+-]", parts[-1]):
        raise ValueError("short version cannot contain PreRelease/Build meta data")
    return ".".join([*parts, "0", "0"][:3])


def _is_semver(text: str, tolerant: bool = False) -> bool:
    try:
        _semver(text, tolerant)
    except ValueError:
        return False
    return True


def _precedence(value: Any) -> _Precedence:
    match = _VERSION.fullmatch(text_of(value, _SEMVER))
    if match is None:
        raise NoSuchOverload
    numbers = (int(match[1]), int(match[2]), int(match[3]))
    if match["pre"] is None:
        return numbers, _RELEASE
    parts = match["pre"].split(".")
    return numbers, tuple((0, int(each), "") if each.isdigit() else (1, 0, each) for each in parts)


def _compared(one: Any, other: Any) -> int:
    if is_object(one) and _SEMVER in one:
        first, second = _precedence(one), _precedence(other)
        return (first > second) - (first < second)
    amount, beside = _amount(one), _amount(other)
    return (amount > beside) - (amount < beside)


def _part(index: int) -> Callable[[Any], int]:
    def part(version: Any) -> int:
        return _precedence(version)[0][index]

    return part


_ORDERED: Final = tuple(
    function
    for type_ in (_QUANTITY, _SEMVER)
    for function in (
        Function("isGreaterThan", (type_, type_), "bool", lambda one, other: _compared(one, other) > 0),
        Function("isLessThan", (type_, type_), "bool", lambda one, other: _compared(one, other) < 0),
        Function("compareTo", (type_, type_), "int", _compared),
    )
)

NUMBER_FUNCTIONS: Final = (
    *_ORDERED,
    Function("isQuantity", ("string",), "bool", _is_quantity, method=False),
    Function("quantity", ("string",), _QUANTITY, _quantity, method=False),
    Function("sign", (_QUANTITY,), "int", lambda value: _compared(value, 0), method=False),
    Function("isInteger", (_QUANTITY,), "bool", _is_integer),
    Function("asInteger", (_QUANTITY,), "int", _as_integer),
    Function("asApproximateFloat", (_QUANTITY,), "double", lambda value: float(_amount(value))),
    *(
        function
        for other in (_QUANTITY, "int")
        for function in (
            Function("add", (_QUANTITY, other), _QUANTITY, lambda a, b: _of_amount(_amount(a) + _amount(b))),
            Function("sub", (_QUANTITY, other), _QUANTITY, lambda a, b: _of_amount(_amount(a) - _amount(b))),
        )
    ),
    Function("isSemver", ("string",), "bool", _is_semver, method=False),
    Function("isSemver", ("string", "bool"), "bool", _is_semver, method=False),
    Function("semver", ("string",), _SEMVER, _semver, method=False),
    Function("semver", ("string", "bool"), _SEMVER, _semver, method=False),
    Function("major", (_SEMVER,), "int", _part(0)),
    Function("minor", (_SEMVER,), "int", _part(1)),
    Function("patch", (_SEMVER,), "int", _part(2)),
)
"""Functions for quantities and semantic versions."""

_NUMBERS: Final = ("int", "uint", "double")
CROSS_TYPE_COMPARISONS: Final = tuple(
    Function(operator, (one, other), "bool", lambda one, other: False, method=False)
    for operator in ("_<_", "_<=_", "_>_", "_>=_")
    for one in _NUMBERS
    for other in _NUMBERS
    if one != other
)
"""Comparisons of numbers of different types: `1 < 1.5`."""
