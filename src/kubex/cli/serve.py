"""`kubex serve`: the API server in memory."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from kubex.cli.manifests import refuse_addresses
from kubex.cli.output import complain

__all__ = ["serve"]


def serve(
    load: Annotated[
        list[str] | None, typer.Option("--load", help="Manifests: a file, a folder or -; may be given again.")
    ] = None,
    kubernetes_version: Annotated[str, typer.Option(help="1.32 to 1.37.")] = "1.35",
    host: Annotated[str, typer.Option(help="Address; whoever reaches it is the administrator.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port; 0 takes a free one.")] = 0,
    tls: Annotated[bool, typer.Option("--tls", help="HTTPS, with a certificate made for it.")] = False,
    api_resources: Annotated[Literal["default", "all"], typer.Option(help="all: with alpha and beta.")] = "default",
    authorization: Annotated[
        Literal["AlwaysAllow", "RBAC"], typer.Option(help="RBAC: look at roles, and ask who one is.")
    ] = "AlwaysAllow",
    kubeconfig: Annotated[
        Path | None, typer.Option(help="Where to write the kubeconfig file, which is removed at the end.")
    ] = None,
    snapshot: Annotated[
        Path | None, typer.Option(help="Go on from this file if it is there; saved at the end and on SIGUSR1.")
    ] = None,
    workloads: Annotated[
        int | None, typer.Option(min=0, help="Let workloads move, on so many make-believe nodes.")
    ] = None,
    replay: Annotated[Path | None, typer.Option(help="Play this recording, which `kubex record` has made.")] = None,
    replay_speed: Annotated[
        float, typer.Option(min=0, help="How many times as fast as it was; 0: as fast as it goes.")
    ] = 1.0,
) -> None:
    """Serve a Kubernetes API in memory, for any client in any process, until Ctrl-C.

    It prints the kubeconfig file to use.
    """
    from kubex.testing.command import serve as serve_in_memory

    refuse_addresses(load or [], "serve --load -")
    serve_in_memory(
        version=kubernetes_version,
        host=host,
        port=port,
        tls=tls,
        api_resources=api_resources,
        authorization=authorization,
        kubeconfig=kubeconfig,
        load=load or [],
        snapshot=snapshot,
        workloads=workloads,
        replay=replay,
        speed=replay_speed or None,
        tell=_tell,
        complain=complain,
    )


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
