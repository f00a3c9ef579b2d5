"""`RefreshableToken`: a bearer token that the program's own function fetches."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from kubex.configuration.auth._authorization import bearer_authorization
from kubex.configuration.auth.refreshing import Credentials, RefreshingSource

__all__ = ["RefreshableToken"]


class RefreshableToken(RefreshingSource):
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
        super().__init__()
        self._fetch = fetch

    async def fetch(self) -> Credentials:
        """Call the program's function."""
        return Credentials(bearer_authorization(await self._fetch(), "the refreshable token"))
