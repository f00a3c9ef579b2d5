"""`Impersonation`: whom to act as, beside the credentials that prove who asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kubex.core.exceptions import ConfigurationError

__all__ = ["Impersonation"]

# Those of a header's name (RFC 9110, 5.6.2), without the percent sign, which escapes all others.
_NAME_CHARACTERS = frozenset(
    b"!#$&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
)


@dataclass(frozen=True, kw_only=True)
class Impersonation:
    """Whom the program acts as.

    https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/

    Args:
        user: user to act as.
        uid: unique id of that user.
        groups: groups to act in.
        extra: further attributes of the user, each with its values.

    Raises:
        ConfigurationError: there is no user, or something that no header can carry.

    Example:
        ```python
        ClientConfiguration(url=..., token=..., impersonation=Impersonation(user="jane", groups=["developers"]))
        ```
    """

    user: str
    uid: str | None = None
    groups: Sequence[str] = ()
    extra: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])

    def __post_init__(self) -> None:
        if not self.user:
            raise ConfigurationError("impersonation needs a user: uid, groups and extra only add to it")
        for name, value in self.headers():
            # The servers' libraries cut white space at the ends off: that would be somebody else.
            if value != value.strip() or any(character < " " or character == "\x7f" for character in value):
                raise ConfigurationError(
                    f"impersonation: the value of {name} has white space around it or control characters"
                )

    def headers(self) -> Iterator[tuple[str, str]]:
        """Give the headers of every request; groups and extra come as often as they have values."""
        yield "Impersonate-User", self.user
        if self.uid:
            yield "Impersonate-Uid", self.uid
        for group in self.groups:
            yield "Impersonate-Group", group
        for key, values in self.extra.items():
            for value in values:
                yield f"Impersonate-Extra-{_escaped(key)}", value


def _escaped(key: str) -> str:
    return "".join(chr(byte) if byte in _NAME_CHARACTERS else f"%{byte:02X}" for byte in key.encode())
