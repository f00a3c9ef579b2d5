"""Marker interfaces: which scope and which subresources a resource has.

A marker switches on the accessor of the same name on `Api[T]`; without it the accessor is a type error.
The generated models take theirs from the paths of the API server's OpenAPI document.
"""

from __future__ import annotations

from kubex_core.models.entity import Entity

__all__ = [
    "ClusterScopedEntity",
    "Evictable",
    "HasApproval",
    "HasAttach",
    "HasBinding",
    "HasEphemeralContainers",
    "HasExec",
    "HasFinalize",
    "HasLogs",
    "HasPortForward",
    "HasResize",
    "HasScaleSubresource",
    "HasStatusSubresource",
    "HasTokenRequest",
    "NamespaceScopedEntity",
]


class NamespaceScopedEntity(Entity):
    """Lives in a namespace."""

    __slots__ = ()


class ClusterScopedEntity(Entity):
    """Lives outside namespaces."""

    __slots__ = ()


class HasLogs(Entity):
    """Has the `log` subresource: `Api.logs`."""

    __slots__ = ()


class HasScaleSubresource(Entity):
    """Has the `scale` subresource: `Api.scale`."""

    __slots__ = ()


class HasStatusSubresource(Entity):
    """Has the `status` subresource: `Api.status`."""

    __slots__ = ()


class Evictable(Entity):
    """Has the `eviction` subresource: `Api.eviction`."""

    __slots__ = ()


class HasEphemeralContainers(Entity):
    """Has the `ephemeralcontainers` subresource: `Api.ephemeral_containers`."""

    __slots__ = ()


class HasResize(Entity):
    """Has the `resize` subresource: `Api.resize`."""

    __slots__ = ()


class HasExec(Entity):
    """Has the `exec` subresource: `Api.exec`."""

    __slots__ = ()


class HasAttach(Entity):
    """Has the `attach` subresource: `Api.attach`."""

    __slots__ = ()


class HasPortForward(Entity):
    """Has the `portforward` subresource: `Api.portforward`."""

    __slots__ = ()


class HasTokenRequest(Entity):
    """Has the `token` subresource: `Api.token`."""

    __slots__ = ()


class HasBinding(Entity):
    """Has the `binding` subresource: `Api.binding`."""

    __slots__ = ()


class HasApproval(Entity):
    """Has the `approval` subresource: `Api.approval`."""

    __slots__ = ()


class HasFinalize(Entity):
    """Has the `finalize` subresource: `Api.finalize`."""

    __slots__ = ()
