"""`BasicAuth`: a user name and a password."""

from __future__ import annotations

from collections.abc import Mapping

from kubex.configuration.auth._authorization import basic_authorization
from kubex.configuration.auth.source import CredentialSource

__all__ = ["BasicAuth"]


class BasicAuth(CredentialSource):
    """Gives a user name and a password; API servers take them no more since 1.19, proxies before them do.

    Args:
        username: user name, without a colon.
        password: password, possibly empty.

    Raises:
        ConfigurationError: the user name has a colon.
    """

    def __init__(self, username: str, password: str) -> None:
        self._headers = basic_authorization(username, password)

    async def headers(self) -> Mapping[str, str]:
        """Give the header of basic authentication."""
        return self._headers
