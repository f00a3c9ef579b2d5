"""Which namespace a call goes to, the Api's own, the call's, or none; and how texts name it."""

from __future__ import annotations

from types import EllipsisType
from typing import TYPE_CHECKING, Any

from kubex.core.exceptions import InvalidArgument
from kubex_core.models.resource_config import ResourceConfig, Scope

if TYPE_CHECKING:
    from kubex.core.request_builder import RequestBuilder

__all__ = ["check_namespace", "check_object", "described", "required_namespace", "resolve_namespace"]


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
        raise _missing(resource_type.__name__)
    return namespace


def check_namespace(namespace: str | None, scope: Scope, resource_type: type[object]) -> None:
    """Refuse a namespace for a resource that lives outside them.

    Raises:
        InvalidArgument: that is so.
    """
    if namespace is not None and scope is Scope.CLUSTER:
        raise _meaningless(resource_type.__name__, namespace)


def check_object(requests: RequestBuilder, name: str, given: str | EllipsisType | None, default: str | None) -> None:
    """Refuse what reading one object would refuse, for calls that find it by a list.

    Args:
        requests: builder of the resource's requests.
        name: the object's name.
        given: the call's namespace.
        default: the Api's.

    Raises:
        InvalidArgument: the name is none, no namespace where one is needed, or one where there is none.
    """
    config = requests.config
    namespace = default if given is ... else given
    if namespace is None and config.scope is Scope.NAMESPACE:
        raise _missing(config.kind)
    if namespace is not None and config.scope is Scope.CLUSTER:
        raise _meaningless(config.kind, namespace)
    requests.get(name, namespace)


def _missing(kind: str) -> InvalidArgument:
    return InvalidArgument(f"{kind} lives in a namespace: give one to the Api, or namespace= to the call")


def _meaningless(kind: str, namespace: str) -> InvalidArgument:
    return InvalidArgument(f'{kind} lives outside namespaces: namespace="{namespace}" has no meaning')


def described(config: ResourceConfig[Any], namespace: str | None) -> str:
    """Name objects as errors do: `configmaps in namespace "shop"`."""
    return config.plural if namespace is None else f'{config.plural} in namespace "{namespace}"'
