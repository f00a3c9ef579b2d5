"""The benchmarks' charts in the site: those that there are, each for light and for dark pages.

As files of their own they follow the reader's system; in the site they follow its switch for dark mode.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path

__all__ = ("chart_files", "charts_markdown", "first_chart_markdown")

_CHARTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "charts"
_DARK = re.compile(r"@media\(prefers-color-scheme:dark\)\{(?P<rules>(?:[^{}]*\{[^{}]*\})*)\}")
_SPOKEN = re.compile(r'aria-label="([^"]*)"')


def chart_files(folder: Path = _CHARTS) -> dict[str, str]:
    """Give the site's files of charts: their paths in it, and their texts."""
    files: dict[str, str] = {}
    for path in _charts(folder):
        text = path.read_text(encoding="utf-8")
        files[f"charts/{path.stem}-light.svg"] = _DARK.sub("", text)
        files[f"charts/{path.stem}-dark.svg"] = _DARK.sub(lambda found: found["rules"], text)
    return files


def charts_markdown(folder: Path = _CHARTS) -> str:
    """Show all charts, one below the other."""
    return "\n\n".join(_shown(path) for path in _charts(folder))


def first_chart_markdown(names: Sequence[str], folder: Path = _CHARTS) -> str:
    """Show the first of these charts that there is; nothing where there is none of them."""
    there = {path.stem: path for path in _charts(folder)}
    return next((_shown(there[name]) for name in names if name in there), "")


def _charts(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.svg"))


def _shown(path: Path) -> str:
    spoken = _SPOKEN.search(path.read_text(encoding="utf-8"))
    text = html.unescape(spoken[1]) if spoken else path.stem
    text = re.sub(r"[\[\]`]", "", text)
    images = [f"![{text}](charts/{path.stem}-{scheme}.svg#only-{scheme}){{ .chart }}" for scheme in ("light", "dark")]
    return "\n".join(images)
