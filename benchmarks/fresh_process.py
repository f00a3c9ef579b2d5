"""Runs a program in a process that does nothing else, once a round, and reads the measures that it prints."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from benchmarks.measure import Contestant, WrongAnswer

__all__ = ["FreshProcess", "printed_by"]


@dataclass(frozen=True)
class FreshProcess:
    """A program of Python that prints its measures as JSON.

    Args:
        name: what it is called in tables.
        arguments: of the Python interpreter.
        cache: folder for compiled modules.
        python: the interpreter; this one by default.
    """

    name: str
    arguments: Sequence[str]
    cache: Path
    python: str = sys.executable

    @contextmanager
    def started(self) -> Generator[Contestant, None, None]:
        """Do nothing: every round starts a process."""
        yield self

    def round(self) -> Mapping[str, float]:
        """Run it once."""
        printed = printed_by(self.arguments, self.cache, self.python)
        return {name: value for name, value in printed.items() if isinstance(value, float)}


def printed_by(arguments: Sequence[str], cache: Path, python: str = sys.executable) -> dict[str, Any]:
    """Run a program and give what it prints.

    Raises:
        WrongAnswer: it fails.
    """
    # Compiled once, as an installed package is, whatever this environment says of that.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(cache)
    done = subprocess.run([python, *arguments], capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise WrongAnswer(f"{' '.join(arguments)[:80]}: {done.stderr.strip().splitlines()[-1]}")
    return cast("dict[str, Any]", json.loads(done.stdout))
