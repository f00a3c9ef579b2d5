"""Every exception class of each library becomes one of kubex; a class that is new to a library fails here."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import sys
from typing import cast

import aiohttp
import httpcore
import httpx
import httpx_ws
import pytest
import wsproto.utilities
from aiohttp import http_exceptions

from kubex.client import _httpx_websocket
from kubex.client._http import HttpClient
from kubex.client.aiohttp import AioHttpClient
from kubex.client.httpx import HttpxClient
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import ConnectionFailed, InvalidResponse, KubexClientException, RequestTimeout
from kubex.core.request import Request

SECRET = "Bearer very-secret"

OF_AIOHTTP: dict[str, type[KubexClientException]] = {
    "ClientConnectionError": ConnectionFailed,
    "ClientConnectionResetError": ConnectionFailed,
    "ClientConnectorCertificateError": ConnectionFailed,
    "ClientConnectorDNSError": ConnectionFailed,
    "ClientConnectorError": ConnectionFailed,
    "ClientConnectorSSLError": ConnectionFailed,
    "ClientError": KubexClientException,
    "ClientHttpProxyError": ConnectionFailed,
    "ClientOSError": ConnectionFailed,
    "ClientPayloadError": ConnectionFailed,
    "ClientProxyConnectionError": ConnectionFailed,
    "ClientResponseError": InvalidResponse,
    "ClientSSLError": ConnectionFailed,
    "ConnectionTimeoutError": RequestTimeout,
    "ContentTypeError": InvalidResponse,
    "InvalidURL": KubexClientException,
    "InvalidUrlClientError": KubexClientException,
    "InvalidUrlRedirectClientError": KubexClientException,
    "NonHttpUrlClientError": KubexClientException,
    "NonHttpUrlRedirectClientError": KubexClientException,
    "RedirectClientError": KubexClientException,
    "ServerConnectionError": ConnectionFailed,
    "ServerDisconnectedError": ConnectionFailed,
    "ServerFingerprintMismatch": ConnectionFailed,
    "ServerTimeoutError": RequestTimeout,
    "SocketTimeoutError": RequestTimeout,
    "TooManyRedirects": InvalidResponse,
    "UnixClientConnectorError": ConnectionFailed,
    "UploadAbortedError": KubexClientException,
    "WSServerHandshakeError": InvalidResponse,
    # of its parser
    "BadHttpMessage": InvalidResponse,
    "BadHttpMethod": InvalidResponse,
    "BadStatusLine": InvalidResponse,
    "ContentEncodingError": InvalidResponse,
    "ContentLengthError": InvalidResponse,
    "DecompressSizeError": InvalidResponse,
    "HttpBadRequest": InvalidResponse,
    "HttpProcessingError": InvalidResponse,
    "InvalidHeader": InvalidResponse,
    "InvalidURLError": InvalidResponse,
    "LineTooLong": InvalidResponse,
    "PayloadEncodingError": InvalidResponse,
    "TransferEncodingError": InvalidResponse,
}

# What aiohttp's client has besides, and why a program never meets it.
UNREACHABLE_OF_AIOHTTP = {
    "EofStream": "caught by the readers that raise it",
    "LookupError": "of payloads that are neither bytes nor files",
    "TooManyMembersError": "becomes a ContentEncodingError",
    "WSHandshakeError": "of compression, which is not asked for",
    "WSMessageTypeError": "of receive_bytes, which is not used",
    "WebSocketError": "given by receive() as a message",
}

# What the oldest aiohttp lacks that pyproject.toml allows.
NEWER_OF_AIOHTTP = {"DecompressSizeError", "TooManyMembersError", "UploadAbortedError"}

OF_HTTPX: dict[str, type[KubexClientException]] = {
    "CloseError": ConnectionFailed,
    "ConnectError": ConnectionFailed,
    "ConnectTimeout": RequestTimeout,
    "CookieConflict": KubexClientException,
    "DecodingError": InvalidResponse,
    "HTTPError": KubexClientException,
    "HTTPStatusError": KubexClientException,
    "InvalidURL": KubexClientException,
    "LocalProtocolError": KubexClientException,
    "NetworkError": ConnectionFailed,
    "PoolTimeout": RequestTimeout,
    "ProtocolError": KubexClientException,
    "ProxyError": ConnectionFailed,
    "ReadError": ConnectionFailed,
    "ReadTimeout": RequestTimeout,
    "RemoteProtocolError": InvalidResponse,
    "RequestError": KubexClientException,
    "RequestNotRead": ConnectionFailed,
    "ResponseNotRead": ConnectionFailed,
    "StreamClosed": ConnectionFailed,
    "StreamConsumed": ConnectionFailed,
    "StreamError": ConnectionFailed,
    "TimeoutException": RequestTimeout,
    "TooManyRedirects": KubexClientException,
    "TransportError": KubexClientException,
    "UnsupportedProtocol": KubexClientException,
    "WriteError": ConnectionFailed,
    "WriteTimeout": RequestTimeout,
}


def exceptions_of(package: str, *, but: tuple[str, ...] = ()) -> dict[str, type[Exception]]:
    """Give the exception classes that the modules of a library define."""
    found: dict[str, type[Exception]] = {}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] != package or name.startswith(but or ("-",)):
            continue
        for _, value in inspect.getmembers(module, inspect.isclass):
            is_error = issubclass(value, Exception) and not issubclass(value, Warning)
            if (
                is_error
                and value.__module__.partition(".")[0] == package
                and not value.__module__.startswith(but or ("-",))
            ):
                found[value.__name__] = cast("type[Exception]", value)
    return found


def made(exception: type[Exception]) -> Exception:
    """Make one without its constructor, each of which wants other things; with a secret wherever one might look."""
    error = exception.__new__(exception)
    error.args = (SECRET,)
    for attribute in ("message", "_url", "_description", "headers", "_request", "response", "_path"):
        with contextlib.suppress(AttributeError):
            setattr(error, attribute, SECRET)
    if isinstance(error, aiohttp.ClientResponseError):
        error.status = 407
    return error


def check(client_class: type[HttpClient], exception: type[Exception], expected: type[KubexClientException]) -> None:
    client = client_class(ClientConfiguration(url="https://127.0.0.1:6443"))
    error = made(exception)
    assert isinstance(error, client.library_errors), f"{exception} would reach a program"
    translated = client._translated(error, Request("GET", "/x"))
    assert type(translated) is expected
    assert str(translated).startswith("GET /x: ")
    assert "127.0.0.1:6443" in str(translated)
    assert "secret" not in f"{translated} {translated!r} {translated.__cause__!r} {translated.__context__!r}"


def test_the_tables_are_complete() -> None:
    of_aiohttp = exceptions_of("aiohttp", but=("aiohttp.web", "aiohttp.test_utils", "aiohttp.pytest_plugin"))
    assert set(of_aiohttp) | NEWER_OF_AIOHTTP == set(OF_AIOHTTP) | set(UNREACHABLE_OF_AIOHTTP)
    assert set(exceptions_of("httpx")) == set(OF_HTTPX)


def aiohttp_exception(name: str) -> type[Exception] | None:
    return getattr(aiohttp.client_exceptions, name, None) or getattr(http_exceptions, name, None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [each for each in OF_AIOHTTP.items() if each[0] not in NEWER_OF_AIOHTTP or aiohttp_exception(each[0])],
)
def test_aiohttp(name: str, expected: type[KubexClientException]) -> None:
    exception = aiohttp_exception(name)
    assert exception is not None
    check(AioHttpClient, exception, expected)


@pytest.mark.parametrize(("name", "expected"), OF_HTTPX.items())
def test_httpx(name: str, expected: type[KubexClientException]) -> None:
    check(HttpxClient, getattr(httpx, name), expected)


@pytest.mark.parametrize("client", [AioHttpClient, HttpxClient])
@pytest.mark.parametrize(
    ("exception", "expected"),
    [
        (asyncio.TimeoutError, RequestTimeout),
        (TimeoutError, RequestTimeout),
        (OSError, ConnectionFailed),
        (ConnectionResetError, ConnectionFailed),
        (BrokenPipeError, ConnectionFailed),
        (ValueError, KubexClientException),
        (UnicodeError, KubexClientException),
    ],
)
def test_the_systems_own(
    client: type[HttpClient], exception: type[Exception], expected: type[KubexClientException]
) -> None:
    check(client, exception, expected)


def test_websockets_over_httpx() -> None:
    reachable = [
        *exceptions_of("httpx_ws").values(),
        *exceptions_of("wsproto").values(),
        httpcore.ReadError,
        httpcore.WriteError,
        httpcore.ConnectError,
        httpcore.ReadTimeout,
        httpcore.WriteTimeout,
    ]
    assert httpx_ws.WebSocketNetworkError in reachable
    assert wsproto.utilities.LocalProtocolError in reachable
    # Of the sessions' own tasks, of servers in the same process, and of wsproto's inside.
    unreachable = {"ShouldClose", "EndOfStream", "UnhandledWebSocketEvent", "ParseFailed"}
    for exception in reachable:
        if exception.__name__ not in unreachable and "ASGI" not in exception.__name__:
            assert issubclass(exception, _httpx_websocket._NETWORK_ERRORS), exception
