"""`NoCredentials`: the source of programs that send none, or a client certificate alone."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from kubex.configuration.auth.source import CredentialSource

__all__ = ["NoCredentials"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


class NoCredentials(CredentialSource):
    """Gives no headers: anonymous, or known by its client certificate."""

    async def headers(self) -> Mapping[str, str]:
        """Give nothing."""
        return _NOTHING
