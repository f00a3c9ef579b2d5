"""The documentation's code is what users copy: mypy --strict finds nothing wrong with it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.unit.docs.snippets import read_blocks

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

# Pages await at the top level, as notebooks do, show one thing in two ways under one name, and name other libraries.
ALLOWED = [f"--disable-error-code={code}" for code in ("top-level-await", "no-redef", "import-not-found")]
AT_THE_TOP = re.compile(r'error: "async (?:for|with)" outside async function  \[syntax\]$')


def module_of(page: Path) -> str:
    """Give a page's Python as a module, each line where the page has it."""
    lines = ["from kubex.testing import ApiServer as _ApiServer; server: _ApiServer"]  # what every page has
    for block in read_blocks(page):
        if block.language == "python" and block.client is None:
            lines += [""] * (block.line - len(lines))
            lines += block.text.splitlines()
    return "\n".join(lines) + "\n"


def test_mypy_is_content_with_every_page(tmp_path: Path) -> None:
    names: dict[str, str] = {}
    for page in PAGES:
        text = module_of(page)
        if text.strip():
            name = "page_" + re.sub(r"\W", "_", str(page.relative_to(ROOT)))
            names[name] = str(page.relative_to(ROOT))
            (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    assert len(names) > 15
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", *ALLOWED, str(tmp_path)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    found = [
        line.replace(f"{each}.py", names[each])
        for line in answer.stdout.splitlines()
        for each in names
        if f"{each}.py" in line and not AT_THE_TOP.search(line)
    ]
    assert found == [], "\n".join(found)
    assert answer.returncode in (0, 1), answer.stdout + answer.stderr
