"""What aiohttp has no option for: SOCKS proxies, options of sockets, closing the idle connections of a pool."""

from __future__ import annotations

import socket
import ssl as tls
from typing import Any
from weakref import WeakSet

import aiohttp
import anyio
from aiohttp.client_proto import ResponseHandler

from kubex.client._sockets import socket_options
from kubex.core.exceptions import ConfigurationError

__all__ = [
    "OpenSockets",
    "SocksRefusedError",
    "SocksUnreachableError",
    "close_idle_connections",
    "connector_of",
    "is_socks",
    "used_up_pool",
]

# Seconds that closing a client waits for connections to close: mostly one step of the event loop.
_CLOSING = 0.25


class SocksRefusedError(aiohttp.ClientError):
    """A SOCKS proxy does not connect to the server, or does not know the program."""


class SocksUnreachableError(aiohttp.ClientError):
    """A SOCKS proxy can't be reached."""


def is_socks(proxy: str | None) -> bool:
    """Whether a proxy speaks SOCKS and not HTTP."""
    return proxy is not None and proxy.lower().startswith(("socks5://", "socks5h://"))


class OpenSockets:
    """Sockets of a client's connections: aiohttp doesn't wait for one that closes in the middle of an answer.

    The event loop closes it in its next steps, or once the server has taken leave of TLS; a program that ends with its
    client would leave it open. Connections through a SOCKS proxy are made by its library, and not known here.
    """

    def __init__(self) -> None:
        self._sockets: WeakSet[socket.socket] = WeakSet()

    def make(self, address: Any) -> socket.socket:
        """Make a socket, as aiohttp asks for it."""
        family, kind, protocol, *_ = address
        made = socket.socket(family, kind, protocol)
        self._sockets.add(made)
        _set_options(made)
        return made

    async def wait_closed(self) -> None:
        """Wait until all are closed, for a short time."""
        with anyio.move_on_after(_CLOSING):
            while any(made.fileno() != -1 for made in self._sockets):  # noqa: ASYNC110  # there is no event for it
                await anyio.sleep(0.001)


class _TcpConnector(aiohttp.TCPConnector):
    """A pool of connections, with a context of their own for those to a proxy that speaks TLS."""

    proxy_tls: tls.SSLContext | None = None

    def _get_ssl_context(self, req: aiohttp.ClientRequest) -> tls.SSLContext | None:
        # aiohttp has one for both. What is sent to the proxy itself is sent through none.
        if self.proxy_tls is not None and req.proxy is None and req.is_ssl():
            return self.proxy_tls
        return super()._get_ssl_context(req)


def connector_of(
    proxy: str | None, sockets: OpenSockets, proxy_tls: tls.SSLContext | None, **options: Any
) -> aiohttp.TCPConnector:
    """Make the pool of a client's connections.

    Args:
        proxy: the client's proxy.
        sockets: knows the connections from then on.
        proxy_tls: for the connections to the proxy, where they have TLS.
        options: those of aiohttp's own.

    Raises:
        ConfigurationError: a SOCKS proxy, and aiohttp-socks is not installed.
    """
    if proxy is None or not is_socks(proxy):
        connector = _TcpConnector(socket_factory=sockets.make, **options)
        connector.proxy_tls = proxy_tls
        return connector
    try:
        import aiohttp_socks
        import python_socks
    except ImportError:
        raise ConfigurationError(
            "SOCKS proxies need a companion of aiohttp: pip install kubex[aiohttp-socks]"
        ) from None

    class Connector(aiohttp_socks.ProxyConnector):
        async def _connect_via_proxy(
            self,
            host: str,
            port: int,
            ssl: tls.SSLContext | None = None,
            timeout: float | None = None,  # noqa: ASYNC109  # aiohttp-socks' signature
        ) -> Any:
            try:
                transport, protocol = await super()._connect_via_proxy(host, port, ssl, timeout)
            except python_socks.ProxyConnectionError as error:
                raise SocksUnreachableError from error
            except python_socks.ProxyTimeoutError:
                raise aiohttp.ConnectionTimeoutError from None
            except python_socks.ProxyError:
                raise SocksRefusedError from None
            _set_options(transport.get_extra_info("socket"))
            return transport, protocol

    # The proxy resolves names, as with kubectl: what it leads to may have other ones.
    scheme, _, address = proxy.partition("://")
    return Connector.from_url(f"{scheme.lower().removesuffix('h')}://{address}", rdns=True, **options)


def _set_options(made: Any) -> None:
    for option in socket_options():
        made.setsockopt(*option)


def close_idle_connections(session: aiohttp.ClientSession) -> None:
    """Close the connections that no request uses: their peer may be gone, or know them by an old certificate."""
    idle: dict[Any, Any] = getattr(session.connector, "_conns", {})
    for connections in idle.values():
        for protocol, _ in connections:
            _abort(protocol)
    idle.clear()


def used_up_pool(session: aiohttp.ClientSession) -> int | None:
    """Give how many connections there are, if requests use them all; a request that has just failed uses none."""
    connector = session.connector
    if connector is None:  # closed meanwhile
        return None
    of_hosts: dict[Any, Any] = getattr(connector, "_acquired_per_host", {})
    used = [(connector.limit_per_host, len(connections)) for connections in of_hosts.values()]
    used.append((connector.limit, len(getattr(connector, "_acquired", ()))))
    return next((limit for limit, count in used if 0 < limit <= count), None)


def _abort(protocol: ResponseHandler) -> None:
    transport: Any = protocol.transport
    if transport is not None:
        transport.abort()
