"""`UserCredentials`: what a server gives its users to prove who they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from kubex.configuration import ClientConfiguration
from kubex.core.exceptions import ConfigurationError, InvalidArgument
from kubex.testing.access.authentication import Authentication
from kubex.testing.access.users import User, account_groups, account_of

if TYPE_CHECKING:
    from kubex.testing.access.authenticator import Authenticator
    from kubex.testing.certificates import Authority

__all__ = ["CredentialKind", "UserCredentials", "user_of"]

CredentialKind: TypeAlias = Literal["token", "certificate"]
"""What a user proves with who it is."""


class UserCredentials:
    """Makes the configurations of a server's users.

    Args:
        authentication: what the user of the server says.
        authority: of the server's certificate; `None` without TLS.

    Raises:
        ConfigurationError: what it needs is not installed.
    """

    def __init__(self, authentication: Authentication, authority: Authority | None) -> None:
        self.authenticator: Authenticator = _authenticator(authentication)
        self._authority = authority

    def administrators(self, server: ClientConfiguration) -> ClientConfiguration:
        """Give the configuration of who may do everything.

        Args:
            server: the same without credentials.
        """
        return replace(server, token=self.authenticator.administrator_token)

    def configuration(self, server: ClientConfiguration, user: User, kind: CredentialKind) -> ClientConfiguration:
        """Give the configuration of a user, with new credentials.

        Args:
            server: the same without credentials.
            user: who is to be known by them.
            kind: what they are.

        Raises:
            InvalidArgument: a certificate is asked for and the server has no TLS, or can't say all of this user.
        """
        if kind == "token":
            return replace(server, token=self.authenticator.token_for(user))
        if self._authority is None:
            raise InvalidArgument("certificates of users need TLS: ApiServer(tls=True, authentication=…)")
        if user.uid or user.extra:
            raise InvalidArgument("a certificate says a user's name and groups alone: leave out uid and extra")
        try:
            signed = self._authority.client_certificate(user.name, user.groups)
        except ValueError as error:
            raise InvalidArgument(f"no certificate of user {user.name!r} can be made: {error}") from None
        return replace(server, client_cert_data=signed.certificate, client_key_data=signed.key)


def user_of(
    name: str, groups: Sequence[str] | None, uid: str = "", extra: Mapping[str, Sequence[str]] | None = None
) -> User:
    """Give a user; a service account for whom no groups are named is in its own.

    Raises:
        InvalidArgument: there is no name.
    """
    if not name:
        raise InvalidArgument("a user needs a name")
    account = account_of(name)
    if groups is None:
        groups = account_groups(account[0]) if account is not None else ()
    return User(name, uid, groups, extra or {})


def _authenticator(authentication: Authentication) -> Authenticator:
    try:
        from kubex.testing.access.authenticator import Authenticator
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("cryptography", "joserfc"):
            raise
        raise ConfigurationError("a server with authentication needs joserfc: install kubex[testing-auth]") from None
    return Authenticator(authentication)
