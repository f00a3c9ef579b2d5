"""`kubex generate`: typed classes of custom resources."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import anyio
import typer

from kubex.cli.connection import ContextOption, KubeconfigOption, connect
from kubex.cli.manifests import refuse_addresses
from kubex.generate import Form
from kubex.generate import generate as generate_module

__all__ = ["generate"]


def generate(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            help="CustomResourceDefinitions, or an OpenAPI document: files, folders, or - for standard input; "
            "the cluster's own where there are none.",
            show_default=False,
        ),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", "-k", help="Only this kind: Backup or backups.example.com; may be given again."),
    ] = None,
    api_version: Annotated[
        list[str] | None, typer.Option("--api-version", help="Only this version: v1; may be given again.")
    ] = None,
    form: Annotated[
        Literal["struct", "pydantic"], typer.Option(help="struct: msgspec's, fast. pydantic: validating.")
    ] = "struct",
    line_length: Annotated[int, typer.Option(min=40, help="Characters that a line may have.")] = 88,
    output_file: Annotated[
        Path | None, typer.Option("--output-file", "-O", help="Write there and not to standard output.")
    ] = None,
    kubeconfig: KubeconfigOption = None,
    context: ContextOption = None,
) -> None:
    """Write a typed module of custom resources, from files or from a cluster.

    The same input gives the same text, formatted and clean to type checkers.
    """
    kinds, versions = kind or [], api_version or []
    if files:
        refuse_addresses(files, "generate -")
        sources = [sys.stdin.buffer if file == "-" else Path(file) for file in files]
        text = generate_module(sources, kinds=kinds, versions=versions, form=form, line_length=line_length)
    else:
        text = anyio.run(_of_cluster, kubeconfig, context, kinds, versions, form, line_length)
    if output_file is None:
        sys.stdout.write(text)
    else:
        output_file.write_text(text, encoding="utf-8")


async def _of_cluster(
    kubeconfig: Path | None, context: str | None, kinds: list[str], versions: list[str], form: Form, line_length: int
) -> str:
    from kubex.generate import generate_from_cluster

    async with connect(kubeconfig, context, None) as connection:
        return await generate_from_cluster(
            connection.client, *kinds, versions=versions, form=form, line_length=line_length
        )
