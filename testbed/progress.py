"""Tells what the testbed is about: on standard error, as standard output belongs to the command that it runs."""

from __future__ import annotations

import sys

__all__ = ["say"]


def say(text: str) -> None:
    """Print a line."""
    print(f"testbed: {text}", file=sys.stderr, flush=True)
