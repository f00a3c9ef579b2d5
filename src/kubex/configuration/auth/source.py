"""`CredentialSource`: what the clients ask for the credentials of every request."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

__all__ = ["CredentialSource"]


class CredentialSource(ABC):
    """Gives the headers that identify the program; a client has one, for requests, streams and WebSockets.

    Client certificates are no concern of a source: they belong to the connection.
    """

    @abstractmethod
    async def headers(self) -> Mapping[str, str]:
        """Give the headers of the next request, refreshed where they are about to expire.

        Called for every request: an answer that is still good must cost next to nothing.

        Raises:
            ConfigurationError: the credentials can't be had.
        """

    async def refresh(self, rejected: Mapping[str, str] | None = None) -> bool:
        """Fetch anew after the server answered 401; `False` where there is nothing newer to try.

        Of many requests that were refused at once only the first fetches: the others' `rejected` headers
        are no longer the source's, so they are told to try again without another fetch.

        Args:
            rejected: what `headers()` had given to the refused request; `None` where that isn't known.

        Raises:
            ConfigurationError: the credentials can't be had.
        """
        return False
