"""`Authenticator`: tells whose credentials are."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from kubex.testing.access.account_tokens import AccountTokens
from kubex.testing.access.authentication import Authentication
from kubex.testing.access.credentials import ISSUER, Authenticated, CredentialRefused
from kubex.testing.access.users import ADMINISTRATOR, User
from kubex.testing.storage import Storage

__all__ = ["Authenticator"]


class Authenticator:
    """Knows the tokens of a server's users, and reads those of service accounts; the same for all its clusters.

    Args:
        settings: what the user of the server says.
    """

    def __init__(self, settings: Authentication) -> None:
        self.accounts: AccountTokens = AccountTokens()
        self.anonymous: bool = settings.anonymous
        self.administrator_token: str = secrets.token_urlsafe(24)
        """Of the user who may do everything."""
        self._tokens = {token: user.authenticated() for token, user in settings.tokens.items()}
        self._tokens[self.administrator_token] = ADMINISTRATOR

    def token_for(self, user: User) -> str:
        """Make a token of a user."""
        token = secrets.token_urlsafe(24)
        self._tokens[token] = user.authenticated()
        return token

    def by_token(
        self, token: str, storage: Storage, now: datetime, audiences: Sequence[str] = (ISSUER,)
    ) -> Authenticated:
        """Say whose a bearer token is.

        Args:
            token: as it was sent.
            storage: of the cluster.
            now: the cluster's time.
            audiences: for whom it is to be.

        Raises:
            CredentialRefused: it is nobody's, or not valid any more.
        """
        user = self._tokens.get(token)
        if user is not None:
            return Authenticated(user, (ISSUER,) if ISSUER in audiences else ())
        found = self.accounts.authenticate(token, audiences, storage, now)
        if found is None:
            raise CredentialRefused("invalid bearer token")
        return found

    def by_certificate(self, certificate: Mapping[str, Any], fingerprint: str) -> User | None:
        """Say whose a client certificate is that the server's authority has signed: its common name's.

        Args:
            certificate: as `ssl.SSLSocket.getpeercert` gives it.
            fingerprint: SHA-256 of it in hexadecimal digits.
        """
        parts = [part for name in certificate.get("subject", ()) for part in name]
        names = [value for key, value in parts if key == "commonName"]
        if not names:
            return None
        groups = [value for key, value in parts if key == "organizationName"]
        extra = {"authentication.kubernetes.io/credential-id": [f"X509SHA256={fingerprint}"]}
        return User(names[0], groups=groups, extra=extra).authenticated()
