"""The documentation's pages: their Python runs on a server in memory, their commands and the README's exist."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import anyio
import pytest

from kubex.testing import ApiServer
from tests.unit.docs.snippets import Block, read_blocks, run_python

pytestmark = pytest.mark.timeout(300)  # a busy machine takes a while for each
ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
MOST_THAT_DO_NOT_RUN = 8
# Commands of others, which are only looked at.
OTHERS = {"cd", "export", "git", "helm", "kopf", "kubectl", "pytest", "uv"}

# Pages about what a kubelet and controllers do.
WITH_WORKLOADS = {"waiting.md"}


def has_its_own_test(page: Path) -> bool:
    name = page.stem.replace("-", "_")
    return any((Path(__file__).parent / f"test_{name}{end}.py").exists() for end in ("", "_guide"))


PAGES = [page for page in sorted(DOCS.rglob("*.md")) if not has_its_own_test(page)]
IDENTIFIERS = [str(page.relative_to(ROOT)) for page in PAGES]


def python_blocks(page: Path) -> list[Block]:
    return [
        block
        for block in read_blocks(page)
        if block.language == "python" and block.no_run is None and block.client is None
    ]


@pytest.mark.parametrize("page", [page for page in PAGES if python_blocks(page)], ids=lambda page: page.name)
def test_python_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = python_blocks(page)
    files = [block for block in blocks if block.file is not None or block.is_test]
    monkeypatch.chdir(tmp_path)
    with ApiServer(workloads=page.name in WITH_WORKLOADS) as server:
        monkeypatch.setenv("KUBECONFIG", str(server.kubeconfig))
        anyio.run(run_python, page, [block for block in blocks if block not in files], {"server": server})
        for block in files:
            path = tmp_path / (block.file or f"test_line_{block.line}.py")
            path.write_text(block.text)
            if not block.is_test and "__main__" not in block.text:  # a program that ends
                command = [sys.executable, "-W", "error", str(path)]
                done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
                assert (done.returncode, done.stderr) == (0, "")
    if any(block.is_test for block in files):
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:asyncio", "-p", "no:cacheprovider", "-W", "error"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
        assert done.returncode == 0, done.stdout


def test_few_blocks_do_not_run() -> None:
    left_out = [f"{page}: {block.no_run}" for page in PAGES for block in read_blocks(page) if block.no_run is not None]
    assert len(left_out) <= MOST_THAT_DO_NOT_RUN, left_out


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=["README.md", *IDENTIFIERS])
def test_controllers_take_back_what_others_have_changed(page: Path) -> None:
    shown = "".join(block.text for block in read_blocks(page) if block.language == "python")
    applies = [ast.unparse(node) for node in ast.walk(ast.parse(shown)) if is_apply_of_a_controller(node)]
    assert [apply for apply in applies if "force=True" not in apply] == []


def is_apply_of_a_controller(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and re.match(r"ctx\.api\(\w+\)\.apply\(", ast.unparse(node)) is not None


def test_every_fence_says_its_language() -> None:
    bare = [f"{page}:{block.line}" for page in PAGES for block in read_blocks(page) if not block.language]
    assert bare == []


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=["README.md", *IDENTIFIERS])
def test_commands_exist(page: Path) -> None:
    blocks = list(read_blocks(page))
    files = {block.file for block in blocks if block.file is not None}
    for block in blocks:
        if block.language in ("console", "shell", "bash"):
            for line in re.findall(r"^\$ (.*)$", block.text, re.MULTILINE):
                for command in line.split(" && "):
                    check_command(command, files, f"{page.name}:{block.line}")


def check_command(command: str, files: set[str], where: str) -> None:
    words = [word for word in shlex.split(command, comments=True) if not re.fullmatch(r"[A-Z_]+=.*", word)]
    match words:
        case ["make", *targets]:
            known = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
            assert set(targets) <= known, where
        case ["pip", "install", *requirements]:
            check_extras(requirements, where)
        case ["python", "-m", "kubex.testing", *_]:
            pass
        case ["python", script, *_] if script.endswith(".py"):
            assert script in files or (ROOT / script).exists(), f"{where}: no {script}"
        case ["kubex", *_]:
            scripts = importlib.metadata.entry_points(group="console_scripts", name="kubex")
            assert len(scripts) > 0, f"{where}: there is no command kubex"
        case [name, *_]:
            assert name in OTHERS, f"{where}: nothing is known of {name}"
        case []:
            pass
        case _:
            raise AssertionError(where)


def check_extras(requirements: list[str], where: str) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for requirement in requirements:
        found = re.fullmatch(r"kubex\[([a-z,-]+)\]", requirement)
        if found:
            assert set(found[1].split(",")) <= set(extras), where


def test_a_block_is_read_with_its_line_and_its_reason(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        'text\n```python no-run="no kubelet"\na\n```\n<!-- python\nb = 1\n-->\n'
        '    ```python title="c.py"\n    c\n    ```\n'
        '<!-- python client="kopf"\nd\n-->\n'
    )
    assert list(read_blocks(page)) == [
        Block("python", "a\n", 2, "no kubelet"),
        Block("python", "b = 1\n", 5, is_hidden=True),
        Block("python", "c\n", 8, file="c.py"),
        Block("python", "d\n", 11, client="kopf", is_hidden=True),
    ]


def test_blocks_share_names_and_may_await(tmp_path: Path) -> None:
    blocks = [
        Block("python", "import anyio\nawait anyio.sleep(0)\nx = start + 1\n", 1),
        Block("python", "async def main():\n    global y\n    y = x + 1\nanyio.run(main)\nassert y == 3\n", 5),
    ]
    anyio.run(run_python, tmp_path / "page.md", blocks, {"start": 1})
    no_names: dict[str, object] = {}
    with pytest.raises(AssertionError):
        anyio.run(run_python, tmp_path / "page.md", [Block("python", "assert False\n", 1)], no_names)
