"""`HttpxClient`: the client over httpx, for asyncio and trio."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import EllipsisType
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit
from weakref import WeakSet

import anyio
import httpx

from kubex.client import _errors
from kubex.client._http import HttpClient, HttpStream, body_bytes
from kubex.client._httpx_network import close_cancelled_connections, close_idle_connections, is_pool_used_up
from kubex.client.options import ClientOptions, resolve_ws_max_message_size
from kubex.client.websocket import WebSocketConnection
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError, KubexClientException
from kubex.core.params import Timeout
from kubex.core.request import Request
from kubex.core.response import Response

if TYPE_CHECKING:
    from kubex.client._httpx_websocket import HttpxWebSocketConnection

__all__ = ["HttpxClient", "HttpxWebSocketConnection"]

# httpx' own defaults, which it does not export.
_PHASE_TIMEOUT = 5.0
_POOL_SIZE = 100
_IDLE_CONNECTIONS = 20
_KEEP_ALIVE_TIMEOUT = 5.0

_METHODS_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})

# httpx-ws' own, where no cap is asked for.
_WS_MESSAGE_SIZE = 65536


class HttpxClient(HttpClient):
    """The client over httpx, on asyncio and trio.

    Args:
        configuration: address, certificates and credentials of the server.
        options: time-outs, pool sizes, proxies; the defaults where left out.

    Raises:
        ConfigurationError: the configuration has no address.
    """

    library_timeout: ClassVar[Timeout] = Timeout(
        connect=_PHASE_TIMEOUT, read=_PHASE_TIMEOUT, write=_PHASE_TIMEOUT, pool=_PHASE_TIMEOUT
    )
    library_errors: ClassVar[tuple[type[Exception], ...]] = (
        httpx.HTTPError,
        httpx.InvalidURL,
        httpx.CookieConflict,
        httpx.StreamError,
        OSError,
        ValueError,
        anyio.BrokenResourceError,
        anyio.ClosedResourceError,
        anyio.EndOfStream,
    )

    def __init__(self, configuration: ClientConfiguration, options: ClientOptions | None = None) -> None:
        super().__init__(configuration, options)
        self._common_headers = {"Host": urlsplit(self._base_url).netloc, **self._common_headers}
        self._client_timeout = _httpx_timeout(self._options.timeout)
        self._ws_max_message_size = resolve_ws_max_message_size(self._options.ws_max_message_size)
        for option in ("buffer_size", "pool_size_per_host"):
            if getattr(self._options, option) is not ...:
                warnings.warn(f"httpx has no {option}: it is left out", stacklevel=2)
        if self._options.ws_max_message_size is None:
            self._ws_max_message_size = _WS_MESSAGE_SIZE
            warnings.warn(
                f"httpx-ws always has a cap: ws_max_message_size=None is its default, {_WS_MESSAGE_SIZE}",
                stacklevel=2,
            )

        self._under_way: set[anyio.CancelScope] = set()
        self._websockets = WeakSet["HttpxWebSocketConnection"]()
        self._impersonation_bytes = [(name.encode(), value.encode()) for name, value in self._impersonation]

    def _create_inner_client(self) -> httpx.AsyncClient:
        options = self._options
        limits = httpx.Limits(
            max_connections=_POOL_SIZE if options.pool_size is ... else options.pool_size,
            max_keepalive_connections=_IDLE_CONNECTIONS if options.keep_alive else 0,
            keepalive_expiry=(_KEEP_ALIVE_TIMEOUT if options.keep_alive_timeout is ... else options.keep_alive_timeout),
        )
        tls = self._tls.fronts()
        # For a server without TLS: one that trusts nobody, as httpx would load the system's authorities.
        verify = tls.server or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            client = httpx.AsyncClient(
                verify=verify,
                limits=limits,
                proxy=self._proxy if tls.proxy is None else httpx.Proxy(self._proxy or "", ssl_context=tls.proxy),
                timeout=httpx.Timeout(**self._client_timeout),
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                trust_env=False,
            )
        except ImportError:
            raise ConfigurationError(
                "SOCKS proxies need a companion of httpx: pip install kubex[httpx-socks]"
            ) from None
        close_cancelled_connections(client)
        return client

    @property
    def _session(self) -> httpx.AsyncClient:
        session: httpx.AsyncClient = self._inner_client
        return session

    async def _send(self, request: Request, url: str, headers: Mapping[str, str]) -> Response:
        timeout = request.timeout
        phases = self._client_timeout if timeout is ... else _httpx_timeout(timeout)
        settled = self.timeout_of(request)
        sent = self._request(request, url, {**self._common_headers, **headers}, phases)
        with self._within(settled.total if isinstance(settled, Timeout) else None, sent):
            response = await self._session.send(sent)
        return Response(response.content, response.headers, response.status_code)

    def _request(
        self, request: Request, url: str, headers: dict[str, str], phases: Mapping[str, float | None]
    ) -> httpx.Request:
        # Built here and not by the client, which would merge its own headers, cookies and parameters into it.
        body = body_bytes(request) or b""
        if body or request.method in _METHODS_WITH_BODY:
            headers["Content-Length"] = str(len(body))
        sent = httpx.Request(request.method, url, headers=headers, stream=_Body(body), extensions={"timeout": phases})
        if self._impersonation_bytes:
            sent.headers = httpx.Headers([*sent.headers.raw, *self._impersonation_bytes])
        return sent

    async def _open(
        self, request: Request, url: str, headers: Mapping[str, str], bounds: Timeout | None
    ) -> HttpStream | Response:
        sent = self._request(request, url, {**self._common_headers, **headers}, _httpx_timeout(bounds))
        deadline = None
        if bounds is not None and bounds.total is not None:
            deadline = anyio.current_time() + bounds.total
        with self._within(None if bounds is None else bounds.total, sent):
            response = await self._session.send(sent, stream=True)
            if response.status_code >= 300:
                return await _whole(response)
        return _HttpxStream(response, deadline)

    async def _upgrade(
        self,
        request: Request,
        url: str,
        headers: Mapping[str, str],
        bounds: Timeout | None,
        subprotocols: Sequence[str],
    ) -> WebSocketConnection | Response:
        try:
            from kubex.client import _httpx_websocket
        except ImportError:
            raise _MissingExtraError(
                f"{request.described()}: WebSockets over httpx need httpx-ws: pip install kubex[httpx-ws]"
            ) from None
        handshake = _httpx_websocket.Handshake(subprotocols)
        sent = self._request(
            request, url, {**self._common_headers, **headers, **handshake.headers}, _httpx_timeout(bounds)
        )
        with self._within(None, sent):
            response = await self._session.send(sent, stream=True)
            if response.status_code != 101:
                return await _whole(response)
        if not handshake.is_accepted_by(response):
            await response.aclose()
            raise _errors.no_handshake(request, self._server)
        made = _httpx_websocket.HttpxWebSocketConnection(
            response, handshake.subprotocol_of(response), request, self._server, self._ws_max_message_size
        )
        self._websockets.add(made)
        return made

    async def _close_idle_connections(self) -> None:
        await close_idle_connections(self._session)

    @contextmanager
    def _within(self, seconds: float | None, sent: httpx.Request) -> Generator[None, None, None]:
        """Bound a request, and end it when the client is closed: httpx waits on where no connection is there yet.

        A time-out is the pool's where nothing else can have taken that long.
        """
        try:
            with anyio.fail_after(seconds) as scope:
                self._under_way.add(scope)
                try:
                    yield
                finally:
                    self._under_way.discard(scope)
        except TimeoutError:
            if isinstance(sent.stream, _Body) and not sent.stream.is_begun and is_pool_used_up(self._session):
                raise httpx.PoolTimeout("") from None
            raise
        if scope.cancelled_caught:
            raise ConnectionAbortedError

    async def _close_inner_client(self) -> None:
        for scope in tuple(self._under_way):
            scope.cancel()
        for websocket in tuple(self._websockets):
            websocket.end()
        await self._session.aclose()

    def _translated(self, error: Exception, request: Request) -> KubexClientException:
        # The order matters: subclasses before their bases. The libraries' texts are not repeated: they quote headers.
        server = self._server
        match error:
            case httpx.ConnectTimeout():
                return self._timed_out(request, "connect")
            case httpx.ReadTimeout():
                return self._timed_out(request, "read")
            case httpx.WriteTimeout():
                return self._timed_out(request, "write")
            case httpx.PoolTimeout():
                size = self._options.pool_size
                return self._timed_out(request, "pool", pool=_POOL_SIZE if size is ... else size)
            case httpx.TimeoutException() | TimeoutError():
                return self._timed_out(request, "total")
            case httpx.ProxyError():
                status = str(error)[:3]  # of the proxy's status line, which is all its text
                return _errors.proxy_refused(request, server, self._proxy, int(status) if status.isdigit() else None)
            case httpx.ConnectError():
                peer = server if self._proxy is None else f"the proxy {_errors.server_name(self._proxy)}, or {server}"
                return _errors.cannot_connect(request, peer, error)
            case httpx.RemoteProtocolError():
                # httpx has one class for a server that hangs up and for one that speaks something else.
                if "disconnected" in str(error) or "peer closed" in str(error):
                    return _errors.broke_off(request, server, error)
                return _errors.not_http(request, server)
            case httpx.DecodingError():
                return _errors.unreadable(request, server, "it is not encoded as it says")
            case httpx.LocalProtocolError() | httpx.UnsupportedProtocol() | httpx.InvalidURL() | ValueError():
                return _errors.malformed(request, server)
            case httpx.NetworkError() | httpx.StreamError() | OSError():
                return _errors.broke_off(request, server, error)
            case anyio.BrokenResourceError() | anyio.ClosedResourceError() | anyio.EndOfStream():
                return _errors.broke_off(request, server, error)
            case _:
                return _errors.failed(request, server, f"httpx failed ({type(error).__name__})")


class _MissingExtraError(KubexClientException, ImportError):
    """An extra is not installed."""


class _HttpxStream:
    """A stream of httpx, with a deadline of its own: httpx bounds phases only."""

    def __init__(self, response: httpx.Response, deadline: float | None) -> None:
        self._response = response
        self._deadline = deadline
        self._chunks: AsyncIterator[bytes] = response.aiter_bytes()
        self.headers: Mapping[str, str] = response.headers

    async def receive(self) -> bytes:
        if self._deadline is None:
            return await anext(self._chunks, b"")
        with anyio.fail_after(max(0.0, self._deadline - anyio.current_time())):
            return await anext(self._chunks, b"")

    async def close(self) -> None:
        with anyio.CancelScope(shield=True):
            await self._response.aclose()
            # httpx reads through a chain of generators, of which this is the last. A read of the closed connection
            # ends them all, at once and in order; left alone they'd end when they are collected, and trio complains.
            try:
                while await anext(self._chunks, b""):
                    pass
            except Exception:  # noqa: S110  # the read's failure is its purpose
                pass


async def _whole(response: httpx.Response) -> Response:
    try:
        content = await response.aread()
    finally:
        with anyio.CancelScope(shield=True):
            await response.aclose()
    return Response(content, response.headers, response.status_code)


class _Body(httpx.AsyncByteStream):
    """A request's body. Not by a generator, as httpx' own: trio complains of one that is left halfway."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.is_begun = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        self.is_begun = True  # the headers are sent
        return self

    async def __anext__(self) -> bytes:
        content, self._content = self._content, b""
        if not content:
            raise StopAsyncIteration
        return content


def _httpx_timeout(timeout: Timeout | EllipsisType | None) -> dict[str, float | None]:
    """Give the bounds of httpx' phases. One that is unset lies within the total."""
    if timeout is ...:
        return dict.fromkeys(("connect", "read", "write", "pool"), _PHASE_TIMEOUT)
    if timeout is None:
        return dict.fromkeys(("connect", "read", "write", "pool"))
    return {"connect": timeout.connect, "read": timeout.read, "write": timeout.write, "pool": timeout.pool}


if not TYPE_CHECKING:  # a type checker would take any name for one that is there

    def __getattr__(name: str) -> Any:
        # httpx-ws is an extra of its own.
        if name == "HttpxWebSocketConnection":
            from kubex.client._httpx_websocket import HttpxWebSocketConnection

            return HttpxWebSocketConnection
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
