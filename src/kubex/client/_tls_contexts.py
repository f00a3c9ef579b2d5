"""`TlsContexts`: the TLS contexts for a client's next connection, made again when certificates change."""

from __future__ import annotations

import logging
import os
import ssl
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from kubex.client._tls import proxy_tls_context, tls_context
from kubex.configuration.auth.source import ClientCertificate, CredentialSource
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError

__all__ = ["CHECK_AFTER", "Contexts", "TlsContexts"]

logger = logging.getLogger("kubex.client")

CHECK_AFTER = 60.0
"""Seconds after which the files of a configuration are looked at again, when a connection is made."""


class Contexts(NamedTuple):
    """The TLS contexts of a client's connections; `None` for those without TLS."""

    server: ssl.SSLContext | None
    """Of those to the server, through a proxy or not."""

    proxy: ssl.SSLContext | None
    """Of those to the proxy."""


class _FrontContext(ssl.SSLContext):
    """What a library is given: it has each new connection made with the context that is current."""

    current: Callable[[], ssl.SSLContext | None]

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        context = self.current()
        assert context is not None  # noqa: S101  # for type checkers: there is a front only where there is one
        return context.wrap_bio(incoming, outgoing, server_side, server_hostname, session)


class TlsContexts:
    """The TLS contexts of a client, one after the other.

    Certificate authorities and client certificates that stand in files are read again when the files change; client
    certificates that come with the program's credentials are used as soon as they are there. Files that can't be read,
    or don't fit together, leave the last context in use: whoever replaces them may be half way.

    Args:
        configuration: what the contexts are made of.
        credentials: source that may have client certificates, too.
        proxy: URL of the client's proxy.
        clock: monotonic time in seconds.
    """

    def __init__(
        self,
        configuration: ClientConfiguration,
        credentials: CredentialSource,
        proxy: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._configuration = configuration
        self._credentials = credentials
        self._proxy = proxy
        self._clock = clock
        paths = (configuration.server_ca_file, configuration.client_cert_file, configuration.client_key_file)
        self._files = [os.fspath(path) for path in paths if path]
        self._lock = threading.Lock()  # anyio makes connections in worker threads
        self._contexts: Contexts | None = None
        self._certificate: ClientCertificate | None = None
        self._signature: object = None
        self._looked_at = 0.0

    @property
    def can_change(self) -> bool:
        """Whether other contexts may ever be needed."""
        return bool(self._files) or type(self._credentials).certificate is not CredentialSource.certificate

    def fronts(self) -> Contexts:
        """Give the contexts for the library to keep.

        Raises:
            ConfigurationError: a certificate or key is missing, unreadable, or does not fit.
        """
        signature, certificate = self._signature_now(), self._credentials.certificate
        contexts = self._make(certificate)
        if not any(contexts) or not self.can_change:
            return contexts
        self._contexts, self._signature, self._certificate = contexts, signature, certificate
        self._looked_at = self._clock()
        return Contexts(
            server=None if contexts.server is None else _front(lambda: self.current().server),
            proxy=None if contexts.proxy is None else _front(lambda: self.current().proxy),
        )

    def current(self) -> Contexts:
        """Give the contexts of a new connection."""
        is_due = self._clock() - self._looked_at >= CHECK_AFTER
        if is_due or self._credentials.certificate is not self._certificate:
            self.check()
        assert self._contexts is not None  # noqa: S101  # for type checkers: fronts() made them
        return self._contexts

    def check(self) -> bool:
        """Look at the files now, and tell whether there are other contexts since the last look."""
        with self._lock:
            if self._contexts is None:
                return False
            self._looked_at = self._clock()
            signature, certificate = self._signature_now(), self._credentials.certificate
            if signature == self._signature and certificate is self._certificate:
                return False
            try:
                contexts = self._make(certificate)
            except ConfigurationError as error:
                logger.warning("%s; going on with the certificates known before", error)
                return False
            self._contexts, self._signature, self._certificate = contexts, signature, certificate
            return True

    def _make(self, certificate: ClientCertificate | None) -> Contexts:
        return Contexts(
            server=tls_context(self._configuration, certificate),
            proxy=proxy_tls_context(self._configuration, self._proxy),
        )

    def _signature_now(self) -> object:
        """Give what changes whenever one of the files does."""
        found: list[tuple[int, int, int] | None] = []
        for path in self._files:
            try:
                status = os.stat(path)
            except (OSError, ValueError):
                found.append(None)
            else:
                found.append((status.st_mtime_ns, status.st_size, status.st_ino))
        return found


def _front(current: Callable[[], ssl.SSLContext | None]) -> ssl.SSLContext:
    front = _FrontContext(ssl.PROTOCOL_TLS_CLIENT)
    front.current = current
    return front
