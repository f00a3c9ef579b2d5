"""Runs the benchmarks: `python -m benchmarks [--quick] [--only NAME,…]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import charts, peer_cluster, report, results
from benchmarks.instructions import count_instructions
from benchmarks.measure import WrongAnswer
from benchmarks.readme import renewed_readme
from benchmarks.reasons import reason_of
from benchmarks.recorded import fallen_behind
from benchmarks.results import Figure, Results
from benchmarks.workload import Outcome, Workload, did_not_work
from benchmarks.workloads import WORKLOADS

_HERE = Path(__file__).parent
_LATEST = _HERE / "results" / "latest.json"
_PAGE = _HERE / "RESULTS.md"
_README = _HERE.parent / "README.md"
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
    parser.add_argument(
        "--report", action="store_true", help="only make page, README and charts of results/latest.json again"
    )
    parser.add_argument("--check", action="store_true", help="compare with results/latest.json; nothing is written")
    parser.add_argument("--instructions", action="store_true", help="count instructions instead, by valgrind")
    options = parser.parse_args(arguments)
    if options.report:
        _write_report()
        return 0
    chosen = _chosen(options.only, names)
    if unknown := set(chosen) - set(names):
        parser.error(f"no such workload: {', '.join(sorted(unknown))}")
    if options.instructions:
        return _count_instructions(chosen)
    is_kept = not (options.quick or options.check) and (options.record or chosen == names)
    recorder = _Recorder(names, is_whole=chosen == names) if is_kept else None
    with peer_cluster.offered(in_memory=options.quick):
        outcomes = [_run(workload, options.quick, recorder) for workload in WORKLOADS if workload.name in chosen]
    figures = [figure for outcome in outcomes for figure in outcome.figures]
    if options.check:
        return _check(figures)
    if recorder is not None:
        recorder.finish(outcomes)
    print(report.plain(figures))
    if any(outcome.failed for outcome in outcomes):
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
    """Write the page, the README's tables and the charts, of the results as they are kept and nothing else."""
    run = results.read(_LATEST)
    _PAGE.write_text(report.markdown(run))
    _README.write_text(renewed_readme(_README.read_text(), run))
    _CHARTS.mkdir(exist_ok=True)
    drawn = charts.charts(run.measurements)
    for old in _CHARTS.glob("*.svg"):
        old.unlink()
    for name, svg in drawn.items():
        (_CHARTS / f"{name}.svg").write_text(svg)


def _count_instructions(names: list[str]) -> int:
    for workload in WORKLOADS:
        if workload.name in names:
            try:
                for peer, instructions in count_instructions(workload):
                    print(
                        f"{workload.name}: {peer}: {instructions:,.0f} instructions per {workload.operation}",
                        flush=True,
                    )
            except WrongAnswer as error:
                print(f"benchmarks: {error}", file=sys.stderr)
                return 2
    return 0


class _Recorder:
    """Puts what is measured into results/latest.json, each workload as soon as it is done: a long run may be ended.

    Args:
        names: those of all workloads, in their order.
        is_whole: whether all of them are run: in the end nothing is left of what was recorded before.
    """

    def __init__(self, names: list[str], *, is_whole: bool) -> None:
        self._names = names
        self._is_whole = is_whole
        self._environment = results.describe_environment()

    def add(self, outcome: Outcome) -> None:
        """Put it in the place of what is recorded of that workload.

        Raises:
            ValueError: that was on another machine or with other versions, and this is no whole run.
            FileNotFoundError: nothing is recorded, and this is no whole run.
        """
        try:
            results.write(results.renewed(results.read(_LATEST), self._results([outcome]), self._names), _LATEST)
        except (ValueError, FileNotFoundError):
            if not self._is_whole:
                raise
        else:
            _write_report()

    def finish(self, outcomes: Sequence[Outcome]) -> None:
        """Write a whole run as the one that it is."""
        if self._is_whole:
            results.write(self._results(outcomes), _LATEST)
            _write_report()

    def _results(self, outcomes: Sequence[Outcome]) -> Results:
        return Results(
            is_quick=False,
            environment=self._environment,
            figures=[figure for outcome in outcomes for figure in outcome.figures],
            measurements=[each for outcome in outcomes for each in outcome.measurements],
        )


def _run(workload: Workload, quick: bool, recorder: _Recorder | None) -> Outcome:
    """Run a workload. One that does not do its work ends no other: its figures are missed, and say so."""
    print(f"{workload.name}: {workload.title} …", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory(prefix="kubex-benchmarks-") as directory:
        try:
            outcome = workload.run(Path(directory), quick=quick)
        except WrongAnswer as error:
            outcome = Outcome([], workload.without_figures(did_not_work(str(error))), [str(error)])
    for why in outcome.failed:
        print(f"benchmarks: {workload.name}: {why}", file=sys.stderr, flush=True)
    if recorder is not None:
        recorder.add(outcome)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
