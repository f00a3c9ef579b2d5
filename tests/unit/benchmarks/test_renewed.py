"""Workloads that are measured again take the place of what is recorded of them, and the page says at which commit."""

from __future__ import annotations

import msgspec
import pytest

from benchmarks import report
from benchmarks.results import Environment, Figure, Measurement, Results, renewed

ENVIRONMENT = Environment(
    commit="a" * 40,
    has_local_changes=False,
    date="2026-01-01",
    python="CPython 3.13.0",
    versions={"kubex": "0.1.0"},
    system="Linux x86_64",
    cpu_model="some",
    cores=2,
    memory_gib=24,
)


def run(commit: str, *workloads: str, measured: float) -> Results:
    figures = [
        Figure(
            workload=each,
            text=f"{each} to another",
            bound=1.0,
            unit="x",
            measured=measured,
            lower_quartile=measured,
            upper_quartile=measured,
            least=measured,
            most=measured,
            rounds=3,
            is_met=measured <= 1.0,
            is_noisy=False,
        )
        for each in workloads
    ]
    measurements = [Measurement(each, each, "kubex", 1, "thing", {"cpu_seconds": [measured] * 3}) for each in workloads]
    environment = msgspec.structs.replace(ENVIRONMENT, commit=commit * 40, date="2026-02-02")
    return Results(is_quick=False, environment=environment, figures=figures, measurements=measurements)


def test_only_what_was_measured_again_is_another() -> None:
    both = renewed(
        run("a", "get", "list", "watch", measured=1.1), run("b", "list", measured=0.9), ["get", "list", "watch"]
    )
    assert [(each.workload, each.measured) for each in both.figures] == [("get", 1.1), ("list", 0.9), ("watch", 1.1)]
    assert [each.workload for each in both.measurements] == ["get", "list", "watch"]
    assert both.later == {"list": "bbbbbbbbbbbb, 2026-02-02"}
    page = report.markdown(both)
    assert "| commit | aaaaaaaaaaaa, 2026-02-02 |" in page
    assert "| commit of `list` | bbbbbbbbbbbb, 2026-02-02 |" in page


def test_another_machine_or_version_is_another_record() -> None:
    again = run("b", "get", measured=0.9)
    again.environment.versions = {"kubex": "0.2.0"}
    with pytest.raises(ValueError, match="versions"):
        renewed(run("a", "get", measured=1.1), again, ["get"])
