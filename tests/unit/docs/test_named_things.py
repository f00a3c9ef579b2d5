"""What the pages at the root name is there: files and folders, names of the code, targets of make, links, anchors."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "RELEASING.md", "SECURITY.md"]
FOLDERS = ("src", "tools", "tests", "testbed", "benchmarks", "examples", "docs", "requirements", ".ci")
ENDINGS = r"py|md|txt|in|json|ya?ml|toml|mod|sum|go|ipynb|sock"
MADE = re.compile(r"(dist|site|\.screenshots|\.venv|\.build|manifests|crds)/.*|.*\bX\.Y(\.Z)?\..*")
"""Folders that are made or a reader's own, and names with a version in them."""

SPAN = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATH = re.compile(rf"(?<![\w/.*<>-])((?:[\w.*…-]+/)*[\w.*-]+\.(?:{ENDINGS})\b|(?:[\w.*-]+/)+[\w*-]*)(?![\w<])")
NAME = re.compile(r"@?([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\(.*\))?")
TARGET = re.compile(r"(?<!-)\bmake ([a-z][a-z0-9-]*)")
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([\w-]*))?\)")
OF_OTHERS = {"I/O", "SHA256SUMS", "moby/spdystream", "vX.Y.Z"}
"""What pages speak of that is no file or name of the project."""


@cache
def files() -> frozenset[str]:
    found = [ROOT / folder for folder in FOLDERS]
    found += [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    found += [path for path in ROOT.iterdir() if path.is_file()]
    return frozenset(path.relative_to(ROOT).as_posix() + ("/" if path.is_dir() else "") for path in found)


@cache
def words() -> frozenset[str]:
    """Every word of the sources, but of the generated ones."""
    sources = [
        path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if "/k8s/v1_" not in path.as_posix()
    ]
    sources += [ROOT / "pyproject.toml", ROOT / "Makefile", ROOT / "mkdocs.yml"]
    return frozenset(word for path in sources for word in re.findall(r"[A-Za-z_]\w*", path.read_text(encoding="utf-8")))


def is_there(path: str) -> bool:
    """Whether a file or folder of this path is somewhere below the root; `*` and `…` stand for any name."""
    if path in OF_OTHERS or MADE.fullmatch(path):
        return True
    pattern = re.escape(path).replace(r"\*", "[^/]*").replace("…", "[^/]*")
    known = re.compile(rf"(?:.*/)?{pattern}/?")
    return any(known.fullmatch(file) for file in files())


def prose(page: str) -> tuple[str, list[tuple[str, str]]]:
    """Give a page's text without its blocks, and its blocks with their languages."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return FENCE.sub("", text), [(found[1], found[2]) for found in FENCE.finditer(text)]


def named_paths(page: str) -> Iterator[str]:
    text, blocks = prose(page)
    spans = SPAN.findall(text)
    spans += [line for language, block in blocks if language == "text" for line in block.splitlines()]
    for span in spans:
        if "://" not in span:
            yield from PATH.findall(span)


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
class TestPage:
    def test_its_paths_exist(self, page: str) -> None:
        assert [path for path in named_paths(page) if not is_there(path)] == []

    def test_its_names_are_in_the_code(self, page: str) -> None:
        missing: list[str] = []
        for span in SPAN.findall(prose(page)[0]):
            found = NAME.fullmatch(span)
            if found and span not in OF_OTHERS and not is_there(span):
                missing += [span for part in found[1].split(".") if part not in words()]
        assert missing == []

    def test_its_targets_exist(self, page: str) -> None:
        text, blocks = prose(page)
        known = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        commands = [*SPAN.findall(text), *(block for language, block in blocks if language == "console")]
        assert {target for command in commands for target in TARGET.findall(command)} - known == set()

    def test_its_links_lead_somewhere(self, page: str) -> None:
        broken: list[str] = []
        for path, anchor in LINK.findall(prose(page)[0]):
            if path.startswith("http"):
                continue
            target = ROOT / path if path else ROOT / page
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(f"{path}#{anchor}")
        assert broken == []


def test_every_folder_of_tests_is_on_the_map() -> None:
    """The map of tests names each folder that has tests in it."""
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    tiers = {f"tests/{folder.relative_to(ROOT / 'tests').parts[0]}" for folder in folders}
    assert [tier for tier in sorted(tiers) if f"`{tier}`" not in page] == []


def test_every_target_of_make_is_described() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^\.PHONY: ([a-z0-9-]+)$", makefile, re.MULTILINE))
    assert targets == set(re.findall(r"^([a-z0-9-]+):.*## ", makefile, re.MULTILINE))


def test_every_extra_is_in_the_readme_or_a_guide() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    pages = "".join(path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    mentioned = {extra for found in re.findall(r"kubex\[([a-z,-]+)\]", pages) for extra in found.split(",")}
    assert set(extras) - mentioned == set()
    installing = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    table = "".join(re.findall(r"^\| .* \|$", installing, re.MULTILINE))
    assert {*re.findall(r"`kubex\[([a-z-]+)\]`", table)} == set(extras)


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("core/codec.py", True),
        ("tests/unit/docs/", True),
        ("lifecycle/*", True),
        ("codec.pyc", False),
        ("core/no_such.py", False),
        ("odec.py", False),
    ],
)
def test_a_path_is_looked_for_from_a_folder_on(path: str, there: bool) -> None:
    assert is_there(path) is there
