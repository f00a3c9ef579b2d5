"""Which namespace a call goes to, the Api's own, the call's, or none; and how texts name it."""

from __future__ import annotations

from types import EllipsisType
from typing import Any

from kubex.core.exceptions import InvalidArgument
from kubex_core.models.resource_config import ResourceConfig, Scope

__all__ = ["check_namespace", "described", "required_namespace", "resolve_namespace"]


def resolve_namespace(
    given: str | EllipsisType | None, default: str | None, scope: Scope, resource_type: type[object]
) -> str | None:
    """Give the namespace of a list or watch: `None` is all of them.

    Raises:
        InvalidArgument: a namespace for a resource that lives outside them.
    """
    if given is ...:
        return default
    check_namespace(given, scope, resource_type)
    return given


def required_namespace(
    given: str | EllipsisType | None, default: str | None, scope: Scope, resource_type: type[object]
) -> str | None:
    """Give the namespace of a call about one object; `None` only for resources that live outside namespaces.

    Raises:
        InvalidArgument: no namespace where one is needed, or one where there is none.
    """
    namespace = resolve_namespace(given, default, scope, resource_type)
    if namespace is None and scope is Scope.NAMESPACE:
        raise InvalidArgument(
            f"{resource_type.__name__} lives in a namespace: give one to the Api, or namespace= to the call"
        )
    return namespace


def check_namespace(namespace: str | None, scope: Scope, resource_type: type[object]) -> None:
    """Refuse a namespace for a resource that lives outside them.

    Raises:
        InvalidArgument: that is so.
    """
    if namespace is not None and scope is Scope.CLUSTER:
        raise InvalidArgument(
            f'{resource_type.__name__} lives outside namespaces: namespace="{namespace}" has no meaning'
        )


def described(config: ResourceConfig[Any], namespace: str | None) -> str:
    """Name objects as errors do: `configmaps in namespace "shop"`."""
    return config.plural if namespace is None else f'{config.plural} in namespace "{namespace}"'
