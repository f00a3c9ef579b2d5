"""`create_client`: a client over whichever HTTP library is there."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import anyio

from kubex.core.exceptions import ConfigurationError

if TYPE_CHECKING:
    from kubex.client.base import BaseClient
    from kubex.client.options import ClientOptions
    from kubex.configuration.client_configuration import ClientConfiguration

__all__ = ["ClientChoice", "ClientChoise", "create_client"]


class ClientChoise(StrEnum):
    """Which HTTP library a client uses."""

    AUTO = "auto"
    AIOHTTP = "aiohttp"
    HTTPX = "httpx"


ClientChoice = ClientChoise
"""The same under its correct spelling."""


async def create_client(
    configuration: ClientConfiguration | None = None,
    client_class: ClientChoise = ClientChoise.AUTO,
    options: ClientOptions | None = None,
) -> BaseClient:
    """Make a client of an API server.

    Nothing is sent yet. The client is an async context manager; leaving it closes every connection.

    Args:
        configuration: server and credentials. Where left out: the kubeconfig (KUBECONFIG, else ~/.kube/config), else
            the pod's service account.
        client_class: HTTP library. `AUTO` is aiohttp where it is installed, else httpx; in a trio program httpx.
        options: time-outs, pool sizes, proxies; the defaults where left out.

    Raises:
        ConfigurationError: no cluster is configured, or aiohttp is asked for in a trio program.
        ImportError: the HTTP library is not installed.

    Example:
        ```python
        async with await create_client() as client:
            pods = Api(Pod, client, namespace="shop")
        ```
    """
    choice = _settled(ClientChoise(client_class))
    if configuration is None:
        from kubex.configuration import configure_default

        configuration = await configure_default()
    if choice is ClientChoise.AIOHTTP:
        from kubex.client.aiohttp import AioHttpClient

        return AioHttpClient(configuration, options)
    from kubex.client.httpx import HttpxClient

    return HttpxClient(configuration, options)


def _settled(choice: ClientChoise) -> ClientChoise:
    """Give the library to use, which is installed.

    Raises:
        ConfigurationError: it can't be used in this program.
        ImportError: it is not installed.
    """
    if choice is ClientChoise.AUTO:
        if _is_installed("aiohttp") and not _in_trio():
            return ClientChoise.AIOHTTP
        if _is_installed("httpx"):
            return ClientChoise.HTTPX
        if _in_trio():
            raise ImportError("in a trio program kubex needs httpx: pip install kubex[httpx]")
        raise ImportError("kubex needs an HTTP library: pip install kubex[aiohttp], or kubex[httpx]")
    if choice is ClientChoise.AIOHTTP and _in_trio():
        raise ConfigurationError("aiohttp runs on asyncio only: in a trio program use ClientChoice.HTTPX")
    if not _is_installed(choice.value):
        raise ImportError(f"{choice.value} is not installed: pip install kubex[{choice.value}]")
    return choice


def _is_installed(library: str) -> bool:
    from importlib.util import find_spec

    try:
        return find_spec(library) is not None
    except (ImportError, ValueError):
        return False


def _in_trio() -> bool:
    return anyio.get_cancelled_exc_class().__module__.partition(".")[0] == "trio"
