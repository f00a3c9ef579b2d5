"""`kubex record`: what happens in a cluster, into a file that `kubex serve --replay` plays."""

from __future__ import annotations

import signal
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer

from kubex.cli.connection import ContextOption, KubeconfigOption, connect

__all__ = ["record"]


def record(
    file: Annotated[Path, typer.Argument(help="Where to write; a file that is there is written over.")],
    kinds: Annotated[
        list[str], typer.Argument(help="What to record, by any name that kubectl takes: deploy, pods, x.example.com.")
    ],
    namespace: Annotated[
        str | None, typer.Option("--namespace", "-n", help="Only objects in it; else the context's, else default.")
    ] = None,
    all_namespaces: Annotated[bool, typer.Option("--all-namespaces", "-A", help="Objects of all namespaces.")] = False,
    selector: Annotated[str | None, typer.Option("--selector", "-l", help="Only objects with these labels.")] = None,
    field_selector: Annotated[str | None, typer.Option(help="Only objects with these fields.")] = None,
    omit_secret_data: Annotated[
        bool, typer.Option("--omit-secret-data", help="Leave out the data of Secrets, which is masked otherwise.")
    ] = False,
    seconds: Annotated[float | None, typer.Option(min=0, help="End by itself after so many.")] = None,
    kubeconfig: KubeconfigOption = None,
    context: ContextOption = None,
) -> None:
    """Record what happens in the cluster, with the times between, until Ctrl-C.

    What there is comes first, and each change when it comes. No data of Secrets is in the file.
    """
    run = partial(_record, file, kinds, namespace, all_namespaces, selector, field_selector, omit_secret_data, seconds)
    anyio.run(run, kubeconfig, context)


async def _record(
    file: Path,
    kinds: list[str],
    namespace: str | None,
    everywhere: bool,
    selector: str | None,
    field_selector: str | None,
    omit_secret_data: bool,
    seconds: float | None,
    kubeconfig: Path | None,
    context: str | None,
) -> None:
    from kubex.recording.recorder import Recorder

    async with connect(kubeconfig, context, namespace) as connection:
        recorder = Recorder(
            connection.client,
            file,
            kinds,
            namespace=None if everywhere else connection.namespace,
            label_selector=selector,
            field_selector=field_selector,
            secret_data="omitted" if omit_secret_data else "masked",  # what becomes of it
        )
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async with recorder:
                _tell(f"recording {', '.join(kinds)} into {file}")
                with anyio.move_on_after(seconds):
                    async for _ in signals:
                        break
    _tell(f"recorded entries: {recorder.entries}")


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
