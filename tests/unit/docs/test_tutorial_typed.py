"""The tutorial, typed from top to bottom as written: its code as into `python -m asyncio`, its files into files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kubex import conditions
from kubex.k8s.v1_35.core.v1 import ConfigMap, Namespace
from kubex.sync import Api, create_client, wait_for
from kubex.testing import ApiServer
from kubex_core.models.metadata import ObjectMetadata
from tests.unit.docs.snippets import read_blocks

pytestmark = pytest.mark.timeout(300)  # a busy machine takes a while for each
PAGE = Path(__file__).parents[3] / "docs" / "tutorial.md"
BLOCKS = [block for block in read_blocks(PAGE) if block.language == "python"]
PATIENCE = 60
# What `python -m asyncio` does with each line; without a terminal that of 3.13.0 can't take a function.
INTERPRETER = """
import ast, asyncio, codeop, inspect, sys, types

async def main():
    compiled = codeop.CommandCompiler()
    compiled.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    names, lines = {"__name__": "__main__", "asyncio": asyncio}, []
    for line in sys.stdin.read().splitlines():
        lines.append(line)
        code = compiled("\\n".join(lines), "typed", "single")
        if code is not None:
            lines.clear()
            result = types.FunctionType(code, names)()
            if inspect.iscoroutine(result):
                await result
    assert not lines, lines

asyncio.run(main())
"""


def environment(**variables: str) -> dict[str, str]:
    """Give what a reader has who has no cluster."""
    left = {name: value for name, value in os.environ.items() if name not in ("KUBECONFIG", "PYTHONSTARTUP")}
    return {**left, "PYTHONUNBUFFERED": "1", **variables}


def test_nothing_in_it_is_hidden_or_left_out() -> None:
    assert [block for block in BLOCKS if block.is_hidden or block.no_run] == []
    assert [block.file for block in BLOCKS if block.file is not None] == ["mirror.py", "test_mirror.py"]


def test_typed_into_an_interpreter(tmp_path: Path) -> None:
    # A block's end is an empty line, which ends what was begun, as the reader's key does.
    typed = [block.text + "\n" for block in BLOCKS if block.file is None]
    assert len(typed) > 10
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", INTERPRETER],
        input="".join([*typed, "print('typed to the', 'end')\n"]),
        cwd=tmp_path,
        env=environment(HOME=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("typed to the end\n")
    assert done.stderr == ""


def written(folder: Path) -> None:
    for block in BLOCKS:
        if block.file is not None:
            (folder / block.file).write_text(block.text)


def test_its_program_works_until_ctrl_c(tmp_path: Path) -> None:
    written(tmp_path)
    with ApiServer() as server, create_client(server.configuration) as client:
        for name in ("shop", "backup"):
            Api(Namespace, client).create(Namespace(metadata=ObjectMetadata(name=name)))
        settings = Api(ConfigMap, client, namespace="shop")
        copies = Api(ConfigMap, client, namespace="backup")
        with subprocess.Popen(
            [sys.executable, "mirror.py"], cwd=tmp_path, env=environment(KUBECONFIG=str(server.kubeconfig))
        ) as program:
            try:
                colours = ObjectMetadata(name="colours", labels={"mirror": "yes"})
                settings.create(ConfigMap(metadata=colours, data={"sky": "blue"}))
                copy = wait_for(copies, "colours", lambda copy: copy.data, timeout=PATIENCE)
                assert copy.data == {"sky": "blue"}
                settings.delete("colours")
                wait_for(settings, "colours", conditions.deleted, timeout=PATIENCE)
                assert copies.get_or_none("colours") is None
                program.send_signal(signal.SIGINT)
                assert program.wait(PATIENCE) == 0
            finally:
                program.kill()
