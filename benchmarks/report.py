"""Tables of a run, made from its results alone."""

from __future__ import annotations

import statistics
import textwrap
from collections.abc import Iterable, Sequence

from benchmarks.reasons import reason_of
from benchmarks.results import Figure, Measurement, Results

__all__ = ["markdown", "plain"]


def plain(figures: Sequence[Figure]) -> str:
    """Give the figures as a table for a terminal."""
    rows = [("figure", "bound", "measured", "spread", "met?"), *map(_figure_row, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def markdown(results: Results) -> str:
    """Give the page of results."""
    environment = results.environment
    versions = ", ".join(f"{name} {number}" for name, number in environment.versions.items())
    peers = ", ".join(f"{name} {number}" for name, number in environment.peers.items())
    changes = " with local changes" if environment.has_local_changes else ""
    return "\n".join(
        [
            "# Results of the benchmarks",
            "",
            "Made by `make bench`; how is told in [README.md](README.md).",
            "",
            *_table(("figure", "bound", "measured", "spread", "met?"), map(_figure_row, results.figures)),
            "",
            *_paragraph(
                "Measured is the median of all rounds, the spread goes from their first to their third quartile. A"
                " ratio is of two rounds that were neighbours in time, and of the processes' own CPU time. Where half"
                " of the rounds spread over more than a tenth of the median, the figure is called noisy."
            ),
            "",
            "## What is missed, and why",
            "",
            *_reasons(results.figures),
            "",
            "## What each program took",
            "",
            *_table(("workload", "program", "measure", "median", "spread"), _measurement_rows(results.measurements)),
            "",
            "## Measured on",
            "",
            *_table(
                ("", ""),
                [
                    ("commit", f"{environment.commit[:12]}{changes}, {environment.date}"),
                    *((f"commit of `{name}`", commit) for name, commit in results.later.items()),
                    ("Python", environment.python),
                    ("versions", versions),
                    ("beside", peers),
                    ("machine", f"{environment.cpu_model}, {environment.cores} cores, {environment.memory_gib:g} GiB"),
                    ("system", environment.system),
                ],
            ),
            "",
        ]
    )


def _reasons(figures: Iterable[Figure]) -> list[str]:
    """Give the figures that miss their bounds by what explains them."""
    missed: dict[str, list[str]] = {}
    for figure in figures:
        if not figure.is_met:
            missed.setdefault(reason_of(figure) or "Not explained.", []).append(figure.text)
    lines = [
        line for why, texts in missed.items() for line in (*(f"- {text}" for text in texts), "", *_paragraph(why), "")
    ]
    return lines[:-1] or ["Nothing is."]


def _figure_row(figure: Figure) -> tuple[str, ...]:
    bound = f"{'≥' if figure.is_minimum else '≤'} {figure.bound:g} {figure.unit}"
    if figure.unmeasured:
        return figure.text, bound, "not measured", "", f"**no**: {figure.unmeasured}"
    met = "yes" if figure.is_met else "**no**" if reason_of(figure) is None else "**no**, explained"
    return (
        figure.text,
        bound,
        f"{_number(figure.measured)} {figure.unit}",
        _spread(figure.lower_quartile, figure.upper_quartile),
        f"{met}, noisy" if figure.is_noisy else met,
    )


def _measurement_rows(measurements: Iterable[Measurement]) -> Iterable[tuple[str, ...]]:
    for measurement in measurements:
        for measure, samples in measurement.samples.items():
            name, scale = {
                "cpu_seconds": (f"CPU µs per {measurement.operation}", 1e6 / measurement.operations),
                "wall_seconds": (f"wall µs per {measurement.operation}", 1e6 / measurement.operations),
                "kept_bytes": (f"KB kept per {measurement.operation}", 1e-3),
                "peak_to_steady": ("peak memory, to what is kept", 1),
                "large_blocks_bytes": ("bytes in blocks above 64 KiB", 1),
                "reset_wall_seconds": ("wall µs per reset", 1e6),
                "load_cpu_seconds": (f"CPU µs of the load per {measurement.operation}", 1e6 / measurement.operations),
            }.get(measure, (measure, 1))
            low, median, high = (scale * value for value in statistics.quantiles(samples, n=4, method="inclusive"))
            yield measurement.title, measurement.peer, name, _number(median), _spread(low, high)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(text, 120)


def _spread(low: float, high: float) -> str:
    return f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    """Give a number with at least three digits that count, and no exponent."""
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"
