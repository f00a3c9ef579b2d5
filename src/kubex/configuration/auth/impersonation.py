"""`Impersonation`: whom to act as, beside the credentials that prove who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Impersonation"]


@dataclass(frozen=True, kw_only=True)
class Impersonation:
    """Whom the program acts as.

    https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation

    Args:
        user: user to act as.
        uid: unique id of that user.
        groups: groups to act in.
        extra: further attributes of the user, each with its values.
    """

    user: str
    uid: str | None = None
    groups: Sequence[str] = ()
    extra: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
