"""Charts: well-formed, as long as what they show, and with kubex told from the others."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from benchmarks.charts import Bar, chart, charts
from benchmarks.results import Measurement

SVG = "{http://www.w3.org/2000/svg}"


def measurement(peer: str, *samples: float, workload: str = "peers-get", measure: str = "cpu_seconds") -> Measurement:
    return Measurement(workload, "get a pod", peer, 200, "request", {measure: [*samples]})


def drawn(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def widths(root: ElementTree.Element) -> list[float]:
    return [float(bar.attrib["width"]) for bar in root.iter(f"{SVG}rect")]


def test_bars_are_as_long_as_what_they_show() -> None:
    root = drawn(chart("get", "note", [Bar("kubex", 1, 1, 1), Bar("other", 4, 4, 4)]))
    own, other = widths(root)
    assert other == pytest.approx(4 * own, rel=0.01)


def test_the_shortest_comes_first_and_kubex_stands_out() -> None:
    by_workload = charts([measurement("slow", 8, 8), measurement("kubex (aiohttp)", 2, 2), measurement("fast", 1, 1)])
    root = drawn(by_workload["peers-get"])
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert texts[2:] == ["fast", "0.5 x", "kubex (aiohttp)", "1 x", "slow", "4 x"]
    assert [bar.get("class") for bar in root.iter(f"{SVG}rect")] == [None, "own", None]


def test_a_bar_is_the_median_of_rounds_beside_each_other_as_the_figure_is() -> None:
    by_workload = charts([measurement("kubex (aiohttp)", 1, 2, 6), measurement("other", 2, 6, 6)])
    texts = [text.text for text in drawn(by_workload["peers-get"]).iter(f"{SVG}text")]
    assert texts[2:] == ["kubex (aiohttp)", "1 x", "other", "2 x"]


def test_names_are_text_whatever_is_in_them() -> None:
    root = drawn(chart("a < b & c", "", [Bar('<"x">', 1, 1, 1)]))
    assert next(text.text for text in root.iter(f"{SVG}text")) == "a < b & c"


def test_what_stands_alone_has_no_chart() -> None:
    alone = [measurement("kubex", 1, 1)]
    others = [measurement("a", 1, 1, workload="x"), measurement("b", 1, 1, workload="x")]
    assert charts([*alone, *others]) == {}


def test_memory_is_drawn_too() -> None:
    two = [measurement(peer, 1, 1, measure="kept_bytes") for peer in ("kubex", "other")]
    assert "memory" in charts(two)["peers-get"]


def test_long_names_are_whole_and_bars_end_before_the_edge() -> None:
    name = "client-go, protobuf, stripped, equal parts once"
    root = drawn(chart("keep", "", [Bar("kubex", 1, 1, 1), Bar(name, 9, 9, 9)]))
    shown = next(text for text in root.iter(f"{SVG}text") if text.text == name)
    assert float(shown.attrib["x"]) >= 8 * len(name), "as wide as letters are in DejaVu Sans and Verdana"
    longest = max(root.iter(f"{SVG}rect"), key=lambda bar: float(bar.attrib["width"]))
    assert float(longest.attrib["x"]) + float(longest.attrib["width"]) <= 720 - 100, "the number stands behind it"
