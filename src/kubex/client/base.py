"""`BaseClient`: the contract between the API layer and an HTTP library."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

# Whoever makes a client imports these; to import `kubex.api` alone is quicker without them.
if TYPE_CHECKING:
    from kubex.client.options import ClientOptions
    from kubex.client.websocket import WebSocketConnection
    from kubex.configuration.client_configuration import ClientConfiguration
    from kubex.core.request import Request
    from kubex.core.response import Response

__all__ = ["BaseClient"]


class BaseClient(ABC):
    """Sends requests to one API server over one HTTP library; an async context manager.

    A subclass overrides `_create_inner_client` and the four abstract methods; a stub for tests needs no more than
    those. Implementations turn every error of their library into one of `kubex.core.exceptions`, add the
    credentials of `configuration` to every request, and obey `options`.

    Args:
        configuration: address, certificates and credentials of the server.
        options: time-outs, pool sizes, proxies; the defaults where left out.
    """

    def __init__(self, configuration: ClientConfiguration, options: ClientOptions | None = None) -> None:
        if options is None:
            from kubex.client.options import ClientOptions

            options = ClientOptions()
        self._configuration = configuration
        self._options = options
        self._inner: Any = None

    @property
    def configuration(self) -> ClientConfiguration:
        """Address, certificates and credentials of the server."""
        return self._configuration

    @property
    def options(self) -> ClientOptions:
        """Options the client was made with."""
        return self._options

    @property
    def _inner_client(self) -> Any:
        """The library's client, made at its first use: aiohttp's must be made inside the event loop."""
        if self._inner is None:
            self._inner = self._create_inner_client()
        return self._inner

    def _create_inner_client(self) -> Any:
        """Make the library's client."""
        return None

    @abstractmethod
    async def request(self, request: Request) -> Response:
        """Send a request and give its whole answer.

        Raises:
            KubexApiError: the server answered 400 or more.
            KubexClientException: no answer, or none that is whole.
        """

    @abstractmethod
    def stream_lines(self, request: Request) -> AsyncIterator[str]:
        r"""Send a request and give the lines of its answer as they arrive, without their `\n`.

        An async generator: closing it, or cancelling the task that waits for it, closes the connection.

        Raises:
            KubexApiError: the server answered 400 or more.
            KubexClientException: no answer, or it broke off.
        """

    async def stream_byte_lines(self, request: Request) -> AsyncIterator[bytes]:
        """Give the lines of `stream_lines` undecoded; a client that has them as bytes overrides this."""
        lines = self.stream_lines(request)
        try:
            async for line in lines:
                yield line.encode()
        finally:
            close = getattr(lines, "aclose", None)  # a stub's iterator need not be a generator
            if close is not None:
                await close()

    @abstractmethod
    async def connect_websocket(self, request: Request, subprotocols: Sequence[str]) -> WebSocketConnection:
        """Open a WebSocket.

        Args:
            request: what to open; the time-out covers the handshake.
            subprotocols: subprotocols offered, the preferred first.

        Raises:
            KubexApiError: the server refused the handshake.
            KubexClientException: no connection.
        """

    @abstractmethod
    async def close(self) -> None:
        """Close every connection. Closing twice is closing once."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
