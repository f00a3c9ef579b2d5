"""Percentages of replicas, rounded as Kubernetes rounds them."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubex.core.exceptions import InvalidArgument
from kubex.core.int_or_string import rollout_bounds, scaled


@pytest.mark.parametrize(
    ("value", "total", "up", "down"),
    [(3, 10, 3, 3), ("25%", 10, 3, 2), ("0%", 10, 0, 0), ("100%", 7, 7, 7), ("47%", 3, 2, 1), ("150%", 3, 5, 4)],
)
def test_scaled(value: int | str, total: int, up: int, down: int) -> None:
    assert scaled(value, total, round_up=True) == up
    assert scaled(value, total, round_up=False) == down


@pytest.mark.parametrize("value", ["", "25", "%", "a%", "2.5%", "25 %", "٢%"])
def test_what_is_neither_is_refused(value: str) -> None:
    with pytest.raises(InvalidArgument, match="a number, or a percentage"):
        scaled(value, 1, round_up=True)


@given(st.integers(-200, 200), st.integers(0, 2**31))
def test_rounding(percentage: int, total: int) -> None:
    exact = Fraction(percentage * total, 100)
    assert scaled(f"{percentage}%", total, round_up=True) == math.ceil(exact)
    assert scaled(f"{percentage}%", total, round_up=False) == math.floor(exact)


@pytest.mark.parametrize(
    ("surge", "unavailable", "replicas", "bounds"),
    [
        (None, None, 10, (3, 2)),
        (None, None, 1, (1, 0)),
        ("0%", "10%", 5, (0, 1)),
        (0, 0, 5, (0, 1)),
        (1, 0, 5, (1, 0)),
        ("50%", 2, 5, (3, 2)),
    ],
)
def test_bounds_of_a_rollout(
    surge: int | str | None, unavailable: int | str | None, replicas: int, bounds: tuple[int, int]
) -> None:
    assert rollout_bounds(surge, unavailable, replicas) == bounds
