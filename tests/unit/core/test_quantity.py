from __future__ import annotations

import copy
import math
import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kubex.core.exceptions import InvalidArgument
from kubex.core.quantity import Quantity, QuantityFormat

NANO = Fraction(1, 10**9)
SUFFIXES = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
TEXTS = st.tuples(
    st.sampled_from(["", "-", "+"]),
    st.from_regex(r"[0-9]{1,20}(\.[0-9]{0,12})?|\.[0-9]{1,12}", fullmatch=True),
    st.sampled_from(SUFFIXES) | st.integers(-30, 30).map("e{}".format),
).map("".join)
QUANTITIES = TEXTS.map(Quantity)
NUMBERS = st.integers(-(10**20), 10**20) | st.decimals(-(10**12), 10**12, places=9) | st.fractions(-1000, 1000)


def exact(quantity: Quantity) -> Fraction:
    return Fraction(quantity.to_decimal())


def rounded_up(number: Fraction, unit: Fraction) -> Fraction:
    """Round away from zero."""
    sign = -1 if number < 0 else 1
    return sign * math.ceil(abs(number) / unit) * unit


# text, as Go prints it, canonical form, format: answers of resource.ParseQuantity.
@pytest.mark.parametrize(
    ("text", "printed", "canonical", "format_"),
    [
        ("0", "0", "0", "DecimalSI"),
        ("0Ki", "0", "0", "BinarySI"),
        ("0e6", "0", "0", "DecimalExponent"),
        ("500m", "500m", "500m", "DecimalSI"),
        ("0.5", "500m", "500m", "DecimalSI"),
        ("1.5", "1500m", "1500m", "DecimalSI"),
        ("1000m", "1", "1", "DecimalSI"),
        ("1000", "1k", "1k", "DecimalSI"),
        ("1500k", "1500k", "1500k", "DecimalSI"),
        ("1e3", "1e3", "1e3", "DecimalExponent"),
        ("1E3", "1E3", "1e3", "DecimalExponent"),
        ("1e4", "10e3", "10e3", "DecimalExponent"),
        ("1E", "1E", "1E", "DecimalSI"),
        ("1.5Gi", "1536Mi", "1536Mi", "BinarySI"),
        ("1024Ki", "1Mi", "1Mi", "BinarySI"),
        ("1023Ki", "1023Ki", "1023Ki", "BinarySI"),
        ("0.5Ki", "512", "512", "BinarySI"),
        ("0.1Ki", "102400m", "102400m", "BinarySI"),
        ("0.0001Ki", "102400u", "102400u", "DecimalSI"),
        ("0.5n", "1n", "1n", "DecimalSI"),
        ("-0.5n", "-1n", "-1n", "DecimalSI"),
        ("1.0000000001", "1000000001n", "1000000001n", "DecimalSI"),
        ("1e-20", "1e-9", "1e-9", "DecimalExponent"),
        ("9223372036854775807", "9223372036854775807", "9223372036854775807", "DecimalSI"),
        ("9223372036854775808", "9223372036854775808", "9223372036854775808", "DecimalSI"),
        ("8Ei", "9223372036854775807", "9223372036854775807", "BinarySI"),
        ("-8Ei", "-9223372036854775807", "-9223372036854775807", "BinarySI"),
        ("7Ei", "7Ei", "7Ei", "BinarySI"),
        # A text that was exact and short is kept, whether or not it is canonical.
        ("+5", "+5", "5", "DecimalSI"),
        ("005", "005", "5", "DecimalSI"),
        ("1.500", "1.500", "1500m", "DecimalSI"),
        ("1.001", "1.001", "1001m", "DecimalSI"),
        # Nothing is zero, up to where Go's fast path goes.
        ("+", "0", "0", "DecimalSI"),
        (".", "0", "0", "DecimalSI"),
        ("Ti", "0", "0", "BinarySI"),
    ],
)
def test_forms(text: str, printed: str, canonical: str, format_: str) -> None:
    quantity = Quantity(text)
    assert (str(quantity), quantity.canonical, quantity.format) == (printed, canonical, format_)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        " 1",
        "1 ",
        "1\n",
        "x",
        "1x",
        "1KI",
        "1K",
        "1mi",
        "1i",
        "1e",
        "1e1.5",
        "1e+",
        "1--",
        "--1",
        "1..5",
        "1,5",
        "1_000",
        "٣",
        "NaN",
        "inf",
        "0x10",
        "Pi",
        "e-10",
        "1ki",
        "1Eii",
        "1e99999999999999999999",
    ],
)
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument):
        Quantity(text)


@pytest.mark.parametrize("value", [None, True, b"1", [], math.nan, math.inf, Decimal("NaN"), Decimal("-Infinity")])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(InvalidArgument):
        Quantity(value)


@pytest.mark.parametrize(
    "value", ["1e1001", "1e-1001", "9" * 2000, 10**1000, Decimal("1e999999"), Decimal("1e-999999")]
)
def test_absurd_sizes_are_refused_at_once_and_not_repeated(value: Any) -> None:
    with pytest.raises(InvalidArgument) as raised:
        Quantity(value)
    assert len(str(raised.value)) < 250


def test_calculation_does_not_grow_without_bound() -> None:
    quantity = Quantity("1e990")
    with pytest.raises(InvalidArgument, match="more than 1000 digits"):
        _ = quantity * 10**30


@given(TEXTS)
def test_its_own_text_is_the_same_quantity(text: str) -> None:
    quantity = Quantity(text)
    again = Quantity(str(quantity))
    assert again == quantity
    assert Quantity(quantity.canonical) == quantity
    assert Quantity(quantity.canonical).canonical == quantity.canonical
    assert hash(again) == hash(quantity)


@given(st.text("+-.0123456789eEinumkKMGTP", max_size=8) | st.text(max_size=5))
def test_any_text_is_a_quantity_or_refused(text: str) -> None:
    try:
        quantity = Quantity(text)
    except InvalidArgument:
        return
    assert Quantity(str(quantity)) == quantity


@given(QUANTITIES, QUANTITIES)
def test_adds_and_compares_exactly(first: Quantity, second: Quantity) -> None:
    assert exact(first + second) == exact(first) + exact(second)
    assert exact(first - second) == exact(first) - exact(second)
    assert (first + second) - second == first
    assert (first < second) == (exact(first) < exact(second))
    assert (first <= second) == (exact(first) <= exact(second))
    assert (first > second) == (exact(first) > exact(second))
    assert (first >= second) == (exact(first) >= exact(second))
    assert (first == second) == (exact(first) == exact(second))


@given(QUANTITIES, NUMBERS)
def test_multiplies_and_divides_rounding_up_to_nanos(quantity: Quantity, number: int | Decimal | Fraction) -> None:
    assert exact(quantity * number) == rounded_up(exact(quantity) * Fraction(number), NANO)
    assert number * quantity == quantity * number
    assert (quantity * number).format is quantity.format
    assume(number)
    assert exact(quantity / number) == rounded_up(exact(quantity) / Fraction(number), NANO)


@given(NUMBERS)
def test_numbers_are_rounded_up_to_nanos(number: int | Decimal | Fraction) -> None:
    quantity = Quantity(number)
    assert exact(quantity) == rounded_up(Fraction(number), NANO)
    assert quantity.format is QuantityFormat.DECIMAL_SI
    assert int(quantity) == rounded_up(Fraction(number), Fraction(1))
    assert quantity.scaled_value(3) == rounded_up(Fraction(number), Fraction(1000)) / 1000


@given(st.integers(-(10**15), 10**15))
def test_equal_numbers_are_equal_whatever_their_type(number: int) -> None:
    quantity = Quantity(number)
    for other in (number, Decimal(number), Fraction(number), float(number), Quantity(f"{number}000m")):
        assert quantity == other
        assert hash(quantity) == hash(other)
        assert not quantity < other
        assert quantity <= other
        assert not quantity > other
        assert quantity >= other
        assert quantity - other == 0
    assert quantity != number + 1
    assert quantity < number + Fraction(1, 10)
    assert quantity > number - 0.5


def test_floats_stand_for_what_they_print() -> None:
    assert str(Quantity(0.1)) == "100m"
    assert Quantity("10") * 0.1 == 1
    assert Quantity(1.5) == Quantity("1500m")
    assert float(Quantity("100m")) == 0.1


def test_other_types_are_not_compared() -> None:
    quantity = Quantity("1")
    assert quantity != "1"
    for operation in (
        "__lt__",
        "__le__",
        "__gt__",
        "__ge__",
        "__add__",
        "__sub__",
        "__rsub__",
        "__mul__",
        "__truediv__",
    ):
        assert getattr(quantity, operation)("1") is NotImplemented


def test_divides() -> None:
    assert Quantity("750m") / Quantity("2") == Decimal("0.375")
    assert Quantity("1") / 3 == Quantity("333333334n")
    for zero in (0, Quantity(0), Decimal(0)):
        with pytest.raises(ZeroDivisionError):
            _ = Quantity("1") / zero


def test_keeps_the_format_of_the_first_that_is_not_zero() -> None:
    assert str(Quantity("1.5Gi") + Quantity("512M")) == str(Quantity(1610612736 + 512 * 10**6, "BinarySI"))
    assert str(Quantity("0") + Quantity("1Gi")) == "1Gi"
    assert str(sum([Quantity("1Gi"), Quantity("1Gi")])) == "2Gi"
    assert str(-Quantity("1Gi")) == "-1Gi"
    assert str(abs(-Quantity("1.5Gi"))) == "1536Mi"
    assert str(Quantity("+5") + 0) == "5"
    assert str(10 - Quantity("500m")) == "9500m"


def test_format_can_be_chosen() -> None:
    assert str(Quantity(2**30, QuantityFormat.BINARY_SI)) == "1Gi"
    assert str(Quantity("1Gi", "DecimalSI")) == "1073741824"
    assert str(Quantity("1500", "DecimalExponent")) == "1500"
    assert str(Quantity("15000000", "DecimalExponent")) == "15e6"
    assert str(Quantity("+5", "DecimalSI")) == "+5"
    with pytest.raises(InvalidArgument, match="is none of DecimalSI, BinarySI, DecimalExponent"):
        Quantity("1", "Hexadecimal")


def test_beyond_the_largest_suffix_nothing_is_lost() -> None:
    assert str(Quantity("1000E")) == "1000E"
    assert str(Quantity("7Ei") * 1024) == "7168Ei"


def test_is_a_value() -> None:
    quantity = Quantity("1.5Gi")
    assert repr(quantity) == "Quantity('1536Mi')"
    assert Quantity(quantity) == quantity
    assert copy.deepcopy(quantity) == quantity
    assert str(pickle.loads(pickle.dumps(Quantity("+5")))) == "+5"
    assert quantity
    assert not Quantity("0Ki")
    assert Quantity() == 0
    assert {Quantity("1"), Quantity("1000m"), Quantity("1e0")} == {Quantity(1)}
