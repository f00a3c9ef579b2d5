"""What was built, once for all tests of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.package.environments import ROOT, tool
from tools.interpreters import Interpreter, find_interpreters

__all__ = ["Distribution", "build_package", "copy_tree"]


class Distribution(NamedTuple):
    """The files of a release."""

    sdist: Path
    wheel: Path


def copy_tree(target: Path) -> Path:
    """Copy what a clone of the repository would have, with the changes that are not committed yet."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():  # or it is deleted, and not committed yet
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


def build_package(source: Path, folder: Path, variables: dict[str, str] | None = None) -> Distribution:
    """Build as `make package` does."""
    command = [str(tool("python")), "-m", "tools.package", "--source", str(source), str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return Distribution(sdist, wheel)


@pytest.fixture(scope="session")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Distribution:
    """The distribution of this tree."""
    return build_package(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="session")
def newest_python() -> Interpreter:
    """The newest Python of this machine that the project supports."""
    return find_interpreters()[-1]
