"""Writing generated files and comparing them."""

from __future__ import annotations

from pathlib import Path

from tools.codegen.generate import HEADER_START
from tools.codegen.output import differing_files, write_files

FILES = {"__init__.py": f"{HEADER_START}1\n", "core/pod.py": f"{HEADER_START}1\nx = 1\n"}


def test_writes_what_differs_and_nothing_else(tmp_path: Path) -> None:
    assert differing_files(FILES, tmp_path) == ["__init__.py", "core/pod.py"]
    assert write_files(FILES, tmp_path) == ["__init__.py", "core/pod.py"]
    assert differing_files(FILES, tmp_path) == []
    before = (tmp_path / "__init__.py").stat().st_mtime_ns
    (tmp_path / "core" / "pod.py").write_text("changed")
    assert differing_files(FILES, tmp_path) == ["core/pod.py"]
    assert write_files(FILES, tmp_path) == ["core/pod.py"]
    assert (tmp_path / "core" / "pod.py").read_text() == FILES["core/pod.py"]
    assert (tmp_path / "__init__.py").stat().st_mtime_ns == before


def test_removes_what_was_generated_before_and_only_that(tmp_path: Path) -> None:
    write_files(FILES, tmp_path)
    (tmp_path / "core" / "gone.py").write_text(f"{HEADER_START}0.9\n")
    (tmp_path / "core" / "own.py").write_text("# By hand.\n")
    (tmp_path / "notes.txt").write_text(HEADER_START)
    assert differing_files(FILES, tmp_path) == ["core/gone.py"]
    assert write_files(FILES, tmp_path) == ["core/gone.py"]
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "__init__.py",
        "notes.txt",
        "own.py",
        "pod.py",
    ]
