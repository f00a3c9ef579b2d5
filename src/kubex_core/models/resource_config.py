"""Where a resource lives in the API: group, version, kind, plural and scope."""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from kubex_core.models.interfaces import ClusterScopedEntity, NamespaceScopedEntity

if TYPE_CHECKING:
    from kubex_core.models.list_entity import ListEntity

__all__ = ["ResourceConfig", "Scope"]

T = TypeVar("T")


class Scope(Enum):
    """Whether objects of a resource live in a namespace or in the cluster itself."""

    NAMESPACE = "Namespaced"
    CLUSTER = "Cluster"


class ResourceConfig(Generic[T]):
    """Tells `Api` the address of a resource; the class attribute `__RESOURCE_CONFIG__` of its class.

    Args:
        version: API version, `v1` where it is left out.
        kind: kind as the API spells it; the class's name where it is left out.
        plural: last part of the resource's path; the kind in lower case and English plural where it is left out.
        scope: namespaced or cluster; worked out from the class's scope marker where it is left out.
        group: API group; `""`, the core group, where it is left out.
        list_model: class of the resource's list; `ListEntity` of the class where it is left out.
    """

    def __init__(
        self,
        version: str | None = None,
        kind: str | None = None,
        plural: str | None = None,
        scope: Scope | None = None,
        group: str | None = None,
        list_model: type[ListEntity[Any]] | None = None,
    ) -> None:
        self.version = version or "v1"
        self.group = group or ""
        self._kind = kind
        self._plural = plural
        self._scope = scope
        self._list_model = list_model
        self._owner: type[T] | None = None

    def __set_name__(self, owner: type[T], name: str) -> None:
        self._owner = owner

    @property
    def api_version(self) -> str:
        """Group and version as objects carry them: `v1`, `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def kind(self) -> str:
        """Kind, e.g. `Deployment`."""
        return self._kind or self._required_owner("kind").__name__

    @cached_property
    def plural(self) -> str:
        """Name of the resource in paths, e.g. `deployments`."""
        return self._plural or _plural_of(self.kind.lower())

    @cached_property
    def scope(self) -> Scope:
        """Scope given, or the one of the class's marker."""
        if self._scope is not None:
            return self._scope
        owner = self._required_owner("scope")
        if issubclass(owner, ClusterScopedEntity):
            return Scope.CLUSTER
        if issubclass(owner, NamespaceScopedEntity):
            return Scope.NAMESPACE
        raise TypeError(
            f"{owner.__qualname__} has no scope: derive it from NamespaceScopedEntity or ClusterScopedEntity, "
            "or give scope= to its ResourceConfig"
        )

    @cached_property
    def list_model(self) -> type[ListEntity[T]]:
        """Class of the resource's list."""
        if self._list_model is None:
            from kubex_core.models.list_entity import list_model_of

            return list_model_of(self._required_owner("list_model"), self.api_version, self.kind)
        return self._list_model

    def __repr__(self) -> str:
        owner = self._owner.__qualname__ if self._owner else "?"
        return f"<ResourceConfig of {owner}: {self.api_version}>"

    def _required_owner(self, what: str) -> type[T]:
        if self._owner is None:
            raise TypeError(f"{what} of a ResourceConfig that is not the __RESOURCE_CONFIG__ of a class")
        return self._owner


def _plural_of(word: str) -> str:
    """English plural as Kubernetes forms it: `ingresses`, `networkpolicies`, `gateways`."""
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"
