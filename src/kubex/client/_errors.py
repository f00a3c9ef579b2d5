"""What went wrong between the program and the server, in kubex' own errors and words.

The libraries' own texts are not repeated: some of them quote headers.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import cast
from urllib.parse import urlsplit

from kubex.core.exceptions import (
    ClientClosed,
    ConnectionFailed,
    InvalidResponse,
    KubexClientException,
    RequestTimeout,
    error_from_body,
)
from kubex.core.request import Request
from kubex.core.response import Response

__all__ = [
    "broke_off",
    "cannot_connect",
    "client_is_closed",
    "client_was_closed",
    "closed_with_code",
    "failed",
    "is_of_certificates",
    "malformed",
    "message_above_cap",
    "no_handshake",
    "no_websocket",
    "not_http",
    "other_event_loop",
    "outlived_its_end",
    "proxy_refused",
    "refusal",
    "server_name",
    "silent",
    "text_message",
    "timed_out",
    "unreadable",
]

_TIMEOUT_TEXTS = {
    "connect": "cannot connect to {server} within {seconds:g} s",
    "read": "{server} sent nothing for {seconds:g} s",
    "write": "{server} took no data for {seconds:g} s",
    "total": "no whole answer from {server} within {seconds:g} s",
    "opening": "no answer from {server} within {seconds:g} s",
}

_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE"})

# X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_WRONG_NAME = frozenset({62, 64})


def server_name(url: str) -> str:
    """Give host and port of a URL, and nothing else that may be in it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if ":" in host:
        host = f"[{host}]"
    return f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def cannot_connect(request: Request, server: str, error: BaseException | None) -> ConnectionFailed:
    """Say that no connection came to be.

    Args:
        request: what was being done.
        server: host and port of the server, or of the proxy before it.
        error: the library's error.
    """
    root = _system_error(error)
    failure = ConnectionFailed(f"{request.described()}: cannot connect to {server}: {_connect_reason(root)}")
    failure.__cause__ = root
    failure.was_sent = False
    failure.is_lasting = _is_lasting(root)
    return failure


def broke_off(request: Request, server: str, error: BaseException | None) -> ConnectionFailed:
    """Say that a connection broke before the answer was whole."""
    root = _system_error(error)
    reason = "it closed the connection before its answer was whole"
    if isinstance(root, ssl.SSLError):
        reason = _tls_reason(root)
    elif root is not None and root.strerror:
        reason = f"the connection broke ({root.strerror.lower()})"
    failure = ConnectionFailed(f"{request.described()}: {server}: {reason}")
    failure.__cause__ = root
    failure.is_lasting = _is_lasting(root)
    return failure


def timed_out(
    request: Request, server: str, bound: str, seconds: float | None, *, pool: int | None = None
) -> RequestTimeout:
    """Say that a bound of the client's passed.

    Args:
        request: what was being done.
        server: host and port.
        bound: which: `connect`, `read`, `write`, `pool`, `total`, or `opening` of a stream.
        seconds: how long it was.
        pool: connections of the client, where the request waited for one of them all the time.
    """
    if seconds is None:
        return RequestTimeout(f"{request.described()}: {server} took too long")
    if pool is None:
        text = _TIMEOUT_TEXTS[bound].format(server=server, seconds=seconds)
    else:
        text = (
            f"no connection to {server} was free within {seconds:g} s, and nothing was sent: all {pool} of the pool"
            " are in use, one by each open stream; ClientOptions(pool_size=) makes it larger"
        )
    failure = RequestTimeout(
        f"{request.described()}: {text} (the {bound} time-out; request_timeout= or ClientOptions(timeout=) set it)"
    )
    failure.was_sent = pool is None and bound != "connect"
    return failure


def not_http(request: Request, server: str) -> InvalidResponse:
    """Say that the answer is no HTTP."""
    return InvalidResponse(
        f"{request.described()}: the answer of {server} is not HTTP (does an API server listen there?)"
    )


def unreadable(request: Request, server: str, what: str) -> InvalidResponse:
    """Say that the answer can't be made sense of, e.g. `its gzip is damaged`."""
    return InvalidResponse(f"{request.described()}: the answer of {server} can't be read: {what}")


def failed(request: Request, server: str, what: str) -> KubexClientException:
    """Say that the request failed for a reason that has no class of its own."""
    return KubexClientException(f"{request.described()}: {server}: {what}")


def text_message(request: Request, server: str) -> KubexClientException:
    """Say that a WebSocket carried a text message."""
    return failed(request, server, "it sent a text message; only binary ones belong here")


def message_above_cap(request: Request, server: str) -> KubexClientException:
    """Say that a message of a WebSocket was too large."""
    return failed(request, server, "it sent a message above the cap (ws_max_message_size sets it)")


def no_websocket(request: Request, server: str) -> KubexClientException:
    """Say that a server does not keep to the WebSocket protocol."""
    return failed(request, server, "it broke the WebSocket protocol")


def no_handshake(request: Request, server: str) -> InvalidResponse:
    """Say that a server's answer to a WebSocket handshake is none."""
    return unreadable(request, server, "it agrees to a WebSocket in a way that is none")


def closed_with_code(request: Request, server: str, code: int, reason: str | None) -> ConnectionFailed:
    """Say that a server closed a WebSocket for a reason that is no ordinary end."""
    return ConnectionFailed(
        f"{request.described()}: {server} closed the WebSocket with code {code}: {reason or 'no reason given'}"
    )


def silent(request: Request, server: str, seconds: float) -> ConnectionFailed:
    """Say that a peer is gone without a word."""
    return ConnectionFailed(
        f"{request.described()}: {server} sent nothing for {seconds:g} s, not even answers to pings:"
        " the connection is dead"
    )


def outlived_its_end(request: Request, server: str, seconds: float) -> RequestTimeout:
    """Say that a stream is silent past the time at which the server was to end it."""
    return RequestTimeout(
        f"{request.described()}: {server} sent nothing for {seconds:g} s, and was to end the stream before:"
        " the connection is dead"
    )


def proxy_refused(request: Request, server: str, proxy: str | None, status: int | None) -> ConnectionFailed:
    """Say that a proxy does not connect to the server."""
    named = "the proxy" if proxy is None else f"the proxy {server_name(proxy)}"
    answer = "" if status is None else f": it answers {status}"
    failure = ConnectionFailed(f"{request.described()}: {named} does not connect to {server}{answer}")
    failure.was_sent = False
    failure.is_lasting = status not in (502, 503, 504)
    return failure


def malformed(request: Request, server: str) -> KubexClientException:
    """Say that a request can't be sent as it is."""
    return failed(request, server, "the request's address or headers are malformed")


def client_is_closed(request: Request) -> ClientClosed:
    """Say that the client was closed before."""
    failure = ClientClosed(f"{request.described()}: the client is closed")
    failure.was_sent = False
    return failure


def client_was_closed(request: Request) -> ClientClosed:
    """Say that the client was closed in the middle of it."""
    return ClientClosed(f"{request.described()}: the client was closed before the answer was whole")


def other_event_loop(request: Request | None) -> KubexClientException:
    """Say that the client belongs to another event loop; `None` is closing it."""
    doing = "closing the client" if request is None else request.described()
    failure = KubexClientException(
        f"{doing}: the client belongs to another event loop (another thread, or another asyncio.run or trio.run):"
        " make and close a client in each"
    )
    failure.is_final = True
    return failure


def refusal(request: Request, server: str, response: Response) -> KubexClientException:
    """Give the error of an answer that is no success."""
    if response.status_code >= 400:
        return error_from_body(response.content, response.status_code, request.action)
    if response.status_code < 300:
        return unreadable(request, server, f"status {response.status_code} where another was expected")
    return InvalidResponse(
        f"{request.described()}: {server} redirects {_target(response.headers)} (status {response.status_code}):"
        " kubex does not follow, as credentials would go along"
    )


def _target(headers: Mapping[str, str]) -> str:
    location = headers.get("Location", "")
    try:
        host = urlsplit(location).hostname
    except ValueError:
        host = None
    return f"to {server_name(location)}" if host else "elsewhere"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error and what it came from, a group's first member standing for the group."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = _first_of(error) or error.__cause__ or error.__context__


def _first_of(error: BaseException) -> BaseException | None:
    if not isinstance(error, BaseExceptionGroup):
        return None
    return cast("BaseExceptionGroup[BaseException]", error).exceptions[0]


def _system_error(error: BaseException | None) -> OSError | None:
    """Find the system's or OpenSSL's own error below a library's.

    It is all that an error of kubex keeps of the library's: the others hold requests with their headers.
    """
    found: OSError | None = None
    for link in _chain(error):
        if isinstance(link, OSError) and type(link).__module__ in ("builtins", "socket", "ssl"):
            if isinstance(link, ssl.SSLError | socket.gaierror):
                found = link
                break
            if link.errno is not None:
                found = link
    if found is not None and found.__cause__ is None and found.__context__ is None:
        return found
    # What it came from may be a library's again: only the words are kept.
    return _bare(found) if found is not None else None


def _bare(error: OSError) -> OSError:
    bare = type(error)(*error.args)
    if isinstance(bare, ssl.SSLError) and isinstance(error, ssl.SSLError):
        bare.reason, bare.library = error.reason, error.library
        if isinstance(bare, ssl.SSLCertVerificationError) and isinstance(error, ssl.SSLCertVerificationError):
            bare.verify_code, bare.verify_message = error.verify_code, error.verify_message
    return bare


def is_of_certificates(outcome: object) -> bool:
    """Whether a connection failed for the certificates of either side: nothing was done then."""
    cause = outcome.__cause__ if isinstance(outcome, KubexClientException) else None
    if isinstance(cause, ssl.SSLCertVerificationError):
        return True
    return isinstance(cause, ssl.SSLError) and _is_alert_of_certificates(cause.reason or "")


def _is_alert_of_certificates(reason: str) -> bool:
    return "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason)


def _is_lasting(error: OSError | None) -> bool:
    """Whether a name or a certificate is wrong, which takes somebody to change."""
    if isinstance(error, socket.gaierror):
        return error.errno != socket.EAI_AGAIN
    return isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)


def _connect_reason(error: OSError | None) -> str:
    if error is None:
        return "it closed the connection at once"
    if isinstance(error, ssl.SSLError):
        return _tls_reason(error)
    if isinstance(error, socket.gaierror):
        return f"its name can't be resolved ({error.strerror or 'no reason given'})"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused (does the API server run there?)"
    return (error.strerror or "no reason given").lower()


def _tls_reason(error: ssl.SSLError) -> str:
    reason = error.reason or ""
    if isinstance(error, ssl.SSLCertVerificationError):
        message = error.verify_message.rstrip(".")
        if error.verify_code in _WRONG_NAME:
            return f"its certificate is another host's: {message} (tls_server_name sets the name to expect)"
        return (
            f"its certificate is not trusted: {message}"
            " (is server_ca_file or certificate-authority-data this cluster's?)"
        )
    if reason in _NOT_TLS:
        return "it does not speak TLS (does its address begin with http:// and not https://?)"
    if "CERTIFICATE_REQUIRED" in reason:
        return "it wants a client certificate, and the configuration has none"
    if _is_alert_of_certificates(reason):
        return f"it does not accept the client certificate ({reason.lower().replace('_', ' ')})"
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return "it closed the connection during the TLS handshake"
    return f"TLS failed ({reason.lower().replace('_', ' ') or 'no reason given'})"
