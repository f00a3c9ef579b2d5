"""`TokenFile`: a bearer token in a file that something else keeps fresh, such as a service account's."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping

from kubex.configuration._files import displayed, read_bounded
from kubex.configuration.auth._authorization import bearer_authorization
from kubex.configuration.auth.source import CredentialSource
from kubex.core.exceptions import ConfigurationError

__all__ = ["REREAD_AFTER", "TokenFile"]

_logger = logging.getLogger("kubex.configuration")

# The kubelet replaces a token at 80 % of its life, ten minutes at least: two minutes remain to notice.
REREAD_AFTER = 60.0
"""Seconds after which the file is read again."""

_LARGEST = 1 << 20


class TokenFile(CredentialSource):
    """Gives the token of a file, read at the first request and again every 60 seconds.

    A file that can't be read any more, or is empty, leaves the last token in use: whoever replaces it may
    be half way. It is read in the event loop itself: a kilobyte from a memory file system once a minute
    takes less time than a thread's start, and without a pause in between no two requests can read at once.

    Args:
        path: the file; white space around the token is dropped.
        fallback: the token to use until the file can be read for the first time.
        reread_when_rejected: whether to read again at once, before the 60 seconds are over, after a 401.
        clock: monotonic time in seconds.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        fallback: str | None = None,
        reread_when_rejected: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = os.fspath(path)
        self._fallback = None if fallback is None else bearer_authorization(fallback, "the token")
        self._reread_when_rejected = reread_when_rejected
        self._clock = clock
        self._headers: Mapping[str, str] | None = None
        self._read_at = 0.0

    async def headers(self) -> Mapping[str, str]:
        """Give the token's header.

        Raises:
            ConfigurationError: the file can't be read, or holds no token, and no token was had before.
        """
        if self._headers is not None and self._clock() - self._read_at < REREAD_AFTER:
            return self._headers
        return self._read()

    async def refresh(self, rejected: Mapping[str, str] | None = None) -> bool:
        """Read the file again, unless that was done since the rejected token was given out."""
        if not self._reread_when_rejected:
            return False
        before = self._headers if rejected is None else rejected
        if before == self._headers:
            self._read()
        return before != self._headers

    def _read(self) -> Mapping[str, str]:
        """Read the file; what was had before stays where that fails."""
        self._read_at = self._clock()
        try:
            content = read_bounded(self._path, "token file", _LARGEST)
            self._headers = bearer_authorization(
                content.decode("ascii", "replace"), f"token file {displayed(self._path)}"
            )
        except ConfigurationError as error:
            known = self._headers or self._fallback
            if known is None:
                raise
            _logger.warning("%s; going on with the token known before", error)
            self._headers = known
        return self._headers
