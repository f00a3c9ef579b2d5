"""Where the `kubex` command begins: an error is one line and an exit code, whatever is missing or goes wrong."""

from __future__ import annotations

import sys
from typing import NoReturn

__all__ = ["main"]

_INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


def main() -> NoReturn:
    """Run the command that the arguments say, and exit."""
    try:
        from kubex.cli.application import run
    except ModuleNotFoundError as error:
        if error.name is not None and error.name.partition(".")[0] in ("typer", "rich", "click"):
            sys.exit("error: the kubex command needs typer and rich: pip install kubex[cli]")
        raise
    try:
        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
