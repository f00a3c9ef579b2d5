"""Closes connections that httpcore leaves open: those whose TLS handshake is cancelled."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import anyio
import httpcore
import httpx

__all__ = ["close_cancelled_connections"]


def close_cancelled_connections(client: httpx.AsyncClient) -> None:
    """Have a client close a connection whose TLS handshake is cancelled, by a time-out or by the program.

    httpcore forgets it, with its socket open until it is collected. It takes a network backend for such purposes, but
    httpx has no word for it, so that the backend of its pools is replaced.
    """
    transports: list[Any] = [client._transport, *client._mounts.values()]
    for transport in transports:
        pool = getattr(transport, "_pool", None)
        backend = getattr(pool, "_network_backend", None)
        if pool is not None and isinstance(backend, httpcore.AsyncNetworkBackend):
            pool._network_backend = _TidyBackend(backend)


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
