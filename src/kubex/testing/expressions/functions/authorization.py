"""What the user of a request may do: `authorizer.group('').resource('pods').check('create').allowed()`.

https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-authorizer-library
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

from kubex.testing.access.attributes import Attributes, Decision
from kubex.testing.access.users import User, account_groups, account_user_name
from kubex.testing.expressions.functions.declaration import Function, content_of, opaque

__all__ = ["AUTHORIZATION_FUNCTIONS", "authorized_by", "authorizer", "resource_check"]

_PACKAGE: Final = "kubernetes.authorization"
_AUTHORIZER: Final = f"{_PACKAGE}.Authorizer"
_PATH: Final = f"{_PACKAGE}.PathCheck"
_GROUP: Final = f"{_PACKAGE}.GroupCheck"
_RESOURCE: Final = f"{_PACKAGE}.ResourceCheck"
_DECISION: Final = f"{_PACKAGE}.Decision"
_DOES_WITHOUT: Final = ("account",)


@dataclass(frozen=True, slots=True)
class _Authority:
    user: User
    authorize: Callable[[Attributes], Decision]


# Functions are declared once for all; who asks, and who decides, is known only when they are called.
_authority: ContextVar[_Authority] = ContextVar("_authority")


@contextmanager
def authorized_by(user: User, authorize: Callable[[Attributes], Decision]) -> Generator[None]:
    """Let expressions ask what a user may do.

    Args:
        user: whose request it is.
        authorize: decides.
    """
    token = _authority.set(_Authority(user, authorize))
    try:
        yield
    finally:
        _authority.reset(token)


def authorizer() -> dict[str, Any]:
    """Give the value of the variable `authorizer`."""
    return opaque(_AUTHORIZER, {})


def resource_check(group: str, resource: str, subresource: str, namespace: str, name: str) -> dict[str, Any]:
    """Give the value of the variable `authorizer.requestResource`."""
    content = {"group": group, "resource": resource, "subresource": subresource, "namespace": namespace, "name": name}
    return opaque(_RESOURCE, content)


def _with(type_: str, member: str, *, from_: str) -> Callable[[Any, str], dict[str, Any]]:
    def extended(value: Any, text: str) -> dict[str, Any]:
        if not text and member in ("path", "resource"):
            raise ValueError(f"{member} must not be empty")
        return opaque(type_, {**content_of(value, from_), member: text})

    return extended


def _service_account(value: Any, namespace: str, name: str) -> dict[str, Any]:
    if not name:
        raise ValueError("Invalid service account name")
    if not namespace:
        raise ValueError("Invalid service account namespace")
    return opaque(_AUTHORIZER, {**content_of(value, _AUTHORIZER), "account": [namespace, name]})


def _check(value: Any, verb: str) -> dict[str, Any]:
    asked: Mapping[str, Any] = content_of(value, _RESOURCE, _PATH)
    authority = _authority.get()
    user, account = authority.user, asked.get("account")
    if account is not None:
        namespace, name = account
        user = User(account_user_name(namespace, name), groups=account_groups(namespace)).authenticated()
    if "path" in asked:
        attributes = Attributes(user=user, verb=verb, path=asked["path"], is_path=True)
    else:
        places = {name: text for name, text in asked.items() if name not in _DOES_WITHOUT}
        attributes = Attributes(user=user, verb=verb, version="*", **places)
    decision = authority.authorize(attributes)
    return opaque(_DECISION, {"allowed": decision.allowed, "reason": decision.reason})


AUTHORIZATION_FUNCTIONS: Final = (
    Function("path", (_AUTHORIZER, "string"), _PATH, _with(_PATH, "path", from_=_AUTHORIZER)),
    Function("group", (_AUTHORIZER, "string"), _GROUP, _with(_GROUP, "group", from_=_AUTHORIZER)),
    Function("serviceAccount", (_AUTHORIZER, "string", "string"), _AUTHORIZER, _service_account),
    Function("resource", (_GROUP, "string"), _RESOURCE, _with(_RESOURCE, "resource", from_=_GROUP)),
    *(
        Function(name, (_RESOURCE, "string"), _RESOURCE, _with(_RESOURCE, name, from_=_RESOURCE))
        for name in ("subresource", "namespace", "name")
    ),
    # Roles know of no selectors.
    Function("fieldSelector", (_RESOURCE, "string"), _RESOURCE, lambda value, selector: value),
    Function("labelSelector", (_RESOURCE, "string"), _RESOURCE, lambda value, selector: value),
    Function("check", (_PATH, "string"), _DECISION, _check),
    Function("check", (_RESOURCE, "string"), _DECISION, _check),
    Function("allowed", (_DECISION,), "bool", lambda value: content_of(value, _DECISION)["allowed"]),
    Function("reason", (_DECISION,), "string", lambda value: content_of(value, _DECISION)["reason"]),
    Function("errored", (_DECISION,), "bool", lambda value: False),
    Function("error", (_DECISION,), "string", lambda value: ""),
)
"""Functions that ask what may be done."""
