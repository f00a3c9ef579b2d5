"""Which Pythons `make test` finds."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tools.interpreters import Interpreter, find_interpreters, supported_versions


@pytest.fixture
def pyenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with no Python but those of a pyenv, and its launchers on the PATH."""
    root = tmp_path / "pyenv"
    (root / "shims").mkdir(parents=True)
    monkeypatch.setenv("PYENV_ROOT", str(root))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(root / "shims"))
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    return root


def executable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def python(path: Path, *version: int, usable: bool = True) -> Path:
    return executable(path, f"echo '{json.dumps([usable, version, str(path)])}'")


def test_the_project_claims_versions() -> None:
    assert supported_versions() == ["3.11", "3.12", "3.13"]


def test_the_newest_patch_of_each_version(pyenv: Path) -> None:
    python(pyenv / "versions/3.12.9/bin/python3.12", 3, 12, 9)
    newest = python(pyenv / "versions/3.12.10/bin/python3.12", 3, 12, 10)
    only = python(pyenv / "versions/3.11.2/bin/python3.11", 3, 11, 2)
    python(pyenv / "versions/3.10.1/bin/python3.10", 3, 10, 1)
    assert find_interpreters() == [Interpreter((3, 11, 2), str(only)), Interpreter((3, 12, 10), str(newest))]


def test_a_launcher_of_a_version_that_is_not_selected(pyenv: Path) -> None:
    executable(pyenv / "shims/python3.13", "echo 'python3.13: command not found' >&2; exit 127")
    assert find_interpreters() == []


def test_what_can_make_no_environments(pyenv: Path) -> None:
    python(pyenv / "versions/3.13.0t/bin/python3.13", 3, 13, 0, usable=False)
    executable(pyenv / "versions/3.12.1/bin/python3.12", "echo 'No module named ensurepip' >&2; exit 1")
    (pyenv / "versions/3.11.1/bin").mkdir(parents=True)
    os.symlink("/nowhere", pyenv / "versions/3.11.1/bin/python3.11")
    assert find_interpreters() == []


def test_a_python_of_the_path_alone(pyenv: Path) -> None:
    found = python(pyenv / "shims/python3", 3, 13, 4)
    assert find_interpreters() == [Interpreter((3, 13, 4), str(found))]
