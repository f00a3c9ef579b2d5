"""What becomes of credentials that are looked at."""

from __future__ import annotations

from typing import Final, NamedTuple

from kubex.testing.access.users import User

__all__ = ["ISSUER", "Authenticated", "CredentialRefused"]

ISSUER: Final = "https://kubernetes.default.svc"
"""Who signs the tokens of service accounts, and the audience of those that name none."""


class Authenticated(NamedTuple):
    """Whose credentials are."""

    user: User
    audiences: tuple[str, ...]
    """Those of the ones that were asked for that the credentials are for."""


class CredentialRefused(Exception):
    """Credentials are not valid; the text says why, in the server's words."""
