"""A program of a benchmark that fails ends no other, and makes nothing look met; what is measured is kept."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

import msgspec
import pytest

from benchmarks import __main__ as command
from benchmarks.measure import Entrant, PeerProcess, Plan, WrongAnswer
from benchmarks.results import Results, describe_environment, read, write
from benchmarks.workload import Absent, Amount, Ratio, Workload

PLAN = Plan(launches=1, rounds=2)
Entrants: TypeAlias = Callable[[Path], AbstractContextManager[Sequence[Entrant | Absent]]]


@contextmanager
def failing(directory: Path) -> Generator[Sequence[Entrant | Absent]]:
    raise WrongAnswer("it read 1, and 2 is right")
    yield ()


def workload(name: str, entrants: Entrants = failing) -> Workload:
    rules = [Amount("what it takes", 1.0, "kubex", "cpu_seconds", "s")]
    return Workload(name, name, 1, "thing", entrants, PLAN, PLAN, rules)


def test_a_workload_that_fails_has_figures_that_are_missed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "WORKLOADS", [workload("one"), workload("two")])
    assert command.main(["--only", "one,two", "--quick"]) == 2
    printed = capsys.readouterr()
    assert printed.out.count("a program did not do its work") == 2
    assert "one: it read 1, and 2 is right" in printed.err


class Program:
    """An entrant of two rounds; `ends` is the round in which it fails."""

    def __init__(self, name: str, ends: int | None = None) -> None:
        self.name = name
        self.running = False
        self._ends = ends
        self._rounds = 0

    @contextmanager
    def started(self) -> Generator[Program]:
        self.running = True
        try:
            if self._ends == 0:
                raise WrongAnswer("it read 1, and 2 is right")
            yield self
        finally:
            self.running = False

    def round(self) -> Mapping[str, float]:
        self._rounds += 1
        if self._rounds == self._ends:
            raise WrongAnswer("it ended by itself")
        return {"cpu_seconds": 1.0}


@pytest.mark.parametrize("ends", [0, 1, 2])
def test_a_program_that_fails_takes_no_figure_of_others_along(ends: int) -> None:
    programs = [Program("kubex"), Program("failing", ends), Program("other")]

    @contextmanager
    def entrants(directory: Path) -> Generator[Sequence[Entrant | Absent]]:
        yield programs

    rules = [Ratio(f"{name} to kubex", 1.0, name, "kubex") for name in ("failing", "other")]
    plan = Plan(launches=1, rounds=2, warm_up_rounds=0)
    done = Workload("one", "one", 1, "thing", entrants, plan, plan, rules).run(Path(), quick=False)
    failed, other = done.figures
    assert not failed.is_met
    assert failed.unmeasured.startswith("a program did not do its work: it ")
    assert (other.measured, other.rounds) == (1.0, 2)
    assert [each.peer for each in done.measurements] == ["kubex", "other"]
    assert len(done.failed) == 1
    assert not any(program.running for program in programs)


def test_where_the_one_that_others_are_compared_with_fails_they_have_no_figure() -> None:
    @contextmanager
    def entrants(directory: Path) -> Generator[Sequence[Entrant | Absent]]:
        yield [Program("kubex", 1), Program("other")]

    workload = Workload("one", "one", 1, "thing", entrants, PLAN, PLAN, [Ratio("to kubex", 1.0, "other", "kubex")])
    (figure,) = workload.run(Path(), quick=False).figures
    assert not figure.is_met
    assert "it ended by itself" in figure.unmeasured


def test_a_program_that_says_nothing_is_ended() -> None:
    with (
        pytest.raises(WrongAnswer, match=r"sleeper took over 0\.05 s"),
        PeerProcess.running("sleeper", ("sleep", "600")) as process,
    ):
        process.hear(longest=0.05)


def test_a_program_that_ends_is_said_to_have_ended() -> None:
    with (
        pytest.raises(WrongAnswer, match="it ended by itself, with status 3"),
        PeerProcess.running("it", ("sh", "-c", "exit 3")) as process,
    ):
        process.hear()


def test_a_program_that_says_something_else_is_quoted() -> None:
    with (
        pytest.raises(WrongAnswer, match="it said 'hello' and no line of JSON"),
        PeerProcess.running("it", ("echo", "hello")) as process,
    ):
        process.hear()


@contextmanager
def measured(directory: Path) -> Generator[Sequence[Entrant | Absent]]:
    yield [Program("kubex")]


@contextmanager
def interrupted(directory: Path) -> Generator[Sequence[Entrant | Absent]]:
    raise KeyboardInterrupt
    yield ()


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where results are written: of a run of two workloads, in which both took what no program takes."""
    before = workload("", measured).without_figures("")
    figures = [msgspec.structs.replace(before[0], workload=name, measured=7.0) for name in ("one", "two")]
    path = tmp_path / "latest.json"
    write(Results(is_quick=False, environment=describe_environment(), figures=figures, measurements=[]), path)
    monkeypatch.setattr(command, "_LATEST", path)
    monkeypatch.setattr(command, "_PAGE", tmp_path / "RESULTS.md")
    monkeypatch.setattr(command, "_CHARTS", tmp_path / "charts")
    readme = tmp_path / "README.md"
    readme.write_text("# kubex\n\n<!-- figures: made by `make bench` -->\n<!-- end of figures -->\n")
    monkeypatch.setattr(command, "_README", readme)
    return path


def test_a_run_that_is_ended_keeps_what_it_has_measured(monkeypatch: pytest.MonkeyPatch, recorded: Path) -> None:
    monkeypatch.setattr(command, "WORKLOADS", [workload("one", measured), workload("two", interrupted)])
    with pytest.raises(KeyboardInterrupt):
        command.main([])
    assert [(figure.workload, figure.measured) for figure in read(recorded).figures] == [("one", 1.0), ("two", 7.0)]
    assert list(read(recorded).later) == ["one"]


def test_a_whole_run_leaves_nothing_of_the_one_before(monkeypatch: pytest.MonkeyPatch, recorded: Path) -> None:
    monkeypatch.setattr(command, "WORKLOADS", [workload("one", measured)])
    assert command.main([]) == 0
    assert [(figure.workload, figure.measured) for figure in read(recorded).figures] == [("one", 1.0)]
    assert read(recorded).later == {}
