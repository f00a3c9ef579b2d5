"""The command's parts put together, and what its exit code says of how it went."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from kubex._version import __version__
from kubex.cli import apply, crd, diff, generate, record, serve, version
from kubex.cli.output import complain, warn
from kubex.core.exceptions import KubexException

__all__ = ["application", "run"]

_FAILED = 1
_MISUSED = 2


def _show_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"kubex {__version__}\n")
        raise typer.Exit


def _common(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version of the command.", is_eager=True, callback=_show_version)
    ] = False,
) -> None:
    """Show the help where no command is named."""
    if context.invoked_subcommand is None:
        sys.stdout.write(f"{context.get_help()}\n")
        raise typer.Exit(_MISUSED)


application: typer.Typer = typer.Typer(
    callback=_common,
    name="kubex",
    help=(
        "Kubernetes from a shell: apply and compare manifests, generate typed classes, record what happens, "
        "serve an API in memory."
    ),
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (
    apply.apply,
    diff.diff,
    generate.generate,
    crd.crd,
    record.record,
    serve.serve,
    version.version,
):
    application.command()(_command)


def run(arguments: Sequence[str]) -> int:
    """Run one command and give its exit code; errors and warnings go to standard error, in one line each."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = _show_warning
        return _run(arguments)


def _run(arguments: Sequence[str]) -> int:
    failed = diff.TROUBLE if arguments[:1] == ["diff"] else _FAILED
    try:
        code = application(args=list(arguments), standalone_mode=False)
    except KubexException as error:
        complain(str(error))
        return failed
    except ImportError as error:  # an extra that is not installed says so itself
        complain(str(error))
        return failed
    except BrokenPipeError:
        # Who reads has read enough; Python's own flush at the end must not fail over it once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return failed
    except OSError as error:
        complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return failed
    except typer.Exit as ended:
        return ended.exit_code
    except typer.Abort:
        return _FAILED
    except Exception as error:
        explain = getattr(error, "format_message", None)  # what click, or typer's copy of it, has to say of arguments
        if explain is None:
            raise
        complain(f"{_plain(explain())} (see {_asked(error)} --help)")
        return _MISUSED
    return code if isinstance(code, int) else 0


def _show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    warn(str(message))


def _plain(explanation: str) -> str:
    """Give an explanation of typer's without the word of Pydantic that some of its releases put into it."""
    return explanation.replace(": Value error, ", ": ")


def _asked(error: Exception) -> str:
    """Name the command whose arguments were wrong."""
    context = getattr(error, "ctx", None)
    return getattr(context, "command_path", None) or "kubex"
