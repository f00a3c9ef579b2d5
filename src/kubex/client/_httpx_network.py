"""Closes connections that httpcore leaves open: those whose TLS handshake is cancelled, and idle ones on demand."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import anyio
import httpcore
import httpx

__all__ = ["close_cancelled_connections", "close_idle_connections"]

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


async def close_idle_connections(client: httpx.AsyncClient) -> None:
    """Close the connections that no request uses: their peer may be gone, or know them by an old certificate."""
    with anyio.move_on_after(_CLOSE_GRACE, shield=True):
        for pool in _pools(client):
            for connection in pool.connections:
                if connection.is_idle():
                    await connection.aclose()


def _pools(client: httpx.AsyncClient) -> list[Any]:
    transports: list[Any] = [client._transport, *client._mounts.values()]
    return [transport._pool for transport in transports if getattr(transport, "_pool", None) is not None]


class _TidyBackend(httpcore.AsyncNetworkBackend):
    def __init__(self, backend: httpcore.AsyncNetworkBackend) -> None:
        self._backend = backend

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
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
        return stream

    async def connect_unix_socket(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:
        return await self._backend.connect_unix_socket(*args, **kwargs)

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)
