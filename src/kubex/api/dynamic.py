"""`dynamic_api`: an Api of any kind that a server has, without a class for it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, new_class
from typing import Any, Final, cast

from kubex.api._api import Api
from kubex.api.discovery import DiscoveredResource, discover
from kubex.client.base import BaseClient
from kubex.core.exceptions import UnknownResource
from kubex.core.params import NamespaceTypes
from kubex_core.models.dynamic_object import DynamicObject
from kubex_core.models.entity import Entity
from kubex_core.models.interfaces import (
    ClusterScopedEntity,
    Evictable,
    HasApproval,
    HasAttach,
    HasBinding,
    HasEphemeralContainers,
    HasExec,
    HasFinalize,
    HasLogs,
    HasPortForward,
    HasResize,
    HasScaleSubresource,
    HasStatusSubresource,
    HasTokenRequest,
    NamespaceScopedEntity,
)
from kubex_core.models.resource_config import ResourceConfig, Scope

__all__ = ["DynamicObject", "dynamic_api", "dynamic_model"]

_MARKERS: Final[Mapping[str, type[Entity]]] = MappingProxyType(
    {
        "approval": HasApproval,
        "attach": HasAttach,
        "binding": HasBinding,
        "ephemeralcontainers": HasEphemeralContainers,
        "eviction": Evictable,
        "exec": HasExec,
        "finalize": HasFinalize,
        "log": HasLogs,
        "portforward": HasPortForward,
        "resize": HasResize,
        "scale": HasScaleSubresource,
        "status": HasStatusSubresource,
        "token": HasTokenRequest,
    }
)

_models: dict[tuple[str, str, str, Scope, tuple[str, ...]], type[DynamicObject]] = {}


async def dynamic_api(
    client: BaseClient, api_version: str, kind: str, *, namespace: NamespaceTypes = None
) -> Api[DynamicObject]:
    """Make an Api of a kind that there is no class of; the server is asked how it is served.

    It has every method of an `Api`, and the accessors of the subresources that the server has: the others raise
    `UnsupportedSubresource` when read.

    Args:
        client: sends the requests.
        api_version: group and version: `apps/v1`.
        kind: the kind, or another name of the resource: plural, singular or short.
        namespace: as in `Api`.

    Raises:
        UnknownResource: the server does not have it.
        InvalidArgument: a namespace for a resource that lives outside them.
        KubexClientException: the server does not answer.

    Example:
        ```python
        deployments = await dynamic_api(client, "apps/v1", "Deployment", namespace="shop")
        web = await deployments.get("web")
        print(web.metadata.name, web["spec"]["replicas"])
        ```
    """
    discovery = await discover(client)
    try:
        resource = discovery.resource(api_version, kind)
    except UnknownResource:  # it may be new
        resource = (await discover(client, refresh=True)).resource(api_version, kind)
    return Api(dynamic_model(resource), client, namespace=namespace)


def dynamic_model(resource: DiscoveredResource) -> type[DynamicObject]:
    """Give the class of a resource's objects: a `DynamicObject` with its address and the markers of its subresources.

    The same one for the same resource.
    """
    subresources = tuple(sorted({each.name for each in resource.subresources} & _MARKERS.keys()))
    key = (resource.api_version, resource.kind, resource.plural, resource.scope, subresources)
    model = _models.get(key)
    if model is None:
        model = _models[key] = _new_model(resource, subresources)
    return model


def _new_model(resource: DiscoveredResource, subresources: tuple[str, ...]) -> type[DynamicObject]:
    scope = NamespaceScopedEntity if resource.scope is Scope.NAMESPACE else ClusterScopedEntity
    config = ResourceConfig[Any](
        resource.version, resource.kind, resource.plural, scope=resource.scope, group=resource.group
    )

    def body(attributes: dict[str, Any]) -> None:
        attributes["__module__"] = __name__
        attributes["__doc__"] = f"A {resource.kind} of {resource.api_version}."
        attributes["__slots__"] = ()
        attributes["__RESOURCE_CONFIG__"] = config

    bases = (DynamicObject, scope, *(_MARKERS[name] for name in subresources))
    return cast("type[DynamicObject]", new_class(resource.kind, bases, exec_body=body))
