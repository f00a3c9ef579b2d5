"""Compares a run with the recorded one: what has fallen behind by more than its spread."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.results import Figure

__all__ = ["fallen_behind"]


def fallen_behind(recorded: Iterable[Figure], measured: Iterable[Figure]) -> list[str]:
    """Say which figures are worse than the recorded ones by more than the wider of both spreads.

    A spread is from the first to the third quartile of the rounds. What is not recorded can't fall behind; what was
    measured once and could not be now has.
    """
    before = {(figure.workload, figure.text): figure for figure in recorded if not figure.unmeasured}
    return [
        text
        for now in measured
        if (then := before.get((now.workload, now.text))) is not None and (text := _behind(then, now))
    ]


def _behind(then: Figure, now: Figure) -> str:
    if now.unmeasured:
        return f"{now.text}: {then.measured:.3g} {then.unit} recorded, and now not measured ({now.unmeasured})"
    worse_by = then.measured - now.measured if now.is_minimum else now.measured - then.measured
    spread = max(then.upper_quartile - then.lower_quartile, now.upper_quartile - now.lower_quartile)
    if worse_by <= spread:
        return ""
    return f"{now.text}: {now.measured:.3g} {now.unit}, {then.measured:.3g} recorded, spread {spread:.2g}"
