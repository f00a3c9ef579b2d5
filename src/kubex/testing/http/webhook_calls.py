"""Calls admission webhooks over HTTPS; what goes wrong is said as the API server says it.

https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#contacting-the-webhook
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import socket
import ssl
from math import ceil, inf
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import aiohttp
import msgspec
from aiohttp.abc import AbstractResolver, ResolveResult

from kubex.configuration._yaml import parse_yaml
from kubex.core._go_text import go_quoted
from kubex.core._json_value import is_object
from kubex.core.exceptions import ConfigurationError
from kubex.testing.json_errors import json_error
from kubex.testing.lifecycle.cluster import Cluster
from kubex.testing.lifecycle.json_members import object_at
from kubex.testing.lifecycle.json_patches import json_kind
from kubex.testing.storage import JsonObject, Key
from kubex.testing.webhooks.addresses import WebhookAddresses
from kubex.testing.webhooks.configurations import Webhook
from kubex.testing.webhooks.reviews import CallFailed, Review

__all__ = ["WebhookCalls"]

_HEADERS: Final = {
    "Accept": "application/json, */*",
    "Content-Type": "application/json",
    "User-Agent": "kube-apiserver-admission",
}
_LARGEST_ANSWER: Final = 16 * 1024 * 1024
_OK: Final = range(200, 207)
_TIMEOUT: Final = "context deadline exceeded"
_UNEXPLAINED: Final = "unknown"
_GO_STRUCT: Final = (
    r'struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }'
)
# What a client makes of an answer that is no Status.
_CODES: Final = {
    400: "the server rejected our request for an unknown reason",
    401: "the server has asked for the client to provide credentials",
    404: "the server could not find the requested resource",
    405: "the server does not allow this method on the requested resource",
    406: "the server was unable to respond with a content type that the client supports",
    409: "the server reported a conflict",
    415: "the server was unable to process the request content type",
    422: "the server rejected our request due to an error in our request",
    429: "the server has received too many requests and has asked us to try again later",
    503: "the server is currently unable to handle the request",
    504: "the server was unable to return a response in the time allotted, but may still be processing the request",
}
_UNKNOWN_AUTHORITY: Final = frozenset({18, 19, 20, 21})
"""OpenSSL's numbers for certificates that nobody vouches for."""

_EXPIRED: Final = frozenset({9, 10})


class _Answer(NamedTuple):
    code: int
    content_type: str
    content: bytes


class WebhookCalls:
    """Sends reviews to webhooks.

    Args:
        addresses: where the Services of webhooks listen.
    """

    def __init__(self, addresses: WebhookAddresses) -> None:
        self._addresses = addresses

    async def call(self, cluster: Cluster, webhook: Webhook, review: Review, *, ends: float = inf) -> JsonObject:
        """Send a review and give the document that comes back.

        Args:
            cluster: what is served.
            webhook: whom to ask.
            review: what to ask.
            ends: when the request that it is about does, in the time of the loop: webhooks are told.

        Raises:
            CallFailed: the webhook can't be reached, takes too long, or answers with something else.
        """
        service = object_at(webhook.client, "service")
        url = _service_url(service) if service else str(webhook.client.get("url") or "")
        mark = "&" if urlsplit(url).query else "?"
        left = max(ends - asyncio.get_running_loop().time(), 0)
        url = f"{url}{mark}timeout={ceil(min(webhook.timeout_seconds, left))}s"
        resolver: AbstractResolver | None = None
        if service:
            resolver = _ServiceResolver(self._place(cluster, service, url))
        try:
            content = await _posted(url, review, webhook, _context(webhook), resolver)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise CallFailed(f'failed to call webhook: Post "{url}": {_reason(error, url)}') from None
        return _document(content)

    def _place(self, cluster: Cluster, service: JsonObject, url: str) -> tuple[str, int]:
        namespace, name = service.get("namespace", ""), service.get("name", "")
        place = self._addresses.place(namespace, name)
        if place is not None:
            return place
        services = cluster.registry.storage_version("services")
        why = f'service "{name}" not found'
        if cluster.get(services, Key(namespace, name)) is not None:
            why = f'no endpoints available for service "{name}"'
        raise CallFailed(f'failed to call webhook: Post "{url}": {why}')


class _ServiceResolver(AbstractResolver):
    """Knows where one Service listens."""

    def __init__(self, place: tuple[str, int]) -> None:
        self._place = place

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Give the address."""
        loop = asyncio.get_running_loop()
        address, number = self._place
        return [
            ResolveResult(
                hostname=host,
                host=str(found[4][0]),
                port=number,
                family=found[0],
                proto=found[2],
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for found in await loop.getaddrinfo(address, number, type=socket.SOCK_STREAM)
        ]

    async def close(self) -> None:
        """Close nothing: it holds nothing."""


def _service_url(service: JsonObject) -> str:
    path = str(service.get("path") or "/")
    return f"https://{service.get('name')}.{service.get('namespace')}.svc:{service.get('port') or 443}{path}"


async def _posted(
    url: str, review: Review, webhook: Webhook, context: ssl.SSLContext, resolver: AbstractResolver | None
) -> _Answer:
    connector = aiohttp.TCPConnector(ssl=context, resolver=resolver, force_close=True)
    async with (
        asyncio.timeout(webhook.timeout_seconds),
        aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None)) as session,
        session.post(
            url, data=msgspec.json.encode(review.document), headers=_HEADERS, allow_redirects=False
        ) as response,
    ):
        content = bytearray()
        async for part in response.content.iter_any():
            content += part
            if len(content) > _LARGEST_ANSWER:
                raise CallFailed(f"failed to call webhook: the answer is longer than {_LARGEST_ANSWER} bytes")
        return _Answer(response.status, response.headers.get("Content-Type", ""), bytes(content))


def _context(webhook: Webhook) -> ssl.SSLContext:
    """Trust the authorities of a webhook's `caBundle`, or those of this machine where there is none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bundle = webhook.client.get("caBundle")
    if not bundle:
        context.set_default_verify_paths()
        return context
    try:
        context.load_verify_locations(cadata=base64.b64decode(bundle).decode())
    except (binascii.Error, ValueError, ssl.SSLError):
        why = "unable to load root certificates: unable to parse bytes as PEM block"
        raise CallFailed(f"could not get REST client: {why}") from None
    return context


def _reason(error: Exception, url: str) -> str:
    """Say why nothing came back, in the words of Go's client."""
    if isinstance(error, TimeoutError):
        return _TIMEOUT
    cause: BaseException = error
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        cause = error.certificate_error
    elif isinstance(error, aiohttp.ClientConnectorError):
        cause = error.os_error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"tls: failed to verify certificate: x509: {_distrust(cause, urlsplit(url).hostname or '')}"
    if isinstance(cause, ssl.SSLError):
        return "http: server gave HTTP response to HTTPS client" if "WRONG_VERSION" in str(cause) else "tls: handshake"
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError):
        return "EOF"
    if isinstance(cause, socket.gaierror):
        return f"dial tcp: lookup {urlsplit(url).hostname}: no such host"
    if isinstance(error, aiohttp.ClientConnectorError):
        refused = isinstance(cause, ConnectionRefusedError)
        return f"dial tcp {_host_port(url)}: connect: {'connection refused' if refused else cause}"
    if isinstance(cause, ConnectionResetError):
        return f"read tcp {_host_port(url)}: read: connection reset by peer"
    return str(error) or "EOF"


def _distrust(error: ssl.SSLCertVerificationError, host: str) -> str:
    if error.verify_code in _UNKNOWN_AUTHORITY:
        return "certificate signed by unknown authority"
    if error.verify_code in _EXPIRED:
        return "certificate has expired or is not yet valid"
    return f"certificate is not valid for {host}"


def _host_port(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 443}"


def _document(answer: _Answer) -> JsonObject:
    """Read the answer of a webhook.

    Raises:
        CallFailed: it is a refusal, or no review.
    """
    called = "failed to call webhook: "
    try:
        document: Any = parse_yaml(answer.content, "the answer")
    except (ConfigurationError, RecursionError):
        document = None
    if answer.code not in _OK:
        if is_object(document) and document.get("kind") == "Status" and document.get("message"):
            raise CallFailed(f"{called}{document['message']}")
        raise CallFailed(f"{called}{_refusal(answer)}")
    if not answer.content:
        why = f"0-length response with status code: {answer.code} and content type: {answer.content_type}"
        raise CallFailed(f"{called}{why}")
    if not is_object(document):
        problem = json_error(answer.content) if document is None else ""
        found = f"json: cannot unmarshal {json_kind(document)} into Go value of type {_GO_STRUCT}"
        raise CallFailed(f"{called}couldn't get version/kind; json parse error: {problem or found}")
    kind, version = str(document.get("kind") or ""), str(document.get("apiVersion") or "")
    if (kind and kind != "AdmissionReview") or (version and not version.startswith("admission.k8s.io/")):
        scheme = 'in scheme "pkg/runtime/scheme.go:111"'
        raise CallFailed(f'{called}no kind "{kind}" is registered for version "{version}" {scheme}')
    return document


def _refusal(answer: _Answer) -> str:
    is_text = not answer.content_type or answer.content_type.startswith("text/")
    text = answer.content.decode(errors="replace").strip() if is_text else ""
    text = text or _UNEXPLAINED
    if answer.code == 403:
        return text
    if answer.code in _CODES:
        return _CODES[answer.code]
    if answer.code >= 500:
        return f"an error on the server ({go_quoted(text)}) has prevented the request from succeeding"
    return f"the server responded with the status code {answer.code} but did not return more information"
