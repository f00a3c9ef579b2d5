"""`RefreshingSource`: the base of sources whose credentials expire, with one refresh at a time for all who wait."""

from __future__ import annotations

import logging
import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import anyio
from anyio.lowlevel import RunVar

from kubex.configuration.auth.source import ClientCertificate, CredentialSource
from kubex.core.exceptions import ConfigurationError

__all__ = ["REFRESH_BEFORE", "Credentials", "RefreshingSource", "refresh_time"]

_logger = logging.getLogger("kubex.configuration")

REFRESH_BEFORE = 10.0
"""Seconds before their expiry at which credentials are refreshed; a fifth of their life where that is less."""

# Seconds until the next try, where a refresh fails while the credentials are still good.
_RETRY_AFTER = 1.0


@dataclass(frozen=True)
class Credentials:
    """What one fetch brought.

    Args:
        headers: headers of requests.
        expires_at: when they expire, in seconds since 1970; `None` where nobody says.
        certificate: client certificate of new connections.
    """

    headers: Mapping[str, str] = field(repr=False)
    expires_at: float | None = None
    certificate: ClientCertificate | None = None


def refresh_time(now: float, expires_at: float | None) -> float | None:
    """Give the time at which credentials that were had `now` are refreshed; `None` for those that don't expire."""
    if expires_at is None:
        return None
    return expires_at - min(REFRESH_BEFORE, max(0.0, expires_at - now) / 5)


class RefreshingSource(CredentialSource):
    """Keeps what `fetch` brought, and calls it again before that expires and after a 401.

    It is never called twice at a time: requests that come while it runs wait, and take what it brings, or fail as it
    failed. One that fails before the expiry is told in a log line, and the credentials are used as long as they last.

    Args:
        clock: seconds since 1970.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._held: Credentials | None = None
        self._due: float | None = None
        # Per event loop, as a source may be used in one after the other.
        self._lock: RunVar[anyio.Lock] = RunVar("kubex_refresh")
        self._fetches = 0
        self._failure: str | None = None

    @abstractmethod
    async def fetch(self) -> Credentials:
        """Get credentials that are valid now.

        Raises:
            ConfigurationError: they can't be had.
        """

    async def headers(self) -> Mapping[str, str]:
        """Give the headers of the credentials, fetched at the first call and before they expire."""
        held = self._held
        if held is not None and (self._due is None or self._clock() < self._due):
            return held.headers
        try:
            return (await self._renewed(held)).headers
        except ConfigurationError as error:
            now = self._clock()
            if held is None or held.expires_at is None or now >= held.expires_at:
                raise
            _logger.warning("%s; the credentials at hand are used as long as they last", error)
            self._due = min(now + _RETRY_AFTER, held.expires_at)
            return held.headers

    async def refresh(self, rejected: Mapping[str, str] | None = None) -> bool:
        """Fetch anew, unless other credentials have come since the rejected ones were given out."""
        held = self._held
        if held is None or (rejected is not None and _differ(held, rejected)):
            return True
        renewed = await self._renewed(held)
        return renewed.headers != held.headers or renewed.certificate != held.certificate

    @property
    def certificate(self) -> ClientCertificate | None:
        """Client certificate that the last fetch brought."""
        return None if self._held is None else self._held.certificate

    async def _renewed(self, known: Credentials | None) -> Credentials:
        """Give what comes after the known credentials; whoever waits for it here fetches only if nobody has."""
        fetches = self._fetches
        async with self._own_lock():
            if self._held is not None and self._held is not known:
                return self._held
            if self._fetches != fetches and self._failure is not None:
                raise ConfigurationError(self._failure)
            self._failure = None
            fetched: Credentials | None = None
            try:
                fetched = await self.fetch()
            except ConfigurationError as error:
                self._failure = str(error)
            finally:
                self._fetches += 1
            if fetched is None:
                # Raised anew: the functions of the other's traceback have credentials in their variables.
                raise ConfigurationError(self._failure)
            self._due = refresh_time(self._clock(), fetched.expires_at)
            self._held = fetched
            return fetched

    def _own_lock(self) -> anyio.Lock:
        lock = self._lock.get(None)
        if lock is None:
            lock = anyio.Lock()
            self._lock.set(lock)
        return lock


def _differ(held: Credentials, rejected: Mapping[str, str]) -> bool:
    if held.certificate is not None:  # beside which the headers are mostly the same
        return rejected is not held.headers
    return rejected != held.headers
