"""`Authentication`: how a server is to tell who its callers are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kubex.core.exceptions import InvalidArgument
from kubex.testing.access.users import User

__all__ = ["Authentication"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """How a server tells who its callers are: by bearer tokens, tokens of service accounts and client certificates.

    https://kubernetes.io/docs/reference/access-authn-authz/authentication/

    Args:
        tokens: bearer tokens, and whose they are; as a file of `--token-auth-file` has them. More users come with
            `ApiServer.configuration_for`.
        anonymous: whether who shows no credentials is `system:anonymous`; otherwise the answer is 401.

    Raises:
        InvalidArgument: a token can't be one.

    Example:
        ```python
        ApiServer(authentication=Authentication(tokens={"s3cret": User("jane", groups=["shop"])}))
        ```
    """

    tokens: Mapping[str, User] = field(default_factory=dict[str, User], repr=False)
    anonymous: bool = True

    def __post_init__(self) -> None:
        for token, user in self.tokens.items():
            if not user.name:
                raise InvalidArgument("a user with a token needs a name")
            if not token or not token.isascii() or not token.isprintable() or " " in token:
                raise InvalidArgument(
                    f"the token of user {user.name!r} can't be sent: it has to be ASCII without spaces"
                )
