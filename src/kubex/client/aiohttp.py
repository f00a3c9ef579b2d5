"""`AioHttpClient`: the client over aiohttp, for asyncio."""

from __future__ import annotations

import asyncio
import io
import math
import warnings
from collections.abc import Awaitable, Mapping, Sequence
from types import EllipsisType
from typing import Any, ClassVar
from weakref import WeakSet

import aiohttp
from aiohttp import http_exceptions
from multidict import CIMultiDict, istr
from yarl import URL

from kubex.client import _errors
from kubex.client._aiohttp_network import (
    OpenSockets,
    SocksRefusedError,
    SocksUnreachableError,
    close_idle_connections,
    connector_of,
    is_socks,
    used_up_pool,
)
from kubex.client._aiohttp_websocket import WS_TIMEOUT, AioHttpWebSocketConnection, Handshake, RefusedError
from kubex.client._deadlines import Deadlines
from kubex.client._http import HttpClient, HttpStream, body_bytes
from kubex.client._proxy import dropped_proxies
from kubex.client.options import DEFAULT_BUFFER_SIZE, ClientOptions, resolve_ws_max_message_size
from kubex.client.websocket import WebSocketConnection
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError, KubexClientException
from kubex.core.params import Timeout
from kubex.core.request import Request
from kubex.core.response import Response

__all__ = ["AioHttpClient", "AioHttpWebSocketConnection"]

_NO_CONTENT_TYPE = frozenset({"Content-Type"})

# Of larger bodies aiohttp wants a file, lest they block the event loop.
_LARGEST_BYTES = 2**20


# aiohttp's own time-outs. The total is bounded here: aiohttp sets up a timer for each request.
_TOTAL = aiohttp.client.DEFAULT_TIMEOUT.total or 300.0
# Without `connect=`, which bounds the wait for the pool too: that is another timer for each request.
_CONNECTING = aiohttp.ClientTimeout(total=None, sock_connect=aiohttp.client.DEFAULT_TIMEOUT.sock_connect)


class AioHttpClient(HttpClient):
    """The client over aiohttp: the faster one, on asyncio only.

    Args:
        configuration: address, certificates and credentials of the server.
        options: time-outs, pool sizes, proxies; the defaults where left out.

    Raises:
        ConfigurationError: the configuration has no address, or a proxy that aiohttp can't use.
    """

    library_timeout: ClassVar[Timeout] = Timeout(total=_TOTAL, connect=_CONNECTING.sock_connect)
    library_errors: ClassVar[tuple[type[Exception], ...]] = (
        aiohttp.ClientError,
        http_exceptions.HttpProcessingError,
        OSError,
        ValueError,
    )

    def __init__(self, configuration: ClientConfiguration, options: ClientOptions | None = None) -> None:
        super().__init__(configuration, options)
        self._http_proxy = None if is_socks(self._proxy) else self._proxy
        self._deadlines = Deadlines(_TOTAL)
        self._others = Deadlines(None)  # operations whose bounds aiohttp keeps
        self._streams = WeakSet[_AioHttpStream]()
        self._websockets = WeakSet[AioHttpWebSocketConnection]()
        self._last_headers: dict[str, str] = {}
        self._last_prepared: CIMultiDict[str] = CIMultiDict()
        self._client_timeout = _aiohttp_timeout(self._options.timeout)
        for scheme in dropped_proxies(configuration, self._options):
            warnings.warn(
                f"aiohttp takes only the proxy of the server's scheme: the one of {scheme!r} is left out", stacklevel=2
            )
        if self._options.keep_alive_timeout is None:
            warnings.warn(
                "aiohttp can't keep idle connections forever: keep_alive_timeout=None is its default", stacklevel=2
            )

    def _create_inner_client(self) -> aiohttp.ClientSession:
        options = self._options
        pool: dict[str, Any] = {}
        if not options.keep_alive:
            pool["force_close"] = True
        elif isinstance(options.keep_alive_timeout, float):
            pool["keepalive_timeout"] = options.keep_alive_timeout
        if options.pool_size is not ...:
            pool["limit"] = options.pool_size or 0
        if options.pool_size_per_host is not ...:
            pool["limit_per_host"] = options.pool_size_per_host or 0
        session: dict[str, Any] = {}
        if options.buffer_size is not None:
            session["read_bufsize"] = DEFAULT_BUFFER_SIZE if options.buffer_size is ... else options.buffer_size
        tls = self._tls.fronts()
        self._sockets = OpenSockets()
        return aiohttp.ClientSession(
            connector=connector_of(
                self._proxy,
                self._sockets,
                tls.proxy,
                ssl=True if tls.server is None else tls.server,
                **pool,
            ),
            headers=CIMultiDict([*self._common_headers.items(), *self._impersonation]),
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=self._http_proxy,
            timeout=self._client_timeout,
            **session,
        )

    @property
    def _session(self) -> aiohttp.ClientSession:
        session: aiohttp.ClientSession = self._inner_client
        return session

    async def _send(self, request: Request, url: str, headers: Mapping[str, str]) -> Response:
        timeout = request.timeout
        if timeout is ... and self._options.timeout is ...:
            with self._deadlines.operation():
                response = await self._request(request, url, headers, _CONNECTING)
                content = response.content
                # A small body mostly comes with its headers: to wait for what is there costs 6 µs.
                is_there = content.is_eof() and content.exception() is None
                body = content.read_nowait() if is_there else await response.read()
                return Response(body, response.headers, response.status)
        bounds = self._client_timeout if timeout is ... else _aiohttp_timeout(timeout)
        with self._others.operation():
            response = await self._request(request, url, headers, bounds)
            return Response(await response.read(), response.headers, response.status)

    def _request(
        self, request: Request, url: str, headers: Mapping[str, str], bounds: aiohttp.ClientTimeout
    ) -> Awaitable[aiohttp.ClientResponse]:
        body = body_bytes(request)
        return self._session.request(
            request.method,
            URL(url, encoded=True),
            headers=self._prepared(headers),
            data=io.BytesIO(body) if body is not None and len(body) > _LARGEST_BYTES else body,
            # It would call no body at all application/octet-stream; of a GET it does not, and this costs 5 µs.
            skip_auto_headers=None if request.method == "GET" else _NO_CONTENT_TYPE,
            allow_redirects=False,
            timeout=bounds,
            middlewares=None if request.method == "GET" else (_SendOnce(),),
        )

    def _prepared(self, headers: Mapping[str, str]) -> CIMultiDict[str]:
        """Give headers as aiohttp would have to make them for each request: mostly they are the same as before."""
        if headers != self._last_headers:
            self._last_headers = dict(headers)
            self._last_prepared = CIMultiDict((istr(name), value) for name, value in headers.items())
        return self._last_prepared

    async def _open(
        self, request: Request, url: str, headers: Mapping[str, str], bounds: Timeout | None
    ) -> HttpStream | Response:
        with self._others.operation():
            response = await self._request(request, url, headers, _aiohttp_timeout(bounds))
            if response.status >= 300:
                return Response(await response.read(), response.headers, response.status)
        stream = _AioHttpStream(response)
        self._streams.add(stream)
        return stream

    async def _upgrade(
        self,
        request: Request,
        url: str,
        headers: Mapping[str, str],
        bounds: Timeout | None,
        subprotocols: Sequence[str],
    ) -> WebSocketConnection | Response:
        handshake = Handshake()
        # A session of its own, on the same connections: only a session can give a handshake its time-out, and look at
        # the answer before ws_connect throws a refusal away or follows a redirect.
        async with aiohttp.ClientSession(
            connector=self._session.connector,
            connector_owner=False,
            headers=CIMultiDict([*self._common_headers.items(), *self._impersonation]),
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=self._http_proxy,
            timeout=_aiohttp_timeout(bounds),
            trace_configs=[handshake.redirects()],
            raise_for_status=handshake.check,
            middlewares=(_SendOnce(),),  # a handshake may begin a command, for all that it is a GET
        ) as session:
            cap = resolve_ws_max_message_size(self._options.ws_max_message_size)
            try:
                with self._others.operation():
                    websocket = await session.ws_connect(
                        URL(url, encoded=True),
                        headers=headers,
                        protocols=subprotocols,
                        max_msg_size=cap + 1 if cap else 0,  # to aiohttp, a message of just this size is too large
                        timeout=WS_TIMEOUT,
                        autoclose=False,  # it would wait until what is being sent has been taken
                        autoping=False,  # it hides the answers to pings
                    )
            except RefusedError as refused:
                return refused.response
        made = AioHttpWebSocketConnection(websocket, request, self._server, handshake.transport, handshake.lost)
        self._websockets.add(made)
        return made

    def _event_loop(self) -> object:
        try:
            return asyncio.get_running_loop()
        except RuntimeError:
            raise ConfigurationError("aiohttp runs on asyncio only: in a trio program use ClientChoice.HTTPX") from None

    async def _close_idle_connections(self) -> None:
        close_idle_connections(self._session)

    async def _close_inner_client(self) -> None:
        # aiohttp leaves those waiting for ever who read what it closes, and takes their time-outs from them.
        self._deadlines.close()
        self._others.close()
        for stream in tuple(self._streams):
            stream.end()
        for websocket in tuple(self._websockets):
            websocket.end()
        await self._session.close()
        await self._sockets.wait_closed()

    def _used_up_pool(self) -> int | None:
        return None if self._inner is None else used_up_pool(self._session)

    def _translated(self, error: Exception, request: Request) -> KubexClientException:
        # The order matters: subclasses before their bases.
        server = self._server
        match error:
            case aiohttp.ConnectionTimeoutError():
                return self._timed_out(request, "connect", pool=self._used_up_pool())
            case aiohttp.ServerTimeoutError():
                return self._timed_out(request, "read")
            case aiohttp.ClientHttpProxyError():
                return _errors.proxy_refused(request, server, self._proxy, error.status)
            case SocksRefusedError():
                return _errors.proxy_refused(request, server, self._proxy, None)
            case SocksUnreachableError() if self._proxy is not None:
                return _errors.cannot_connect(request, f"the proxy {_errors.server_name(self._proxy)}", error)
            case aiohttp.ClientConnectorError() if self._proxy is not None and _is_of_proxy(error, self._proxy):
                return _errors.cannot_connect(request, f"the proxy {_errors.server_name(self._proxy)}", error)
            case aiohttp.ClientConnectorError() | aiohttp.ServerFingerprintMismatch():
                return _errors.cannot_connect(request, server, error)
            case aiohttp.ClientPayloadError():
                if isinstance(error.__cause__, http_exceptions.ContentEncodingError):
                    return _errors.unreadable(request, server, "it is not encoded as it says")
                return _errors.broke_off(request, server, error)
            case aiohttp.ClientConnectionError():
                return _errors.broke_off(request, server, error)
            case aiohttp.WSServerHandshakeError():
                return _errors.no_handshake(request, server)
            case aiohttp.ClientResponseError() | http_exceptions.HttpProcessingError():
                return _errors.not_http(request, server)
            case TimeoutError():
                return self._timed_out(request, "total", pool=self._used_up_pool())
            case OSError():
                return _errors.broke_off(request, server, error)
            case ValueError():
                return _errors.malformed(request, server)  # aiohttp.InvalidURL is one, too
            case _:
                return _errors.failed(request, server, f"aiohttp failed ({type(error).__name__})")


class _SendOnce:
    """Has aiohttp send a write once: it repeats what HTTP calls idempotent when the connection breaks.

    To the program a delete that is done twice is NotFound, and a replace that is done twice a Conflict.
    """

    def __init__(self) -> None:
        self._failure: Exception | None = None

    async def __call__(self, request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        if self._failure is not None:
            raise self._failure
        try:
            return await send(request)
        except Exception as error:
            self._failure = error
            raise


class _AioHttpStream:
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.headers: Mapping[str, str] = response.headers

    async def receive(self) -> bytes:
        try:
            return await self._response.content.readany()
        except RuntimeError:  # aiohttp's word for a connection that was closed from here
            raise aiohttp.ClientConnectionError from None

    def end(self) -> None:
        """Have whoever reads fail."""
        self._response.content.set_exception(aiohttp.ClientConnectionError())

    async def close(self) -> None:
        connection = self._response.connection
        if connection is not None and connection.transport is not None:
            connection.transport.abort()  # else it would wait until the server, too, has taken leave of TLS
        self._response.close()


def _is_of_proxy(error: aiohttp.ClientConnectorError, proxy: str) -> bool:
    """Whether it was the proxy that could not be connected to, and not the server through it."""
    url = URL(proxy)
    return isinstance(error, aiohttp.ClientProxyConnectionError) or (error.host, error.port) == (url.host, url.port)


def _aiohttp_timeout(timeout: Timeout | EllipsisType | None) -> aiohttp.ClientTimeout:
    """Give aiohttp's form of a time-out."""
    if timeout is ...:
        return aiohttp.client.DEFAULT_TIMEOUT
    if timeout is None:
        return aiohttp.ClientTimeout(total=None, sock_connect=None)
    return aiohttp.ClientTimeout(
        total=_bound(timeout.total),
        connect=_bound(timeout.connect),
        sock_connect=_bound(timeout.connect),
        sock_read=_bound(timeout.read),
        ceil_threshold=math.inf,  # else a bound of more than 5 s is rounded up to a whole second of the clock
    )


def _bound(seconds: float | None) -> float | None:
    # To aiohttp, 0 is no bound at all.
    return None if seconds is None else max(seconds, 1e-6)
