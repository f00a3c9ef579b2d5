"""The `Authorization` header, made so that no credential can break out of it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from types import MappingProxyType

from kubex.core.exceptions import ConfigurationError

__all__ = ["basic_authorization", "bearer_authorization"]


def bearer_authorization(token: str, origin: str) -> Mapping[str, str]:
    """Give the header of a bearer token, without the white space around the token.

    Args:
        token: the token.
        origin: what gave the token, for the error's text.

    Raises:
        ConfigurationError: the token is empty, or has characters that a header can't carry. The HTTP
            libraries would refuse those as well, but their errors print the header.
    """
    token = token.strip()
    if not token:
        raise ConfigurationError(f"{origin} is empty")
    if not all("!" <= character <= "~" for character in token):
        raise ConfigurationError(f"{origin} has characters that no token has (white space inside, or beyond ASCII)")
    return MappingProxyType({"Authorization": f"Bearer {token}"})


def basic_authorization(username: str, password: str) -> Mapping[str, str]:
    """Give the header of a user name and a password (RFC 7617, in UTF-8).

    Raises:
        ConfigurationError: the user name has a colon, which would end it.
    """
    if ":" in username:
        raise ConfigurationError("a user name of basic authentication can't have a colon")
    encoded = base64.b64encode(f"{username}:{password}".encode()).decode()
    return MappingProxyType({"Authorization": f"Basic {encoded}"})
