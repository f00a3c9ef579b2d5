"""Charts of a run as SVG, made from its results alone: for each workload, what each program took beside kubex.

They need nothing else to be shown, and follow the reader's choice of light and dark.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from typing import NamedTuple

from benchmarks.results import Measurement

__all__ = ["Bar", "chart", "charts"]

_OWN = "kubex"
_MEASURES = {"kept_bytes": "memory", "cpu_seconds": "CPU time"}
_WIDTH, _NAMES, _NUMBERS, _LINE, _TOP = 720, 190, 120, 26, 56
_LETTER = 8  # an ordinary one of the widest fonts that browsers take for system-ui
_STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600}.note{font-size:12px;fill:#59636e}"
    "rect{fill:#9aa4af}.own{fill:#0969da}path{stroke:#1f2328;stroke-width:1.5}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.note{fill:#9198a1}rect{fill:#656c76}.own{fill:#4493f8}"
    "path{stroke:#e6edf3}}"
)


class Bar(NamedTuple):
    """What a program took, where kubex took 1: the median of its rounds, and their first and third quartile."""

    name: str
    low: float
    median: float
    high: float


def charts(measurements: Sequence[Measurement]) -> dict[str, str]:
    """Give the charts by the names of their workloads: of those where a program stands beside kubex."""
    drawn: dict[str, str] = {}
    for workload, group in groupby(measurements, key=lambda measurement: measurement.workload):
        of_workload = [*group]
        measure = next((name for name in _MEASURES if name in of_workload[0].samples), None)
        own = next((each for each in of_workload if each.peer.startswith(_OWN)), None)
        if measure is None or own is None or len(of_workload) < 2:
            continue
        bars = [_bar(each, own, measure) for each in of_workload if measure in each.samples]
        note = f"{_MEASURES[measure]}, where {own.peer} takes 1; less is better"
        drawn[workload] = chart(own.title, note, sorted(bars, key=lambda bar: bar.median))
    return drawn


def chart(title: str, note: str, bars: Sequence[Bar]) -> str:
    """Draw bars beside one another, each with its spread and its number."""
    height = _TOP + _LINE * len(bars) + 10
    left = max(_NAMES, _LETTER * max(len(bar.name) for bar in bars) + 16)
    scale = (_WIDTH - left - _NUMBERS) / max(bar.high for bar in bars)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}"'
        f' viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(_spoken(title, bars))}">',
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="8" y="22">{escape(title)}</text>',
        f'<text class="note" x="8" y="42">{escape(note)}</text>',
        *(part for number, bar in enumerate(bars) for part in _drawn(bar, left, _TOP + _LINE * number, scale)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _bar(measurement: Measurement, own: Measurement, measure: str) -> Bar:
    """Compare the rounds that were neighbours in time, as the figures do; kubex' own with their median."""
    costs, references = measurement.samples[measure], own.samples[measure]
    if measurement is own:
        references = [statistics.median(costs)] * len(costs)
    ratios = [cost / reference for cost, reference in zip(costs, references, strict=True)]
    return Bar(measurement.peer, *statistics.quantiles(ratios, n=4, method="inclusive"))


def _drawn(bar: Bar, left: int, top: int, scale: float) -> Iterable[str]:
    middle = top + _LINE // 2
    own = ' class="own"' if bar.name.startswith(_OWN) else ""
    low, end, high = (left + value * scale for value in (bar.low, bar.median, bar.high))
    yield f'<text x="{left - 8}" y="{middle + 5}" text-anchor="end">{escape(bar.name)}</text>'
    yield f'<rect{own} x="{left}" y="{top + 4}" width="{end - left:.1f}" height="{_LINE - 8}" rx="2"/>'
    yield f'<path d="M{low:.1f} {middle}H{high:.1f}"/>'
    yield f'<text x="{max(end, high) + 8:.1f}" y="{middle + 5}">{_number(bar.median)}</text>'


def _spoken(title: str, bars: Iterable[Bar]) -> str:
    return f"{title}: {', '.join(f'{bar.name} {_number(bar.median)}' for bar in bars)}"


def _number(value: float) -> str:
    return f"{value:.0f} x" if value >= 100 else f"{value:.3g} x"
