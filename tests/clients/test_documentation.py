"""The pages for users of other clients: what they say of those clients runs, each page as one program."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.environment import run
from tests.unit.docs.snippets import read_blocks

pytestmark = pytest.mark.timeout(300)  # the first test may have to make the environment
ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "coming-from").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_is_shown_of_another_client_runs(page: Path, secure_kubeconfig: Path, tmp_path: Path) -> None:
    blocks = [block.text for block in read_blocks(page) if block.client is not None]
    assert len(blocks) >= 5
    body = "".join(f"    {line}\n" if line else "\n" for text in blocks for line in text.splitlines())
    program = tmp_path / "program.py"
    program.write_text(f"import asyncio\n\n\nasync def main():\n{body}\n\nasyncio.run(main())\n")
    ended = run(["python", str(program)], secure_kubeconfig, tmp_path)
    assert ended.code == 0, ended.output
