"""`kubex version`: of the command, and of the server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import anyio
import msgspec
import typer

from kubex._version import __version__
from kubex.cli.connection import ContextOption, KubeconfigOption, connect
from kubex.cli.output import FormOption, print_values
from kubex.core.request import Request, RequestAction

__all__ = ["version"]


def version(
    kubeconfig: KubeconfigOption = None,
    context: ContextOption = None,
    client: Annotated[bool, typer.Option("--client", help="Of the command alone: no server is asked.")] = False,
    output: FormOption = None,
) -> None:
    """Print the version of this command, and of the cluster's API server."""
    server = None if client else anyio.run(_server_version, kubeconfig, context)
    if output is not None:
        print_values({"kubex": __version__} | ({} if server is None else {"server": server}), output)
        return
    sys.stdout.write(f"kubex {__version__}\n")
    if server is not None:
        sys.stdout.write(f"Kubernetes {server.get('gitVersion', 'of an unknown version')}\n")


async def _server_version(kubeconfig: Path | None, context: str | None) -> dict[str, Any]:
    async with connect(kubeconfig, context, None) as connection:
        request = Request("GET", "/version", action=RequestAction("get", "version"))
        response = await connection.client.request(request)
    return msgspec.json.decode(response.content, type=dict[str, Any])
