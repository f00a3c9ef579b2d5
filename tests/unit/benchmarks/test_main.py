"""A program of a benchmark that fails ends no other workload, and nothing is called met because of it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks.measure import Entrant, Plan, WrongAnswer
from benchmarks.workload import Absent, Amount, Workload

PLAN = Plan(launches=1, rounds=1)


@contextmanager
def failing(directory: Path) -> Generator[Sequence[Entrant | Absent]]:
    raise WrongAnswer("it read 1, and 2 is right")
    yield ()


def workload(name: str) -> Workload:
    rules = [Amount("what it takes", 1.0, "kubex", "cpu_seconds", "s")]
    return Workload(name, name, 1, "thing", failing, PLAN, PLAN, rules)


def test_a_workload_that_fails_has_figures_that_are_missed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "WORKLOADS", [workload("one"), workload("two")])
    assert command.main(["--only", "one,two", "--quick"]) == 2
    printed = capsys.readouterr()
    assert printed.out.count("a program did not do its work") == 2
    assert "one: it read 1, and 2 is right" in printed.err
