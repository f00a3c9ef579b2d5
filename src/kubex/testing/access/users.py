"""Who asks a server for something.

https://kubernetes.io/docs/reference/access-authn-authz/authentication/#users-in-kubernetes
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kubex.core.exceptions import InvalidArgument
from kubex.testing.storage import JsonObject

__all__ = [
    "ADMINISTRATOR",
    "ALL_AUTHENTICATED",
    "ALL_UNAUTHENTICATED",
    "ANONYMOUS",
    "PRIVILEGED_GROUP",
    "User",
    "account_groups",
    "account_of",
    "account_user_name",
]

ALL_AUTHENTICATED: Final = "system:authenticated"
ALL_UNAUTHENTICATED: Final = "system:unauthenticated"
PRIVILEGED_GROUP: Final = "system:masters"
"""Its members may do everything, whatever roles say."""

_ACCOUNT: Final = "system:serviceaccount:"
_ACCOUNTS: Final = "system:serviceaccounts"


@dataclass(frozen=True, slots=True)
class User:
    """A user, or the service account that acts as one.

    Args:
        name: `jane`, or `system:serviceaccount:shop:bot`.
        uid: tells users apart who have the same name one after the other.
        groups: whose member the user is; `system:authenticated` is added by the server.
        extra: what else authentication knows of the user, by keys in lower case.

    Raises:
        InvalidArgument: the groups are a text.

    Example:
        ```python
        User("jane", groups=["shop-developers"])
        ```
    """

    name: str
    uid: str = ""
    groups: Sequence[str] = ()
    extra: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]], hash=False)

    def __post_init__(self) -> None:
        if isinstance(self.groups, str):
            raise InvalidArgument(f"groups of user {self.name!r} are a list: [{self.groups!r}]")
        object.__setattr__(self, "groups", tuple(self.groups))
        object.__setattr__(self, "extra", {key: tuple(values) for key, values in self.extra.items()})

    def authenticated(self) -> User:
        """Give the user as one whose credentials were checked."""
        groups = self.groups
        if ALL_AUTHENTICATED in groups or ALL_UNAUTHENTICATED in groups:
            return self
        return User(self.name, self.uid, (*groups, ALL_AUTHENTICATED), self.extra)

    def as_user_info(self) -> JsonObject:
        """Give the UserInfo of the API, without what is empty."""
        info: JsonObject = {"username": self.name}
        if self.uid:
            info["uid"] = self.uid
        if self.groups:
            info["groups"] = list(self.groups)
        if self.extra:
            info["extra"] = {key: list(values) for key, values in self.extra.items()}
        return info


ADMINISTRATOR: Final = User("admin", groups=(PRIVILEGED_GROUP, ALL_AUTHENTICATED))
"""Who everybody is on a server that asks nobody who they are."""

ANONYMOUS: Final = User("system:anonymous", groups=(ALL_UNAUTHENTICATED,))


def account_user_name(namespace: str, name: str) -> str:
    """Give the user name of a service account."""
    return f"{_ACCOUNT}{namespace}:{name}"


def account_groups(namespace: str) -> tuple[str, ...]:
    """Give the groups of the service accounts of a namespace."""
    return (_ACCOUNTS, f"{_ACCOUNTS}:{namespace}")


def account_of(user_name: str) -> tuple[str, str] | None:
    """Give namespace and name of the service account that a user name stands for; `None` if it is nobody's."""
    if not user_name.startswith(_ACCOUNT):
        return None
    namespace, colon, name = user_name.removeprefix(_ACCOUNT).partition(":")
    return (namespace, name) if colon and namespace and name and ":" not in name else None
