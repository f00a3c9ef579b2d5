"""`StaticToken`: one bearer token, for as long as the program runs."""

from __future__ import annotations

from collections.abc import Mapping

from kubex.configuration.auth._authorization import bearer_authorization
from kubex.configuration.auth.source import CredentialSource

__all__ = ["StaticToken"]


class StaticToken(CredentialSource):
    """Gives a bearer token that never changes.

    Args:
        token: the token; white space around it is dropped.

    Raises:
        ConfigurationError: no header can be made of the token.
    """

    def __init__(self, token: str) -> None:
        self._headers = bearer_authorization(token, "the token")

    async def headers(self) -> Mapping[str, str]:
        """Give the token's header."""
        return self._headers
