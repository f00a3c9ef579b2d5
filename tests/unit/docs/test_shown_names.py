"""What readers copy from a page has all that it needs: no name of it comes from a block that they don't see."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.docs.snippets import read_blocks

ROOT = Path(__file__).parents[3]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SEEN_LATER = {"docs/coming-from/kopf.md": {"tell"}}
"""What a page uses in one block, says so, and defines in another one below."""


def made(tree: ast.AST) -> Iterator[str]:
    """Give the names that code makes: by assignments, definitions, imports, parameters and patterns."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.alias(name=name, asname=other):
                yield other or name.partition(".")[0]
            case _:
                pass


def used(tree: ast.AST) -> Iterator[str]:
    """Give the names that code reads."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id


def unknown(page: Path) -> list[str]:
    """Give the names that come from nowhere, each with the line of its block; a file begins anew."""
    found: list[str] = []
    on_the_page = {*vars(builtins), "__name__", *SEEN_LATER.get(page.relative_to(ROOT).as_posix(), ())}
    for block in read_blocks(page):
        if block.language == "python" and not block.is_hidden and block.client is None:
            tree = ast.parse(block.text)
            here = {*made(tree)}
            known = {*vars(builtins), "__name__", *here} if block.file or block.is_test else on_the_page | here
            found += [f"{page.name}:{block.line}: {name}" for name in sorted({*used(tree)} - known)]
            on_the_page |= here
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_is_shown_needs_nothing_that_is_hidden(page: Path) -> None:
    assert unknown(page) == []


def test_a_name_from_nowhere_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.unit.docs.test_shown_names.ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text("<!-- python\na = 1\n-->\n\n```python\nb = a\n```\n\n```python\nprint(b, c)\n```\n")
    assert unknown(page) == ["page.md:5: a", "page.md:9: c"]
