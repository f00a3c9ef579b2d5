"""What the site is made of beside its pages: charts, figures, and the marks in pages that stand for them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.charts import Bar, chart
from benchmarks.workloads import WORKLOADS
from tools.documentation import hooks
from tools.documentation.charts import chart_files, charts_markdown, first_chart_markdown
from tools.documentation.examples import examples_markdown
from tools.documentation.figures import figures_table, reasons_markdown
from tools.documentation.menu import reference_menu
from tools.documentation.models import models_markdown

DOCS = Path(__file__).parents[3] / "docs"
BARS = [Bar("kubex, aiohttp", 0.9, 1.0, 1.1), Bar("`json` [x]", 2.0, 3.0, 4.0)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("get", "peers-list"):
        (tmp_path / f"{name}.svg").write_text(chart(f"what {name} takes", "CPU time", BARS))
    return tmp_path


def test_charts_follow_the_switch_of_the_site(folder: Path) -> None:
    files = chart_files(folder)
    assert sorted(files) == [
        f"charts/{name}-{scheme}.svg" for name in ("get", "peers-list") for scheme in ("dark", "light")
    ]
    assert not any("@media" in text for text in files.values())
    light, dark = files["charts/get-light.svg"], files["charts/get-dark.svg"]
    assert "fill:#1f2328" in light
    assert "fill:#e6edf3" not in light
    assert dark.index("fill:#1f2328") < dark.index("fill:#e6edf3"), "the later rule counts"
    assert light.count("{") == light.count("}")
    assert dark.count("{") == dark.count("}")


def test_charts_are_told_to_those_who_do_not_see_them(folder: Path) -> None:
    shown = charts_markdown(folder)
    assert shown.count("](charts/get-light.svg#only-light){ .chart }") == 1
    assert shown.count("](charts/peers-list-dark.svg#only-dark){ .chart }") == 1
    assert "![what get takes: kubex, aiohttp 1 x, json x 3 x](" in shown


def test_what_is_not_drawn_is_not_shown(folder: Path, tmp_path: Path) -> None:
    assert "get-light.svg" in first_chart_markdown(["decode", "get", "peers-list"], folder)
    assert first_chart_markdown(["decode"], folder) == ""
    empty = tmp_path / "none"
    assert (chart_files(empty), charts_markdown(empty)) == ({}, "")


def test_charts_in_pages_are_of_workloads_that_there_are() -> None:
    """One whose figures are not recorded yet is left out of the site without a word."""
    text = "".join(page.read_text(encoding="utf-8") for page in DOCS.rglob("*.md"))
    named = {name for names in re.findall(r"<!-- chart: (.*?) -->", text) for name in names.split(", ")}
    assert len(named) > 2
    assert named - {workload.name for workload in WORKLOADS} == set()


def test_figures_tell_what_is_missed_and_what_was_not_measured(tmp_path: Path) -> None:
    figure: dict[str, Any] = {"text": "a", "bound": 1.0, "unit": "x", "measured": 0.5, "is_met": True}
    figures = [
        figure,
        {**figure, "text": "b", "measured": 12.3, "is_met": False, "is_minimum": True, "unit": "KB"},
        {**figure, "text": "c", "measured": None, "is_met": False, "unmeasured": "no cargo"},
    ]
    where = {"date": "2026-11-21", "python": "CPython 3.11.7", "cores": 2, "system": "Linux x86_64"}
    path = tmp_path / "latest.json"
    path.write_text(json.dumps({"figures": figures, "environment": where}))
    rows = figures_table(path).splitlines()[2:5]
    assert rows == [
        "| a | 0.50 x | ≤ 1.00 x | yes |",
        "| b | 12 KB | ≥ 1.00 KB | **no** |",
        "| c | not measured: no cargo | ≤ 1.00 x | **no** |",
    ]


def test_reasons_are_those_of_the_page_of_results(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    path.write_text("# It\n\n## What is missed, and why\n\n- a\n\nIt waits.\n\n## What each took\n\nMuch.\n")
    assert reasons_markdown(path) == "- a\n\nIt waits."
    assert reasons_markdown() in hooks.on_page_markdown("<!-- reasons -->")


def test_examples_are_shown_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("def main():\n    print()\n\n\nmain()\n")
    assert examples_markdown(tmp_path) == (
        '??? example "one.py"\n\n    ```python\n    def main():\n        print()\n\n\n    main()\n    ```'
    )


def test_marks_of_pages_are_replaced() -> None:
    page = hooks.on_page_markdown("# Figures\n\n<!-- charts -->\n\n<!-- figures -->\n\n<!-- chart: decode, get -->\n")
    assert "<!--" not in page
    assert "| figure | measured | bound | met |" in page
    assert '??? example "demo.py"' in hooks.on_page_markdown("<!-- examples -->")


def test_readers_are_not_told_how_blocks_are_run() -> None:
    hidden = '<!-- python client="kopf"\nx = 1\n-->\n'
    page = f'a\n\n{hidden}\n    ```python client="kopf" pod\n    y\n    ```\n```python title="z.py"\n'
    assert hooks.on_page_markdown(page) == 'a\n\n\n    ```python\n    y\n    ```\n```python title="z.py"\n'


def test_pages_that_no_one_listed_are_in_the_menu(tmp_path: Path) -> None:
    (tmp_path / "known.md").touch()
    (tmp_path / "new.md").touch()
    nav: list[Any] = [{"Guides": [{"Objects": ["known.md"]}]}, {"Reference": ["reference/index.md"]}]
    guides = hooks.on_config({"nav": nav, "docs_dir": str(tmp_path)})["nav"][0]["Guides"]
    assert guides == [{"Objects": ["known.md"]}, "new.md"]


def test_the_menu_of_the_reference_is_by_packages() -> None:
    modules = ["kubex", "kubex.api", "kubex.core", "kubex.core.patch", "kubex.testing", "kubex.testing.clock"]
    modules += ["kubex.testing.pods", "kubex.testing.pods.logs", "kubex_core"]
    assert reference_menu({module: f"{module}.md" for module in modules}) == [
        {
            "kubex": [
                {"kubex": "kubex.md"},
                {"kubex.api": "kubex.api.md"},
                {"kubex.core": [{"kubex.core": "kubex.core.md"}, {"kubex.core.patch": "kubex.core.patch.md"}]},
            ]
        },
        {
            "kubex.testing": [
                {"kubex.testing": "kubex.testing.md"},
                {"kubex.testing.clock": "kubex.testing.clock.md"},
                {
                    "kubex.testing.pods": [
                        {"kubex.testing.pods": "kubex.testing.pods.md"},
                        {"kubex.testing.pods.logs": "kubex.testing.pods.logs.md"},
                    ]
                },
            ]
        },
        {"kubex_core": [{"kubex_core": "kubex_core.md"}]},
    ]


def test_long_names_in_menus_may_be_broken_and_nothing_else() -> None:
    page = (
        '<title>kubex.api_x</title><span class="md-ellipsis">\n  kubex.api_x\n  </span>'
        '<span class="md-ellipsis">PodAccessor</span><span class="md-ellipsis">Run a_b.</span>'
    )
    assert hooks.on_post_page(page) == (
        '<title>kubex.api_x</title><span class="md-ellipsis">\n  kubex.<wbr>api_<wbr>x\n  </span>'
        '<span class="md-ellipsis">Pod<wbr>Accessor</span><span class="md-ellipsis">Run a_b.</span>'
    )


def test_kinds_lead_to_their_pages_in_the_kubernetes_documentation() -> None:
    row = next(line for line in models_markdown().splitlines() if "`ConfigMap`" in line)
    assert row.startswith("| [`ConfigMap`](https://kubernetes.io/docs/reference/")


def test_kinds_tell_their_accessors() -> None:
    page = models_markdown()
    row = next(line for line in page.splitlines() if "[`Deployment`]" in line)
    assert row.endswith("| <code>apps.<wbr>v1</code> | <code>apps/<wbr>v1</code> | Namespaced | `scale`, `status` |")
    row = next(line for line in page.splitlines() if "[`Pod`]" in line)
    assert {"`logs`", "`exec`", "`copy`", "`ephemeral_containers`"} <= {*re.findall("`[a-z_]+`", row)}
