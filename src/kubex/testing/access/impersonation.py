"""Impersonation: who asks in another's name, and whether they may.

https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import unquote

from kubex.testing.access.access import Access
from kubex.testing.access.attributes import Attributes
from kubex.testing.access.users import (
    ALL_AUTHENTICATED,
    ALL_UNAUTHENTICATED,
    ANONYMOUS,
    User,
    account_groups,
    account_of,
)
from kubex.testing.failures import bad_request

__all__ = ["impersonated"]

_PREFIX: Final = "impersonate-"
_EXTRA: Final = "impersonate-extra-"
_AUTHENTICATION_GROUP: Final = "authentication.k8s.io"


def impersonated(headers: Iterable[tuple[str, str]], user: User, access: Access) -> User | None:
    """Give the user in whose name a request is made; `None` if it is its sender's own.

    Args:
        headers: of the request, in their order.
        user: who sends it.
        access: of the cluster.

    Raises:
        ApiFailure: the sender may not (403), or names something of a user and no user (400).
    """
    found = [(name.lower(), value) for name, value in headers if name.lower().startswith(_PREFIX)]
    if not found:
        return None
    name = _first(found, "impersonate-user")
    groups = [value for header, value in found if header == "impersonate-group"]
    uid = _first(found, "impersonate-uid")
    extra: dict[str, list[str]] = {}
    for header, value in found:
        if header.startswith(_EXTRA):
            extra.setdefault(unquote(header.removeprefix(_EXTRA)), []).append(value)
    if not name:
        if groups or uid or extra:
            raise bad_request(_without_user(groups, uid, extra))
        return None
    account = account_of(name)
    if account is not None:
        _check(access, user, "serviceaccounts", account[1], namespace=account[0])
    else:
        _check(access, user, "users", name)
    for group in groups:
        _check(access, user, "groups", group)
    for key, values in extra.items():
        for value in values:
            _check(access, user, "userextras", value, group=_AUTHENTICATION_GROUP, subresource=key)
    if uid:
        _check(access, user, "uids", uid, group=_AUTHENTICATION_GROUP)
    if not groups and account is not None:
        groups = list(account_groups(account[0]))
    return User(name, uid, _with_authenticated(name, groups), extra)


def _first(headers: Sequence[tuple[str, str]], name: str) -> str:
    return next((value for header, value in headers if header == name), "")


def _check(
    access: Access, user: User, resource: str, name: str, *, group: str = "", subresource: str = "", namespace: str = ""
) -> None:
    asked = Attributes(
        user=user,
        verb="impersonate",
        group=group,
        version="v1",
        resource=resource,
        subresource=subresource,
        namespace=namespace,
        name=name,
    )
    access.check(asked)


def _with_authenticated(name: str, groups: list[str]) -> list[str]:
    if name == ANONYMOUS.name:
        return groups if ALL_UNAUTHENTICATED in groups else [*groups, ALL_UNAUTHENTICATED]
    if ALL_AUTHENTICATED in groups or ALL_UNAUTHENTICATED in groups:
        return groups
    return [*groups, ALL_AUTHENTICATED]


def _without_user(groups: Sequence[str], uid: str, extra: dict[str, list[str]]) -> str:
    """Word that there is no user, with Go's picture of what there is instead."""
    version = f"{_AUTHENTICATION_GROUP}/v1"
    asked = [f"{{Group  {group}    }}" for group in groups]
    asked += [f"{{UserExtra  {value}  {version}  {key}}}" for key, values in extra.items() for value in values]
    asked += [f"{{UID  {uid}  {version}  }}"] if uid else []
    return f"requested [{' '.join(asked)}] without impersonating a user"
