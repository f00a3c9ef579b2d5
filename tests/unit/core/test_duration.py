"""Spans of time as Go reads and prints them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core.duration import Duration
from kubex.core.exceptions import InvalidArgument

NANOSECONDS = st.integers(-(2**63), 2**63 - 1)


@pytest.mark.parametrize(
    ("text", "nanoseconds", "printed"),
    [
        ("0", 0, "0s"),
        ("-0", 0, "0s"),
        ("5s", 5 * 10**9, "5s"),
        ("1478s", 1478 * 10**9, "24m38s"),
        ("+5s", 5 * 10**9, "5s"),
        ("-5.6s", -5_600_000_000, "-5.6s"),
        (".5s", 5 * 10**8, "500ms"),
        ("1.s", 10**9, "1s"),
        ("1h30m", 5400 * 10**9, "1h30m0s"),
        ("3h5m", 11_100 * 10**9, "3h5m0s"),
        ("2m", 120 * 10**9, "2m0s"),
        ("1h15m30.918273645s", 4_530_918_273_645, "1h15m30.918273645s"),
        ("10.5s4m", 250_500_000_000, "4m10.5s"),
        ("11us", 11_000, "11\u00b5s"),
        ("12\u00b5s", 12_000, "12\u00b5s"),
        ("12\u03bcs", 12_000, "12\u00b5s"),
        ("1.1us", 1100, "1.1\u00b5s"),
        ("10ns", 10, "10ns"),
        ("52763797000ns", 52_763_797_000, "52.763797s"),
        ("0.3333333333333333333h", 20 * 60 * 10**9, "20m0s"),
        ("0.100000000000000000000h", 360 * 10**9, "6m0s"),
        ("9223372036854775807ns", 2**63 - 1, "2562047h47m16.854775807s"),
        ("-9223372036854775808ns", -(2**63), "-2562047h47m16.854775808s"),
    ],
)
def test_read_and_printed_as_go_does(text: str, nanoseconds: int, printed: str) -> None:
    found = Duration.parse(text)
    assert found.nanoseconds == nanoseconds
    assert str(found) == printed


@pytest.mark.parametrize(
    "text",
    ["", "3", "-", "s", ".", "-.", ".s", "+.s", "1d", "1 h", "1h ", "1,5s", "9223372036854775808ns", "٣s", "1e3s"],
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(InvalidArgument, match="is no duration"):
        Duration.parse(text)


@given(NANOSECONDS)
def test_what_is_printed_is_read_as_it_was(nanoseconds: int) -> None:
    assert Duration.parse(str(Duration(nanoseconds))).nanoseconds == nanoseconds


@given(st.text(alphabet="0123456789.-+hmsun\u00b5", max_size=20))
def test_any_text_is_a_duration_or_refused(text: str) -> None:
    try:
        found = Duration.parse(text)
    except InvalidArgument:
        return
    assert Duration.parse(str(found)) == found


@given(st.timedeltas(timedelta(days=-100_000), timedelta(days=100_000)))
def test_timedeltas_come_back(span: timedelta) -> None:
    assert Duration.of(span).to_timedelta() == span
    assert Duration.of(span).total_seconds() == pytest.approx(span.total_seconds())


def test_they_are_ordered_and_bounded() -> None:
    assert Duration.parse("1m") < Duration.parse("61s") < Duration.parse("1h")
    assert Duration(-1999).to_timedelta() == timedelta(microseconds=-1)
    with pytest.raises(InvalidArgument):
        Duration.of(timedelta(days=200_000))
