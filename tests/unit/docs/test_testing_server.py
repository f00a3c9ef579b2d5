"""The guide to the server in memory: every block of it runs, from top to bottom in one folder."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from kubex.testing.certificates import Authority

pytest_plugins = ["pytester"]
# pytester forgets what is imported in its runs, and cryptography can't be imported twice: it has to be there before.
assert callable(Authority)
pytestmark = pytest.mark.timeout(300)  # it starts some processes, and a busy machine takes a while for each

ROOT = Path(__file__).parents[3]
GUIDE = ROOT / "docs" / "testing-server.md"
_FENCED: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A block of code, and the line that it begins at."""

    language: str
    text: str
    line: int


def blocks() -> list[Block]:
    guide = GUIDE.read_text(encoding="utf-8")
    return [Block(each[1], each[2], guide[: each.start()].count("\n") + 1) for each in _FENCED.finditer(guide)]


def test_every_block_runs(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = pytester.path
    monkeypatch.chdir(folder)
    ran: set[str] = set()
    for block in blocks():
        name = f"line_{block.line}"
        if block.language == "yaml":
            run_manifest(block, folder)
        elif block.language == "toml":
            (folder / "pyproject.toml").write_text(block.text)
        elif block.language == "console":
            run_commands(block, folder)
        elif "\ndef test_" in block.text or "\nasync def test_" in block.text:
            path = pytester.makepyfile(**{f"test_{name}": block.text})
            result = pytester.runpytest("-p", "no:asyncio", "-p", "no:cacheprovider", "-W", "error", path)
            result.assert_outcomes(passed=2 if "async def" in block.text else 1)  # on asyncio and trio
        else:
            assert block.language == "python", f"line {block.line}: nothing runs {block.language!r}"
            path = folder / f"{name}.py"
            path.write_text(block.text)
            runpy.run_path(str(path), run_name="__main__")
        ran.add(block.language)
    assert ran == {"console", "python", "toml", "yaml"}
    check_settings(folder)


def run_manifest(block: Block, folder: Path) -> None:
    """Write a block to the file that its first line names."""
    path = folder / block.text.partition("\n")[0].removeprefix("# ")
    path.parent.mkdir(exist_ok=True)
    path.write_text(block.text)


def run_commands(block: Block, folder: Path) -> None:
    """Run each command, which has to write what the guide shows: addresses and folders aside."""
    for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
        words = shlex.split(command, comments=True)
        if words[:2] == ["pip", "install"]:
            check_extra(words[2])
            continue
        assert words[:3] == ["python", "-m", "kubex.testing"], f"line {block.line}: nothing runs {command!r}"
        with subprocess.Popen([sys.executable, *words[1:]], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                lines = [process.stdout.readline() for _ in shown.splitlines()]
                process.send_signal(signal.SIGTERM)
                assert process.wait(100) == 0
            finally:
                process.kill()
        assert [masked(line) for line in lines] == [masked(line) for line in shown.splitlines(keepends=True)]


def masked(line: str) -> str:
    return re.sub(r":\d{4,5}$", ":PORT", re.sub(r"=/\S*/(kubeconfig)$", r"=/\1", line))


def check_extra(requirement: str) -> None:
    """Look a distribution's extra up."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found = re.fullmatch(r"kubex\[([a-z-]+)\]", requirement)
    assert found is not None
    assert found[1] in project["optional-dependencies"]


def check_settings(folder: Path) -> None:
    """The configuration file of the guide is one that the plugin reads."""
    (folder / "test_version.py").write_text(
        "import urllib.request\n"
        "def test_version(kube_api_server):\n"
        "    with urllib.request.urlopen(f'{kube_api_server.url}/version') as answer:\n"
        "        assert b'\"34\"' in answer.read()\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:asyncio", "-p", "no:cacheprovider", "test_version.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, env=os.environ, check=False)
    assert done.returncode == 0, done.stdout
