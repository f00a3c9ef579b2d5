"""Which cluster a command talks to: the options that say so, and its client."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from kubex.client import create_client
from kubex.client.base import BaseClient
from kubex.configuration import ClientConfiguration, configure_default, configure_from_kubeconfig
from kubex.core.exceptions import ConfigurationError

__all__ = ["ContextOption", "Connection", "KubeconfigOption", "NamespaceOption", "connect"]

KubeconfigOption: TypeAlias = Annotated[
    Path | None,
    typer.Option("--kubeconfig", help="The kubeconfig file; else KUBECONFIG, ~/.kube/config, or the pod's account."),
]
ContextOption: TypeAlias = Annotated[str | None, typer.Option("--context", help="The kubeconfig's context to use.")]
NamespaceOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--namespace", "-n", help="Of objects that name none; else the context's, else default."),
]


@dataclass(frozen=True)
class Connection:
    """A client, and the namespace that is meant where none is named."""

    client: BaseClient
    namespace: str


async def _configured(reading: Awaitable[ClientConfiguration]) -> ClientConfiguration:
    """Give a configuration; what is to be done about an error is told by the command's own options."""
    try:
        return await reading
    except ConfigurationError as error:
        text = str(error)
        if "with use_context" not in text:
            raise
    raise ConfigurationError(text.replace("with use_context", "with --context"))


@asynccontextmanager
async def connect(kubeconfig: Path | None, context: str | None, namespace: str | None) -> AsyncGenerator[Connection]:
    """Give a client of the cluster that the options name.

    Raises:
        ConfigurationError: there is none, or it can't be used.
    """
    if kubeconfig is None and context is None:
        configuration = await _configured(configure_default())
    else:
        configuration = await _configured(configure_from_kubeconfig(use_context=context, path=kubeconfig))
    async with await create_client(configuration) as client:
        yield Connection(client, namespace or configuration.namespace or "default")
