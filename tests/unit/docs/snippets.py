"""Blocks of code in Markdown pages, and a way to run those of one page one after the other.

A page's Python blocks share their names. They may `await` at the top level, as notebooks do; one that doesn't runs in a
thread, where it can start a loop of its own. What a page needs and a reader doesn't stands in a comment that begins
with `<!-- python`. A block that can't run says why: ```` ```python no-run="needs a kubelet" ````, one that is a file
has its name, ```` ```python title="mirror.py" ````, and one for another client names that:
```` ```python client="kr8s" ````, or `<!-- python client="kopf"`; tests/clients runs those.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final, NamedTuple

import anyio.to_thread

from kubex.client.base import BaseClient

__all__ = ("Block", "read_blocks", "run_python")

_FENCED: Final = re.compile(
    r"^(?P<indent> *)(?:```(?P<language>\w*)(?P<info>[^\n]*)\n(?P<text>.*?)^(?P=indent)```$"
    r"|<!-- python(?P<hidden_info>[^\n]*)\n(?P<hidden>.*?)^-->$)",
    re.MULTILINE | re.DOTALL,
)
_NO_RUN: Final = re.compile(r'no-run="([^"]+)"')
_CLIENT: Final = re.compile(r'client="([^"]+)"')
_FILE: Final = re.compile(r'title="([^"]+)"')
_MODULE = "kubex_documentation_page"


class Block(NamedTuple):
    """A block of code, the line that it begins at, and why it does not run, if it doesn't."""

    language: str
    text: str
    line: int
    no_run: str | None = None
    client: str | None = None
    """Another client than kubex, whose code it is."""
    file: str | None = None
    """Name of the file that it is."""
    needs_pod: bool = False
    """Whether it talks to the pod `web-0`, which answers where the test has one."""
    is_hidden: bool = False
    """Whether readers don't see it."""

    @property
    def is_test(self) -> bool:
        """Whether pytest runs it."""
        return self.language == "python" and re.search(r"^(async )?def test_", self.text, re.MULTILINE) is not None


def read_blocks(path: Path) -> Iterator[Block]:
    """Read a page's blocks, from top to bottom."""
    page = path.read_text(encoding="utf-8")
    for found in _FENCED.finditer(page):
        line = page[: found.start()].count("\n") + 1
        if found["hidden"] is not None:
            client = _CLIENT.search(found["hidden_info"])
            yield Block("python", found["hidden"], line, client=client[1] if client else None, is_hidden=True)
            continue
        indent = len(found["indent"])
        text = "".join(each[indent:] if each.strip() else each for each in found["text"].splitlines(keepends=True))
        no_run, client, file = (pattern.search(found["info"]) for pattern in (_NO_RUN, _CLIENT, _FILE))
        yield Block(
            found["language"],
            text,
            line,
            no_run=no_run[1] if no_run else None,
            client=client[1] if client else None,
            file=file[1] if file else None,
            needs_pod="pod" in found["info"].split(),
        )


async def run_python(path: Path, blocks: list[Block], names: dict[str, Any]) -> None:
    """Run blocks in one new module, and close the clients that they leave open.

    Args:
        path: the page, for tracebacks.
        blocks: all of them Python.
        names: what the blocks find in their module.
    """
    module = ModuleType(_MODULE)
    vars(module).update(names, __file__=str(path))
    sys.modules[_MODULE] = module  # where annotations of classes are looked up
    try:
        for block in blocks:
            code = _compiled(path, block)
            if code.co_flags & inspect.CO_COROUTINE:
                await eval(code, vars(module))
            else:
                await anyio.to_thread.run_sync(eval, code, vars(module))
    finally:
        del sys.modules[_MODULE]
        linecache.cache.pop(str(path), None)
        for value in list(vars(module).values()):
            if isinstance(value, BaseClient):
                await value.close()


def _compiled(path: Path, block: Block) -> CodeType:
    source = "\n" * block.line + block.text  # a traceback then has the page's lines
    # Descriptions of fields are read from the source of their class.
    linecache.cache[str(path)] = (len(source), None, source.splitlines(keepends=True), str(path))
    code: CodeType = compile(source, str(path), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    return code
