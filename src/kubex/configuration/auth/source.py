"""`CredentialSource`: what the clients ask for the credentials of every request."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["ClientCertificate", "CredentialSource"]


@dataclass(frozen=True)
class ClientCertificate:
    """A client certificate and its key, in PEM."""

    certificate: bytes = field(repr=False)
    key: bytes = field(repr=False)


class CredentialSource(ABC):
    """Gives the headers that identify the program; a client has one, for requests, streams and WebSockets."""

    @abstractmethod
    async def headers(self) -> Mapping[str, str]:
        """Give the headers of the next request, refreshed where they are about to expire.

        Called for every request: an answer that is still good must cost next to nothing. As long as the credentials are
        the same, the mapping is the same object.

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

    @property
    def certificate(self) -> ClientCertificate | None:
        """Client certificate that came with the headers; it is for connections made from now on.

        Most sources have none: certificates of the configuration are no concern of theirs.
        """
        return None
