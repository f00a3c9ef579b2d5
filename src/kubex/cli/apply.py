"""`kubex apply`: brings a cluster to what manifests say."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import anyio
import typer
from rich.console import Console
from rich.status import Status

from kubex.cli.connection import ContextOption, KubeconfigOption, NamespaceOption, connect
from kubex.cli.manifests import FilesOption, RecursiveOption, given_manifests
from kubex.cli.output import FormOption, complain, print_rows, print_values, warn
from kubex.core.duration import Duration
from kubex.core.exceptions import Conflict, InvalidArgument
from kubex.manifests import AppliedManifest, AppliedManifests, Manifest, Outcome, apply_manifests
from kubex.manifests.applying import check_selector
from kubex.manifests.objects import plain

__all__ = ["FieldManagerOption", "ForceOption", "apply", "failure"]

_STYLES: Final = {
    Outcome.CREATED.value: "green",
    Outcome.CHANGED.value: "yellow",
    Outcome.UNCHANGED.value: "dim",
    Outcome.PRUNED.value: "magenta",
    Outcome.FAILED.value: "bold red",
}


def _named_manager(name: str) -> str:
    if not name.strip():
        raise typer.BadParameter("a name is needed: the server records who owns which field")
    return name


FieldManagerOption = Annotated[
    str, typer.Option("--field-manager", help="Name that the fields are owned under.", callback=_named_manager)
]
ForceOption = Annotated[
    bool, typer.Option("--force-conflicts", help="Take fields that another manager owns, instead of failing.")
]


def apply(
    filename: FilesOption,
    recursive: RecursiveOption = False,
    namespace: NamespaceOption = None,
    field_manager: FieldManagerOption = "kubex",
    force_conflicts: ForceOption = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="The server only tries.")] = False,
    prune: Annotated[
        str | None,
        typer.Option(
            "--prune",
            metavar="SELECTOR",
            help="Delete what this field manager has applied, has these labels, and is not in the manifests any more: "
            "in the namespaces of these manifests and that of -n, and of kinds outside of namespaces in the whole "
            "cluster. Nothing is deleted where an object fails.",
        ),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Until workloads are rolled out and conditions hold.")] = False,
    timeout: Annotated[
        str, typer.Option(metavar="DURATION", help="How long to wait, in all: 90s, 1h30m, or a number of seconds.")
    ] = "5m",
    output: FormOption = None,
    kubeconfig: KubeconfigOption = None,
    context: ContextOption = None,
) -> int:
    """Apply manifests: namespaces and definitions first, the rest after them.

    An object that fails does not stop the others; the exit code is 1 then.
    """
    seconds = _seconds(timeout)
    if prune is not None:
        _check_selector(prune)
    manifests = given_manifests(filename, recursive=recursive, command="apply")
    options: dict[str, Any] = {
        "field_manager": field_manager,
        "force": force_conflicts or None,
        "dry_run": dry_run,
        "prune": prune,
        "wait": seconds if wait else None,
    }
    results = anyio.run(partial(_apply, manifests, options, kubeconfig, context, namespace))
    if output is not None:
        print_values([_summary(each) for each in results], output)
    else:
        suffix = " (dry run)" if dry_run else ""
        print_rows([(_named(each), each.outcome.value) for each in results], styles=_STYLES, suffix=suffix)
    for each in results.failed:
        complain(failure(each))
    if results.failed and prune is not None:
        warn("nothing was pruned, as not all objects were applied")
    return 1 if results.failed else 0


async def _apply(
    manifests: Sequence[Manifest],
    options: dict[str, Any],
    kubeconfig: Path | None,
    context: str | None,
    namespace: str | None,
) -> AppliedManifests:
    async with connect(kubeconfig, context, namespace) as connection:
        with _progress(len(manifests)) as progress:
            done = 0

            def show(result: AppliedManifest) -> None:
                nonlocal done
                done = min(done + 1, len(manifests))
                if progress is not None:
                    progress.update(f"{done} of {len(manifests)}: {result.kind} {result.name} {result.outcome}")

            return await apply_manifests(
                connection.client, manifests, namespace=connection.namespace, on_result=show, **options
            )


def failure(result: AppliedManifest) -> str:
    """Say why an object failed, and what to do where another manager owns its fields."""
    text = f"{result.source}: {result}" if result.source else str(result)
    if isinstance(result.error, Conflict) and result.error.is_of_ownership:
        return text.replace("force=True takes", "--force-conflicts takes")
    return text


def _check_selector(prune: str) -> None:
    try:
        check_selector(prune)
    except InvalidArgument as error:
        raise typer.BadParameter(str(error).replace("prune is", "it is"), param_hint="--prune") from None


def _seconds(text: str) -> float:
    try:
        seconds = Duration.parse(f"{text}s" if text.replace(".", "", 1).isdecimal() else text).total_seconds()
    except InvalidArgument as error:
        raise typer.BadParameter(f"--timeout: {error}") from None
    if seconds < 0:
        raise typer.BadParameter("--timeout: it can't be negative")
    return seconds


def _progress(total: int) -> AbstractContextManager[Status | None]:
    """Give a display of how far it is, for a person at a terminal alone."""
    if not sys.stderr.isatty():
        return nullcontext()
    return Console(stderr=True).status(f"0 of {total}")


def _named(result: AppliedManifest) -> str:
    place = f" in {result.namespace}" if result.namespace else ""
    return f"{result.kind.lower()}/{result.name}{place}"


def _summary(result: AppliedManifest) -> dict[str, Any]:
    """Give a result for a program."""
    summary: dict[str, Any] = {
        "apiVersion": result.api_version,
        "kind": result.kind,
        "name": result.name,
        "outcome": result.outcome.value,
    }
    if result.namespace is not None:
        summary["namespace"] = result.namespace
    if result.source:
        summary["source"] = result.source
    if result.error is not None:
        summary["error"] = str(result.error)
    if result.object is not None:
        summary["object"] = plain(result.object)
    return summary
