"""Runs the benchmarks: `python -m benchmarks [--quick] [--only NAME,…]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import charts, peer_cluster, report, results
from benchmarks.instructions import count_instructions
from benchmarks.measure import WrongAnswer
from benchmarks.reasons import reason_of
from benchmarks.recorded import fallen_behind
from benchmarks.results import Figure, Measurement, Results
from benchmarks.workload import Outcome, did_not_work
from benchmarks.workloads import WORKLOADS

_HERE = Path(__file__).parent
_LATEST = _HERE / "results" / "latest.json"
_PAGE = _HERE / "RESULTS.md"
_CHARTS = _HERE / "results" / "charts"


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for; 1 where a bound is missed without a reason, 2 where a program did not do its work."""
    names = [workload.name for workload in WORKLOADS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, for a first look; nothing is written")
    parser.add_argument(
        "--only",
        metavar="NAMES",
        help=f"some workloads of {','.join(names)}, or peers: nothing is written without --record",
    )
    parser.add_argument(
        "--record", action="store_true", help="with --only: put what is measured into results/latest.json"
    )
    parser.add_argument("--report", action="store_true", help="only make page and charts of results/latest.json again")
    parser.add_argument("--check", action="store_true", help="compare with results/latest.json; nothing is written")
    parser.add_argument("--instructions", action="store_true", help="count instructions instead, by valgrind")
    options = parser.parse_args(arguments)
    if options.report:
        _write_report()
        return 0
    chosen = _chosen(options.only, names)
    if unknown := set(chosen) - set(names):
        parser.error(f"no such workload: {', '.join(sorted(unknown))}")
    try:
        if options.instructions:
            _count_instructions(chosen)
            return 0
        with peer_cluster.offered(in_memory=options.quick):
            measurements, figures, all_worked = _run(chosen, quick=options.quick)
    except WrongAnswer as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    if options.check:
        return _check(figures)
    if not options.quick and (options.record or chosen == names):
        run = Results(
            is_quick=False, environment=results.describe_environment(), figures=figures, measurements=measurements
        )
        results.write(run if chosen == names else results.renewed(results.read(_LATEST), run, names), _LATEST)
        _write_report()
    print(report.plain(figures))
    if not all_worked:
        return 2
    return 0 if all(figure.is_met or reason_of(figure) for figure in figures) else 1


def _chosen(only: str | None, names: list[str]) -> list[str]:
    """Give the workloads that are meant; a name means also those that begin with it and a hyphen."""
    if only is None:
        return names
    chosen: list[str] = []
    for asked in only.split(","):
        chosen += [name for name in names if name == asked or name.startswith(f"{asked}-")] or [asked]
    return chosen


def _check(figures: list[Figure]) -> int:
    behind = fallen_behind(results.read(_LATEST).figures, figures)
    print("\n".join(behind) or "nothing has fallen behind what is recorded")
    return 1 if behind else 0


def _write_report() -> None:
    """Write the page and the charts, of the results as they are kept and nothing else."""
    run = results.read(_LATEST)
    _PAGE.write_text(report.markdown(run))
    _CHARTS.mkdir(exist_ok=True)
    drawn = charts.charts(run.measurements)
    for old in _CHARTS.glob("*.svg"):
        old.unlink()
    for name, svg in drawn.items():
        (_CHARTS / f"{name}.svg").write_text(svg)


def _count_instructions(names: list[str]) -> None:
    for workload in WORKLOADS:
        if workload.name in names:
            for peer, instructions in count_instructions(workload):
                print(f"{workload.name}: {peer}: {instructions:,.0f} instructions per {workload.operation}", flush=True)


def _run(names: list[str], *, quick: bool) -> tuple[list[Measurement], list[Figure], bool]:
    """Run workloads, and give what was measured, and whether all did their work: one that did not ends no other.

    The figures of that one are missed, and say so.
    """
    measurements: list[Measurement] = []
    figures: list[Figure] = []
    all_worked = True
    for workload in WORKLOADS:
        if workload.name in names:
            print(f"{workload.name}: {workload.title} …", file=sys.stderr, flush=True)
            with tempfile.TemporaryDirectory(prefix="kubex-benchmarks-") as directory:
                try:
                    outcome = workload.run(Path(directory), quick=quick)
                except WrongAnswer as error:
                    outcome = Outcome([], workload.without_figures(did_not_work(str(error))), [str(error)])
            for why in outcome.failed:
                print(f"benchmarks: {workload.name}: {why}", file=sys.stderr, flush=True)
                all_worked = False
            measurements += outcome.measurements
            figures += outcome.figures
    return measurements, figures, all_worked


if __name__ == "__main__":
    sys.exit(main())
