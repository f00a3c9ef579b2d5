"""The example programs as a page shows them: each folded, with its whole text."""

from __future__ import annotations

from pathlib import Path

__all__ = ("examples_markdown",)

_EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def examples_markdown(folder: Path = _EXAMPLES) -> str:
    """Show all programs of a folder, by their names."""
    return "\n\n".join(_folded(path) for path in sorted(folder.glob("*.py")))


def _folded(path: Path) -> str:
    code = ["```python", *path.read_text(encoding="utf-8").splitlines(), "```"]
    return "\n".join([f'??? example "{path.name}"', "", *(f"    {line}".rstrip() for line in code)])
