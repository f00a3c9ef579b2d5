"""What a run may be worse than the recorded one."""

from __future__ import annotations

import msgspec

from benchmarks.recorded import fallen_behind
from benchmarks.results import Figure

RATIO = Figure(
    workload="peers-get",
    text="CPU time of a library, to kubex: get a pod",
    bound=1.0,
    unit="x",
    measured=3.0,
    lower_quartile=2.9,
    upper_quartile=3.1,
    least=2.8,
    most=3.2,
    rounds=8,
    is_met=True,
    is_noisy=False,
    is_minimum=True,
)


def with_(figure: Figure, **changes: object) -> Figure:
    return msgspec.structs.replace(figure, **changes)


def test_a_figure_within_its_spread_has_not_fallen_behind() -> None:
    assert fallen_behind([RATIO], [with_(RATIO, measured=2.81)]) == []


def test_a_figure_beyond_its_spread_has_fallen_behind() -> None:
    (text,) = fallen_behind([RATIO], [with_(RATIO, measured=2.7)])
    assert text == "CPU time of a library, to kubex: get a pod: 2.7 x, 3 recorded, spread 0.2"


def test_the_spread_of_a_noisy_run_counts_too() -> None:
    assert fallen_behind([RATIO], [with_(RATIO, measured=2.5, lower_quartile=2.2, upper_quartile=2.8)]) == []


def test_what_is_to_be_small_falls_behind_upwards() -> None:
    small = with_(RATIO, is_minimum=False)
    assert fallen_behind([small], [with_(small, measured=2.0)]) == []
    assert len(fallen_behind([small], [with_(small, measured=3.3)])) == 1


def test_better_is_never_behind() -> None:
    assert fallen_behind([RATIO], [with_(RATIO, measured=30.0)]) == []


def test_what_was_measured_once_has_to_be_measured() -> None:
    (text,) = fallen_behind([RATIO], [with_(RATIO, unmeasured="there is no cargo", measured=0.0)])
    assert "there is no cargo" in text


def test_what_is_not_recorded_can_not_fall_behind() -> None:
    assert fallen_behind([], [RATIO]) == []
    assert fallen_behind([with_(RATIO, unmeasured="no cargo", measured=0.0)], [with_(RATIO, measured=0.1)]) == []
