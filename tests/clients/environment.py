"""The environment of other people's clients, which is not the one of the tests, and what runs in it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tools.environments import environment

__all__ = ["Ended", "run", "variables_for"]

_SECONDS = 60.0  # that a program gets


class Ended(NamedTuple):
    """How a program ended, and what it wrote to its output and its errors, one after the other as they came."""

    code: int
    output: str


@cache
def _programs() -> Path:
    return environment("clients") / "bin"


def variables_for(kubeconfig: Path, folder: Path) -> dict[str, str]:
    """Give the environment variables of a program: nothing of this machine's user plays a part.

    Args:
        kubeconfig: of the cluster that it works with.
        folder: its home.
    """
    return {
        "PATH": os.pathsep.join([str(_programs()), os.environ.get("PATH", os.defpath)]),
        "HOME": str(folder),
        "KUBECONFIG": str(kubeconfig),
        "KUBECACHEDIR": str(folder / ".kube" / "cache"),
        "EDITOR": "false",  # else one that waits for a person
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def run(command: list[str], kubeconfig: Path, folder: Path, variables: Mapping[str, str] | None = None) -> Ended:
    """Run a program of the clients' environment to its end.

    Args:
        command: the program's name, and its arguments.
        kubeconfig: of the cluster that it works with.
        folder: where it runs; it is its home too.
        variables: of its environment, beside the necessary.

    Raises:
        subprocess.TimeoutExpired: it has not ended within a minute.
    """
    done = subprocess.run(
        command,
        cwd=folder,
        env={**variables_for(kubeconfig, folder), **(variables or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    return Ended(done.returncode, done.stdout)
