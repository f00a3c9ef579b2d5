"""`RefreshableToken`: a bearer token that the program's own function fetches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

import anyio

from kubex.configuration.auth._authorization import bearer_authorization
from kubex.configuration.auth.source import CredentialSource

__all__ = ["RefreshableToken"]


class RefreshableToken(CredentialSource):
    """Gives a token that a function fetched, and fetches another when the server no longer accepts it.

    The function runs at the first request and after a 401; never twice at a time, however many requests wait.

    Args:
        fetch: gives a token that is valid now. Its errors reach the request that called it.

    Example:
        ```python
        async def fetch() -> str:
            return await cloud.cluster_token("shop")

        configuration = ClientConfiguration(url=..., refreshable_token=fetch)
        ```
    """

    def __init__(self, fetch: Callable[[], Awaitable[str]]) -> None:
        self._fetch = fetch
        self._headers: Mapping[str, str] | None = None
        self._lock = anyio.Lock()

    async def headers(self) -> Mapping[str, str]:
        """Give the token's header, fetched at the first call.

        Raises:
            ConfigurationError: no header can be made of the token.
        """
        if self._headers is not None:
            return self._headers
        async with self._lock:
            if self._headers is None:
                self._headers = await self._fetched()
            return self._headers

    async def refresh(self, rejected: Mapping[str, str] | None = None) -> bool:
        """Fetch another token, unless one has come since the rejected one was given out."""
        before = self._headers if rejected is None else rejected
        async with self._lock:
            if before == self._headers:
                self._headers = await self._fetched()
            return before != self._headers

    async def _fetched(self) -> Mapping[str, str]:
        return bearer_authorization(await self._fetch(), "the refreshable token")
