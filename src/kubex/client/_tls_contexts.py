"""`TlsContexts`: the TLS context for a client's next connection, made again when certificates change."""

from __future__ import annotations

import logging
import os
import ssl
import threading
import time
from collections.abc import Callable

from kubex.client._tls import tls_context
from kubex.configuration.auth.source import ClientCertificate, CredentialSource
from kubex.configuration.client_configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError

__all__ = ["CHECK_AFTER", "TlsContexts"]

logger = logging.getLogger("kubex.client")

CHECK_AFTER = 60.0
"""Seconds after which the files of a configuration are looked at again, when a connection is made."""


class _FrontContext(ssl.SSLContext):
    """What a library is given: it has each new connection made with the context that is current."""

    contexts: TlsContexts

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        return self.contexts.current().wrap_bio(incoming, outgoing, server_side, server_hostname, session)


class TlsContexts:
    """The TLS contexts of a client, one after the other.

    Certificate authorities and client certificates that stand in files are read again when the files change; client
    certificates that come with the program's credentials are used as soon as they are there. Files that can't be read,
    or don't fit together, leave the last context in use: whoever replaces them may be half way.

    Args:
        configuration: what the contexts are made of.
        credentials: source that may have client certificates, too.
        clock: monotonic time in seconds.
    """

    def __init__(
        self,
        configuration: ClientConfiguration,
        credentials: CredentialSource,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._configuration = configuration
        self._credentials = credentials
        self._clock = clock
        paths = (configuration.server_ca_file, configuration.client_cert_file, configuration.client_key_file)
        self._files = [os.fspath(path) for path in paths if path]
        self._lock = threading.Lock()  # anyio makes connections in worker threads
        self._context: ssl.SSLContext | None = None
        self._certificate: ClientCertificate | None = None
        self._signature: object = None
        self._looked_at = 0.0

    @property
    def can_change(self) -> bool:
        """Whether another context may ever be needed."""
        return bool(self._files) or type(self._credentials).certificate is not CredentialSource.certificate

    def front(self) -> ssl.SSLContext | None:
        """Give the context for the library to keep; `None` where the server speaks plain HTTP.

        Raises:
            ConfigurationError: a certificate or key is missing, unreadable, or does not fit.
        """
        signature, certificate = self._signature_now(), self._credentials.certificate
        context = tls_context(self._configuration, certificate)
        if context is None or not self.can_change:
            return context
        self._context, self._signature, self._certificate = context, signature, certificate
        self._looked_at = self._clock()
        front = _FrontContext(ssl.PROTOCOL_TLS_CLIENT)
        front.contexts = self
        return front

    def current(self) -> ssl.SSLContext:
        """Give the context of a new connection."""
        is_due = self._clock() - self._looked_at >= CHECK_AFTER
        if is_due or self._credentials.certificate is not self._certificate:
            self.check()
        assert self._context is not None  # noqa: S101  # for type checkers: front() made it
        return self._context

    def check(self) -> bool:
        """Look at the files now, and tell whether there is another context since the last look."""
        with self._lock:
            if self._context is None:
                return False
            self._looked_at = self._clock()
            signature, certificate = self._signature_now(), self._credentials.certificate
            if signature == self._signature and certificate is self._certificate:
                return False
            try:
                context = tls_context(self._configuration, certificate)
            except ConfigurationError as error:
                logger.warning("%s; going on with the certificates known before", error)
                return False
            self._context, self._signature, self._certificate = context, signature, certificate
            return True

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
