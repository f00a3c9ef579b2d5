"""The guide to the runtime: its code can be compiled, and what it imports is there."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

GUIDE = Path(__file__).parents[3] / "docs" / "runtime.md"


def test_its_code_compiles_and_imports_what_there_is() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    imported = 0
    for block in blocks:
        compile(block, str(GUIDE), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom):
                module = import_module(node.module or "")
                assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == []
                imported += len(node.names)
    assert len(blocks) > 6
    assert imported > 10
