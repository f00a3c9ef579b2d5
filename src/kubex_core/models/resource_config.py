"""Where a resource lives in the API: group, version, kind, plural and scope."""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

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

    A subclass that has none of its own gets one with the same address and a list class of its own.

    Args:
        version: API version; where it is left out, that of the `api_version` which the class declares, else `v1`.
        kind: kind as the API spells it; where it is left out, the `kind` which the class declares, else its name.
        plural: last part of the resource's path; where it is left out, the kind's English plural in lower case.
        scope: namespaced or cluster; where it is left out, that of the class's scope marker.
        group: API group; where it is left out, that of the `api_version` which the class declares, else the core
            group, `""`.
        list_model: class of the resource's list; where it is left out, a `ListEntity` of the class.
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
        self._version = version
        self._kind = kind
        self._plural = plural
        self._scope = scope
        self._group = group
        self._list_model = list_model
        self._owner: type[T] | None = None

    def __set_name__(self, owner: type[T], name: str) -> None:
        if self._owner is None:  # of two classes that are given one config the second gets its own from `bound_to`
            self._owner = owner

    def bound_to(self, owner: type[T]) -> ResourceConfig[T]:
        """Give the config of `owner`: this one, or for another class than the one it was written for, a copy.

        A subclass's copy has the same address; any other class's is worked out anew.
        """
        if self._owner is None or self._owner is owner:
            self._owner = owner
            return self
        if issubclass(owner, self._owner):
            copied = ResourceConfig[T](self.version, self.kind, self.plural, self._scope, self.group)
        else:
            copied = ResourceConfig[T](self._version, self._kind, self._plural, self._scope, self._group)
        copied._owner = owner
        return copied

    @property
    def api_version(self) -> str:
        """Group and version as objects carry them: `v1`, `apps/v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @cached_property
    def version(self) -> str:
        """API version, e.g. `v1`."""
        return self._version or self._declared("api_version").rpartition("/")[2] or "v1"

    @cached_property
    def group(self) -> str:
        """API group, e.g. `apps`; `""` for the core group."""
        return self._group if self._group is not None else self._declared("api_version").rpartition("/")[0]

    @cached_property
    def kind(self) -> str:
        """Kind, e.g. `Deployment`."""
        return self._kind or self._declared("kind") or self._required_owner("kind").__name__

    @cached_property
    def plural(self) -> str:
        """Name of the resource in paths, e.g. `deployments`."""
        return self._plural or _plural_of(self.kind.lower())

    @cached_property
    def scope(self) -> Scope:
        """Scope given, or the one of the class's marker.

        Raises:
            TypeError: none is given, and the class has no scope marker or both.
        """
        if self._scope is not None:
            return self._scope
        owner = self._required_owner("scope")
        in_cluster = issubclass(owner, ClusterScopedEntity)
        if in_cluster is issubclass(owner, NamespaceScopedEntity):
            raise TypeError(
                f"{owner.__qualname__} has {'two scopes' if in_cluster else 'no scope'}: derive it from "
                "NamespaceScopedEntity or ClusterScopedEntity, or give scope= to its ResourceConfig"
            )
        return Scope.CLUSTER if in_cluster else Scope.NAMESPACE

    @cached_property
    def list_model(self) -> type[ListEntity[T]]:
        """Class of the resource's list."""
        if self._list_model is None:
            from kubex_core.models._list_models import list_model_of

            return list_model_of(self._required_owner("list_model"), self.api_version, self.kind)
        return self._list_model

    def type_fields(self, kind: str) -> dict[str, str]:
        """Give `api_version` and `kind` as far as they are given here, for a class that does not declare them.

        Args:
            kind: kind of a class that inherits none, its name; `""` where both may be inherited.
        """
        given = self._version is not None or self._group is not None
        version = self._version or "v1"
        api_version = f"{self._group}/{version}" if self._group else version
        return {"api_version": api_version if given or kind else "", "kind": self._kind or kind}

    def __repr__(self) -> str:
        if self._owner is None:
            return "<ResourceConfig of no class>"
        return f"<ResourceConfig of {self._owner.__qualname__}: {self.api_version} {self.kind}>"

    def _declared(self, name: str) -> str:
        return _declared_default(self._owner, name) if self._owner is not None else ""

    def _required_owner(self, what: str) -> type[T]:
        if self._owner is None:
            raise TypeError(f"{what} of a ResourceConfig that is not the __RESOURCE_CONFIG__ of a class")
        return self._owner


def _declared_default(owner: type[Any], name: str) -> str:
    """Give what a class's objects carry in a text field by default, `""` where the class declares nothing."""
    default: Any = ""
    if issubclass(owner, msgspec.Struct):
        for field in msgspec.structs.fields(owner):
            if field.name == name:
                default = field.default_factory() if callable(field.default_factory) else field.default
    elif name in get_annotations(owner):  # not inherited: `BaseEntity` gives each class defaults from its config
        default = owner.model_fields[name].default
    return default if isinstance(default, str) else ""


def _plural_of(word: str) -> str:
    """English plural as Kubernetes forms it: `ingresses`, `networkpolicies`, `gateways`, `endpoints`."""
    if word.endswith("endpoints"):
        return word
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"
