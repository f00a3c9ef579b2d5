"""The README's figures: those of the recorded run."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.readme import renewed_readme
from benchmarks.results import read

ROOT = Path(__file__).parents[3]
RECORDED = read(ROOT / "benchmarks" / "results" / "latest.json")


def test_the_figures_of_the_readme_are_the_recorded_ones() -> None:
    readme = (ROOT / "README.md").read_text()
    assert renewed_readme(readme, RECORDED) == readme


def test_the_rest_of_the_page_stays_as_it_is() -> None:
    text = "above\n<!-- figures: made by `make bench` -->\nold\n<!-- end of figures -->\nbelow\n"
    renewed = renewed_readme(text, RECORDED)
    assert renewed.startswith("above\n<!--")
    assert renewed.endswith("-->\nbelow\n")
    assert "old" not in renewed
    for workload in ("lightkube", "client-go, protobuf", "`json.loads` of the same bytes"):
        assert workload in renewed


def test_a_page_without_a_place_for_them_is_refused() -> None:
    with pytest.raises(ValueError, match="the README lacks"):
        renewed_readme("# kubex\n", RECORDED)
