"""`Access`: who may do what in one cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from kubex.testing.access.attributes import Attributes, Decision, forbidden
from kubex.testing.access.rbac import Rbac
from kubex.testing.access.users import PRIVILEGED_GROUP
from kubex.testing.storage import JsonObject, Storage

if TYPE_CHECKING:
    from kubex.testing.access.authenticator import Authenticator

__all__ = ["Access", "AuthorizationMode"]

AuthorizationMode: TypeAlias = Literal["AlwaysAllow", "AlwaysDeny", "RBAC"]
"""As `--authorization-mode` of kube-apiserver names them."""

_FORBIDDEN: Final = "Everything is forbidden."


class Access:
    """Decides on requests.

    Args:
        storage: of the cluster.
        authorization: how.
        authenticator: tells whose a request is; with none, every one is the administrator's.
        policy: roles and bindings that are there from the start.
        streams_create: whether commands in pods and connections to them take the verb `create`, even by a GET.
    """

    def __init__(
        self,
        storage: Storage,
        *,
        authorization: AuthorizationMode = "AlwaysAllow",
        authenticator: Authenticator | None = None,
        policy: Sequence[JsonObject] = (),
        streams_create: bool = True,
    ) -> None:
        self.authenticator = authenticator
        self.rbac: Rbac | None = Rbac(storage) if authorization == "RBAC" else None
        self.policy = policy
        self.streams_create = streams_create
        self._allows_all = authorization == "AlwaysAllow"

    def authorize(self, asked: Attributes) -> Decision:
        """Decide on a request: members of `system:masters` may do everything."""
        if PRIVILEGED_GROUP in asked.user.groups or self._allows_all:
            return Decision(True)
        if self.rbac is not None:
            return self.rbac.authorize(asked)
        return Decision(False, _FORBIDDEN)

    def check(self, asked: Attributes) -> None:
        """Check that something is allowed.

        Raises:
            ApiFailure: it isn't (403).
        """
        decision = self.authorize(asked)
        if not decision.allowed:
            raise forbidden(asked, decision.reason)
