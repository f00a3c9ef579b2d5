"""The benchmarks' figures as a table for the landing page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ("figures_table",)

_RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "latest.json"


def figures_table(path: Path = _RESULTS) -> str:
    """Write the measured figures of a result file as a Markdown table, each with its bound."""
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    lines = ["| measured | median | bound |", "|---|---|---|"]
    for figure in results["figures"]:
        if figure["measured"] is None:
            continue
        bound = "" if figure["bound"] is None else _amount(figure["bound"], figure["unit"])
        lines.append(f"| {figure['text']} | {_amount(figure['measured'], figure['unit'])} | {bound} |")
    where = results["environment"]
    lines += ["", f"Measured {where['date']} with {where['python']} on {where['cores']} cores ({where['system']})."]
    return "\n".join(lines)


def _amount(value: float, unit: str) -> str:
    number = f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"
    return f"{number} x" if unit == "x" else f"{number} {unit}"
