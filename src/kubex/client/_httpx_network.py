"""What httpx has no option for: options of sockets, and connections that httpcore leaves open."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import anyio
import httpcore
import httpx

from kubex.client import _sockets

__all__ = ["close_cancelled_connections", "close_idle_connections", "is_pool_used_up"]

_CLOSE_GRACE = 1.0


def close_cancelled_connections(client: httpx.AsyncClient) -> None:
    """Have a client close a connection whose TLS handshake is cancelled, by a time-out or by the program.

    httpcore forgets it, with its socket open until it is collected. It takes a network backend for such purposes, but
    httpx has no word for it, so that the backend of its pools is replaced.
    """
    for pool in _pools(client):
        backend = getattr(pool, "_network_backend", None)
        if isinstance(backend, httpcore.AsyncNetworkBackend):
            pool._network_backend = _TidyBackend(backend)
        _close_unused_connections(pool)
        if isinstance(pool, httpcore.AsyncSOCKSProxy):
            _close_refused_connections(pool)


def _close_unused_connections(pool: Any) -> None:
    """Have a pool close a connection whose request is cancelled when it is there and nothing is sent on it yet.

    httpcore takes it neither for idle nor for closed, so that it would fill a place of the pool for ever.
    """
    create = pool.create_connection

    def create_connection(origin: httpcore.Origin) -> Any:
        connection = create(origin)
        handle = connection.handle_async_request

        async def handle_or_close(request: httpcore.Request) -> httpcore.Response:
            try:
                response: httpcore.Response = await handle(request)
            except httpcore.ConnectionNotAvailable:  # another request has it
                raise
            except BaseException:
                if not connection.is_idle() and not connection.is_closed():
                    with anyio.CancelScope(shield=True):
                        await connection.aclose()
                raise
            return response

        connection.handle_async_request = handle_or_close
        return connection

    pool.create_connection = create_connection


def _close_refused_connections(pool: Any) -> None:
    """Have a pool close a connection that a SOCKS proxy refuses; httpcore forgets those, too."""
    create = pool.create_connection

    def create_connection(origin: httpcore.Origin) -> Any:
        connection = create(origin)
        if connection._proxy_auth is not None:
            connection._proxy_auth = _HiddenCredentials(connection._proxy_auth)
        backend = connection._network_backend = _TidyBackend(connection._network_backend)
        handle = connection.handle_async_request

        async def handle_or_close(request: httpcore.Request) -> httpcore.Response:
            try:
                response: httpcore.Response = await handle(request)
            except BaseException:
                if connection._connection is None and backend.last_stream is not None:
                    with anyio.CancelScope(shield=True):
                        await backend.last_stream.aclose()
                raise
            return response

        connection.handle_async_request = handle_or_close
        return connection

    pool.create_connection = create_connection


async def close_idle_connections(client: httpx.AsyncClient) -> None:
    """Close the connections that no request uses: their peer may be gone, or know them by an old certificate."""
    with anyio.move_on_after(_CLOSE_GRACE, shield=True):
        for pool in _pools(client):
            for connection in pool.connections:
                if connection.is_idle():
                    await connection.aclose()


def is_pool_used_up(client: httpx.AsyncClient) -> bool:
    """Whether requests use all the connections that there may be."""
    return any(
        len(pool.connections) >= pool._max_connections
        and not any(each.is_idle() or each.is_available() for each in pool.connections)
        for pool in _pools(client)
    )


def _pools(client: httpx.AsyncClient) -> list[Any]:
    transports: list[Any] = [client._transport, *client._mounts.values()]
    return [transport._pool for transport in transports if getattr(transport, "_pool", None) is not None]


class _HiddenCredentials(tuple[bytes, bytes]):
    """A user name and a password, which httpcore writes into its log at DEBUG."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "***"


class _TidyBackend(httpcore.AsyncNetworkBackend):
    def __init__(self, backend: httpcore.AsyncNetworkBackend) -> None:
        self._backend = backend
        self.last_stream: httpcore.AsyncNetworkStream | None = None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        socket_options = [*_sockets.socket_options(), *(socket_options or ())]
        stream = await self._backend.connect_tcp(host, port, timeout, local_address, socket_options)
        start_tls = stream.start_tls

        async def start_tls_or_close(
            ssl_context: ssl.SSLContext,
            server_hostname: str | None = None,
            timeout: float | None = None,  # noqa: ASYNC109
        ) -> httpcore.AsyncNetworkStream:
            try:
                return await start_tls(ssl_context, server_hostname, timeout)
            except BaseException:
                with anyio.CancelScope(shield=True):
                    await stream.aclose()
                raise

        # Replaced in the stream itself: a stream around it would cost every read and write a call.
        stream.start_tls = start_tls_or_close  # type: ignore[method-assign]
        self.last_stream = stream
        return stream

    async def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:
        return await self._backend.connect_unix_socket(*args, **kwargs)

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)
