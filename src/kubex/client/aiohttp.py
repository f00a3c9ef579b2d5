"""`AioHttpClient`: the client over aiohttp, for asyncio."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Mapping, Sequence
from types import EllipsisType
from typing import Any

import aiohttp
import anyio
from aiohttp import http_exceptions
from yarl import URL

from kubex.client import _errors
from kubex.client._deadlines import Deadlines
from kubex.client._http import HttpClient, HttpStream, body_bytes
from kubex.client._proxy import dropped_proxies
from kubex.client._tls import tls_context
from kubex.client.options import DEFAULT_BUFFER_SIZE, ClientOptions, resolve_ws_max_message_size
from kubex.client.websocket import ORDINARY_CLOSE_CODES, WebSocketConnection
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError, ConnectionFailed, KubexClientException
from kubex.core.params import Timeout
from kubex.core.request import Request
from kubex.core.response import Response

__all__ = ["AioHttpClient", "AioHttpWebSocketConnection"]

# Of larger bodies aiohttp wants a file, lest they block the event loop.
_LARGEST_BYTES = 2**20

# Seconds that a server has to answer a close frame before the connection is dropped.
_CLOSE_GRACE = 1.0
_WS_TIMEOUT = aiohttp.ClientWSTimeout(ws_close=_CLOSE_GRACE)  # pyright: ignore[reportCallIssue]  # attrs


# aiohttp's own time-outs. The total is bounded here: aiohttp sets up a timer for each request.
_TOTAL = aiohttp.client.DEFAULT_TIMEOUT.total or 300.0
_CONNECTING = aiohttp.ClientTimeout(total=None, sock_connect=aiohttp.client.DEFAULT_TIMEOUT.sock_connect)


class AioHttpClient(HttpClient):
    """The client over aiohttp: the faster one, on asyncio only.

    Args:
        configuration: address, certificates and credentials of the server.
        options: time-outs, pool sizes, proxies; the defaults where left out.

    Raises:
        ConfigurationError: the configuration has no address, or a proxy that aiohttp can't use.
    """

    library_timeout = Timeout(total=_TOTAL, connect=_CONNECTING.sock_connect)
    library_errors = (aiohttp.ClientError, http_exceptions.HttpProcessingError, OSError, ValueError)

    def __init__(self, configuration: ClientConfiguration, options: ClientOptions | None = None) -> None:
        super().__init__(configuration, options)
        if self._proxy is not None and not self._proxy.lower().startswith(("http://", "https://")):
            raise ConfigurationError("aiohttp has no SOCKS proxies: use the httpx client, with kubex[httpx]")
        self._deadlines = Deadlines(_TOTAL)
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
        tls = tls_context(self._configuration)
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=True if tls is None else tls, **pool),
            headers=self._common_headers,
            skip_auto_headers=("Content-Type",),  # it would call no body at all application/octet-stream
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=self._proxy,
            timeout=self._client_timeout,
            **session,
        )

    @property
    def _session(self) -> aiohttp.ClientSession:
        session: aiohttp.ClientSession = self._inner_client
        return session

    async def _send(self, request: Request, url: str, headers: dict[str, str]) -> Response:
        timeout = request.timeout
        if timeout is ... and self._options.timeout is ...:
            with self._deadlines.operation():
                response = await self._request(request, url, headers, _CONNECTING)
                return Response(await response.read(), response.headers, response.status)
        bounds = self._client_timeout if timeout is ... else _aiohttp_timeout(timeout)
        response = await self._request(request, url, headers, bounds)
        return Response(await response.read(), response.headers, response.status)

    async def _request(
        self, request: Request, url: str, headers: dict[str, str], bounds: aiohttp.ClientTimeout
    ) -> aiohttp.ClientResponse:
        body = body_bytes(request)
        return await self._session.request(
            request.method,
            URL(url, encoded=True),
            headers=headers,
            data=io.BytesIO(body) if body is not None and len(body) > _LARGEST_BYTES else body,
            allow_redirects=False,
            timeout=bounds,
        )

    async def _open(
        self, request: Request, url: str, headers: dict[str, str], bounds: Timeout | None
    ) -> HttpStream | Response:
        response = await self._request(request, url, headers, _aiohttp_timeout(bounds))
        if response.status >= 300:
            return Response(await response.read(), response.headers, response.status)
        return _AioHttpStream(response)

    async def _upgrade(
        self,
        request: Request,
        url: str,
        headers: dict[str, str],
        bounds: Timeout | None,
        subprotocols: Sequence[str],
    ) -> WebSocketConnection | Response:
        # A session of its own, on the same connections: only a session can give a handshake its time-out, and keep
        # the body of a refusal.
        async with aiohttp.ClientSession(
            connector=self._session.connector,
            connector_owner=False,
            headers=self._common_headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=self._proxy,
            timeout=_aiohttp_timeout(bounds),
            raise_for_status=_keep_refusal,
        ) as session:
            try:
                websocket = await session.ws_connect(
                    URL(url, encoded=True),
                    headers=headers,
                    protocols=subprotocols,
                    max_msg_size=resolve_ws_max_message_size(self._options.ws_max_message_size),
                    timeout=_WS_TIMEOUT,
                )
            except _RefusedError as refused:
                return refused.response
        return AioHttpWebSocketConnection(websocket, request, self._server)

    async def _close_inner_client(self) -> None:
        self._deadlines.close()
        await self._session.close()

    def _translated(self, error: Exception, request: Request) -> KubexClientException:
        # The order matters: subclasses before their bases.
        server = self._server
        match error:
            case aiohttp.ConnectionTimeoutError():
                return self._timed_out(request, "connect")
            case aiohttp.ServerTimeoutError():
                return self._timed_out(request, "read")
            case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError() if self._proxy is not None:
                proxy = f"the proxy {_errors.server_name(self._proxy)}"
                if isinstance(error, aiohttp.ClientHttpProxyError):
                    return ConnectionFailed(
                        f"{request.described()}: {proxy} does not connect to {server}: it answers {error.status}"
                    )
                return _errors.cannot_connect(request, proxy, error)
            case aiohttp.ClientConnectorError() | aiohttp.ServerFingerprintMismatch():
                return _errors.cannot_connect(request, server, error)
            case aiohttp.ClientPayloadError():
                if isinstance(error.__cause__, http_exceptions.ContentEncodingError):
                    return _errors.unreadable(request, server, "it is not encoded as it says")
                return _errors.broke_off(request, server, error)
            case aiohttp.ClientConnectionError() | aiohttp.UploadAbortedError():
                return _errors.broke_off(request, server, error)
            case aiohttp.WSServerHandshakeError():
                return _errors.unreadable(request, server, "it agrees to a WebSocket in a way that is none")
            case aiohttp.ClientResponseError() | http_exceptions.HttpProcessingError():
                return _errors.not_http(request, server)
            case TimeoutError():
                return self._timed_out(request, "total")
            case OSError():
                return _errors.broke_off(request, server, error)
            case ValueError():
                # Also aiohttp.InvalidURL. Its text may quote a header.
                return _errors.failed(request, server, "aiohttp refuses the request's address or headers as malformed")
            case _:
                return _errors.failed(request, server, f"aiohttp failed ({type(error).__name__})")


class _AioHttpStream:
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.headers: Mapping[str, str] = response.headers

    async def receive(self) -> bytes:
        try:
            return await self._response.content.readany()
        except RuntimeError:  # aiohttp's word for a connection that was closed from here
            raise aiohttp.ClientConnectionError from None

    async def close(self) -> None:
        self._response.close()


class _RefusedError(Exception):
    """The server refused a handshake."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


async def _keep_refusal(response: aiohttp.ClientResponse) -> None:
    # ws_connect would throw the body away, and with it the server's reason.
    if response.status != 101:
        raise _RefusedError(Response(await response.read(), response.headers, response.status))


class AioHttpWebSocketConnection(WebSocketConnection):
    """A WebSocket over aiohttp.

    Args:
        websocket: aiohttp's own.
        request: request that opened it, for the text of errors.
        server: host and port, for the same.
    """

    def __init__(self, websocket: aiohttp.ClientWebSocketResponse, request: Request, server: str) -> None:
        self._websocket = websocket
        self._request = request
        self._server = server
        self._is_closed = False

    @property
    def subprotocol(self) -> str | None:
        """Subprotocol that the server chose."""
        return self._websocket.protocol

    async def send_bytes(self, data: bytes) -> None:
        """Send one binary message."""
        try:
            await self._websocket.send_bytes(data)
            return
        except (aiohttp.ClientError, OSError) as error:
            failure = _errors.broke_off(self._request, self._server, error)
        raise failure

    async def receive_bytes(self) -> bytes:
        """Wait for the next binary message."""
        message = await self._websocket.receive()
        if message.type is aiohttp.WSMsgType.BINARY:
            data: bytes = message.data
            return data
        raise self._end(message)

    def _end(self, message: aiohttp.WSMessage) -> Exception:
        """Give what a message that carries no data means: the end, or an error."""
        if message.type is aiohttp.WSMsgType.TEXT:
            return _errors.failed(self._request, self._server, "it sent a text message; only binary ones belong here")
        code = self._websocket.close_code
        if message.type is aiohttp.WSMsgType.ERROR:
            if code == aiohttp.WSCloseCode.MESSAGE_TOO_BIG:
                return _errors.failed(
                    self._request, self._server, "it sent a message above the cap (ws_max_message_size sets it)"
                )
            return _errors.failed(self._request, self._server, "it broke the WebSocket protocol")
        if message.type is aiohttp.WSMsgType.CLOSE and code not in ORDINARY_CLOSE_CODES:
            return ConnectionFailed(
                f"{self._request.described()}: {self._server} closed the WebSocket with code {code}:"
                f" {message.extra or 'no reason given'}"
            )
        if code == aiohttp.WSCloseCode.ABNORMAL_CLOSURE and not self._is_closed:
            return _errors.broke_off(self._request, self._server, self._websocket.exception())
        return StopAsyncIteration()

    async def close(self) -> None:
        """Close the connection, with a second for the server to agree."""
        self._is_closed = True
        # A server that has much to send would be listened to until it is done.
        with anyio.move_on_after(_CLOSE_GRACE):
            await self._websocket.close()


def _aiohttp_timeout(timeout: Timeout | EllipsisType | None) -> aiohttp.ClientTimeout:
    """Give aiohttp's form of a time-out."""
    if timeout is ...:
        return aiohttp.client.DEFAULT_TIMEOUT
    if timeout is None:
        return aiohttp.ClientTimeout(total=None, sock_connect=None)
    return aiohttp.ClientTimeout(
        total=_bound(timeout.total),
        sock_connect=_bound(timeout.connect),
        sock_read=_bound(timeout.read),
        ceil_threshold=math.inf,  # else a bound of more than 5 s is rounded up to a whole second of the clock
    )


def _bound(seconds: float | None) -> float | None:
    # To aiohttp, 0 is no bound at all.
    return None if seconds is None else max(seconds, 1e-6)
