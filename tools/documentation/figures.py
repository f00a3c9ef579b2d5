"""The benchmarks' figures as a table for the site, and why bounds are missed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

__all__ = ("figures_table", "reasons_markdown")

_BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
_RESULTS = _BENCHMARKS / "results" / "latest.json"
_REASONS = re.compile(r"^## What is missed, and why$\n+(.*?)\n+(?=^## )", re.MULTILINE | re.DOTALL)


def figures_table(path: Path = _RESULTS) -> str:
    """Write the measured figures of a result file as a Markdown table, each with its bound."""
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    lines = ["| figure | measured | bound | met |", "|---|---|---|---|"]
    for figure in results["figures"]:
        sign = "≥" if figure.get("is_minimum") else "≤"
        bound = f"{sign} {_amount(figure['bound'], figure['unit'])}"
        if figure["measured"] is None or figure.get("unmeasured"):
            lines.append(f"| {figure['text']} | not measured: {figure.get('unmeasured', '')} | {bound} | **no** |")
            continue
        met = "yes" if figure["is_met"] else "**no**"
        lines.append(f"| {figure['text']} | {_amount(figure['measured'], figure['unit'])} | {bound} | {met} |")
    where = results["environment"]
    lines += ["", f"Measured {where['date']} with {where['python']} on {where['cores']} cores ({where['system']})."]
    return "\n".join(lines)


def reasons_markdown(path: Path = _BENCHMARKS / "RESULTS.md") -> str:
    """Give what the page of results says of missed bounds."""
    texts: list[str] = _REASONS.findall(path.read_text(encoding="utf-8"))
    return texts[0]


def _amount(value: float, unit: str) -> str:
    number = f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"
    return f"{number} x" if unit == "x" else f"{number} {unit}"
