"""Writes generated files, or compares them with what is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tools.codegen.generate import HEADER_START

__all__ = ["differing_files", "write_files"]


def differing_files(files: Mapping[str, str], folder: Path) -> list[str]:
    """Give the paths below a folder that are not as generated: changed, missing, or left over from before."""
    differing = set(_left_over(files, folder))
    for path, text in files.items():
        file = folder / path
        if not file.is_file() or file.read_bytes() != text.encode():
            differing.add(path)
    return sorted(differing)


def write_files(files: Mapping[str, str], folder: Path) -> list[str]:
    """Bring a folder up to date and give the paths that changed. Files that were not generated are let alone."""
    changed = differing_files(files, folder)
    for path in changed:
        file = folder / path
        if path in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(files[path].encode())
        else:
            file.unlink()
    return changed


def _left_over(files: Mapping[str, str], folder: Path) -> list[str]:
    return [
        path
        for file in folder.rglob("*.py")
        if (path := file.relative_to(folder).as_posix()) not in files and file.read_text().startswith(HEADER_START)
    ]
