"""What the command prints: results on standard output, plain when piped; errors on standard error, a line each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table

from kubex.manifests import dump_manifests

__all__ = ["FormOption", "OutputForm", "complain", "on_terminal", "print_diff", "print_rows", "print_values", "warn"]


class OutputForm(StrEnum):
    """A form for programs to read."""

    JSON = "json"
    YAML = "yaml"


FormOption: TypeAlias = Annotated[
    OutputForm | None, typer.Option("--output", "-o", help="For programs to read, and not for people.")
]


def complain(why: str) -> None:
    """Write an error to standard error, in one line."""
    sys.stderr.write(f"error: {' '.join(why.split())}\n")


def warn(what: str) -> None:
    """Write a warning to standard error, in one line."""
    sys.stderr.write(f"warning: {' '.join(what.split())}\n")


def on_terminal() -> bool:
    """Tell whether a person reads standard output."""
    return sys.stdout.isatty()


def print_values(values: dict[str, Any] | list[dict[str, Any]], form: OutputForm) -> None:
    """Print a result, or several, for a program."""
    if form is OutputForm.JSON:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(values), indent=2).decode() + "\n")
    else:
        sys.stdout.write(dump_manifests([values]) if isinstance(values, dict) else dump_manifests(values))
    sys.stdout.flush()


def print_rows(rows: Sequence[tuple[str, str]], *, styles: dict[str, str], suffix: str = "") -> None:
    """Print what became of each object: a table on a terminal, else a line each, `kind/name outcome`.

    Args:
        rows: objects and their outcomes.
        styles: rich's style of each outcome.
        suffix: what every line ends with.
    """
    if not on_terminal():
        sys.stdout.write("".join(f"{what} {outcome}{suffix}\n" for what, outcome in rows))
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    for what, outcome in rows:
        table.add_row(escape(what), f"[{styles.get(outcome, 'default')}]{outcome}[/]{suffix}")
    Console().print(table)


def print_diff(text: str) -> None:
    """Print a unified difference, with colours on a terminal."""
    if on_terminal():
        Console().print(Syntax(text, "diff", background_color="default", word_wrap=True))
    else:
        sys.stdout.write(text)
