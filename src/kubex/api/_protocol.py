"""How an accessor becomes an attribute of `Api[T]`, there only where T carries its marker."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar, overload

from kubex.core.exceptions import UnsupportedSubresource
from kubex_core.models.entity import Entity

if TYPE_CHECKING:
    from kubex.client.base import BaseClient
    from kubex.core.request_builder import RequestBuilder
    from kubex_core.models.resource_config import Scope

__all__ = ["AccessorFactory", "ApiOf", "CachedSubresourceDescriptor", "SubresourceNotAvailable", "imported"]

E_co = TypeVar("E_co", bound=Entity, covariant=True)
MarkerT = TypeVar("MarkerT", bound=Entity)
AccessorT = TypeVar("AccessorT")


class ApiOf(Protocol[E_co]):
    """What an accessor is made of; `Api[Pod]` is an `ApiOf[HasLogs]` because Pod carries that marker."""

    @property
    def resource_type(self) -> type[E_co]:
        """Class of the resource."""
        ...


class SubresourceNotAvailable:
    """Type of an accessor that the resource does not have: it has no methods, so any use is a type error."""

    __slots__ = ()


AccessorFactory = Callable[["BaseClient", "RequestBuilder", "str | None", "Scope", "type[Any]"], AccessorT]


def imported(module: str, name: str) -> AccessorFactory[Any]:
    """Make a factory that imports its class at its first use: most programs need but few of them.

    Args:
        module: where the class is.
        name: of the class.
    """

    def make(*arguments: Any) -> Any:
        return getattr(import_module(module), name)(*arguments)

    return make


class CachedSubresourceDescriptor(Generic[MarkerT, AccessorT]):
    """Makes an accessor once per Api, at its first use.

    Args:
        marker: interface that the resource must carry.
        factory: makes the accessor, from client, request builder, namespace, scope and resource type.
    """

    def __init__(self, marker: type[MarkerT], factory: AccessorFactory[AccessorT]) -> None:
        self._marker = marker
        self._factory = factory
        self._name = ""

    def __set_name__(self, owner: type[Any], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...
    @overload
    def __get__(self, instance: ApiOf[MarkerT], owner: type[Any]) -> AccessorT: ...
    @overload
    def __get__(self, instance: Any, owner: type[Any]) -> SubresourceNotAvailable: ...
    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            return self
        resource_type = instance.resource_type
        if not issubclass(resource_type, self._marker):
            raise UnsupportedSubresource(
                f"{resource_type.__name__} has no {self._name}: it does not carry {self._marker.__name__}"
            )
        accessor = self._factory(
            instance.client,
            instance.request_builder,
            instance.namespace,
            resource_type.__RESOURCE_CONFIG__.scope,
            resource_type,
        )
        # This descriptor has no __set__: from now on Python finds the accessor in the instance first.
        instance.__dict__[self._name] = accessor
        return accessor
