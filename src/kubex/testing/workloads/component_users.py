"""As whom the components of a cluster ask: the user that each has in a real one."""

from __future__ import annotations

from functools import cache
from typing import Final

from kubex.testing.access.users import ALL_AUTHENTICATED, User, account_groups, account_user_name

__all__ = ["component_user"]

_USERS: Final = {"default-scheduler": "system:kube-scheduler", "kubelet": "system:node"}


@cache
def component_user(component: str) -> User:
    """Give the user of a component, which is named as in events: `deployment-controller`."""
    if component in _USERS:
        return User(_USERS[component], groups=(ALL_AUTHENTICATED,))
    name = account_user_name("kube-system", component)
    return User(name, groups=(*account_groups("kube-system"), ALL_AUTHENTICATED))
