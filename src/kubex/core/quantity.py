"""`Quantity`: the numbers with units that Kubernetes counts resources in, exact."""

from __future__ import annotations

import math
import re
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self, TypeAlias, TypeGuard, overload

from kubex.core.exceptions import InvalidArgument
from kubex_core.models._quantity_schema import QUANTITY_SCHEMA
from kubex_core.models._text_value import TextValue

__all__ = ["Quantity", "QuantityFormat", "QuantityTypes"]

_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_SUFFIXES = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_BINARY_SUFFIXES = ("", *_BINARY)

_TEXT = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[+-]?[0-9]*)")
_EXPONENT = re.compile(r"[eE]([+-]?[0-9]+)")

_NANO = 10**9
_LARGEST_BINARY = (2**63 - 1) * _NANO

# Go has no bound; Python's conversions between text and numbers do, and their cost grows with the square of the length.
_LONGEST_TEXT = 1000
_LARGEST_EXPONENT = 1000
_LARGEST = 10**_LARGEST_EXPONENT * _NANO
_EXACT = Context(prec=_LARGEST_EXPONENT + 10)


class QuantityFormat(StrEnum):
    """Which suffixes a quantity is written with."""

    DECIMAL_SI = "DecimalSI"
    BINARY_SI = "BinarySI"
    DECIMAL_EXPONENT = "DecimalExponent"


_Number: TypeAlias = int | float | Decimal | Fraction
QuantityTypes: TypeAlias = "Quantity | str | int | float | Decimal | Fraction"
"""What a `Quantity` can be made of, and be compared with."""


class Quantity(TextValue):
    """An exact amount of a resource: `500m`, `1.5Gi`, `2e3`. Immutable and hashable.

    It is a whole number of nanos (10⁻⁹), the smallest amount there is; what is finer is rounded up, away from zero,
    as the API server does. `str()` gives the form the API server writes, in the format that the text had.

    Args:
        value: text with a suffix (`n u m k M G T P E`, `Ki Mi Gi Ti Pi Ei`) or exponent (`e3`), or a number. A float
            stands for the decimal number that it is printed as.
        format: how the quantity is written; that of the text where it is left out, else decimal suffixes.

    Raises:
        InvalidArgument: the text is no quantity, or the number is not finite or has more than 1000 digits.

    Quantities add, subtract, compare and negate; times or divided by a number they are quantities, divided by each
    other decimal numbers. They compare and add to numbers too: `sum(quantities)`, `quantity > 0`. Structs and Pydantic
    models may have fields of them.

    Example:
        ```python
        Quantity("1.5Gi") + Quantity("512Mi")  # Quantity('2Gi')
        Quantity("1500m").milli_value()  # 1500
        int(Quantity("1Ki"))  # 1024
        Quantity("750m") / Quantity("2")  # Decimal('0.375')
        ```

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    """

    __slots__ = ("_format", "_nanos", "_text")

    _nanos: int
    _format: QuantityFormat
    _text: str | None

    def __init__(self, value: QuantityTypes = 0, format: QuantityFormat | str | None = None) -> None:
        self._text = None
        if isinstance(value, str):
            self._nanos, self._format, self._text = _parsed(value)
        elif isinstance(value, Quantity):
            self._nanos, self._format, self._text = value._nanos, value._format, value._text
        else:
            self._nanos, self._format = _nanos_of(value), QuantityFormat.DECIMAL_SI
        if format is not None and format != self._format:
            try:
                self._format, self._text = QuantityFormat(format), None
            except ValueError:
                known = ", ".join(QuantityFormat)
                raise InvalidArgument(f"format {format!r} of a quantity is none of {known}") from None

    @classmethod
    def of_json(cls, value: Any) -> Self:
        """Read one from JSON, where it is a text or a number.

        Raises:
            InvalidArgument: it is neither, or no quantity.
        """
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise InvalidArgument(f"a quantity is a text or a number, and not a {type(value).__qualname__}")
        return cls(value)

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Give the structural schema of a quantity."""
        return dict(QUANTITY_SCHEMA)

    @property
    def format(self) -> QuantityFormat:
        """Which suffixes it is written with."""
        return self._format

    @property
    def canonical(self) -> str:
        """The quantity with the largest suffix that needs no fraction: `1.50` is `1500m`.

        `str()` differs in keeping a text that was short and exact (`1.500`, `+5`), as the API server does.
        """
        if self._format is QuantityFormat.BINARY_SI and self._nanos % _NANO == 0 and abs(self._nanos) >= 1024 * _NANO:
            number, power = _without_factors(self._nanos // _NANO, 1024, len(_BINARY_SUFFIXES) - 1)
            return f"{number}{_BINARY_SUFFIXES[power]}"
        if not self._nanos:
            return "0"
        if self._format is QuantityFormat.DECIMAL_EXPONENT:
            number, power = _without_factors(self._nanos, 1000, _LARGEST_EXPONENT)
            return f"{number}e{3 * power - 9}" if power != 3 else str(number)
        number, power = _without_factors(self._nanos, 1000, len(_DECIMAL_SUFFIXES) - 1)
        return f"{number}{_DECIMAL_SUFFIXES[3 * power - 9]}"

    def to_decimal(self) -> Decimal:
        """Give the exact number."""
        return Decimal(self._nanos).scaleb(-9, _EXACT)

    def scaled_value(self, scale: int) -> int:
        """Give how many times 10**`scale` it is, rounded up, away from zero: -3 for thousandths, 6 for millions."""
        return _divided_up(self._nanos * 10 ** max(-9 - scale, 0), 10 ** max(9 + scale, 0))

    def milli_value(self) -> int:
        """Give how many thousandths it is, rounded up, away from zero: millicores of a CPU."""
        return self.scaled_value(-3)

    def __int__(self) -> int:
        """Give the whole number, rounded up, away from zero, as Kubernetes counts: `100m` of a CPU is one CPU."""
        return self.scaled_value(0)

    def __float__(self) -> float:
        return float(self.to_decimal())

    def __bool__(self) -> bool:
        return self._nanos != 0

    def __str__(self) -> str:
        return self._text if self._text is not None else self.canonical

    def __repr__(self) -> str:
        return f"Quantity({str(self)!r})"

    def __hash__(self) -> int:
        return hash(self.to_decimal())  # that of an equal number of any type

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Quantity):
            return self._nanos == other._nanos
        return self.to_decimal() == other if _is_number(other) else NotImplemented

    def __lt__(self, other: Quantity | _Number) -> bool:
        if isinstance(other, Quantity):
            return self._nanos < other._nanos
        return self.to_decimal() < other if _is_number(other) else NotImplemented

    def __le__(self, other: Quantity | _Number) -> bool:
        if isinstance(other, Quantity):
            return self._nanos <= other._nanos
        return self.to_decimal() <= other if _is_number(other) else NotImplemented

    def __gt__(self, other: Quantity | _Number) -> bool:
        if isinstance(other, Quantity):
            return self._nanos > other._nanos
        return self.to_decimal() > other if _is_number(other) else NotImplemented

    def __ge__(self, other: Quantity | _Number) -> bool:
        if isinstance(other, Quantity):
            return self._nanos >= other._nanos
        return self.to_decimal() >= other if _is_number(other) else NotImplemented

    def __add__(self, other: Quantity | _Number) -> Quantity:
        if not isinstance(other, Quantity):
            if not _is_number(other):
                return NotImplemented
            other = Quantity(other)
        return _made(self._nanos + other._nanos, self._format if self._nanos else other._format)

    __radd__ = __add__

    def __sub__(self, other: Quantity | _Number) -> Quantity:
        return self + -other if isinstance(other, Quantity) or _is_number(other) else NotImplemented

    def __rsub__(self, other: _Number) -> Quantity:
        return -self + other if _is_number(other) else NotImplemented

    def __mul__(self, factor: _Number) -> Quantity:
        if not _is_number(factor):
            return NotImplemented
        product = self._nanos * _fraction(factor)
        return _made(_divided_up(product.numerator, product.denominator), self._format)

    __rmul__ = __mul__

    @overload
    def __truediv__(self, divisor: Quantity) -> Decimal: ...
    @overload
    def __truediv__(self, divisor: _Number) -> Quantity: ...
    def __truediv__(self, divisor: Quantity | _Number) -> Quantity | Decimal:
        if not (isinstance(divisor, Quantity) or _is_number(divisor)):
            return NotImplemented
        if not divisor:
            raise ZeroDivisionError(f"{self!r} divided by {divisor!r}")
        if isinstance(divisor, Quantity):
            return Decimal(self._nanos) / Decimal(divisor._nanos)
        return self * (1 / _fraction(divisor))

    def __neg__(self) -> Quantity:
        return _made(-self._nanos, self._format)

    def __abs__(self) -> Quantity:
        return _made(abs(self._nanos), self._format)


def _made(nanos: int, format: QuantityFormat) -> Quantity:
    quantity = Quantity(0, format)
    quantity._nanos = _bounded(nanos)  # pyright: ignore[reportPrivateUsage]
    return quantity


def _parsed(text: str) -> tuple[int, QuantityFormat, str | None]:
    """Give nanos, format and, where Go keeps it, the text."""
    match = _TEXT.fullmatch(text) if 0 < len(text) <= _LONGEST_TEXT else None
    if match is None:
        raise _refusal(text)
    sign, whole, fraction, suffix = match[1], match[2], match[3] or "", match[4]
    digits = (whole.lstrip("0") or "0") + fraction
    if suffix in _BINARY:
        exponent, written = _BINARY[suffix], QuantityFormat.BINARY_SI
        nanos = _divided_up((int(digits) << exponent) * _NANO, 10 ** len(fraction))
        nanos = min(nanos, _LARGEST_BINARY)
        fast = not fraction and len(digits) + 3 * exponent // 10 <= 14
        kept = fast and int(digits) % 8 != 0
        if 0 < nanos < _NANO:
            written = QuantityFormat.DECIMAL_SI
    else:
        exponent, written = _decimal_exponent(text, suffix)
        scale = exponent - len(fraction)
        nanos = _divided_up(int(digits) * 10 ** max(scale + 9, 0), 10 ** max(-scale - 9, 0))
        fast = len(digits) <= 18 and scale >= -9
        kept = fast and scale % 3 == 0 and digits[0] != "0" and not digits.endswith("000")
    # Go reads a suffix without any digit as zero on its fast path, and refuses it on the other.
    if not (whole or fraction or fast):
        raise _refusal(text)
    return _bounded(-nanos if sign == "-" else nanos), written, text if kept else None


def _decimal_exponent(text: str, suffix: str) -> tuple[int, QuantityFormat]:
    if suffix in _DECIMAL:
        return _DECIMAL[suffix], QuantityFormat.DECIMAL_SI
    match = _EXPONENT.fullmatch(suffix)
    if match is None:
        raise _refusal(text)
    exponent = int(match[1])
    if abs(exponent) > _LARGEST_EXPONENT:
        raise InvalidArgument(f'quantity "{_shortened(text)}": exponents go up to {_LARGEST_EXPONENT}')
    return exponent, QuantityFormat.DECIMAL_EXPONENT


def _is_number(value: object) -> TypeGuard[_Number]:
    return isinstance(value, int | float | Decimal | Fraction)


def _nanos_of(number: _Number) -> int:
    exact = _fraction(number) * _NANO
    return _bounded(_divided_up(exact.numerator, exact.denominator))


def _fraction(number: _Number) -> Fraction:
    """Give the exact number; of a float the decimal number that it is printed as."""
    if isinstance(number, bool) or not _is_number(number):
        raise InvalidArgument(f"quantity {number!r}: a string or a number is needed")
    if isinstance(number, float | Decimal):
        if not math.isfinite(number):
            raise InvalidArgument(f"quantity {number}: it has to be finite")
        number = Decimal(repr(number)) if isinstance(number, float) else number
        if number and abs(number.adjusted()) > _LARGEST_EXPONENT:
            raise InvalidArgument(f"quantity {number:.3e}: exponents go up to {_LARGEST_EXPONENT}")
        return Fraction(number) if number else Fraction(0)
    return Fraction(number)


def _bounded(nanos: int) -> int:
    if abs(nanos) >= _LARGEST:
        raise InvalidArgument(f"a quantity of more than {_LARGEST_EXPONENT} digits")
    return nanos


def _divided_up(dividend: int, divisor: int) -> int:
    """Divide and round away from zero."""
    return -(-dividend // divisor) if dividend >= 0 else dividend // divisor


def _without_factors(number: int, factor: int, most: int) -> tuple[int, int]:
    """Divide by a factor as often as it goes, at most so many times; give what is left and how often it was."""
    times = 0
    while times < most and number % factor == 0:
        number //= factor
        times += 1
    return number, times


def _refusal(text: str) -> InvalidArgument:
    return InvalidArgument(
        f'"{_shortened(text)}" is no quantity: a number is needed, alone, with an exponent such as e3, or with one of '
        f"the suffixes {' '.join(filter(None, (*_DECIMAL, *_BINARY)))}"
    )


def _shortened(text: str) -> str:
    return text if len(text) <= 50 else f"{text[:50]}…"
