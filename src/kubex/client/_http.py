"""What both clients do alike: credentials, headers, the server's refusals and warnings, lines of a stream."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from time import monotonic
from types import EllipsisType
from typing import ClassVar, Protocol, TypeVar
from urllib.parse import urlencode

import anyio.lowlevel

from kubex._version import __version__
from kubex.client import _errors
from kubex.client._api_warnings import emit_api_warnings
from kubex.client._proxy import netrc_authorization, proxy_url
from kubex.client._retrying import Retrying
from kubex.client._timeouts import StreamBounds, handshake_bounds, stream_bounds
from kubex.client._tls_contexts import TlsContexts
from kubex.client.base import BaseClient
from kubex.client.hooks import around, notify
from kubex.client.options import ClientOptions
from kubex.client.websocket import WebSocketConnection
from kubex.configuration.auth.source import ClientCertificate
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import ConnectionFailed, InvalidType, KubexClientException, RequestTimeout
from kubex.core.line_framer import LineFramer
from kubex.core.params import Timeout
from kubex.core.request import Request
from kubex.core.response import Response

__all__ = ["HttpClient", "HttpStream"]

T = TypeVar("T")


class HttpStream(Protocol):
    """A successful answer whose body is read as it arrives."""

    headers: Mapping[str, str]

    async def receive(self) -> bytes:
        """Wait for the next piece of the body; `b""` at its end."""
        ...

    async def close(self) -> None:
        """Close the connection, unless the body was read to its end."""
        ...


class HttpClient(BaseClient):
    """A client over an HTTP library.

    A subclass adds what only its library knows: how to make its client, to send, to stream and to upgrade, and what
    its errors mean. It never has to think of credentials or of the server's refusals.
    """

    library_timeout: ClassVar[Timeout]
    """Time-outs that the library has by itself."""

    library_errors: ClassVar[tuple[type[Exception], ...]]
    """Everything that the library raises."""

    def __init__(self, configuration: ClientConfiguration, options: ClientOptions | None = None) -> None:
        _check_types(configuration, options)
        super().__init__(configuration, options)
        self._base_url = configuration.base_url
        self._server = _errors.server_name(self._base_url)
        self._credentials = configuration.credential_source()
        self._known: Mapping[str, str] | None = None
        self._known_certificate: ClientCertificate | None = None
        self._hooks = self._options.hooks
        policy = self._options.retry
        self._retrying = None if policy is None else Retrying(policy, self._hooks, sleep=self._pause)
        self._proxy = proxy_url(configuration, self._options)
        self._tls = TlsContexts(configuration, self._credentials, self._proxy)
        self._is_closed = False
        self._closing: anyio.Event | None = None  # set when the client is closed while somebody waits for that
        self._home: object = None
        self._common_headers = {
            "Accept": "application/json, */*",
            "Accept-Encoding": "identity" if configuration.disable_compression else "gzip",
            "User-Agent": f"kubex/{__version__}",
        }
        # Headers of the same name can't be in a mapping; they are the same for every request.
        impersonation = configuration.impersonation
        self._impersonation = [] if impersonation is None else list(impersonation.headers())
        if self._options.trust_env:
            authorization = netrc_authorization(self._base_url)
            if authorization is not None:
                self._common_headers["Authorization"] = authorization

    async def request(self, request: Request) -> Response:
        response = await self._answer(request, self._send)
        if "Warning" in response.headers:
            self._warn(response.headers)
        if response.status_code >= 300:
            raise _errors.refusal(request, self._server, response)
        return response

    async def stream_lines(self, request: Request) -> AsyncGenerator[str, None]:
        lines = self.stream_byte_lines(request)
        try:
            async for line in lines:
                yield line.decode(errors="replace")
        finally:
            await lines.aclose()

    async def stream_byte_lines(self, request: Request) -> AsyncGenerator[bytes, None]:
        bounds = stream_bounds(request, self.timeout_of(request), self.library_timeout)

        async def open_within_bounds(request: Request, url: str, headers: Mapping[str, str]) -> HttpStream | Response:
            with anyio.fail_after(bounds.opening):
                return await self._open(request, url, headers, bounds.timeout)

        stream = await self._answer(request, open_within_bounds, opening=bounds.opening)
        if isinstance(stream, Response):
            self._warn(stream.headers)
            raise _errors.refusal(request, self._server, stream)
        framer = LineFramer()
        try:
            self._warn(stream.headers)
            while chunk := await self._receive(request, stream, bounds):
                for line in framer.feed(chunk):
                    yield line
            rest = framer.end()
            if rest is not None:
                yield rest
        finally:
            await stream.close()

    async def connect_websocket(self, request: Request, subprotocols: Sequence[str]) -> WebSocketConnection:
        bounds = handshake_bounds(self.timeout_of(request), self.library_timeout)

        async def shake_hands(request: Request, url: str, headers: Mapping[str, str]) -> WebSocketConnection | Response:
            with anyio.fail_after(bounds.opening):
                return await self._upgrade(request, url, headers, bounds.timeout, subprotocols)

        # A handshake may begin a command: it is no mere reading, for all that it is a GET.
        connection = await self._answer(request, shake_hands, opening=bounds.opening, is_read=False)
        if isinstance(connection, Response):
            self._warn(connection.headers)
            raise _errors.refusal(request, self._server, connection)
        return connection

    async def close(self) -> None:
        if self._is_closed:
            return
        if self._inner is not None:
            self._stay_in_event_loop(None)
        self._is_closed = True
        if self._closing is not None:
            self._closing.set()
        if self._inner is not None:
            await self._close_inner_client()

    async def _pause(self, seconds: float) -> None:
        """Wait before another try, unless the client is closed meanwhile."""
        with anyio.move_on_after(seconds):
            self._closing = self._closing or anyio.Event()
            await self._closing.wait()

    def timeout_of(self, request: Request) -> Timeout | EllipsisType | None:
        """Give the time-out of a request, or the client's where it has none; `...` where neither has."""
        return self._options.timeout if request.timeout is ... else request.timeout

    async def _answer(
        self,
        request: Request,
        send: Callable[[Request, str, Mapping[str, str]], Awaitable[T]],
        *,
        opening: float | None = None,
        is_read: bool = True,
    ) -> T:
        """Send, and give the answer or raise why there is none; the one way to the server.

        For requests, streams and WebSockets. Nothing is at hand here that must not be seen: reports of errors show the
        local variables of every function that an exception came through.
        """
        if self._is_closed:
            raise _errors.client_is_closed(request)
        if self._event_loop() != self._home:
            self._stay_in_event_loop(request)
        if self._hooks:
            send = around(self._hooks, send, lambda error: self._as_ours(error, request, opening))
        begun = monotonic()
        outcome = await self._attempt(request, send, opening)
        if isinstance(outcome, KubexClientException) or (isinstance(outcome, Response) and outcome.status_code >= 429):
            outcome = await self._after_failure(request, send, opening, outcome, begun, is_read)
        if isinstance(outcome, KubexClientException):
            try:
                raise outcome
            finally:
                del outcome
        return outcome

    async def _after_failure(
        self,
        request: Request,
        send: Callable[[Request, str, Mapping[str, str]], Awaitable[T]],
        opening: float | None,
        outcome: T | KubexClientException,
        begun: float,
        is_read: bool,
    ) -> T | KubexClientException:
        """Send again what failed for a reason that passes, and give what came of it in the end."""
        # A library makes a time-out of a cancellation that comes with it, after which the program would go on.
        await anyio.lowlevel.checkpoint_if_cancelled()

        async def attempt() -> T | KubexClientException:
            again = await self._attempt(request, send, opening)
            await self._learn_from(again)
            return again

        if await self._learn_from(outcome):
            outcome = await attempt()
        if self._retrying is None:
            return outcome
        timeout = self.timeout_of(request)
        total = timeout.total if isinstance(timeout, Timeout) else None

        def late(seconds: float) -> KubexClientException:
            return _errors.timed_out(request, self._server, "total", seconds)

        return await self._retrying.again(
            request, outcome, attempt, begun=begun, bound=total, is_read=is_read, late=late
        )

    async def _learn_from(self, outcome: object) -> bool:
        """Draw conclusions about the connections; tell whether there are other certificates to try at once."""
        if self._is_closed or self._inner is None:
            return False
        if isinstance(outcome, ConnectionFailed | RequestTimeout) and outcome.was_sent:
            await self._close_idle_connections()  # if the peer is gone it is gone for those, too
        return _errors.is_of_certificates(outcome) and self._tls.can_change and self._tls.check()

    async def _attempt(
        self,
        request: Request,
        send: Callable[[Request, str, Mapping[str, str]], Awaitable[T]],
        opening: float | None,
    ) -> T | KubexClientException:
        """Send with the program's credentials; once more where the server says 401 and there are newer ones.

        Failures are given and not raised: as the context or in the traceback of an exception, the library's error and
        the variables here would bring the request's headers along.
        """
        url = self._url(request)
        was_refreshed = False
        while True:
            credentials = await self._credentials.headers()
            if self._is_closed:  # while they were fetched
                return _errors.client_is_closed(request)
            if credentials is not self._known:
                await self._take(request, credentials, was_refreshed)
            try:
                answer = await send(request, url, self._headers(request, credentials))
            except KubexClientException as error:
                return error.with_traceback(None)
            except self.library_errors as error:
                return self._failure(error, request, opening)
            if was_refreshed or not isinstance(answer, Response) or answer.status_code != 401:
                return answer
            was_refreshed = True
            is_refreshed = await self._credentials.refresh(credentials)
            if self._tls.can_change and self._tls.check():
                is_refreshed = True
                await self._close_idle_connections()
            if not is_refreshed:
                return answer

    async def _take(self, request: Request, credentials: Mapping[str, str], was_rejected: bool) -> None:
        """Note that there are other credentials; a certificate of theirs is for new connections alone."""
        if self._known is not None and self._hooks:
            notify(self._hooks, lambda hook: hook.on_refresh(request, was_rejected))
        self._known = credentials
        certificate = self._credentials.certificate
        if certificate is not self._known_certificate:
            self._known_certificate = certificate
            if self._inner is not None:
                await self._close_idle_connections()

    def _stay_in_event_loop(self, request: Request | None) -> None:
        """Refuse to work in another event loop than that of the first use: connections belong to theirs."""
        here = self._event_loop()
        if self._home is None:
            self._home = here
        elif self._home != here:
            raise _errors.other_event_loop(request)

    def _event_loop(self) -> object:
        """Identify the event loop that runs this."""
        return anyio.lowlevel.current_token()

    async def _receive(self, request: Request, stream: HttpStream, bounds: StreamBounds) -> bytes:
        try:
            return await stream.receive()
        except self.library_errors as error:
            failure = self._failure(error, request)
        if isinstance(failure, RequestTimeout) and bounds.silence is not None:
            failure = _errors.outlived_its_end(request, self._server, bounds.silence)
        await self._learn_from(failure)
        try:
            raise failure
        finally:
            del failure

    def _as_ours(self, error: Exception, request: Request, opening: float | None) -> KubexClientException:
        return error if isinstance(error, KubexClientException) else self._failure(error, request, opening)

    def _failure(self, error: Exception, request: Request, opening: float | None = None) -> KubexClientException:
        if self._is_closed:
            return _errors.client_was_closed(request)
        if type(error) is TimeoutError and opening is not None:
            return _errors.timed_out(request, self._server, "opening", opening, pool=self._used_up_pool())
        return self._translated(error, request)

    def _url(self, request: Request) -> str:
        url = self._base_url + request.url
        if not request.query_params and not request.query_param_pairs:
            return url
        return f"{url}{'&' if '?' in request.url else '?'}{urlencode(request.query)}"

    def _headers(self, request: Request, credentials: Mapping[str, str]) -> Mapping[str, str]:
        """Give the request's own headers and the program's credentials; `_common_headers` come before them."""
        if request.body is None and not request.headers:
            return credentials
        headers = {**credentials} if request.headers is None else {**request.headers, **credentials}
        if request.body is not None and "Content-Type" not in headers:
            headers["Content-Type"] = "application/json"
        return headers

    def _warn(self, headers: Mapping[str, str]) -> None:
        if self._options.log_api_warnings and "Warning" in headers:
            emit_api_warnings([value for name, value in headers.items() if name.lower() == "warning"])

    def _timed_out(self, request: Request, bound: str, *, pool: int | None = None) -> KubexClientException:
        """Give the error of a bound that passed: a phase of the time-out, or `total`; for `pool` see `timed_out`."""
        given = self.timeout_of(request)
        timeout = self.library_timeout if given is ... else given
        seconds: float | None = getattr(timeout, bound, None)
        if seconds is None and timeout is not None:
            bound, seconds = "total", timeout.total
        return _errors.timed_out(request, self._server, bound, seconds, pool=pool)

    def _used_up_pool(self) -> int | None:
        """Give how many connections there are, if a request that failed just now was waiting for one of them."""
        return None

    @abstractmethod
    async def _send(self, request: Request, url: str, headers: Mapping[str, str]) -> Response:
        """Send a request and give its whole answer, whatever its status."""

    @abstractmethod
    async def _open(
        self, request: Request, url: str, headers: Mapping[str, str], bounds: Timeout | None
    ) -> HttpStream | Response:
        """Send a request and give its answer when the headers are there; whole where it is no success."""

    @abstractmethod
    async def _upgrade(
        self,
        request: Request,
        url: str,
        headers: Mapping[str, str],
        bounds: Timeout | None,
        subprotocols: Sequence[str],
    ) -> WebSocketConnection | Response:
        """Shake hands for a WebSocket; the answer where the server refuses."""

    @abstractmethod
    async def _close_idle_connections(self) -> None:
        """Close the connections that no request uses just now."""

    @abstractmethod
    async def _close_inner_client(self) -> None:
        """Close the library's client, and end all that is under way."""

    @abstractmethod
    def _translated(self, error: Exception, request: Request) -> KubexClientException:
        """Give the error of kubex for one of the library's."""


def body_bytes(request: Request) -> bytes | None:
    """Give the body of a request as it is sent."""
    return request.body.encode() if isinstance(request.body, str) else request.body


def _check_types(configuration: object, options: object) -> None:
    """Refuse at once what would fail in the middle, e.g. the path of a kubeconfig.

    Raises:
        InvalidType: it is no configuration, or these are no options.
    """
    if not isinstance(configuration, ClientConfiguration):
        needed = "a ClientConfiguration, as configure_from_kubeconfig(path=…) gives it,"
        raise InvalidType.of("configuration", needed, configuration)
    if options is not None and not isinstance(options, ClientOptions):
        raise InvalidType.of("options", "a ClientOptions", options)
