"""The Pythons on this machine that the project supports."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ("Interpreter", "find_interpreters", "supported_versions")

_PROJECT = Path(__file__).resolve().parents[1]
_CLASSIFIER = "Programming Language :: Python :: 3."
_SECONDS = 20  # that an interpreter gets to introduce itself
# Run by the candidate itself, since a file of that name may be a launcher that fails, or a Python without venv.
_INTRODUCTION = """
import ensurepip, json, platform, ssl, sys, sysconfig, venv
usual = platform.python_implementation() == "CPython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
final = sys.version_info.releaselevel == "final"
# The interpreter that an environment was made from, where this is one.
print(json.dumps([usual and final, list(sys.version_info[:3]), getattr(sys, "_base_executable", sys.executable)]))
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python that can make environments."""

    version: tuple[int, int, int]
    path: str

    @property
    def minor(self) -> str:
        """The version without its last part, as in `3.11`."""
        return f"{self.version[0]}.{self.version[1]}"

    def __str__(self) -> str:
        return f"Python {'.'.join(map(str, self.version))} ({self.path})"


def supported_versions() -> list[str]:
    """Return the versions that pyproject.toml claims, oldest first: `3.11` and so on."""
    project = tomllib.loads((_PROJECT / "pyproject.toml").read_text())["project"]
    minors = [c.removeprefix(_CLASSIFIER) for c in project["classifiers"] if c.startswith(_CLASSIFIER)]
    return [f"3.{minor}" for minor in sorted(map(int, minors))]


def find_interpreters() -> list[Interpreter]:
    """Return one interpreter of each supported version that is on this machine, the newest patch, oldest first."""
    supported = supported_versions()
    newest: dict[str, Interpreter] = {}
    for path in dict.fromkeys(_candidates(supported)):
        found = _introduce(path)
        if found is None or found.minor not in supported:
            continue
        if found.minor not in newest or found.version > newest[found.minor].version:
            newest[found.minor] = found
    return sorted(newest.values(), key=lambda interpreter: interpreter.version)


def _candidates(supported: list[str]) -> Iterator[str]:
    names = [f"python{version}" for version in supported]
    yield sys.executable
    for root in _pyenv_roots():
        for name in names:
            yield from map(str, sorted(root.glob(f"versions/*/bin/{name}")))
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        for name in (*names, "python3"):
            path = shutil.which(name, path=folder)
            if path is not None:
                yield path


def _pyenv_roots() -> Iterator[Path]:
    # The versions' own folders: pyenv's launchers on the PATH work for the selected versions only.
    if os.environ.get("PYENV_ROOT"):
        yield Path(os.environ["PYENV_ROOT"])
    yield Path.home() / ".pyenv"
    pyenv = shutil.which("pyenv")
    if pyenv is not None:
        yield Path(pyenv).resolve().parents[1]


def _introduce(path: str) -> Interpreter | None:
    try:
        done = subprocess.run(
            [path, "-I", "-c", _INTRODUCTION],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    usable, (major, minor, patch), executable = json.loads(done.stdout)
    return Interpreter((major, minor, patch), executable) if usable else None
